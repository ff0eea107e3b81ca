using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;

namespace CampaignPortal.Learning.Linear;

/// <summary>Weighted mean and inverse standard deviation of columns, and the way back from weights of standardised columns.</summary>
internal sealed class ColumnMoments
{
    private ColumnMoments(double totalWeight, double[] mean, double[] variance)
    {
        (TotalWeight, Mean, Variance) = (totalWeight, mean, variance);
        InverseDeviation = new double[mean.Length];
        for (var j = 0; j < mean.Length; j++)
        {
            var deviation = Math.Sqrt(variance[j]);
            InverseDeviation[j] = deviation > 1e-7 * Math.Abs(mean[j]) && deviation > 1e-30 ? 1 / deviation : 0;
        }
        (Shift, Scale) = (Array.ConvertAll(mean, v => (float)v), Array.ConvertAll(InverseDeviation, v => (float)v));
    }

    public double TotalWeight { get; }

    public double[] Mean { get; }

    /// <summary>Population variance.</summary>
    public double[] Variance { get; }

    /// <summary>1 / population deviation; 0 for a column that is constant to rounding.</summary>
    public double[] InverseDeviation { get; }

    /// <summary>The mean as it is subtracted.</summary>
    public float[] Shift { get; }

    /// <summary>The inverse deviation as it is multiplied.</summary>
    public float[] Scale { get; }

    /// <summary>Moments in two passes: the first takes the mean around the first row, the second the variance around that mean.</summary>
    /// <param name="data">Rows.</param>
    /// <param name="rowWeights">One per row, or empty for 1 each.</param>
    public static ColumnMoments Of(Matrix data, ReadOnlySpan<float> rowWeights)
    {
        double total = 0;
        foreach (var w in rowWeights) total += w;
        if (rowWeights.IsEmpty) total = data.RowCount;
        var shift = data.RowCount > 0 ? data.Row(0).ToArray() : new float[data.ColumnCount];
        var (sums, _) = Sums(data, rowWeights, shift);
        var mean = new double[data.ColumnCount];
        for (var j = 0; j < mean.Length; j++) mean[j] = shift[j] + sums[j] / total;
        shift = Array.ConvertAll(mean, v => (float)v);
        (sums, var squares) = Sums(data, rowWeights, shift);
        var variance = new double[mean.Length];
        for (var j = 0; j < variance.Length; j++) variance[j] = Math.Max(0, squares[j] / total - sums[j] / total * (sums[j] / total));
        return new ColumnMoments(total, mean, variance);
    }

    /// <summary>Blocks of rows in float32, added in double.</summary>
    private static (double[] Sums, double[] Squares) Sums(Matrix data, ReadOnlySpan<float> rowWeights, float[] shift)
    {
        const int BlockRows = 240;
        var (sums, squares) = (new double[shift.Length], new double[shift.Length]);
        var (blockSums, blockSquares) = (new float[shift.Length], new float[shift.Length]);
        if (shift.Length == 0) return (sums, squares);
        for (var start = 0; start < data.RowCount; start += BlockRows)
        {
            var rows = Math.Min(BlockRows, data.RowCount - start);
            WeightedRows.ColumnSums(
                data.Values.Slice(start * shift.Length, rows * shift.Length), rowWeights.IsEmpty ? [] : rowWeights.Slice(start, rows), shift, blockSums, blockSquares);
            for (var j = 0; j < shift.Length; j++)
            {
                sums[j] += blockSums[j];
                squares[j] += blockSquares[j];
            }
        }
        return (sums, squares);
    }

    /// <summary>Weights and intercept in original units, from those of standardised columns with the intercept last.</summary>
    public (double[] Weights, double Intercept) ToOriginal(ReadOnlySpan<double> standardised)
    {
        var original = new double[Mean.Length];
        var intercept = standardised[^1];
        for (var j = 0; j < original.Length; j++)
        {
            original[j] = standardised[j] * InverseDeviation[j];
            intercept -= original[j] * Shift[j];
        }
        return (original, intercept);
    }
}
