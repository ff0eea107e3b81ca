using CampaignPortal.Statistics;
using CampaignPortal.Statistics.Experiments;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Statistics.Resampling;
using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Benchmarks.Cases;

public static partial class StatisticsCases
{
    private static Dictionary<string, Func<CaseInputs, Outcome<object>>> ProportionCases() => new()
    {
        ["TwoProportionZTest"] = i => Show(
            ProportionTest.Compare(Control(i), Treatment(i), i.Flag("pooled"), AlternativeOf(i), i.Number("alpha")),
            r => new { Difference = r.Difference.Point, r.Z, r.PValue, CiLower = r.Difference.Lower, CiUpper = r.Difference.Upper }),
        ["ProportionInterval"] = i =>
        {
            var rate = new ProportionStatistic(i.Number("trials"), i.Number("successes"));
            var all = All(Enum.GetValues<ProportionIntervalKind>().Select(kind => ProportionInterval.Of(rate, kind, i.Number("alpha"))));
            return Show(all, e => new
            {
                Wilson = Limits(e[0]), AgrestiCoull = Limits(e[1]), ClopperPearson = Limits(e[2]), Jeffreys = Limits(e[3]), Wald = Limits(e[4]),
            });
        },
        ["ProportionDifferenceInterval"] = i => Show(
            ProportionInterval.Difference(
                new ProportionStatistic(i.Number("trials1"), i.Number("successes1")),
                new ProportionStatistic(i.Number("trials2"), i.Number("successes2")), i.Number("alpha")),
            r => new
            {
                Newcombe = Limits(r.Newcombe), AgrestiCaffo = Limits(r.AgrestiCaffo),
                MiettinenNurminen = Limits(r.MiettinenNurminen), RiskRatioKatzLog = Limits(r.RiskRatioKatzLog),
            }),
        ["FisherExact"] = i => Show(
            ContingencyTable.FisherExact(
                (long)i.Matrix("table")[0][0], (long)i.Matrix("table")[0][1], (long)i.Matrix("table")[1][0], (long)i.Matrix("table")[1][1]),
            r => r),
        ["ChiSquareIndependence"] = i => Show(ContingencyTable.Independence(i.Matrix("table"), i.Flag("yatesCorrection")), r => r),
        ["RelativeUpliftInterval"] = i => Show(
            ProportionTest.Relative(Control(i), Treatment(i), i.Number("alpha")),
            r => new { r.Uplift, r.DeltaStandardError, Delta = Limits(r.Delta), Fieller = Limits(r.Fieller), r.FiellerG, KatzLog = Limits(r.KatzLog) }),
    };

    private static Dictionary<string, Func<CaseInputs, Outcome<object>>> MeanCases() => new()
    {
        ["WelchTTest"] = i => Show(
            WelchTest.Compare(i.Numbers("control"), i.Numbers("treatment"), AlternativeOf(i), i.Number("alpha")), ShowDifference),
        ["MannWhitneyU"] = i => Show(
            RankTest.MannWhitney(
                i.Numbers("first"), i.Numbers("second"), Enum.Parse<RankTestMethod>(i.Text("method"), ignoreCase: true),
                i.Flag("continuityCorrection"), AlternativeOf(i)),
            r => r),
        ["PercentileCap"] = i => Show(Outliers.Cap(i.Numbers("values"), i.Number("percentile"), i.Flag("ignoreZeros")), r => r),
        ["Winsorize"] = i => Show(Outliers.Winsorize(i.Numbers("values"), i.Number("lowerFraction"), i.Number("upperFraction")), r => r),
        ["Quantile"] = i =>
        {
            double At(double level) => Quantiles.Of(i.Numbers("values"), level);
            return Show(new { P10 = At(0.1), P25 = At(0.25), P50 = At(0.5), P75 = At(0.75), P90 = At(0.9), P99 = At(0.99) });
        },
        ["EffectTTest"] = i => Show(
            WelchTest.Compare(Arm(i["control"]), Arm(i["treatment"]), DifferenceOf(i), AlternativeOf(i), i.Number("alpha")), ShowEffect),
        ["RatioMetric"] = i =>
        {
            var ratio = RatioStatistic.Of(i.Numbers("numerator"), i.Numbers("denominator"));
            return ratio.Problem is { } problem ? problem
                : Show(new { Ratio = ratio.Mean, Variance = ratio.Variance / ratio.Count, StandardError = Math.Sqrt(ratio.Variance / ratio.Count) });
        },
        ["BootstrapMean"] = i => Show(
            Bootstrap.Mean(
                i.Numbers("values"), new Rng(i.Count("seed")), i.Whole("resamples"), i.Number("confidence"),
                i.Text("method").ToUpperInvariant() switch
                {
                    "PERCENTILE" => BootstrapMethod.Percentile,
                    "BASIC" => BootstrapMethod.Basic,
                    "BCA" => BootstrapMethod.BiasCorrectedAccelerated,
                    var other => throw new NotSupportedException($"Bootstrap method '{other}'."),
                }),
            r => new { Mean = r.Figure.Point, r.StandardError, CiLower = r.Figure.Lower, CiUpper = r.Figure.Upper }),
        ["InteractionTest"] = i => Show(
            EffectComparisons.Interaction(i.Number("effectA"), i.Number("standardErrorA"), i.Number("effectB"), i.Number("standardErrorB")), ShowNormal),
        ["NonInferiorityTest"] = i => Show(
            EffectComparisons.NonInferiority(
                i.Number("difference"), i.Number("standardError"), i.Number("margin"), i.Flag("higherIsBetter"), i.Number("alpha")),
            r => r),
    };

    private static Dictionary<string, Func<CaseInputs, Outcome<object>>> DesignCases() => new()
    {
        ["SampleRatioMismatch"] = i => Show(SampleRatioCheck.Fixed(i.Numbers("observed"), i.Numbers("weights"), i.Number("threshold")), r => r),
        ["SequentialSampleRatioMismatch"] = i => Show(
            SampleRatioCheck.Sequential(i.Numbers("observed"), i.Numbers("weights"), i.Number("concentration"), i.Number("threshold")), r => r),
        ["AdjustPValues"] = i => Show(
            MultipleTesting.Adjust(i.Numbers("pValues"), Enum.Parse<AdjustmentMethod>(i.Text("method"), ignoreCase: true), i.Number("alpha")), r => r),
        ["SampleSizeProportions"] = i => Show(
            PowerAnalysis.ForProportions(i.Number("baseline"), i.Number("treatment"), i.Number("alpha"), i.Number("power"), AlternativeOf(i)), r => r),
        ["PowerProportions"] = i => Show(
            PowerAnalysis.OfProportions(i.Number("perArm"), i.Number("baseline"), i.Number("treatment"), i.Number("alpha"), AlternativeOf(i)),
            power => new { Power = power }),
        ["MinimumDetectableEffectProportions"] = i => Show(
            PowerAnalysis.SmallestEffect(i.Number("perArm"), i.Number("baseline"), i.Number("alpha"), i.Number("power")), r => r),
        ["SampleSizeMeans"] = i => Show(
            PowerAnalysis.ForMeans(i.Number("difference"), i.Number("standardDeviation"), i.Number("alpha"), i.Number("power"), AlternativeOf(i)), r => r),
        ["SampleSizeProportionsUnequal"] = i => Show(
            PowerAnalysis.ForUnequalProportions(
                i.Number("baseline"), i.Number("treatment"), i.Number("ratio"), i.Number("alpha"), i.Number("power")),
            r => r),
        ["RemainingSampleFactor"] = i => Show(
            PowerAnalysis.RemainingSampleFactor(i.Number("standardErrorNow"), i.Number("targetEffect"), i.Number("alpha"), i.Number("power")),
            factor => new { Factor = factor }),
        ["TestAndRollSampleSize"] = i => Show(
            PowerAnalysis.TestAndRoll(i.Number("population"), i.Number("responseStandardDeviation"), i.Number("priorStandardDeviation")),
            perArm => new { PerArm = perArm }),
        ["CupedEffect"] = i => Show(
            Cuped.Compare(Arm(i["control"]), Arm(i["treatment"]), DifferenceOf(i), i.Number("alpha")),
            r => new
            {
                Effect = r.Adjusted.Effect.Point, CiLower = r.Adjusted.Effect.Lower, CiUpper = r.Adjusted.Effect.Upper, r.Adjusted.PValue,
                r.Adjusted.StandardError, r.Adjusted.Theta, r.Adjusted.DegreesOfFreedom, r.UnadjustedStandardError, r.VarianceReduction,
            }),
        ["CupedRatioEffect"] = i => Show(
            WelchTest.Compare(Arm(i["control"]), Arm(i["treatment"]), DifferenceOf(i), Alternative.TwoSided, i.Number("alpha")), ShowEffect),
        ["CupedRaw"] = i => Show(
            Cuped.Compare(i.Numbers("controlPre"), i.Numbers("controlPost"), i.Numbers("treatmentPre"), i.Numbers("treatmentPost"), i.Number("alpha")),
            r => new
            {
                r.Theta, r.Correlation, Difference = r.Effect.Effect.Point, r.Effect.StandardError, r.Effect.T, r.Effect.DegreesOfFreedom,
                r.Effect.PValue, CiLower = r.Effect.Effect.Lower, CiUpper = r.Effect.Effect.Upper,
            }),
        ["PostStratifiedDifference"] = i => Show(
            EffectComparisons.PostStratified([.. i.Items("control").Select(Mean)], [.. i.Items("treatment").Select(Mean)], i.Number("alpha")), ShowNormal),
    };

    private static object ShowEffect(EffectResult r) => new
    {
        Effect = r.Effect.Point, CiLower = r.Effect.Lower, CiUpper = r.Effect.Upper, r.PValue, r.StandardError, r.DegreesOfFreedom, r.Theta,
    };

    private static object ShowDifference(EffectResult r) => new
    {
        Difference = r.Effect.Point, r.StandardError, r.T, r.DegreesOfFreedom, r.PValue, CiLower = r.Effect.Lower, CiUpper = r.Effect.Upper,
    };

    private static object ShowNormal(NormalTestResult r) => new
    {
        Difference = r.Difference.Point, r.StandardError, r.Z, r.PValue, CiLower = r.Difference.Lower, CiUpper = r.Difference.Upper,
    };

    private static double[] Limits(Estimate estimate) => [estimate.Lower, estimate.Upper];

    private static double[]? Limits(Estimate? estimate) => estimate is { } e ? Limits(e) : null;

    private static ProportionStatistic Control(CaseInputs i) => new(i.Number("controlTrials"), i.Number("controlSuccesses"));

    private static ProportionStatistic Treatment(CaseInputs i) => new(i.Number("treatmentTrials"), i.Number("treatmentSuccesses"));

    private static Alternative AlternativeOf(CaseInputs i) => i.Text("alternative") switch
    {
        "two-sided" => Alternative.TwoSided,
        "greater" => Alternative.Greater,
        "less" => Alternative.Less,
        var other => throw new NotSupportedException($"Alternative '{other}'."),
    };

    private static DifferenceKind DifferenceOf(CaseInputs i) => Enum.Parse<DifferenceKind>(i.Text("difference"), ignoreCase: true);

    private static MeanStatistic Mean(CaseInputs i) => new(i.Number("n"), i.Number("sum"), i.Number("sumSquares"));

    private static IArmStatistic Arm(CaseInputs i) => i.Text("kind") switch
    {
        "mean" => Mean(i),
        "proportion" => new ProportionStatistic(i.Number("n"), i.Number("sum")),
        "ratio" => new RatioStatistic(
            i.Number("n"), i.Number("numeratorSum"), i.Number("numeratorSumSquares"), i.Number("denominatorSum"), i.Number("denominatorSumSquares"),
            i.Number("sumOfProducts")),
        "quantile" => new QuantileStatistic(
            i.Number("n"), i.Number("nStar"), i.Number("level"), i.Number("quantile"), i.Number("quantileLower"), i.Number("quantileUpper")),
        "cuped" => new CupedStatistic(
            i.Number("n"), i.Number("postSum"), i.Number("postSumSquares"), i.Number("preSum"), i.Number("preSumSquares"), i.Number("sumOfProducts")),
        "cuped-ratio" => new CupedRatioStatistic(
            Mean(i["numeratorPost"]), Mean(i["denominatorPost"]), Mean(i["numeratorPre"]), Mean(i["denominatorPre"]),
            i.Number("productNumPostDenPost"), i.Number("productNumPostNumPre"), i.Number("productNumPostDenPre"),
            i.Number("productNumPreDenPost"), i.Number("productDenPostDenPre"), i.Number("productNumPreDenPre")),
        var other => throw new NotSupportedException($"Statistic kind '{other}'."),
    };
}
