using CampaignPortal.Statistics;

namespace CampaignPortal.Benchmarks.Cases;

/// <summary>Which library call answers which function of the reference cases; one dictionary per family stands in its own file.</summary>
public static partial class StatisticsCases
{
    private static readonly Dictionary<string, Func<CaseInputs, Outcome<object>>> Functions =
        Merge(
            SpecialFunctionCases(), LifetimeCases(), OtherLifetimeCases(), AssignmentCases(), ProportionCases(), MeanCases(), DesignCases(), SequentialCases(), BayesianCases(),
            DiagnosticCases(), UpliftCases(), SurvivalCases(), BanditCases(), CausalCases(), PrivacyCases());

    private static Dictionary<string, Func<CaseInputs, Outcome<object>>> Merge(
        params Dictionary<string, Func<CaseInputs, Outcome<object>>>[] families) =>
        families.SelectMany(family => family).ToDictionary(entry => entry.Key, entry => entry.Value);

    private static Outcome<object> Show(object answer) => Outcome.Ok(answer);

    private static Outcome<object> Show<T>(Outcome<T> outcome, Func<T, object> see) => outcome.Select(see);
}
