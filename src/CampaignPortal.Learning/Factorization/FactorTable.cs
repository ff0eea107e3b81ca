using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Factorization;

/// <summary>Item factors stored for scoring: panels of 16 items, in each all 16 values of one coordinate side by side.</summary>
/// <remarks>
/// A score is one chain of fused multiply-adds over the coordinates in ascending order, however many users or items are taken at
/// once: one user alone and a batch give the same bits, and no lanes are added up.
/// </remarks>
internal sealed unsafe class FactorTable
{
    private const int PanelItems = 16;
    private readonly AlignedFloats _panels;

    /// <summary>Rearranges factors that lie row by row.</summary>
    /// <param name="factors">Items × width.</param>
    /// <param name="itemCount">Number of items.</param>
    /// <param name="width">Length of a factor row.</param>
    public FactorTable(ReadOnlySpan<float> factors, int itemCount, int width)
    {
        (ItemCount, Width) = (itemCount, width);
        PanelCount = (itemCount + PanelItems - 1) / PanelItems;
        _panels = new AlignedFloats(checked(PanelCount * PanelItems * width));
        var to = _panels.Span;
        for (var item = 0; item < itemCount; item++)
        {
            var panel = item / PanelItems * PanelItems * width;
            for (var k = 0; k < width; k++) to[panel + k * PanelItems + item % PanelItems] = factors[item * width + k];
        }
    }

    public int ItemCount { get; }

    public int Width { get; }

    private int PanelCount { get; }

    /// <summary>Copies the factors of one item.</summary>
    public void CopyItem(int item, Span<float> factors)
    {
        var panel = _panels.Span.Slice(item / PanelItems * PanelItems * Width, PanelItems * Width);
        for (var k = 0; k < factors.Length; k++) factors[k] = panel[k * PanelItems + item % PanelItems];
    }

    /// <summary>scores[i] = user · item i, for all items.</summary>
    public void Score(ReadOnlySpan<float> user, Span<float> scores)
    {
        fixed (float* u = user)
        fixed (float* to = scores)
        {
            var whole = ItemCount / PanelItems;
            Score(u, _panels.Pointer, Width, whole, to);
            if (whole < PanelCount) ScoreLast(u, whole, scores[(whole * PanelItems)..]);
        }
        GC.KeepAlive(_panels);
    }

    private void ScoreLast(float* u, int whole, Span<float> scores)
    {
        var rest = stackalloc float[PanelItems];
        var last = _panels.Pointer + (nint)whole * PanelItems * Width;
        Score(u, last, Width, 1, rest);
        new ReadOnlySpan<float>(rest, scores.Length).CopyTo(scores);
    }

    private static void Score(float* user, float* panels, int width, int panelCount, float* scores)
    {
        if (Vector512.IsHardwareAccelerated) Score<Lanes512, Vector512<float>>(user, panels, width, panelCount, scores);
        else if (Vector256.IsHardwareAccelerated) Score<Lanes256, Vector256<float>>(user, panels, width, panelCount, scores);
        else Score<LanesScalar, float>(user, panels, width, panelCount, scores);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Score<TLanes, TV>(float* user, float* panels, int width, int panelCount, float* scores)
        where TLanes : struct, ILanes<TV> where TV : struct
    {
        var panelLength = PanelItems * width;
        var zero = TLanes.Splat(0);
        var panel = 0;
        for (; panel + 4 <= panelCount; panel += 4)
        {
            for (var lane = 0; lane < PanelItems; lane += TLanes.Width)
            {
                var from = panels + (nint)panel * panelLength + lane;
                var (s0, s1, s2, s3) = (zero, zero, zero, zero);
                for (var k = 0; k < width; k++, from += PanelItems)
                {
                    var u = TLanes.Splat(user[k]);
                    s0 = TLanes.MultiplyAdd(u, TLanes.Load(from), s0);
                    s1 = TLanes.MultiplyAdd(u, TLanes.Load(from + panelLength), s1);
                    s2 = TLanes.MultiplyAdd(u, TLanes.Load(from + 2 * panelLength), s2);
                    s3 = TLanes.MultiplyAdd(u, TLanes.Load(from + 3 * panelLength), s3);
                }
                var to = scores + panel * PanelItems + lane;
                TLanes.Store(to, s0);
                TLanes.Store(to + PanelItems, s1);
                TLanes.Store(to + 2 * PanelItems, s2);
                TLanes.Store(to + 3 * PanelItems, s3);
            }
        }
        for (; panel < panelCount; panel++)
        {
            for (var lane = 0; lane < PanelItems; lane += TLanes.Width)
            {
                var from = panels + (nint)panel * panelLength + lane;
                var sum = zero;
                for (var k = 0; k < width; k++, from += PanelItems) sum = TLanes.MultiplyAdd(TLanes.Splat(user[k]), TLanes.Load(from), sum);
                TLanes.Store(scores + panel * PanelItems + lane, sum);
            }
        }
    }
}
