namespace CampaignPortal.Learning.Metrics;

/// <summary>One bin of a calibration curve.</summary>
/// <param name="MeanPredicted">Mean probability in the bin.</param>
/// <param name="PositiveRate">Share of positives in the bin.</param>
/// <param name="Lower">Lower end of the Wilson interval of the rate.</param>
/// <param name="Upper">Upper end of the Wilson interval of the rate.</param>
/// <param name="RowCount">Rows in the bin.</param>
public sealed record CalibrationBin(double MeanPredicted, double PositiveRate, double Lower, double Upper, int RowCount);

/// <summary>Whether probabilities mean what they say.</summary>
public static class CalibrationMetrics
{
    /// <summary>Expected calibration error: mean over rows of |positive rate − mean probability| of their bin.</summary>
    /// <remarks>Equal bins (lo, hi], the first one closed.</remarks>
    public static double ExpectedError(ReadOnlySpan<float> labels, ReadOnlySpan<float> probabilities, int binCount = 10, ReadOnlySpan<float> weights = default)
    {
        var bins = Bins(labels, probabilities, weights, binCount);
        var total = bins.Sum(b => b.Weight);
        return bins.Where(b => b.Weight > 0).Sum(b => Math.Abs(b.Labels - b.Probabilities)) / total;
    }

    /// <summary>Maximum calibration error: the largest gap of a bin.</summary>
    public static double MaximumError(ReadOnlySpan<float> labels, ReadOnlySpan<float> probabilities, int binCount = 10, ReadOnlySpan<float> weights = default) =>
        Bins(labels, probabilities, weights, binCount).Where(b => b.Weight > 0).Max(b => Math.Abs(b.Labels - b.Probabilities) / b.Weight);

    /// <summary>Calibration curve over bins of (nearly) equal row counts; rows of equal probability stay together.</summary>
    /// <param name="labels">0 or 1 per row.</param>
    /// <param name="probabilities">Probability per row.</param>
    /// <param name="binCount">Number of bins; fewer come out where probabilities repeat.</param>
    /// <param name="confidence">Coverage of the intervals.</param>
    public static IReadOnlyList<CalibrationBin> Curve(ReadOnlySpan<float> labels, ReadOnlySpan<float> probabilities, int binCount = 10, double confidence = 0.95)
    {
        BinaryMetrics.Check(labels, probabilities, default);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(binCount);
        var keys = probabilities.ToArray();
        var sorted = labels.ToArray();
        Array.Sort(keys, sorted);
        var curve = new List<CalibrationBin>();
        var start = 0;
        for (var b = 1; b <= binCount; b++)
        {
            var end = (int)((long)sorted.Length * b / binCount);
            while (end > start && end < sorted.Length && keys[end] == keys[end - 1]) end++;
            if (end <= start) continue;
            var (positives, predicted) = (0.0, 0.0);
            for (var i = start; i < end; i++) (positives, predicted) = (positives + sorted[i], predicted + keys[i]);
            var (lower, upper) = Wilson(positives, end - start, confidence);
            curve.Add(new CalibrationBin(predicted / (end - start), positives / (end - start), lower, upper, end - start));
            start = end;
        }
        return curve;
    }

    /// <summary>Wilson's score interval of a proportion (1927).</summary>
    internal static (double Lower, double Upper) Wilson(double successes, double count, double confidence)
    {
        var z = MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, 0.5 + confidence / 2);
        var rate = successes / count;
        var centre = (rate + z * z / (2 * count)) / (1 + z * z / count);
        var half = z / (1 + z * z / count) * Math.Sqrt(rate * (1 - rate) / count + z * z / (4 * count * count));
        return (Math.Max(0, centre - half), Math.Min(1, centre + half));
    }

    private static (double Weight, double Labels, double Probabilities)[] Bins(ReadOnlySpan<float> labels, ReadOnlySpan<float> probabilities, ReadOnlySpan<float> weights, int binCount)
    {
        BinaryMetrics.Check(labels, probabilities, weights);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(binCount);
        var bins = new (double Weight, double Labels, double Probabilities)[binCount];
        for (var i = 0; i < labels.Length; i++)
        {
            // An edge such as 0.3 has no exact float32; the decimal the caller meant decides on which side it falls.
            var p = (double)(decimal)probabilities[i];
            if (p is < 0 or > 1) throw new ArgumentException($"Probabilities lie in [0, 1]; row {i} has {p}.", nameof(probabilities));
            var bin = Math.Clamp((int)Math.Ceiling(p * binCount - 1e-9) - 1, 0, binCount - 1);
            var w = BinaryMetrics.WeightOf(weights, i);
            bins[bin] = (bins[bin].Weight + w, bins[bin].Labels + w * labels[i], bins[bin].Probabilities + w * probabilities[i]);
        }
        return bins;
    }
}
