using System.Globalization;
using CampaignPortal.Statistics;
using CampaignPortal.Statistics.Descriptive;
using CampaignPortal.Statistics.Diagnostics;
using CampaignPortal.Statistics.Summaries;
using CampaignPortal.Statistics.Survival;
using CampaignPortal.Statistics.Uplift;

namespace CampaignPortal.Benchmarks.Cases;

public static partial class StatisticsCases
{
    private static Dictionary<string, Func<CaseInputs, Outcome<object>>> DiagnosticCases() => new()
    {
        ["Calibration"] = i => Show(Calibration.Of(i.Numbers("actual"), i.Numbers("predicted"), i.Whole("bins")), r => r),
        ["PopulationStabilityIndex"] = i => Show(Drift.OfCounts(i.Numbers("expectedCounts"), i.Numbers("actualCounts"), i.Number("floor")), r => r),
        ["KolmogorovSmirnovTwoSample"] = i => Show(Drift.OfSamples(i.Numbers("first"), i.Numbers("second")), r => r),
        ["FairnessMetrics"] = i => Show(Fairness.Of(i.Numbers("actual"), i.Numbers("predicted"), i.Texts("group")), r => r),
        ["FourFifthsRule"] = i => Show(
            Fairness.OfTwoGroups(
                new ProportionStatistic(i.Number("totalA"), i.Number("selectedA")), new ProportionStatistic(i.Number("totalB"), i.Number("selectedB"))),
            r => r),
        ["GiniLorenz"] = i => Show(Concentration.Of(i.Numbers("values")), r => r),
        ["RfmQuintiles"] = i => Show(Rfm.Quintiles(i.Numbers("recencyDays"), i.Numbers("frequency"), i.Numbers("monetary")), r => r),
        ["CohortRetention"] = i => Show(
            CohortRetention.Of(i.Items("events").Select(e => (e.Text("user"), e.Whole("month")))),
            r => new { Cohorts = r.Cohorts.ToDictionary(c => c.Key.ToString(CultureInfo.InvariantCulture), c => c.Value), r.WeightedRate }),
        ["CampaignFunnel"] = i => Show(
            CampaignFunnel.Of(new FunnelCounts(
                i.Number("sent"), i.Number("delivered"), i.Number("opens"), i.Number("clicks"), i.Number("conversions"), i.Number("revenue"),
                i.Number("cost"), i.Number("unsubscribes"))),
            r => r),
    };

    private static Dictionary<string, Func<CaseInputs, Outcome<object>>> UpliftCases() => new()
    {
        ["UpliftMetrics"] = i => Show(UpliftMetrics.Ranking(i.Numbers("outcome"), i.Numbers("score"), i.Numbers("treatment")), r => r),
        ["UpliftAtK"] = i => Show(UpliftMetrics.AtTop(i.Numbers("outcome"), i.Numbers("score"), i.Numbers("treatment"), i.Number("k")), r => r),
        ["UpliftByBin"] = i => Show(UpliftMetrics.ByBin(i.Numbers("outcome"), i.Numbers("score"), i.Numbers("treatment"), i.Whole("bins")), r => r),
        ["TransformedOutcome"] = i =>
        {
            var outcome = i.Numbers("outcome");
            double[] propensity = i["propensity"].Json.ValueKind is System.Text.Json.JsonValueKind.Array
                ? i.Numbers("propensity") : [.. Enumerable.Repeat(i.Number("propensity"), outcome.Length)];
            return Show(UpliftMetrics.TransformedOutcome(outcome, i.Numbers("treatment"), propensity), z => new { Transformed = z, Mean = z.Average() });
        },
    };

    private static Dictionary<string, Func<CaseInputs, Outcome<object>>> SurvivalCases() => new()
    {
        ["KaplanMeier"] = i => Show(KaplanMeier.Curve(i.Numbers("time"), i.Numbers("event"), i.Number("alpha")), r => r),
        ["LogRank"] = i => Show(KaplanMeier.LogRank(i.Numbers("time"), i.Numbers("event"), i.Numbers("group")), r => r),
        ["CoxRegression"] = i => Show(
            CoxRegression.Fit(
                i.Numbers("time"), i.Numbers("event"), i.Matrix("covariates"), Enum.Parse<TieMethod>(i.Text("ties"), ignoreCase: true)),
            r => r),
    };
}
