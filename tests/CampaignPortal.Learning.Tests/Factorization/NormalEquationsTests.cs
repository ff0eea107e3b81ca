using System.Runtime.Intrinsics;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Factorization;

public sealed unsafe class NormalEquationsTests
{
    [Theory]
    [InlineData(16)]
    [InlineData(32)]
    [InlineData(48)]
    [InlineData(64)]
    [InlineData(80)]
    [InlineData(112)]
    public void Vector_kernels_agree_with_the_plain_steps(int width)
    {
        var rng = new Rng(width);
        var rows = Filled(150 * width, rng);
        var right = Filled(width, rng);
        var zero = new AlignedFloats(NormalEquations.MatrixLength(width));
        var expected = Solve(width, right, h => NormalEquationsKernel<LanesScalar, float>.AddOuterProducts(zero.Pointer, rows.Pointer, 150, width, h.Pointer), (h, x) =>
        {
            NormalEquationsScalar.Factor(h.Span, width);
            NormalEquationsScalar.Substitute(h.Span, width, x.Span);
        });

        Near(expected, SolveBy<Lanes512, Vector512<float>>(width, rows, right, zero));
        Near(expected, SolveBy<Lanes256, Vector256<float>>(width, rows, right, zero));
    }

    private static float[] SolveBy<TLanes, TV>(int width, AlignedFloats rows, AlignedFloats right, AlignedFloats zero)
        where TLanes : struct, ILanes<TV> where TV : struct
    {
        var inverseDiagonal = new AlignedFloats(width);
        return Solve(width, right, h => NormalEquationsKernel<TLanes, TV>.AddOuterProducts(zero.Pointer, rows.Pointer, 150, width, h.Pointer), (h, x) =>
        {
            NormalEquationsKernel<TLanes, TV>.Factor(h.Pointer, width, inverseDiagonal.Pointer);
            NormalEquationsKernel<TLanes, TV>.Substitute(h.Pointer, width, inverseDiagonal.Pointer, x.Pointer);
        });
    }

    private static float[] Solve(int width, AlignedFloats right, Action<AlignedFloats> addRows, Action<AlignedFloats, AlignedFloats> solve)
    {
        var (h, x) = (new AlignedFloats(NormalEquations.MatrixLength(width)), new AlignedFloats(width));
        addRows(h);
        for (var i = 0; i < width; i++)
        {
            h.Span[i * (width + NormalEquations.Tail) + i] += 5;
            h.Span[i * (width + NormalEquations.Tail) + width] = right.Span[i];
        }
        solve(h, x);
        return x.Span.ToArray();
    }

    private static void Near(float[] expected, float[] got)
    {
        var scale = expected.Max(MathF.Abs);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], got[i], 2e-5f * scale);
    }

    private static AlignedFloats Filled(int length, Rng rng)
    {
        var floats = new AlignedFloats(length);
        foreach (ref var value in floats.Span) value = (float)rng.NextNormal();
        return floats;
    }
}
