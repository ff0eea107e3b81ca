using System.Runtime.Intrinsics;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Kernels;

/// <summary>Softmax, layer norm and Adam against plain loops in double.</summary>
public sealed class RowKernelTests
{
    public static TheoryData<int> Widths =>
        [.. new[] { 512, 256, 32 }.Where(bits => bits == 32 || (bits == 512 ? Vector512.IsHardwareAccelerated : Vector256.IsHardwareAccelerated))];

    private static readonly int[] Columns = [1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 50, 64, 100];

    [Theory, MemberData(nameof(Widths))]
    public void Softmax_and_its_logarithm_agree_with_plain_loops(int bits)
    {
        var rng = new Rng(1);
        foreach (var columns in Columns)
        {
            var (x, g, start) = (Samples.Normals(rng, 3 * columns, 4), Samples.Normals(rng, 3 * columns), Samples.Normals(rng, 3 * columns));
            var (y, log, grad, gradLog) = (new float[x.Length], new float[x.Length], start.ToArray(), start.ToArray());
            Softmax.Forward(x, y, columns, bits);
            Softmax.ForwardLog(x, log, columns, bits);
            Softmax.Backward(y, g, grad, columns, accumulate: true, bits);
            Softmax.BackwardLog(log, g, gradLog, columns, accumulate: true, bits);
            for (var row = 0; row < x.Length; row += columns)
            {
                var sum = Enumerable.Range(row, columns).Sum(i => Math.Exp(x[i]));
                var dot = Enumerable.Range(row, columns).Sum(i => Math.Exp(x[i]) / sum * g[i]);
                var total = Enumerable.Range(row, columns).Sum(i => (double)g[i]);
                for (var i = row; i < row + columns; i++)
                {
                    var p = Math.Exp(x[i]) / sum;
                    Assert.Equal(p, y[i], 1e-6 * p + 1e-9);
                    Assert.Equal(x[i] - Math.Log(sum), log[i], 4e-6);
                    Assert.Equal(start[i] + p * (g[i] - dot), grad[i], 2e-6);
                    Assert.Equal(start[i] + g[i] - p * total, gradLog[i], 4e-6);
                }
            }
        }
    }

    [Theory, MemberData(nameof(Widths))]
    public void A_masked_position_has_probability_0_and_a_hopeless_row_is_NaN(int bits)
    {
        const float Inf = float.PositiveInfinity;
        var columns = 19; // a full vector and a remainder
        float[] bad = [float.NaN, Inf, 0];
        foreach (var position in new[] { 0, 15, 16, 18 })
        {
            var x = Enumerable.Range(0, columns).Select(i => i % 3 - 1000f).ToArray(); // far down: only the shift saves it
            x[position] = -Inf;
            var y = new float[columns];
            Softmax.Forward(x, y, columns, bits);
            Assert.Equal(0, y[position]);
            Assert.Equal(1, y.Sum(), 1e-6f);
            x[position] = 1e-40f; // subnormal, and a thousand above the others
            Softmax.Forward(x, y, columns, bits);
            Assert.Equal(1, y[position]);
            foreach (var value in bad[..2])
            {
                x[position] = value;
                Softmax.Forward(x, y, columns, bits);
                Assert.All(y, v => Assert.True(float.IsNaN(v)));
            }
        }
        var masked = Enumerable.Repeat(-Inf, columns).ToArray();
        Softmax.Forward(masked, masked, columns, bits);
        Assert.All(masked, v => Assert.True(float.IsNaN(v)));
    }

    [Theory, MemberData(nameof(Widths))]
    public void Layer_norm_agrees_with_plain_loops_and_with_finite_differences(int bits)
    {
        var rng = new Rng(2);
        foreach (var columns in Columns)
        {
            const int Rows = 3;
            var (x, g) = (Samples.Normals(rng, Rows * columns, 3), Samples.Normals(rng, Rows * columns));
            var (weight, bias) = (Samples.Normals(rng, columns), Samples.Normals(rng, columns));
            var (y, mean, inverse) = (new float[x.Length], new float[Rows], new float[Rows]);
            LayerNormKernel.Forward(x, weight, bias, y, mean, inverse, 1e-5f, bits);
            var expected = Plain(Widen(x), weight, bias);
            for (var i = 0; i < y.Length; i++) Assert.Equal(expected[i], y[i], 1e-5);

            var (gradX, gradW, gradB) = (new float[x.Length], new float[columns], new float[columns]);
            LayerNormKernel.Backward(x, weight, mean, inverse, g, gradX, gradW, gradB, accumulate: false, bits);
            const double Step = 1e-5;
            for (var i = 0; i < x.Length; i += Math.Max(1, columns / 3))
            {
                var (up, down) = (Widen(x), Widen(x));
                up[i] += Step;
                down[i] -= Step;
                var slope = Plain(up, weight, bias).Zip(Plain(down, weight, bias), (a, b) => a - b).Zip(g, (d, w) => d * w).Sum() / (2 * Step);
                Assert.Equal(slope, gradX[i], 2e-4 * Math.Max(1, Math.Abs(slope)));
            }
            for (var j = 0; j < columns; j++)
            {
                double w = 0, b = 0;
                for (var r = 0; r < Rows; r++)
                {
                    b += g[r * columns + j];
                    w += g[r * columns + j] * (double)(x[r * columns + j] - mean[r]) * inverse[r];
                }
                Assert.Equal(w, gradW[j], 1e-4);
                Assert.Equal(b, gradB[j], 1e-5);
            }
        }
    }

    [Theory, MemberData(nameof(Widths))]
    public void Adam_moves_weights_as_the_paper_says(int bits)
    {
        var rng = new Rng(3);
        foreach (var decoupled in new[] { false, true })
        {
            const int Length = 35;
            const double Rate = 0.01, Decay = 0.1;
            var (w, m, v) = (Samples.Normals(rng, Length), new float[Length], new float[Length]);
            var (plainW, plainM, plainV) = (Widen(w), new double[Length], new double[Length]);
            for (var step = 1; step <= 4; step++)
            {
                var g = Samples.Normals(rng, Length);
                if (step == 2) g[7] = 1e-30f; // its square is 0 in single precision
                AdamKernel.Update(w, g, m, v, new AdamKernel.Step(step, Rate, 0.9, 0.999, 1e-8, Decay, decoupled), bits);
                for (var i = 0; i < Length; i++)
                {
                    var gradient = g[i] + (decoupled ? 0 : Decay * plainW[i]);
                    plainM[i] = 0.9 * plainM[i] + 0.1 * gradient;
                    plainV[i] = 0.999 * plainV[i] + 0.001 * gradient * gradient;
                    var change = plainM[i] / (1 - Math.Pow(0.9, step)) / (Math.Sqrt(plainV[i] / (1 - Math.Pow(0.999, step))) + 1e-8);
                    plainW[i] = plainW[i] * (decoupled ? 1 - Rate * Decay : 1) - Rate * change;
                }
            }
            for (var i = 0; i < Length; i++) Assert.Equal(plainW[i], w[i], 2e-6);
        }
    }

    [Fact]
    public void Rows_of_another_length_are_refused_with_both_numbers()
    {
        var e = Assert.Throws<ArgumentException>(() => Softmax.Forward(new float[10], new float[10], 4));
        Assert.Contains("4", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<ArgumentException>(() => LayerNormKernel.Forward(new float[8], new float[4], new float[3], new float[8], [], [], 1e-5f));
        Assert.Contains("bias", e.Message, StringComparison.Ordinal);
    }

    private static double[] Widen(float[] x) => Array.ConvertAll(x, v => (double)v);

    private static double[] Plain(double[] x, float[] weight, float[] bias)
    {
        var y = new double[x.Length];
        for (var row = 0; row < x.Length; row += weight.Length)
        {
            var mean = x[row..(row + weight.Length)].Average();
            var deviation = Math.Sqrt(x[row..(row + weight.Length)].Average(v => (v - mean) * (v - mean)) + 1e-5f);
            for (var j = 0; j < weight.Length; j++) y[row + j] = (x[row + j] - mean) / deviation * weight[j] + bias[j];
        }
        return y;
    }
}
