using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Experiments;
using CampaignPortal.Marketing.Insights.Campaigns;
using CampaignPortal.Statistics;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Campaigns;

/// <summary>Puts results into sentences. Below the minimum it says what is missing; a difference never stands without its interval.</summary>
internal static class Verdicts
{
    /// <summary>"+11.9%", with as many digits as make sense.</summary>
    public static string Relative(double value) => (value > 0 ? "+" : "") + Figures.Number(value * 100, 1) + "%";

    public static string Points(double value) => (value > 0 ? "+" : "") + Figures.Number(value * 100, 2) + "\u00a0" + Words.PointUnit;

    public static string Signed(decimal amount, string currency) => (amount > 0 ? "+" : "") + Figures.Money(amount, currency);

    /// <summary>A value of an arm: a share, or money per person.</summary>
    public static string Value(double? value, ResultMetric metric, string currency) => value switch
    {
        null => "–",
        { } money when metric is ResultMetric.Revenue => Figures.Money(Math.Round((decimal)money, 2), currency),
        { } share => Figures.Rate(share),
    };

    public static string Headline(TestResult test) => test.Verdict.State switch
    {
        VerdictState.NotStarted => CampaignWords.VerdictNotStarted,
        VerdictState.Collecting => CampaignWords.NotEnoughYet,
        VerdictState.Inconclusive => CampaignWords.VerdictCannotTell,
        VerdictState.Winner => Say.With(CampaignWords.VerdictWinner, ("version", CampaignNames.Version(test.Verdict.Position ?? 0)), ("metric", CampaignNames.Metric(test.Metric))),
        VerdictState.FirstIsBest => Say.With(CampaignWords.VerdictWinner, ("version", CampaignNames.Version(0)), ("metric", CampaignNames.Metric(test.Metric))),
        VerdictState.NoClearBest => CampaignWords.VerdictNoClearBest,
        VerdictState.Invalid => CampaignWords.VerdictInvalid,
        _ => "",
    };

    /// <summary>The difference with its interval, where there is one to tell.</summary>
    public static string Detail(TestResult test) => test.Verdict switch
    {
        { State: VerdictState.Collecting, Lacking: { } lacking } => Lacking(lacking, test),
        { State: VerdictState.Winner or VerdictState.FirstIsBest or VerdictState.Inconclusive or VerdictState.NoClearBest, Deciding.Relative: { } relative } =>
            Say.With(CampaignWords.MostLikelyBetween, ("value", Relative(relative.Point)), ("low", Relative(relative.Lower)), ("high", Relative(relative.Upper))),
        { State: VerdictState.Invalid } => Fault(test),
        _ => "",
    };

    public static string Lacking(Missing lacking, TestResult test) => lacking.Kind switch
    {
        MissingKind.Units => Say.With(CampaignWords.LackUnits, ("have", Count(lacking.Have)), ("need", Count(lacking.Need)), ("version", Of(lacking))),
        MissingKind.Outcomes => Say.With(CampaignWords.LackOutcomes, ("have", Count(lacking.Have)), ("need", Count(lacking.Need)), ("outcome", Outcome(test.Metric)), ("version", Of(lacking))),
        MissingKind.NonOutcomes => Say.With(CampaignWords.LackNonOutcomes, ("have", Count(lacking.Have)), ("need", Count(lacking.Need)), ("version", Of(lacking))),
        MissingKind.Hours => Say.With(CampaignWords.LackHours, ("have", Figures.Number(Math.Max(0, lacking.Have), 1)), ("need", Count(lacking.Need))),
        _ => Say.With(CampaignWords.LackWindows, ("share", Figures.Chance(lacking.Have))),
    };

    public static string Finding(MetricComparison comparison, int position) => comparison.Finding switch
    {
        Marketing.Experiments.Finding.TooFew => CampaignWords.TooFew,
        Marketing.Experiments.Finding.Better => Say.With(CampaignWords.IsBetter, ("version", CampaignVariant.Letter(position))),
        Marketing.Experiments.Finding.Worse => Say.With(CampaignWords.IsBetter, ("version", CampaignVariant.Letter(0))),
        _ => CampaignWords.VerdictCannotTell,
    };

    /// <summary>What the campaign caused, in one sentence.</summary>
    public static string Effect(HoldoutEffect effect, Viewer viewer)
    {
        if (effect.Orders.Absolute is not { } orders) return Say.With(CampaignWords.EffectTooFew, ("have", Figures.Count(Math.Min(effect.Orders.Control.Ordered, effect.Orders.Treatment.Ordered))), ("need", Figures.Count(MetricComparison.MinOutcomes)));
        var sentence = orders.ExcludesZero
            ? Say.With(orders.Point > 0 ? CampaignWords.EffectMore : CampaignWords.EffectFewer, ("value", Count(Math.Abs(effect.IncrementalOrders!.Value.Point))), ("low", Count(effect.IncrementalOrders.Value.Lower)), ("high", Count(effect.IncrementalOrders.Value.Upper))) // there with the difference
            : Say.With(CampaignWords.EffectOpen, ("low", Count(effect.IncrementalOrders!.Value.Lower)), ("high", Count(effect.IncrementalOrders.Value.Upper))); // as above
        return effect.AreOrdersFinal ? sentence : sentence + Say.Gap + Say.With(CampaignWords.WindowsOpen, ("share", Figures.Chance(effect.OrderWindowsClosed)));
    }

    public static string Health(HealthCheck check) => check.Kind switch
    {
        HealthKind.Split => check.Level is HealthLevel.Invalid ? CampaignWords.HealthSplitBad : CampaignWords.HealthSplit,
        HealthKind.Plan => check.Level is HealthLevel.Warning ? CampaignWords.HealthPlanShort : check.Level is HealthLevel.Note ? CampaignWords.HealthPlanRunning : CampaignWords.HealthPlan,
        HealthKind.Crossover => check.Level is HealthLevel.Fine ? CampaignWords.HealthCrossover : CampaignWords.HealthCrossoverSome,
        HealthKind.Machines => check.Level is HealthLevel.Invalid ? CampaignWords.HealthMachinesBad : CampaignWords.HealthMachines,
        HealthKind.Sending => check.Level is HealthLevel.Warning ? CampaignWords.HealthSendingBad : CampaignWords.HealthSending,
        _ => "",
    };

    public static string HealthDetail(HealthCheck check) => check.Kind switch
    {
        HealthKind.Split => string.Join(" / ", (check.Counts ?? []).Select(Figures.Count)) + (check.PValue is { } p ? ", p " + (p < 0.001 ? "" : "= ") + P(p) : ""),
        HealthKind.Crossover when check.Counts is [var seen, var all] => Say.With(CampaignWords.OfAll, ("part", Figures.Count(seen)), ("all", Figures.Count(all))),
        HealthKind.Machines => Say.With(CampaignWords.MachineShare, ("share", Figures.Rate(check.Share ?? 0))),
        HealthKind.Sending => Say.With(CampaignWords.NotSentCounts, ("counts", string.Join(" / ", (check.Counts ?? []).Select(Figures.Count)))),
        _ => CampaignWords.FixedHorizon,
    };

    public static string P(double p) => p < 0.001 ? "< " + Figures.Number(0.001, 3) : Figures.Number(p, p < 0.1 ? 3 : 2);

    /// <summary>An interval of money or people, as "a to b".</summary>
    public static string Range(Estimate estimate, Func<double, string> write) => Say.With(CampaignWords.FromTo, ("low", write(estimate.Lower)), ("high", write(estimate.Upper)));

    // What a failed check found, and what follows.
    private static string Fault(HealthCheck check) => check.Kind switch
    {
        HealthKind.Split => Say.With(CampaignWords.FaultSplit, ("counts", string.Join(" / ", (check.Counts ?? []).Select(Figures.Count)))),
        HealthKind.Machines => Say.With(CampaignWords.FaultMachines, ("share", Figures.Rate(check.Share ?? 0))),
        _ => CampaignWords.FaultCrossover,
    };

    private static string Fault(TestResult test) => test.Health.Where(h => h.Covers).ToArray() is [var only] ? Fault(only) : CampaignWords.FaultSeveral;

    private static string Of(Missing lacking) => CampaignNames.Version(lacking.Position ?? 0);

    private static string Outcome(ResultMetric metric) => metric switch
    {
        ResultMetric.Clicks => CampaignWords.OutcomeClicks,
        ResultMetric.Opens => CampaignWords.OutcomeOpens,
        _ => CampaignWords.OutcomeOrders,
    };

    private static string Count(double value) => Figures.Count((long)Math.Round(value));
}
