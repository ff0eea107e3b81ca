using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Trees;

/// <summary>Finds the best split of a node in one column after the other (Chen and Guestrin 2016, eq. 7, without the factor ½).</summary>
/// <remarks>gain = s(G_L)²/(H_L+λ) + s(G_R)²/(H_R+λ) − s(G)²/(H+λ), s(G) = sign(G)·max(|G|−α, 0). Among equal gains the first column and the first bin win, at every vector width.</remarks>
internal sealed class SplitSearch(BinnedMatrix data, Histograms histograms, GrowthOptions options)
{
    private const int MostBins = 256;
    private const int FewCategories = 4; // a split of so few is as safe as one of numbers

    private readonly bool _isMonotone = options.Monotone?.Any(m => m != 0) == true;

    /// <summary>The best split of a node among the columns from <paramref name="fromColumn"/> to before <paramref name="toColumn"/> that <paramref name="allowed"/> has; null where none gains enough.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Split? Find(GrowingNode node, double[] histogram, int fromColumn, int toColumn, ReadOnlySpan<bool> allowed, int tree)
    {
        Span<double> g = stackalloc double[MostBins + 4];
        Span<double> h = stackalloc double[MostBins + 4];
        Split? best = null;
        var parent = _isMonotone ? Score(node.Gradient, node.Hessian, Value(node, node.Gradient, node.Hessian)) : Square(Shrink(node.Gradient)) / (node.Hessian + options.Lambda);
        for (var j = fromColumn; j < toColumn; j++)
        {
            if (!allowed[j]) continue;
            var column = histograms.Column(histogram, j);
            var least = parent + (best?.Gain ?? options.MinGain);
            var found = data.IsCategory[j] ? FindCategories(node, column, j, least) : FindCut(node, column, j, least, g, h, tree);
            if (found is not null) best = found with { Gain = found.Gain - parent };
        }
        return best;
    }

    /// <summary>The best cut of a column of numbers, with missing values on either side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Split? FindCut(GrowingNode node, ReadOnlySpan<double> column, int j, double least, Span<double> g, Span<double> h, int tree)
    {
        var cuts = column.Length / 2 - 2;
        if (cuts <= 0) return null;
        Accumulate(column, cuts, g, h);
        var (missingG, missingH) = (column[^2], column[^1]);
        var hasMissing = missingH > Trace(node);
        var only = options.RandomCuts ? RandomCut(node, h, cuts, missingH, tree, j) : -1;
        Split? best = null;
        for (var side = 0; side < (hasMissing ? 2 : 1); side++)
        {
            var (addG, addH) = side == 0 ? (0.0, 0.0) : (missingG, missingH);
            var (bin, gain) = only >= 0 || _isMonotone ? ScanBounded(node, g, h, cuts, addG, addH, options.Monotone?[j] ?? 0, only) : Scan(node, g, h, cuts, addG, addH);
            if (bin < 0 || !(gain > least)) continue;
            least = gain;
            var (leftG, leftH) = (g[bin] + addG, h[bin] + addH);
            // Where training saw no gap, a later one follows the heavier child.
            best = new Split { Column = j, Gain = gain, Bin = bin, LeftGradient = leftG, LeftHessian = leftH, MissingLeft = hasMissing ? side == 1 : leftH >= node.Hessian - leftH };
        }
        return best;
    }

    /// <summary>Value of a leaf of these sums, before the learning rate.</summary>
    public double Value(GrowingNode node, double gradient, double hessian)
    {
        var value = hessian + options.Lambda > 0 ? -Shrink(gradient) / (hessian + options.Lambda) : 0;
        return Math.Min(node.Upper, Math.Max(node.Lower, value));
    }

    /// <summary>Sums up to and with each bin.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(ReadOnlySpan<double> column, int cuts, Span<double> g, Span<double> h)
    {
        var sum = Vector128<double>.Zero;
        ref var cell = ref Unsafe.AsRef(in column[0]);
        for (var b = 0; b < cuts; b++)
        {
            sum += Vector128.LoadUnsafe(ref cell, (nuint)(2 * b));
            g[b] = sum.ToScalar();
            h[b] = sum.GetElement(1);
        }
        for (var b = cuts; b < cuts + 4; b++) h[b] = double.NaN; // lanes behind the last cut fail every comparison
    }

    /// <summary>The cut of greatest Σ s²/(H+λ), four at a time with one division.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (int Bin, double Gain) Scan(GrowingNode node, Span<double> g, Span<double> h, int cuts, double addG, double addH)
    {
        var (total, weight) = (Vector256.Create(node.Gradient), Vector256.Create(node.Hessian));
        var (lambda, alpha, bound) = (Vector256.Create(options.Lambda), Vector256.Create(options.L1), Vector256.Create(LeastWeight(node)));
        var (moreG, moreH) = (Vector256.Create(addG), Vector256.Create(addH));
        var best = Vector256.Create(double.NegativeInfinity);
        var (at, index, four) = (Vector256<double>.Zero, Vector256.Create(0.0, 1, 2, 3), Vector256.Create(4.0));
        for (var b = 0; b < cuts; b += 4)
        {
            var (lg, lh) = (Vector256.LoadUnsafe(ref g[b]) + moreG, Vector256.LoadUnsafe(ref h[b]) + moreH);
            var (rg, rh) = (total - lg, weight - lh);
            var fits = Vector256.GreaterThanOrEqual(lh, bound) & Vector256.GreaterThanOrEqual(rh, bound);
            var (ls, rs) = (Vector256.Max(Vector256.Abs(lg) - alpha, Vector256<double>.Zero), Vector256.Max(Vector256.Abs(rg) - alpha, Vector256<double>.Zero));
            (lh, rh) = (lh + lambda, rh + lambda);
            var gain = (ls * ls * rh + rs * rs * lh) / (lh * rh);
            var better = fits & Vector256.GreaterThan(gain, best);
            best = Vector256.ConditionalSelect(better, gain, best);
            at = Vector256.ConditionalSelect(better, index, at);
            index += four;
        }
        var (bin, most) = (-1, double.NegativeInfinity);
        for (var lane = 0; lane < 4; lane++)
        {
            var (value, place) = (best.GetElement(lane), (int)at.GetElement(lane));
            if (value > most || (value == most && bin >= 0 && place < bin)) (bin, most) = (place, value);
        }
        return (bin, most);
    }

    /// <summary>The same with bounds on the values of leaves, one cut at a time; only one cut where <paramref name="only"/> names it.</summary>
    private (int Bin, double Gain) ScanBounded(GrowingNode node, Span<double> g, Span<double> h, int cuts, double addG, double addH, int direction, int only)
    {
        var (bin, most) = (-1, double.NegativeInfinity);
        for (var b = only >= 0 ? only : 0; b < (only >= 0 ? only + 1 : cuts); b++)
        {
            var gain = Gain(node, g[b] + addG, h[b] + addH, options.Lambda, direction);
            if (gain > most) (bin, most) = (b, gain);
        }
        return (bin, most);
    }

    /// <summary>Categories in the order of their smoothed gradient ratio; the best left part of that order is the best of all parts for a convex loss (Fisher 1958). Missing values are one of them.</summary>
    private Split? FindCategories(GrowingNode node, ReadOnlySpan<double> column, int j, double least)
    {
        var bins = column.Length / 2;
        Span<int> order = stackalloc int[bins];
        Span<double> ratio = stackalloc double[bins];
        var (count, typical) = (0, options.CategorySmoothing * node.Hessian / node.RowCount);
        for (var b = 0; b < bins; b++)
        {
            if (!(column[2 * b + 1] > Trace(node))) continue;
            ratio[count] = column[2 * b] / (column[2 * b + 1] + typical);
            order[count++] = b;
        }
        order = order[..count];
        ratio[..count].Sort(order);
        var lambda = options.Lambda + (count > FewCategories ? typical : 0);
        var (g, h, found, leftG, leftH) = (0.0, 0.0, -1, 0.0, 0.0);
        for (var k = 0; k + 1 < count; k++)
        {
            (g, h) = (g + column[2 * order[k]], h + column[2 * order[k] + 1]);
            var gain = Gain(node, g, h, lambda, 0);
            if (gain > least) (least, found, leftG, leftH) = (gain, k, g, h);
        }
        if (found < 0) return null;
        var left = order[..(found + 1)];
        var missingLeft = order.Contains(bins - 1) ? left.Contains(bins - 1) : leftH >= node.Hessian - leftH;
        var set = default(BinSet);
        // What the node has not seen goes where missing values go.
        for (var b = 0; b < MostBins; b++) if (b < bins - 1 && order.Contains(b) ? left.Contains(b) : missingLeft) set.Add(b);
        return new Split { Column = j, Gain = least, Categories = set, LeftGradient = leftG, LeftHessian = leftH, MissingLeft = missingLeft };
    }

    private double Gain(GrowingNode node, double leftG, double leftH, double lambda, int direction)
    {
        var (rightG, rightH) = (node.Gradient - leftG, node.Hessian - leftH);
        var least = LeastWeight(node);
        if (!(leftH >= least && rightH >= least)) return double.NegativeInfinity;
        if (!_isMonotone) return Square(Shrink(leftG)) / (leftH + lambda) + Square(Shrink(rightG)) / (rightH + lambda);
        var (left, right) = (Value(node, leftG, leftH), Value(node, rightG, rightH));
        return direction * (right - left) < 0 ? double.NegativeInfinity : Score(leftG, leftH, left) + Score(rightG, rightH, right);
    }

    /// <summary>What a leaf of a given value saves: s²/(H+λ) where the value is free.</summary>
    private double Score(double g, double h, double value) => -(2 * g * value + (h + options.Lambda) * value * value + 2 * options.L1 * Math.Abs(value));

    /// <summary>A cut between the smallest and the largest bin that hold rows; the one behind the last where all lie in one bin.</summary>
    private int RandomCut(GrowingNode node, Span<double> h, int cuts, double missingH, int tree, int j)
    {
        var present = node.Hessian - missingH;
        var (low, high) = (0, cuts - 1);
        while (low < cuts && !(h[low] > 1e-6 * present)) low++;
        while (high >= 0 && !(present - h[high] > 1e-6 * present)) high--;
        if (low > high) return cuts;
        return low + (int)(CounterRng.Uniform(options.Seed, (ulong)tree << 32 | (uint)node.Number, (ulong)j) * (high - low + 1));
    }

    /// <summary>Sums of float32 runs leave traces of rows that are not there; what weighs no more than this is nothing.</summary>
    private static double Trace(GrowingNode node) => 1e-6 * node.Hessian;

    private double LeastWeight(GrowingNode node) => Math.Max(options.MinChildWeight, Trace(node));

    private double Shrink(double g) => Math.Sign(g) * Math.Max(Math.Abs(g) - options.L1, 0);

    private static double Square(double x) => x * x;
}
