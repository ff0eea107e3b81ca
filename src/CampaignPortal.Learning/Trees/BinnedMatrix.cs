using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Trees;

/// <summary>Columns as bytes. A number's bin b holds values in [cut b−1, cut b), a category's bin is its code; the bin behind the last holds missing values.</summary>
/// <remarks>Eight columns lie together as one 64-bit word per row: a histogram of eight columns then stays in the first-level cache, and a column is still read with a small stride.</remarks>
internal sealed class BinnedMatrix
{
    /// <summary>Columns in a word.</summary>
    public const int BlockColumns = 8;

    /// <summary>Codes of categories are below this.</summary>
    public const int MaxCategories = 254;

    private readonly ulong[][] _blocks;

    /// <exception cref="ArgumentException">A categorical column holds something that is not a code of 0 to 253; the message names it.</exception>
    public BinnedMatrix(Matrix data, int maxBins, IReadOnlyList<int>? categoricalColumns, int degree, CancellationToken ct)
    {
        (RowCount, ColumnCount) = (data.RowCount, data.ColumnCount);
        Cuts = new float[ColumnCount][];
        ValueBins = new int[ColumnCount];
        IsCategory = new bool[ColumnCount];
        foreach (var j in categoricalColumns ?? []) IsCategory[j] = true;
        _blocks = new ulong[(ColumnCount + BlockColumns - 1) / BlockColumns][];
        ParallelRanges.For(_blocks.Length, degree, b => _blocks[b] = Bin(data, b, maxBins), ct);
    }

    public int RowCount { get; }

    public int ColumnCount { get; }

    public int BlockCount => _blocks.Length;

    /// <summary>Ascending thresholds of each column; empty for categories.</summary>
    public float[][] Cuts { get; }

    /// <summary>Bins of each column that stand for values; the one after them is for missing values.</summary>
    public int[] ValueBins { get; }

    public bool[] IsCategory { get; }

    /// <summary>Eight columns of all rows.</summary>
    public ulong[] Block(int block) => _blocks[block];

    private ulong[] Bin(Matrix data, int block, int maxBins)
    {
        var words = new ulong[RowCount];
        var column = new float[RowCount];
        var quantiles = new QuantileCuts(RowCount);
        for (var j = block * BlockColumns; j < Math.Min(ColumnCount, (block + 1) * BlockColumns); j++)
        {
            data.CopyColumn(j, column);
            if (IsCategory[j])
            {
                Cuts[j] = [];
                ValueBins[j] = CategoryCount(data, j, column);
            }
            else
            {
                Cuts[j] = quantiles.Find(column, maxBins);
                ValueBins[j] = Cuts[j].Length + 1;
            }
            Fill(column, Cuts[j], IsCategory[j], (byte)ValueBins[j], words, j % BlockColumns);
        }
        return words;
    }

    private static int CategoryCount(Matrix data, int j, float[] column)
    {
        var most = -1f;
        for (var i = 0; i < column.Length; i++)
        {
            if (float.IsNaN(column[i])) continue;
            if (!(column[i] >= 0 && column[i] < MaxCategories && column[i] == MathF.Floor(column[i])))
                throw new ArgumentException($"Categorical column '{data.ColumnName(j)}' holds {column[i]} in row {i}; it needs codes of 0 to {MaxCategories - 1} (missing: NaN). Merge rare categories into one.", nameof(data));
            most = Math.Max(most, column[i]);
        }
        return (int)most + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Fill(float[] column, float[] cuts, bool isCategory, byte missing, ulong[] words, int place)
    {
        var fine = stackalloc float[256];
        var coarse = stackalloc float[16];
        for (var c = 0; c < 256; c++) fine[c] = c < cuts.Length ? cuts[c] : float.PositiveInfinity;
        for (var c = 0; c < 16; c++) coarse[c] = fine[16 * c + 15];
        fixed (ulong* first = words)
        {
            var bytes = (byte*)first + place;
            for (var i = 0; i < column.Length; i++)
            {
                var value = column[i];
                if (float.IsNaN(value)) bytes[(long)i * BlockColumns] = missing;
                else if (isCategory) bytes[(long)i * BlockColumns] = (byte)value;
                else bytes[(long)i * BlockColumns] = (byte)(Vector512.IsHardwareAccelerated ? CountNotAbove(value, coarse, fine) : CountNotAboveScalar(value, fine));
            }
        }
    }

    /// <summary>How many of the 256 ascending cuts are not above the value: two comparisons with 16 cuts each instead of a search with eight branches.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe int CountNotAbove(float value, float* coarse, float* fine)
    {
        var wide = Vector512.Create(value);
        var group = 16 * BitOperations.PopCount(Vector512.GreaterThanOrEqual(wide, Vector512.Load(coarse)).ExtractMostSignificantBits());
        return group + BitOperations.PopCount(Vector512.GreaterThanOrEqual(wide, Vector512.Load(fine + group)).ExtractMostSignificantBits());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe int CountNotAboveScalar(float value, float* fine)
    {
        var low = 0;
        for (var step = 128; step > 0; step >>= 1) low += value >= fine[low + step - 1] ? step : 0;
        return low;
    }
}
