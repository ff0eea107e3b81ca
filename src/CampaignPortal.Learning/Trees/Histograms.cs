using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CampaignPortal.Learning.Trees;

/// <summary>Sums of gradients and hessians per bin of every column, for the rows of one node.</summary>
/// <remarks>
/// A histogram is one array of doubles, (gradient, hessian) per bin, the columns of a block one after the other. Rows are first added in float32, in runs of
/// <see cref="RunRows"/>, to a table of one block that fits into the first-level cache, and each run is then added in double: as fast as float32 and
/// as good as double. Blocks are independent, so any number of threads adds in the same order.
/// </remarks>
internal sealed class Histograms
{
    /// <summary>Readable entries that a list of rows needs behind its end: what is prefetched ahead.</summary>
    public const int Lookahead = 12;

    private const int RunRows = 8192;
    private const int Bins = 256;

    private readonly BinnedMatrix _data;
    private readonly int[] _offsets; // first bin of each column; a multiple of 4, so that whole vectors never reach into another column
    private readonly Stack<double[]> _free = new();
    private readonly int _most;
    private int _inUse;

    public Histograms(BinnedMatrix data, int mostAtATime)
    {
        (_data, _most) = (data, mostAtATime);
        _offsets = new int[data.ColumnCount + 1];
        for (var j = 0; j < data.ColumnCount; j++) _offsets[j + 1] = _offsets[j] + ((data.ValueBins[j] + 1 + 3) & ~3);
    }

    /// <summary>Bytes of one histogram over columns of the given number of bins.</summary>
    public static long BytesOf(int columnCount, int binCount) => (long)columnCount * ((binCount + 1 + 3) & ~3) * 2 * sizeof(double);

    /// <summary>Sums of a column: gradient and hessian per bin, missing values last.</summary>
    public ReadOnlySpan<double> Column(double[] histogram, int column) => histogram.AsSpan(2 * _offsets[column], 2 * (_data.ValueBins[column] + 1));

    /// <summary>Whether so many are in use that the next division of a node needs what is left.</summary>
    public bool IsScarce => _inUse + 2 > _most;

    /// <summary>An array of unknown content.</summary>
    public double[] Rent()
    {
        _inUse++;
        return _free.TryPop(out var histogram) ? histogram : new double[2 * _offsets[^1]];
    }

    public void Return(double[] histogram)
    {
        _inUse--;
        _free.Push(histogram);
    }

    /// <summary>Sums one block of columns over some rows; <paramref name="pairs"/> holds gradient and hessian of every row.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public unsafe void Build(int block, int[] rows, int from, int to, float[] pairs, double[] histogram)
    {
        var table = stackalloc float[BinnedMatrix.BlockColumns * Bins * 2];
        Clear(block, table);
        var (first, last) = Range(block);
        Array.Clear(histogram, first, last - first);
        fixed (ulong* words = _data.Block(block))
        fixed (float* gradients = pairs)
        fixed (int* order = rows)
        {
            for (var start = from; start < to; start += RunRows)
            {
                Add(words, (double*)gradients, order + start, Math.Min(RunRows, to - start), (double*)table);
                Flush(block, table, histogram);
            }
        }
    }

    /// <summary>Takes a part away from a whole, in one block: what is left belongs to the other child.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Subtract(int block, double[] whole, double[] part)
    {
        var (first, last) = Range(block);
        for (var i = first; i < last; i += Vector256<double>.Count)
        {
            (Vector256.LoadUnsafe(ref whole[i]) - Vector256.LoadUnsafe(ref part[i])).StoreUnsafe(ref whole[i]);
        }
    }

    /// <summary>The bins of a row in eight columns are eight bytes; each cell is a pair of float32, changed by one 64-bit load, add and store.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Add(ulong* words, double* gradients, int* rows, int count, double* table)
    {
        for (var i = 0; i < count; i++)
        {
            var row = rows[i];
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(words + rows[i + Lookahead]);
                Sse.Prefetch0(gradients + rows[i + Lookahead]);
            }
            var bins = words[row];
            var pair = Vector128.CreateScalarUnsafe(gradients[row]).AsSingle();
            AddTo(table + (byte)bins, pair);
            AddTo(table + 1 * Bins + (byte)(bins >> 8), pair);
            AddTo(table + 2 * Bins + (byte)(bins >> 16), pair);
            AddTo(table + 3 * Bins + (byte)(bins >> 24), pair);
            AddTo(table + 4 * Bins + (byte)(bins >> 32), pair);
            AddTo(table + 5 * Bins + (byte)(bins >> 40), pair);
            AddTo(table + 6 * Bins + (byte)(bins >> 48), pair);
            AddTo(table + 7 * Bins + (byte)(bins >> 56), pair);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void AddTo(double* cell, Vector128<float> pair) =>
        *cell = (Vector128.CreateScalarUnsafe(*cell).AsSingle() + pair).AsDouble().ToScalar();

    /// <summary>Clears what rows can reach: bins of columns, and the first one of columns that only fill the word.</summary>
    private unsafe void Clear(int block, float* table)
    {
        for (var c = 0; c < BinnedMatrix.BlockColumns; c++)
        {
            var j = block * BinnedMatrix.BlockColumns + c;
            new Span<float>(table + c * 2 * Bins, j < _data.ColumnCount ? 2 * (_offsets[j + 1] - _offsets[j]) : 2).Clear();
        }
    }

    /// <summary>Adds the table to the histogram and clears it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void Flush(int block, float* table, double[] histogram)
    {
        var firstColumn = block * BinnedMatrix.BlockColumns;
        for (var j = firstColumn; j < Math.Min(_data.ColumnCount, firstColumn + BinnedMatrix.BlockColumns); j++)
        {
            fixed (double* sums = &histogram[2 * _offsets[j]])
            {
                var cells = table + (j - firstColumn) * 2 * Bins;
                for (var i = 0; i < 2 * (_offsets[j + 1] - _offsets[j]); i += 8)
                {
                    var (low, high) = Vector256.Widen(Vector256.Load(cells + i));
                    (Vector256.Load(sums + i) + low).Store(sums + i);
                    (Vector256.Load(sums + i + 4) + high).Store(sums + i + 4);
                    Vector256<float>.Zero.Store(cells + i);
                }
            }
        }
    }

    private (int First, int Last) Range(int block) =>
        (2 * _offsets[block * BinnedMatrix.BlockColumns], 2 * _offsets[Math.Min(_data.ColumnCount, (block + 1) * BinnedMatrix.BlockColumns)]);
}
