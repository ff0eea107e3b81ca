using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Linear;

/// <summary>Weighted mean and inverse standard deviation of columns, and the way back from weights of standardised columns.</summary>
internal sealed class ColumnMoments
{
    private ColumnMoments(double totalWeight, double[] mean, double[] inverseDeviation)
    {
        (TotalWeight, Mean, InverseDeviation) = (totalWeight, mean, inverseDeviation);
        (Shift, Scale) = (Array.ConvertAll(mean, v => (float)v), Array.ConvertAll(inverseDeviation, v => (float)v));
    }

    public double TotalWeight { get; }

    public double[] Mean { get; }

    /// <summary>1 / population deviation; 0 for a column that is constant to rounding.</summary>
    public double[] InverseDeviation { get; }

    /// <summary>The mean as it is subtracted.</summary>
    public float[] Shift { get; }

    /// <summary>The inverse deviation as it is multiplied.</summary>
    public float[] Scale { get; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ColumnMoments Of(Matrix data, float[] rowWeights)
    {
        var (mean, variance) = (new double[data.ColumnCount], new double[data.ColumnCount]);
        double total = 0;
        for (var i = 0; i < data.RowCount; i++)
        {
            var row = data.Row(i);
            var w = (double)rowWeights[i];
            total += w;
            for (var j = 0; j < row.Length; j++) mean[j] += w * row[j];
        }
        for (var j = 0; j < mean.Length; j++) mean[j] /= total;
        for (var i = 0; i < data.RowCount; i++)
        {
            var row = data.Row(i);
            var w = (double)rowWeights[i];
            for (var j = 0; j < row.Length; j++)
            {
                var difference = row[j] - mean[j];
                variance[j] += w * difference * difference;
            }
        }
        var inverse = new double[mean.Length];
        for (var j = 0; j < inverse.Length; j++)
        {
            var deviation = Math.Sqrt(variance[j] / total);
            inverse[j] = deviation > 1e-7 * Math.Abs(mean[j]) && deviation > 1e-30 ? 1 / deviation : 0;
        }
        return new ColumnMoments(total, mean, inverse);
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
