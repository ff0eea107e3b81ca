using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Trees;

/// <summary>Columns as bytes: bin b holds values in [cut b−1, cut b); the bin after the last holds missing values.</summary>
internal sealed class BinnedMatrix
{
    public BinnedMatrix(Matrix data, int maxBins)
    {
        (RowCount, ColumnCount) = (data.RowCount, data.ColumnCount);
        Cuts = new float[ColumnCount][];
        Bins = new byte[(long)RowCount * ColumnCount];
        for (var j = 0; j < ColumnCount; j++)
        {
            var column = data.Column(j);
            Cuts[j] = FindCuts(column, maxBins);
            Fill(column, Cuts[j], j);
        }
    }

    public int RowCount { get; }

    public int ColumnCount { get; }

    /// <summary>Ascending thresholds of each column.</summary>
    public float[][] Cuts { get; }

    /// <summary>Row-major: a row's columns lie in one or two cache lines, as histograms read them.</summary>
    public byte[] Bins { get; }

    private static float[] FindCuts(float[] column, int maxBins)
    {
        var sorted = Array.FindAll(column, v => !float.IsNaN(v));
        Array.Sort(sorted);
        var cuts = new List<float>();
        var distinct = 0;
        for (var i = 1; i < sorted.Length; i++) distinct += sorted[i] > sorted[i - 1] ? 1 : 0;
        if (distinct < maxBins)
        {
            for (var i = 1; i < sorted.Length; i++) if (sorted[i] > sorted[i - 1]) cuts.Add(Between(sorted[i - 1], sorted[i]));
            return cuts.ToArray();
        }
        for (var b = 1; b < maxBins; b++)
        {
            var i = (int)((long)b * sorted.Length / maxBins);
            while (i < sorted.Length && i > 0 && sorted[i] == sorted[i - 1]) i++;
            if (i == 0 || i >= sorted.Length) continue;
            var cut = Between(sorted[i - 1], sorted[i]);
            if (cuts.Count == 0 || cut > cuts[^1]) cuts.Add(cut);
        }
        return cuts.ToArray();
    }

    /// <summary>The middle, but above the lower value even where both are neighbours in float32.</summary>
    private static float Between(float lower, float upper)
    {
        var middle = (float)(((double)lower + upper) / 2);
        return middle > lower ? middle : upper;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fill(float[] column, float[] cuts, int j)
    {
        var missing = (byte)(cuts.Length + 1);
        for (var i = 0; i < column.Length; i++)
        {
            var value = column[i];
            int low = 0, high = cuts.Length;
            while (low < high)
            {
                var middle = (low + high) >> 1;
                if (cuts[middle] <= value) low = middle + 1;
                else high = middle;
            }
            Bins[(long)i * ColumnCount + j] = float.IsNaN(value) ? missing : (byte)low;
        }
    }
}
