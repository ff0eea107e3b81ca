using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CampaignPortal.Learning.Kernels;

/// <summary>Rows in groups of 16, column by column inside a group: one vector holds the same column of 16 rows.</summary>
/// <remarks>
/// For narrow data (up to some 32 columns) distances computed this way beat the product form |x|² − 2x·c + |c|². Rows that fill up the last group are
/// zeros, and callers ignore what comes out for them.
/// </remarks>
internal sealed unsafe class BlockedRows : IDisposable
{
    public const int GroupRows = 16;

    private float* _data;

    public BlockedRows(ReadOnlySpan<float> rows, int rowCount, int columnCount) : this(rowCount, columnCount)
    {
        fixed (float* source = rows) GemmPacking.Rows(source, columnCount, 1, _data, GroupRows, rowCount, columnCount);
    }

    public BlockedRows(int rowCount, int columnCount)
    {
        (RowCount, ColumnCount, GroupCount) = (rowCount, columnCount, (rowCount + GroupRows - 1) / GroupRows);
        var bytes = (nuint)Math.Max(1, (long)GroupCount * GroupRows * columnCount) * sizeof(float);
        _data = (float*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(_data, bytes);
    }

    public int RowCount { get; }

    public int ColumnCount { get; }

    public int GroupCount { get; }

    public void Set(int row, ReadOnlySpan<float> values)
    {
        var target = _data + (long)(row / GroupRows) * GroupRows * ColumnCount + row % GroupRows;
        for (var j = 0; j < values.Length; j++) target[j * GroupRows] = values[j];
    }

    /// <summary>Nearest of the centres (by squared distance, ties to the lower index) for the rows of groups [from, to).</summary>
    /// <param name="centres">Centre-major: centreCount × columns.</param>
    /// <param name="centreCount">Number of centres.</param>
    /// <param name="fromGroup">First group.</param>
    /// <param name="toGroup">Group after the last.</param>
    /// <param name="nearest">Index of the nearest centre of every row, as a number; length GroupCount·16.</param>
    /// <param name="distances">Squared distance to it; same length.</param>
    public void Nearest(ReadOnlySpan<float> centres, int centreCount, int fromGroup, int toGroup, Span<float> nearest, Span<float> distances)
    {
        fixed (float* c = centres)
        fixed (float* label = nearest)
        fixed (float* distance = distances)
        {
            float* rows = _data + (long)fromGroup * GroupRows * ColumnCount, l = label + (long)fromGroup * GroupRows, d = distance + (long)fromGroup * GroupRows;
            var groups = toGroup - fromGroup;
            if (Vector512.IsHardwareAccelerated) NearestKernel<Lanes512, Vector512<float>>(rows, groups, ColumnCount, c, centreCount, l, d);
            else if (Vector256.IsHardwareAccelerated) NearestKernel<Lanes256, Vector256<float>>(rows, groups, ColumnCount, c, centreCount, l, d);
            else NearestKernel<LanesScalar, float>(rows, groups, ColumnCount, c, centreCount, l, d);
        }
        GC.KeepAlive(this);
    }

    /// <summary>target[i] = min(limit[i], squared distance of row i to the point); returns Σ over rows in double. Limit and target may be one span.</summary>
    public double CapByDistance(ReadOnlySpan<float> point, ReadOnlySpan<float> limit, Span<float> target)
    {
        double sum = 0;
        fixed (float* p = point)
        fixed (float* from = limit)
        fixed (float* to = target)
        {
            if (Vector512.IsHardwareAccelerated) CapKernel<Lanes512, Vector512<float>>(_data, GroupCount, ColumnCount, p, from, to);
            else if (Vector256.IsHardwareAccelerated) CapKernel<Lanes256, Vector256<float>>(_data, GroupCount, ColumnCount, p, from, to);
            else CapKernel<LanesScalar, float>(_data, GroupCount, ColumnCount, p, from, to);
            sum = SumOf(target[..RowCount]);
        }
        GC.KeepAlive(this);
        return sum;
    }

    /// <summary>Σ over rows of Euclidean distances to the point.</summary>
    public double SumOfDistances(ReadOnlySpan<float> point)
    {
        double sum;
        fixed (float* p = point)
        {
            // Rows of zeros fill up the last group; what they add is known exactly lane by lane, so the kernel leaves them out.
            sum = Vector512.IsHardwareAccelerated ? DistanceKernel<Lanes512, Vector512<float>>(_data, RowCount, ColumnCount, p)
                : Vector256.IsHardwareAccelerated ? DistanceKernel<Lanes256, Vector256<float>>(_data, RowCount, ColumnCount, p)
                : DistanceKernel<LanesScalar, float>(_data, RowCount, ColumnCount, p);
        }
        GC.KeepAlive(this);
        return sum;
    }

    public void Dispose()
    {
        if (_data is null) return;
        NativeMemory.AlignedFree(_data);
        _data = null;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void NearestKernel<TL, TV>(float* rows, int groups, int columns, float* centres, int centreCount, float* nearest, float* distances)
        where TL : struct, ILanes<TV> where TV : struct
    {
        for (var g = 0; g < groups; g++, rows += GroupRows * columns, nearest += GroupRows, distances += GroupRows)
        {
            for (var lane = 0; lane < GroupRows; lane += TL.Width)
            {
                var best = TL.Splat(float.PositiveInfinity);
                var label = TL.Splat(0);
                var k = 0;
                for (; k <= centreCount - 8; k += 8)
                {
                    TV s0 = TL.Splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
                    var c = centres + (long)k * columns;
                    for (var j = 0; j < columns; j++, c++)
                    {
                        var x = TL.Load(rows + j * GroupRows + lane);
                        var d = TL.Subtract(x, TL.Spread(c));
                        s0 = TL.MultiplyAdd(d, d, s0);
                        d = TL.Subtract(x, TL.Spread(c + columns));
                        s1 = TL.MultiplyAdd(d, d, s1);
                        d = TL.Subtract(x, TL.Spread(c + 2L * columns));
                        s2 = TL.MultiplyAdd(d, d, s2);
                        d = TL.Subtract(x, TL.Spread(c + 3L * columns));
                        s3 = TL.MultiplyAdd(d, d, s3);
                        d = TL.Subtract(x, TL.Spread(c + 4L * columns));
                        s4 = TL.MultiplyAdd(d, d, s4);
                        d = TL.Subtract(x, TL.Spread(c + 5L * columns));
                        s5 = TL.MultiplyAdd(d, d, s5);
                        d = TL.Subtract(x, TL.Spread(c + 6L * columns));
                        s6 = TL.MultiplyAdd(d, d, s6);
                        d = TL.Subtract(x, TL.Spread(c + 7L * columns));
                        s7 = TL.MultiplyAdd(d, d, s7);
                    }
                    Take<TL, TV>(s0, k, ref best, ref label);
                    Take<TL, TV>(s1, k + 1, ref best, ref label);
                    Take<TL, TV>(s2, k + 2, ref best, ref label);
                    Take<TL, TV>(s3, k + 3, ref best, ref label);
                    Take<TL, TV>(s4, k + 4, ref best, ref label);
                    Take<TL, TV>(s5, k + 5, ref best, ref label);
                    Take<TL, TV>(s6, k + 6, ref best, ref label);
                    Take<TL, TV>(s7, k + 7, ref best, ref label);
                }
                for (; k < centreCount; k++)
                {
                    var s = TL.Splat(0);
                    var c = centres + (long)k * columns;
                    for (var j = 0; j < columns; j++)
                    {
                        var d = TL.Subtract(TL.Load(rows + j * GroupRows + lane), TL.Spread(c + j));
                        s = TL.MultiplyAdd(d, d, s);
                    }
                    Take<TL, TV>(s, k, ref best, ref label);
                }
                TL.Store(nearest + lane, label);
                TL.Store(distances + lane, best);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Take<TL, TV>(TV distance, int centre, ref TV best, ref TV label) where TL : struct, ILanes<TV> where TV : struct
    {
        label = TL.SelectLess(distance, best, TL.Splat(centre), label);
        best = TL.SelectLess(distance, best, distance, best);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CapKernel<TL, TV>(float* data, int groups, int columns, float* point, float* limit, float* target)
        where TL : struct, ILanes<TV> where TV : struct
    {
        for (var g = 0; g < groups; g++)
        {
            var rows = data + (long)g * GroupRows * columns;
            for (var lane = 0; lane < GroupRows; lane += TL.Width)
            {
                var s = TL.Splat(0);
                for (var j = 0; j < columns; j++)
                {
                    var d = TL.Subtract(TL.Load(rows + j * GroupRows + lane), TL.Spread(point + j));
                    s = TL.MultiplyAdd(d, d, s);
                }
                TL.Store(target + g * GroupRows + lane, TL.Min(s, TL.Load(limit + g * GroupRows + lane)));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double DistanceKernel<TL, TV>(float* data, int rowCount, int columns, float* point) where TL : struct, ILanes<TV> where TV : struct
    {
        double total = 0;
        var groups = rowCount / GroupRows;
        // At most 64 groups go into one float accumulator; chunks are added in double.
        for (var first = 0; first < groups; first += 64)
        {
            var last = Math.Min(groups, first + 64);
            TV sum = TL.Splat(0);
            for (var g = first; g < last; g++)
            {
                var rows = data + (long)g * GroupRows * columns;
                for (var lane = 0; lane < GroupRows; lane += TL.Width)
                {
                    var s = TL.Splat(0);
                    for (var j = 0; j < columns; j++)
                    {
                        var d = TL.Subtract(TL.Load(rows + j * GroupRows + lane), TL.Spread(point + j));
                        s = TL.MultiplyAdd(d, d, s);
                    }
                    sum = TL.Add(sum, TL.Sqrt(s));
                }
            }
            total += TL.Sum(sum);
        }
        var rest = data + (long)groups * GroupRows * columns;
        for (var i = 0; i < rowCount - groups * GroupRows; i++)
        {
            float s = 0;
            for (var j = 0; j < columns; j++)
            {
                var d = rest[j * GroupRows + i] - point[j];
                s = LanesScalar.MultiplyAdd(d, d, s);
            }
            total += MathF.Sqrt(s);
        }
        return total;
    }

    /// <summary>Σ in double.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SumOf(ReadOnlySpan<float> values)
    {
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        fixed (float* v = values)
        {
            var i = 0;
            for (; i <= values.Length - 4; i += 4)
            {
                s0 += v[i];
                s1 += v[i + 1];
                s2 += v[i + 2];
                s3 += v[i + 3];
            }
            for (; i < values.Length; i++) s0 += v[i];
        }
        return s0 + s1 + (s2 + s3);
    }
}
