using CampaignPortal.Statistics.Distributions;

namespace CampaignPortal.Statistics.Experiments;

/// <summary>The chi-square check of traffic against the configured weights.</summary>
/// <param name="ChiSquare">Pearson's statistic over the arms that should receive units.</param>
/// <param name="DegreesOfFreedom">Arms that should receive units, minus one.</param>
/// <param name="PValue">Upper tail.</param>
/// <param name="Mismatch">p below the threshold, or units in an arm of weight zero.</param>
public sealed record SampleRatioResult(double ChiSquare, int DegreesOfFreedom, double PValue, bool Mismatch);

/// <summary>The check that may be made after every unit.</summary>
/// <param name="LogBayesFactor">ln of the evidence for other shares than the configured ones.</param>
/// <param name="AlwaysValidPValue">min(1, 1/factor); keep the running minimum.</param>
/// <param name="Mismatch">p below the threshold, or units in an arm of weight zero.</param>
public sealed record SequentialSampleRatioResult(double LogBayesFactor, double AlwaysValidPValue, bool Mismatch);

/// <summary>Whether the arms received the units that they should have: a fault here voids every other number.</summary>
public static class SampleRatioCheck
{
    /// <summary>Pearson's chi-square, for one look.</summary>
    /// <remarks>Fabijan et al. 2019, Diagnosing sample ratio mismatch in online controlled experiments.</remarks>
    /// <param name="observed">Units per arm.</param>
    /// <param name="weights">Configured weights, on any scale.</param>
    /// <param name="threshold">Alarm below this p.</param>
    public static Outcome<SampleRatioResult> Fixed(ReadOnlySpan<double> observed, ReadOnlySpan<double> weights, double threshold = 0.001)
    {
        if (Problem(observed, weights, threshold) is { } problem) return problem;
        double[] seen = observed.ToArray(), planned = weights.ToArray();
        var stray = HasStray(seen, planned);
        double weightSum = planned.Sum(), total = seen.Where((_, i) => planned[i] > 0).Sum(), chiSquare = 0;
        for (var i = 0; i < seen.Length; i++)
        {
            if (planned[i] is 0 || total is 0) continue;
            var expected = total * planned[i] / weightSum;
            chiSquare += (seen[i] - expected) * (seen[i] - expected) / expected;
        }
        var df = planned.Count(w => w > 0) - 1;
        var p = df > 0 ? new ChiSquare(df).Survival(chiSquare) : 1;
        var result = new SampleRatioResult(chiSquare, df, p, p < threshold || stray);
        return stray ? Outcome.Ok(result, WarningCodes.TrafficInZeroWeightArm) : result;
    }

    /// <summary>Dirichlet-multinomial Bayes factor, valid at every look.</summary>
    /// <remarks>Lindon and Malek 2022, Anytime-valid inference for multinomial count data.</remarks>
    /// <param name="observed">Units per arm.</param>
    /// <param name="weights">Configured weights, on any scale.</param>
    /// <param name="concentration">Units that the prior is worth; large values look for small faults.</param>
    /// <param name="threshold">Alarm below this p.</param>
    public static Outcome<SequentialSampleRatioResult> Sequential(
        ReadOnlySpan<double> observed, ReadOnlySpan<double> weights, double concentration = 10_000, double threshold = 0.005)
    {
        if (Problem(observed, weights, threshold) is { } problem) return problem;
        if (!(concentration > 0)) return Refusal.Invalid(Reasons.PriorNotPositive);
        double[] seen = observed.ToArray(), planned = weights.ToArray();
        var stray = HasStray(seen, planned);
        double weightSum = planned.Sum(), logFactor = 0, restPrior = concentration, restSeen = seen.Where((_, i) => planned[i] > 0).Sum();
        // The Dirichlet taken apart into beta factors, one arm against the rest: beta functions keep the digits that gamma functions of millions lose.
        for (var i = 0; i < seen.Length; i++)
        {
            if (planned[i] is 0) continue;
            var share = planned[i] / weightSum;
            var prior = concentration * share;
            logFactor -= seen[i] * Math.Log(share);
            restPrior -= prior;
            restSeen -= seen[i];
            if (restPrior > 1e-9 * concentration) logFactor += SpecialFunctions.LogBeta(prior + seen[i], restPrior + restSeen) - SpecialFunctions.LogBeta(prior, restPrior);
        }
        var p = Math.Min(1, Math.Exp(-logFactor));
        var result = new SequentialSampleRatioResult(logFactor, p, p < threshold || stray);
        return stray ? Outcome.Ok(result, WarningCodes.TrafficInZeroWeightArm) : result;
    }

    private static bool HasStray(double[] observed, double[] weights) => observed.Where((count, i) => count > 0 && weights[i] is 0).Any();

    private static Refusal? Problem(ReadOnlySpan<double> observed, ReadOnlySpan<double> weights, double threshold)
    {
        if (observed.Length != weights.Length) return Refusal.Invalid(Reasons.LengthMismatch);
        if (!(threshold is > 0 and < 1)) return Refusal.Invalid(Reasons.AlphaOutOfRange);
        double weightSum = 0, total = 0;
        for (var i = 0; i < observed.Length; i++)
        {
            if (!double.IsFinite(observed[i]) || !double.IsFinite(weights[i])) return Refusal.Invalid(Reasons.NonFiniteValue);
            if (observed[i] < 0) return Refusal.Invalid(Reasons.NegativeCount);
            if (weights[i] < 0) return Refusal.Invalid(Reasons.WeightsNotPositive);
            weightSum += weights[i];
            total += observed[i];
        }
        if (weightSum is 0) return Refusal.Invalid(Reasons.WeightsNotPositive);
        return total is 0 ? Refusal.Insufficient(Reasons.NoUnits) : null;
    }
}
