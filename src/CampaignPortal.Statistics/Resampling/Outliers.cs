using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Resampling;

/// <summary>Values with the largest ones cut back.</summary>
/// <param name="Cap">The largest value that is kept as it is.</param>
/// <param name="Mean">After capping.</param>
/// <param name="Variance">After capping, with n − 1.</param>
/// <param name="Capped">Values above the cap.</param>
public sealed record CappedSample(double Cap, double Mean, double Variance, int Capped);

/// <summary>Values whose tails were pulled in.</summary>
/// <param name="Values">In the order of the input.</param>
/// <param name="Mean">After winsorizing.</param>
/// <param name="Variance">After winsorizing, with n − 1.</param>
public sealed record WinsorizedSample(double[] Values, double Mean, double Variance);

/// <summary>Tames heavy tails before means are compared.</summary>
public static class Outliers
{
    /// <summary>Sets values above a quantile of all values (or of the non-zero ones) to that quantile.</summary>
    public static Outcome<CappedSample> Cap(ReadOnlySpan<double> values, double percentile, bool ignoreZeros = false)
    {
        if (ArmChecks.Finite(values) is { } problem) return problem;
        if (!(percentile is >= 0 and <= 1)) return Refusal.Invalid(Reasons.ProbabilityOutOfRange);
        double[] judged = ignoreZeros ? [.. values.ToArray().Where(v => v != 0)] : values.ToArray();
        if (judged.Length is 0 || values.Length < 2) return Refusal.Insufficient(Reasons.TooFewObservations);
        var cap = Quantiles.Of(judged, percentile);
        double[] kept = [.. values.ToArray().Select(v => Math.Min(v, cap))];
        var moments = Moments.Of(kept);
        var capped = 0;
        foreach (var value in values) if (value > cap) capped++;
        return new CappedSample(cap, moments.Mean, moments.Variance, capped);
    }

    /// <summary>Replaces the lowest ⌊l n⌋ and the highest ⌊u n⌋ values by the nearest kept value.</summary>
    /// <remarks>Counts are truncated as in scipy's mstats; ties are taken in stable order.</remarks>
    public static Outcome<WinsorizedSample> Winsorize(ReadOnlySpan<double> values, double lowerFraction, double upperFraction)
    {
        if (ArmChecks.Finite(values) is { } problem) return problem;
        if (!(lowerFraction is >= 0 and <= 1) || !(upperFraction is >= 0 and <= 1) || lowerFraction + upperFraction > 1)
            return Refusal.Invalid(Reasons.ProbabilityOutOfRange);
        int n = values.Length, low = (int)(lowerFraction * n), high = (int)(upperFraction * n);
        if (n < 2 || low + high >= n) return Refusal.Insufficient(Reasons.TooFewObservations);
        var sorted = values.ToArray();
        Array.Sort(sorted);
        double floor = sorted[low], ceiling = sorted[n - 1 - high];
        double[] kept = [.. values.ToArray().Select(v => Math.Clamp(v, floor, ceiling))];
        var moments = Moments.Of(kept);
        return new WinsorizedSample(kept, moments.Mean, moments.Variance);
    }
}
