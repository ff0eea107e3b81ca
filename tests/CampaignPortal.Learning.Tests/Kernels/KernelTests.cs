using System.Runtime.Intrinsics;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Kernels;

public sealed class KernelTests
{
    [Fact]
    public void Dot_and_axpy_agree_with_the_scalar_twin_on_all_remainders()
    {
        var rng = new Rng(1);
        for (var length = 0; length <= 140; length++)
        {
            var (x, y) = (Samples.Normals(rng, length), Samples.Normals(rng, length));
            Assert.Equal(Dense.DotScalar(x, y), Dense.Dot(x, y), 1e-4f);
            var (fast, slow) = (y.ToArray(), y.ToArray());
            Dense.Axpy(0.7f, x, fast);
            Dense.AxpyScalar(0.7f, x, slow);
            Assert.Equal(slow, fast);
        }
    }

    public static TheoryData<int> Sizes => [0, 1, 2, 5, 6, 7, 11, 12, 13, 31, 32, 33, 47, 63, 64, 65, 70];

    [Theory, MemberData(nameof(Sizes))]
    public void Products_agree_with_the_scalar_twin_around_every_tile_edge(int m)
    {
        var rng = new Rng(2);
        foreach (var n in Sizes.Select(s => s.Data))
        {
            foreach (var k in new[] { 0, 1, 3, 16, 33 })
            {
                var (a, b, start) = (Samples.Normals(rng, m * k), Samples.Normals(rng, k * n), Samples.Normals(rng, m * n));
                foreach (var accumulate in new[] { false, true })
                {
                    foreach (var bits in new[] { 512, 256, 32 })
                    {
                        if ((bits == 512 && !Vector512.IsHardwareAccelerated) || (bits == 256 && !Vector256.IsHardwareAccelerated)) continue;
                        Check(a, k, 1, b, n, 1, start, m, n, k, accumulate, bits);
                        Check(a, k, 1, b, 1, k, start, m, n, k, accumulate, bits);
                        Check(a, 1, m, b, n, 1, start, m, n, k, accumulate, bits);
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(245, 70, 390)] // a second block of rows and of k, a cut panel
    [InlineData(25, 1060, 40)] // a second block of columns
    [InlineData(30, 65, 520)] // rows of A far apart
    public void Large_products_are_those_of_the_scalar_twin_and_the_same_bits_for_every_degree(int m, int n, int k)
    {
        var rng = new Rng(7);
        var (a, b, start) = (Samples.Normals(rng, m * k, 0.1), Samples.Normals(rng, k * n, 0.1), Samples.Normals(rng, m * n));
        foreach (var (aRow, aColumn, bRow, bColumn) in new[] { (k, 1, n, 1), (k, 1, 1, k), (1, m, n, 1) })
        {
            var slow = start.ToArray();
            Gemm.MultiplyScalar(a, aRow, aColumn, b, bRow, bColumn, slow, m, n, k, accumulate: true);
            foreach (var bits in new[] { 512, 256, 32 })
            {
                if ((bits == 512 && !Vector512.IsHardwareAccelerated) || (bits == 256 && !Vector256.IsHardwareAccelerated)) continue;
                var fast = start.ToArray();
                Gemm.Run(a, aRow, aColumn, b, bRow, bColumn, fast, m, n, k, accumulate: true, bits);
                for (var i = 0; i < fast.Length; i++) Assert.Equal(slow[i], fast[i], 1e-4f);
                if (bits == 32) continue;
                foreach (var degree in new[] { 2, 3 })
                {
                    var shared = start.ToArray();
                    Gemm.Run(a, aRow, aColumn, b, bRow, bColumn, shared, m, n, k, accumulate: true, bits, degree);
                    Assert.Equal(fast, shared);
                }
                if (aColumn != 1) continue;
                // The last row alone goes through other blocks and no copies.
                var row = start[^n..];
                Gemm.Run(a.AsSpan((m - 1) * k), k, 1, b, bRow, bColumn, row, 1, n, k, accumulate: true, bits);
                Assert.Equal(fast[^n..], row);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(33)]
    public void The_lower_triangle_of_a_Gram_matrix_has_the_bits_of_the_product(int columns)
    {
        const int Rows = 50;
        var x = Samples.Normals(new Rng(8), Rows * columns);
        var (all, lower) = (new float[columns * columns], new float[columns * columns]);
        Gemm.MultiplyTransposedA(x, x, all, columns, columns, Rows);
        Gemm.LowerGram(x, lower, columns, Rows);
        for (var i = 0; i < columns; i++) Assert.Equal(all.AsSpan(i * columns, i + 1).ToArray(), lower.AsSpan(i * columns, i + 1).ToArray());
    }

    [Fact]
    public void A_product_refuses_operands_that_are_too_short()
    {
        var e = Assert.Throws<ArgumentException>(() => Gemm.Multiply(new float[5], new float[6], new float[4], 2, 2, 3));
        Assert.Contains("6", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_element_does_not_depend_on_the_tile_it_falls_into()
    {
        var rng = new Rng(3);
        var (n, k) = (45, 200);
        var (a, b) = (Samples.Normals(rng, 13 * k), Samples.Normals(rng, k * n));
        var all = new float[13 * n];
        Gemm.Multiply(a, b, all, 13, n, k);
        var one = new float[n];
        for (var i = 0; i < 13; i++)
        {
            Gemm.Multiply(a.AsSpan(i * k, k), b, one, 1, n, k);
            Assert.Equal(all.AsSpan(i * n, n).ToArray(), one);
        }
    }

    [Fact]
    public void Elementary_functions_stay_within_4_ulp_over_the_whole_range()
    {
        float[] x = [.. Enumerable.Range(-105000, 195000).Select(i => i / 1000f), .. Enumerable.Range(-60, 60).Select(e => MathF.Pow(2, e)), 0f, -0f, 1e-40f];
        CheckUlp(x, VectorMath.Exp, Math.Exp, 4);
        CheckUlp(x, VectorMath.Sigmoid, v => 1 / (1 + Math.Exp(-v)), 4, floor: 1e-30);
        CheckUlp(x, VectorMath.Tanh, Math.Tanh, 4);
        CheckUlp(x, VectorMath.Softplus, v => Math.Max(v, 0) + Log1p(Math.Exp(-Math.Abs(v))), 4, floor: 1e-30);
        CheckUlp(Array.FindAll(x, v => v >= 0), VectorMath.Log1p, Log1p, 4);
    }

    [Fact]
    public void Gelu_is_within_12e7_of_the_exact_function()
    {
        var x = Enumerable.Range(-8000, 16001).Select(i => i / 1000f).ToArray();
        var y = new float[x.Length];
        VectorMath.Gelu(x, y);
        for (var i = 0; i < x.Length; i++) Assert.Equal(x[i] * MathNet.Numerics.Distributions.Normal.CDF(0, 1, x[i]), y[i], 1.2e-6);
    }

    [Fact]
    public void Limits_and_NaN_are_exact()
    {
        float[] x = [float.NegativeInfinity, float.PositiveInfinity, float.NaN];
        var y = new float[3];
        VectorMath.Exp(x, y);
        Assert.Equal([0, float.PositiveInfinity, float.NaN], y);
        VectorMath.Sigmoid(x, y);
        Assert.Equal([0, 1, float.NaN], y);
        VectorMath.Tanh(x, y);
        Assert.Equal([-1, 1, float.NaN], y);
        VectorMath.Softplus(x, y);
        Assert.Equal([0, float.PositiveInfinity, float.NaN], y);
        VectorMath.Log1p(x.AsSpan(1), y.AsSpan(1));
        Assert.Equal([float.PositiveInfinity, float.NaN], y[1..]);
    }

    [Fact]
    public void Vector_and_scalar_forms_agree_on_all_remainders()
    {
        var rng = new Rng(4);
        for (var length = 0; length < 40; length++)
        {
            var x = Samples.Normals(rng, length, 5);
            foreach (var (fast, slow) in new (Map, Map)[]
            {
                (VectorMath.Exp, VectorMath.ExpScalar), (VectorMath.Sigmoid, VectorMath.SigmoidScalar), (VectorMath.Tanh, VectorMath.TanhScalar),
                (VectorMath.Softplus, VectorMath.SoftplusScalar), (VectorMath.Gelu, VectorMath.GeluScalar),
            })
            {
                var (a, b) = (new float[length], new float[length]);
                fast(x, a);
                slow(x, b);
                for (var i = 0; i < length; i++) Assert.Equal(b[i], a[i], 1e-6 * Math.Max(1, Math.Abs(b[i])));
            }
        }
    }

    [Fact]
    public void Blocked_distances_agree_with_plain_ones()
    {
        var rng = new Rng(5);
        foreach (var (n, d, k) in new[] { (1, 1, 1), (15, 3, 2), (16, 4, 5), (17, 3, 8), (1100, 7, 9) })
        {
            var (rows, centres) = (Samples.Normals(rng, n * d), Samples.Normals(rng, k * d));
            using var blocked = new BlockedRows(rows, n, d);
            var (nearest, distance) = (new float[blocked.GroupCount * 16], new float[blocked.GroupCount * 16]);
            blocked.Nearest(centres, k, 0, blocked.GroupCount, nearest, distance);
            double sum = 0;
            for (var i = 0; i < n; i++)
            {
                var squared = Enumerable.Range(0, k).Select(c => Enumerable.Range(0, d).Sum(j => Math.Pow((double)rows[i * d + j] - centres[c * d + j], 2))).ToArray();
                Assert.Equal(Array.IndexOf(squared, squared.Min()), (int)nearest[i]);
                Assert.Equal(squared.Min(), distance[i], 1e-4);
                sum += Math.Sqrt(squared[0]);
            }
            Assert.Equal(sum, blocked.SumOfDistances(centres.AsSpan(0, d)), 1e-4 * n);
        }
    }

    // double.LogP1 of the runtime is log(1 + x), which loses small x.
    private static double Log1p(double x) => x < 1e-4 ? x - x * x / 2 + x * x * x / 3 : Math.Log(1 + x);

    private delegate void Map(ReadOnlySpan<float> x, Span<float> y);

    private static void CheckUlp(float[] x, Map map, Func<double, double> exact, double ulps, double floor = 0)
    {
        var y = new float[x.Length];
        map(x, y);
        for (var i = 0; i < x.Length; i++)
        {
            var expected = exact(x[i]);
            if (Math.Abs(expected) < floor && expected != 0) continue;
            if (expected > float.MaxValue)
            {
                Assert.Equal(float.PositiveInfinity, y[i]);
                continue;
            }
            var ulp = (double)MathF.BitIncrement(MathF.Abs((float)expected)) - MathF.Abs((float)expected);
            Assert.True(Math.Abs(y[i] - expected) <= ulps * ulp, $"{map.Method.Name}({x[i]:R}) = {y[i]:R}, exact {expected:R}");
        }
    }

    private static void Check(float[] a, int aRow, int aColumn, float[] b, int bRow, int bColumn, float[] start, int m, int n, int k, bool accumulate, int bits)
    {
        var (fast, slow) = (start.ToArray(), start.ToArray());
        Gemm.Run(a, aRow, aColumn, b, bRow, bColumn, fast, m, n, k, accumulate, bits);
        Gemm.MultiplyScalar(a, aRow, aColumn, b, bRow, bColumn, slow, m, n, k, accumulate);
        for (var i = 0; i < fast.Length; i++) Assert.True(Math.Abs(fast[i] - slow[i]) < 2e-5, $"{m}×{n}×{k} ({bits} bits): element {i} is {fast[i]}, expected {slow[i]}");
    }
}
