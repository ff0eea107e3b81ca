using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Numerics;
using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Experiments;

/// <summary>Two rates with independent beta posteriors.</summary>
/// <param name="ChanceToWin">P(treatment rate &gt; control rate). Not protected against repeated looking.</param>
/// <param name="ExpectedLossChoosingTreatment">E[max(control − treatment, 0)].</param>
/// <param name="ExpectedLossChoosingControl">E[max(treatment − control, 0)].</param>
/// <param name="PosteriorMeanControl">Of the rate.</param>
/// <param name="PosteriorMeanTreatment">Of the rate.</param>
public sealed record BetaComparison(
    double ChanceToWin, double ExpectedLossChoosingTreatment, double ExpectedLossChoosingControl, double PosteriorMeanControl, double PosteriorMeanTreatment);

/// <summary>What is lost on average by a choice.</summary>
/// <param name="ChoosingControl">E[max(effect, 0)].</param>
/// <param name="ChoosingTreatment">E[max(−effect, 0)].</param>
public readonly record struct Risk(double ChoosingControl, double ChoosingTreatment);

/// <summary>Prior of an effect.</summary>
/// <param name="Mean">On the scale of <paramref name="Scale"/>.</param>
/// <param name="Variance">On the squared scale.</param>
/// <param name="Scale">A relative prior is rescaled by the control mean when the effect is absolute.</param>
public sealed record EffectPrior(double Mean, double Variance, DifferenceKind Scale = DifferenceKind.Relative);

/// <summary>A normal posterior of an effect.</summary>
/// <param name="Effect">Posterior mean and equal-tailed interval.</param>
/// <param name="StandardDeviation">Posterior standard deviation.</param>
/// <param name="ChanceToWin">Probability that the treatment is better.</param>
/// <param name="Risk">Expected losses.</param>
public sealed record GaussianEffect(Estimate Effect, double StandardDeviation, double ChanceToWin, Risk Risk);

/// <summary>Bayesian comparison of arms, by integration instead of simulation.</summary>
public static class BayesianComparison
{
    private const double TailProbability = 1e-18;

    /// <summary>Two rates with the same beta prior.</summary>
    public static Outcome<BetaComparison> Rates(ProportionStatistic control, ProportionStatistic treatment, double priorAlpha = 1, double priorBeta = 1)
    {
        if (!(priorAlpha > 0 && priorBeta > 0)) return Refusal.Invalid(Reasons.PriorNotPositive);
        foreach (var arm in (ReadOnlySpan<ProportionStatistic>)[control, treatment])
            if (arm.Problem is { Status: OutcomeStatus.InvalidInput } problem) return problem;
        var c = new BetaDistribution(priorAlpha + control.Sum, priorBeta + control.Count - control.Sum);
        var t = new BetaDistribution(priorAlpha + treatment.Sum, priorBeta + treatment.Count - treatment.Sum);
        // E max(C − T, 0) = ∫ P(T ≤ x) P(C > x) dx: no difference of near-equal numbers.
        var lossOfTreatment = Integrate([c, t], (x, y) => x * y * Below(t, x, y) * Above(c, x, y));
        var lossOfControl = Integrate([c, t], (x, y) => x * y * Below(c, x, y) * Above(t, x, y));
        var chance = Integrate([t], (x, y) => Math.Exp(IncompleteBeta.LogLeading(t.Alpha, t.Beta, x, y)) * Below(c, x, y));
        var result = new BetaComparison(Math.Clamp(chance, 0, 1), lossOfTreatment, lossOfControl, c.Mean, t.Mean);
        return control.Count + treatment.Count is 0 ? Outcome.Ok(result, WarningCodes.PriorOnly) : result;
    }

    /// <summary>For each of several rates the probability that it is the largest.</summary>
    public static Outcome<double[]> ProbabilityBest(IReadOnlyList<BetaDistribution> posteriors)
    {
        if (posteriors.Count is 0) return Refusal.Insufficient(Reasons.EmptyArm);
        return posteriors.Select((own, i) => Integrate([own], (x, y) =>
        {
            var density = Math.Exp(IncompleteBeta.LogLeading(own.Alpha, own.Beta, x, y));
            for (var j = 0; j < posteriors.Count; j++) if (j != i) density *= Below(posteriors[j], x, y);
            return density;
        })).ToArray();
    }

    /// <summary>For each of several normal posteriors the probability that it is the largest.</summary>
    public static double[] ProbabilityBest(IReadOnlyList<Normal> posteriors) =>
    [
        .. posteriors.Select((own, i) => Quadrature.Integrate(z =>
        {
            var x = own.Mean + z * own.StandardDeviation;
            var density = Normal.Standard.Density(z);
            for (var j = 0; j < posteriors.Count; j++) if (j != i) density *= posteriors[j].Cdf(x);
            return density;
        }, -9, 9, panelCount: 128)),
    ];

    /// <summary>A rate with its equal-tailed credible interval.</summary>
    public static Estimate CredibleInterval(BetaDistribution posterior, double alpha = 0.05) =>
        new(posterior.Mean, posterior.Quantile(alpha / 2), posterior.Quantile(1 - alpha / 2), 1 - alpha);

    /// <summary>Normal likelihood of the effect with a conjugate (or flat) prior.</summary>
    /// <param name="control">The arm compared with.</param>
    /// <param name="treatment">The arm asked about.</param>
    /// <param name="difference">Scale of the effect.</param>
    /// <param name="prior">Null: flat.</param>
    /// <param name="lowerIsBetter">Mirrors the chance and swaps the risks.</param>
    /// <param name="alpha">The interval has probability 1 − alpha.</param>
    public static Outcome<GaussianEffect> Effect(
        IArmStatistic control, IArmStatistic treatment, DifferenceKind difference, EffectPrior? prior = null, bool lowerIsBetter = false, double alpha = 0.05)
    {
        if (ArmChecks.Alpha(alpha) is { } refusal) return refusal;
        if (prior is not null && !(prior.Variance > 0)) return Refusal.Invalid(Reasons.PriorNotPositive);
        return EffectMoments.Of(control, treatment, difference).Select(m =>
        {
            double mean = m.Effect, variance = m.StandardError * m.StandardError;
            if (prior is not null)
            {
                var baseline = Math.Abs(m.ControlMean);
                var scale = prior.Scale == difference ? 1 : difference is DifferenceKind.Absolute ? baseline : 1 / baseline;
                double priorMean = prior.Mean * scale, priorVariance = prior.Variance * scale * scale;
                mean = (mean * priorVariance + priorMean * variance) / (priorVariance + variance);
                variance = variance * priorVariance / (priorVariance + variance);
            }
            var sd = Math.Sqrt(variance);
            var halfWidth = Normal.Standard.Quantile(1 - alpha / 2) * sd;
            var chance = Normal.Standard.Cdf((lowerIsBetter ? -mean : mean) / sd);
            var risk = RiskOf(mean, sd);
            if (lowerIsBetter) risk = new Risk(risk.ChoosingTreatment, risk.ChoosingControl);
            return new GaussianEffect(new Estimate(mean, mean - halfWidth, mean + halfWidth, 1 - alpha), sd, chance, risk);
        });
    }

    /// <summary>Expected losses under a normal posterior; finite for any ratio of mean and deviation.</summary>
    public static Risk RiskOf(double mean, double standardDeviation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(standardDeviation);
        if (standardDeviation is 0) return new Risk(Math.Max(mean, 0), Math.Max(-mean, 0));
        var z = Math.Abs(mean) / standardDeviation;
        var small = standardDeviation * Math.Max(0, Normal.Standard.Density(z) - z * Normal.Standard.Survival(z));
        var large = small + Math.Abs(mean);
        return mean >= 0 ? new Risk(large, small) : new Risk(small, large);
    }

    private static double Below(BetaDistribution beta, double x, double complement) => IncompleteBeta.Lower(beta.Alpha, beta.Beta, x, complement);

    private static double Above(BetaDistribution beta, double x, double complement) => IncompleteBeta.Lower(beta.Beta, beta.Alpha, complement, x);

    // ∫ f(x, 1−x) dx/(x(1−x)) on the logit scale, where powers of x and 1−x near the ends become smooth. Cut at the ends of each posterior's bulk
    // (all but 1e-18), so that a narrow one is not lost in the range of a wide one.
    private static double Integrate(ReadOnlySpan<BetaDistribution> posteriors, Func<double, double, double> f)
    {
        var cuts = new SortedSet<double>();
        foreach (var p in posteriors)
        {
            cuts.Add(Logit(p.Quantile(TailProbability)));
            cuts.Add(-Logit(new BetaDistribution(p.Beta, p.Alpha).Quantile(TailProbability)));
        }
        double sum = 0;
        foreach (var (from, to) in cuts.Zip(cuts.Skip(1))) sum += Quadrature.Integrate(OnLogitScale, from, to, panelCount: 48);
        return sum;

        double OnLogitScale(double v)
        {
            var small = Math.Exp(-Math.Abs(v));
            double minor = small / (1 + small), major = 1 / (1 + small);
            return v < 0 ? f(minor, major) : f(major, minor);
        }

        static double Logit(double x) => x <= 1e-300 ? -690 : Math.Log(x) - SpecialFunctions.LogOnePlus(-x);
    }
}
