using CampaignPortal.Statistics;
using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Experiments;

namespace CampaignPortal.Benchmarks.Cases;

public static partial class StatisticsCases
{
    private static Dictionary<string, Func<CaseInputs, Outcome<object>>> SequentialCases() => new()
    {
        ["AsymptoticConfidenceSequence"] = i => Show(
            ConfidenceSequence.Compare(Arm(i["control"]), Arm(i["treatment"]), DifferenceOf(i), i.Number("tuningSampleSize"), i.Number("alpha")), ShowSequence),
        ["AsymptoticConfidenceSequenceOneSided"] = i => Show(
            ConfidenceSequence.CompareOneSided(
                Arm(i["control"]), Arm(i["treatment"]), DifferenceOf(i), AlternativeOf(i), i.Number("tuningSampleSize"), i.Number("alpha")),
            ShowSequence),
        ["ConfidenceSequenceHalfWidth"] = i => Show(
            ConfidenceSequence.HalfWidth(i.Number("variance"), i.Number("n"), i.Number("tuningSampleSize"), i.Number("alpha")),
            r => new { r.Rho, r.HalfWidth }),
        ["MixtureSprt"] = i => Show(
            MixtureTest.Compare(
                (i.Number("controlMean"), i.Number("controlVariance")), (i.Number("treatmentMean"), i.Number("treatmentVariance")),
                i.Number("perArm"), i.Number("mixingVariance"), i.Number("alpha")),
            r => new
            {
                Difference = r.Difference.Point, r.LikelihoodRatio, r.AlwaysValidPValue, CiLower = r.Difference.Lower, CiUpper = r.Difference.Upper,
            }),
        ["AlwaysValidPValuePath"] = i => Show(
            MixtureTest.PValuePath(i.Numbers("perArm"), i.Numbers("difference"), i.Number("varianceOfDifference"), i.Number("mixingVariance")),
            path => new { PValues = path }),
        ["AlphaSpendingBoundaries"] = i => Show(
            GroupSequential.Spend(
                i.Numbers("informationFractions"), Enum.Parse<SpendingFunction>(i.Text("spending"), ignoreCase: true), i.Number("alphaPerSide"),
                i.NumberOrNull("parameter"), i.Whole("sides")),
            r => r),
        ["ClassicGroupSequential"] = i => Show(
            GroupSequential.Classic(
                i.Whole("looks"), Enum.Parse<ClassicBoundary>(i.Text("kind"), ignoreCase: true), i.Number("alpha"), i.Whole("sides"), i.Number("power")),
            r => r),
    };

    private static Dictionary<string, Func<CaseInputs, Outcome<object>>> BayesianCases() => new()
    {
        ["BetaBinomialComparison"] = i => Show(
            BayesianComparison.Rates(Control(i), Treatment(i), i.Number("priorAlpha"), i.Number("priorBeta")), r => r),
        ["BetaCredibleInterval"] = i =>
        {
            if (!(i.Number("alpha") > 0 && i.Number("beta") > 0)) return Refuse(OutcomeStatus.InvalidInput, Reasons.PriorNotPositive);
            var posterior = new BetaDistribution(i.Number("alpha"), i.Number("beta"));
            var interval = BayesianComparison.CredibleInterval(posterior, i.Number("tail"));
            return Show(new { interval.Lower, interval.Upper, posterior.Mean, posterior.Variance });
        },
        ["ProbabilityBestBeta"] = i => i.Matrix("posteriors") is var posteriors && posteriors.Any(p => !(p[0] > 0 && p[1] > 0))
            ? Refuse(OutcomeStatus.InvalidInput, Reasons.PriorNotPositive)
            : Show(
                BayesianComparison.ProbabilityBest([.. posteriors.Select(p => new BetaDistribution(p[0], p[1]))]),
                best => new { ProbabilityBest = best }),
        ["GaussianEffect"] = i => Show(
            BayesianComparison.Effect(
                Arm(i["control"]), Arm(i["treatment"]), DifferenceOf(i),
                i.NumberOrNull("priorMean") is { } mean && i.NumberOrNull("priorVariance") is { } variance
                    ? new EffectPrior(mean, variance, Enum.Parse<DifferenceKind>(i.Text("priorScale"), ignoreCase: true)) : null,
                i.Flag("inverse"), i.Number("alpha")),
            r => new
            {
                Effect = r.Effect.Point, r.StandardDeviation, CiLower = r.Effect.Lower, CiUpper = r.Effect.Upper, r.ChanceToWin,
                RiskChoosingControl = r.Risk.ChoosingControl, RiskChoosingTreatment = r.Risk.ChoosingTreatment,
            }),
        ["GaussianRisk"] = i =>
        {
            var risk = BayesianComparison.RiskOf(i.Number("mean"), i.Number("standardDeviation"));
            return Show(new { RiskChoosingControl = risk.ChoosingControl, RiskChoosingTreatment = risk.ChoosingTreatment });
        },
    };

    private static object ShowSequence(SequentialResult r) => new
    {
        Effect = r.Effect.Point, CiLower = r.Effect.Lower, CiUpper = r.Effect.Upper, r.PValue, r.StandardError, r.Rho,
    };

    private static Outcome<object> Refuse(OutcomeStatus status, string reason) => new Refusal(status, reason);
}
