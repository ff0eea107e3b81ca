using CampaignPortal.Statistics;
using CampaignPortal.Statistics.Distributions;

namespace CampaignPortal.Benchmarks.Cases;

public static partial class StatisticsCases
{
    private static Dictionary<string, Func<CaseInputs, Outcome<object>>> SpecialFunctionCases() => new()
    {
        ["NormalCdf"] = Points(p => Normal.Standard.Cdf(p[0])),
        ["NormalQuantile"] = Points(p => Normal.Standard.Quantile(p[0])),
        ["BetaCdf"] = Points(p => new BetaDistribution(p[0], p[1]).Cdf(p[2])),
        ["StudentTCdf"] = Points(p => new StudentT(p[1]).Cdf(p[0])),
        ["ChiSquareSurvival"] = Points(p => new ChiSquare(p[1]).Survival(p[0])),
        ["LogGamma"] = Points(p => SpecialFunctions.LogGamma(p[0])),
        ["Digamma"] = Points(p => SpecialFunctions.Digamma(p[0])),
        ["Hypergeometric2F1"] = Points(p => SpecialFunctions.Hypergeometric2F1(p[0], p[1], p[2], p[3])),
        ["NoncentralTCdf"] = Points(p => new NoncentralT(p[1], p[2]).Cdf(p[0])),
        ["FisherFSurvival"] = Points(p => new FisherF(p[1], p[2]).Survival(p[0])),
    };

    private static Func<CaseInputs, Outcome<object>> Points(Func<double[], double> function) =>
        inputs => Show(new { Values = inputs.Matrix("points").Select(function).ToArray() });
}
