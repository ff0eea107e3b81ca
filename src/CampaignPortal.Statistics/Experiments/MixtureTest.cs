using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Experiments;

/// <summary>The normal-mixture sequential test at one look.</summary>
/// <param name="Difference">Treatment minus control with its always-valid interval.</param>
/// <param name="LikelihoodRatio">Mixture against no effect.</param>
/// <param name="AlwaysValidPValue">min(1, 1/ratio); keep the running minimum.</param>
public sealed record MixtureTestResult(Estimate Difference, double LikelihoodRatio, double AlwaysValidPValue);

/// <summary>Mixture sequential probability ratio test for arms of equal size.</summary>
/// <remarks>Johari, Koomen, Pekelis and Walsh, "Always valid inference", Operations Research 70(3), 2022.</remarks>
public static class MixtureTest
{
    /// <summary>One look.</summary>
    /// <param name="control">Mean and variance of a unit of the control arm.</param>
    /// <param name="treatment">The same of the treatment arm.</param>
    /// <param name="perArm">Units in each arm.</param>
    /// <param name="mixingVariance">τ²: squared size of effects worth finding.</param>
    /// <param name="alpha">Error probability over all looks together.</param>
    public static Outcome<MixtureTestResult> Compare(
        (double Mean, double Variance) control, (double Mean, double Variance) treatment, double perArm, double mixingVariance, double alpha = 0.05)
    {
        if ((ArmChecks.Alpha(alpha) ?? ArmChecks.Finite(control.Mean, control.Variance, treatment.Mean, treatment.Variance, perArm, mixingVariance)) is { } problem)
            return problem;
        if (control.Variance < 0 || treatment.Variance < 0) return Refusal.Invalid(Reasons.NegativeValue);
        if (perArm < 0) return Refusal.Invalid(Reasons.NegativeCount);
        if (mixingVariance <= 0) return Refusal.Invalid(Reasons.PriorNotPositive);
        if (perArm is 0) return Refusal.Insufficient(Reasons.EmptyArm);
        double v = control.Variance + treatment.Variance, difference = treatment.Mean - control.Mean;
        if (v is 0) return Refusal.Insufficient(Reasons.ZeroVariance);
        var logRatio = LogRatio(difference, v, perArm, mixingVariance);
        var total = v + perArm * mixingVariance;
        // The differences whose ratio stays below 1/alpha.
        var halfWidth = Math.Sqrt(2 * v * total / (perArm * perArm * mixingVariance) * (Math.Log(1 / alpha) + 0.5 * Math.Log(total / v)));
        return new MixtureTestResult(
            new Estimate(difference, difference - halfWidth, difference + halfWidth, 1 - alpha), Math.Exp(logRatio), Math.Min(1, Math.Exp(-logRatio)));
    }

    /// <summary>Always-valid p-values over the looks: the running minimum of 1/ratio, at most 1.</summary>
    public static Outcome<double[]> PValuePath(
        ReadOnlySpan<double> perArm, ReadOnlySpan<double> differences, double varianceOfDifference, double mixingVariance)
    {
        if (perArm.Length != differences.Length) return Refusal.Invalid(Reasons.LengthMismatch);
        if ((ArmChecks.Finite(perArm) ?? ArmChecks.Finite(differences) ?? ArmChecks.Finite(varianceOfDifference, mixingVariance)) is { } problem) return problem;
        if (mixingVariance <= 0) return Refusal.Invalid(Reasons.PriorNotPositive);
        if (varianceOfDifference < 0) return Refusal.Invalid(Reasons.NegativeValue);
        if (varianceOfDifference is 0) return Refusal.Insufficient(Reasons.ZeroVariance);
        var path = new double[perArm.Length];
        double smallest = 1;
        for (var i = 0; i < path.Length; i++)
        {
            if (perArm[i] < 0) return Refusal.Invalid(Reasons.NegativeCount);
            smallest = Math.Min(smallest, Math.Exp(-LogRatio(differences[i], varianceOfDifference, perArm[i], mixingVariance)));
            path[i] = smallest;
        }
        return path;
    }

    // ln of √(V/(V+nτ²)) exp(n²τ²d²/(2V(V+nτ²)))
    private static double LogRatio(double difference, double v, double n, double mixingVariance)
    {
        var total = v + n * mixingVariance;
        return 0.5 * Math.Log(v / total) + n * n * mixingVariance * difference * difference / (2 * v * total);
    }
}
