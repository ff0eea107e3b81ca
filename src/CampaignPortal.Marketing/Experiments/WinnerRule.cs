using CampaignPortal.Statistics.Experiments;

namespace CampaignPortal.Marketing.Experiments;

/// <summary>What the rule for the rest of a list chose.</summary>
/// <param name="Position">Of the version; 0 when nothing speaks for another.</param>
/// <param name="ExpectedLoss">What is lost on average by this choice, in the metric's own unit; null without data.</param>
/// <param name="IsTooClose">Whether the loss is above the limit, so that the first version goes out as agreed.</param>
public sealed record WinnerChoice(int Position, double? ExpectedLoss, bool IsTooClose);

/// <summary>Chooses for a finite list: to earn the most from it, not to prove anything (EXPERIMENTS.md §14).</summary>
public static class WinnerRule
{
    /// <summary>An expected loss above this share of the baseline is too close to call.</summary>
    public const double LossLimit = 0.01;

    private const int MinUnits = 2;

    /// <summary>The version with the highest posterior mean; the first one where the data cannot say.</summary>
    public static WinnerChoice Choose(IReadOnlyList<ArmSums> arms, ResultMetric metric)
    {
        if (arms.Count is 0) throw new ArgumentException("There is no version to choose.", nameof(arms));
        if (arms.Any(a => a.UnitsOf(metric) < MinUnits)) return new WinnerChoice(0, null, IsTooClose: true);
        var best = 0;
        for (var i = 1; i < arms.Count; i++) if (PosteriorMean(arms[i], metric) > PosteriorMean(arms[best], metric)) best = i;
        var loss = arms.Where((_, i) => i != best).Select(other => Loss(other, arms[best], metric)).DefaultIfEmpty(0).Max();
        var baseline = PosteriorMean(arms[0], metric);
        var isTooClose = !(loss <= LossLimit * Math.Abs(baseline));
        return new WinnerChoice(isTooClose ? 0 : best, loss, isTooClose);
    }

    private static double PosteriorMean(ArmSums arm, ResultMetric metric) => metric is ResultMetric.Revenue
        ? (double)arm.Revenue / arm.Exposed
        : (arm.ShareOf(metric).Sum + 1) / (arm.UnitsOf(metric) + 2);

    // E[max(other − chosen, 0)]: exact for rates, by the normal approximation for money.
    private static double Loss(ArmSums other, ArmSums chosen, ResultMetric metric)
    {
        if (metric is not ResultMetric.Revenue)
        {
            var compared = BayesianComparison.Rates(other.ShareOf(metric), chosen.ShareOf(metric));
            return compared.IsOk ? compared.Value.ExpectedLossChoosingTreatment : double.PositiveInfinity;
        }
        var effect = EffectMoments.Of(other.StatisticOf(metric), chosen.StatisticOf(metric), DifferenceKind.Absolute);
        return effect.IsOk ? BayesianComparison.RiskOf(effect.Value.Effect, effect.Value.StandardError).ChoosingTreatment : double.PositiveInfinity;
    }
}
