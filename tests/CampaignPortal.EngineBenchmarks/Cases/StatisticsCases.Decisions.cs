using CampaignPortal.Statistics;
using CampaignPortal.Statistics.Attribution;
using CampaignPortal.Statistics.Bandits;
using CampaignPortal.Statistics.Causal;
using CampaignPortal.Statistics.Privacy;

namespace CampaignPortal.Benchmarks.Cases;

public static partial class StatisticsCases
{
    private static Dictionary<string, Func<CaseInputs, Outcome<object>>> BanditCases() => new()
    {
        ["GaussianThompsonWeights"] = i => Show(BanditPolicy.GaussianThompson([.. i.Items("arms").Select(Arm)], i.Number("minimumWeight")), r => r),
        ["Ucb1Scores"] = i => Show(
            BanditPolicy.Ucb1(i.Numbers("pulls"), i.Numbers("rewardSums"), i.Number("totalPulls"), i.Number("explorationConstant")), r => r),
        ["EpsilonGreedyProbabilities"] = i => Show(
            BanditPolicy.EpsilonGreedy(i.Numbers("meanRewards"), i.Number("epsilon")), p => new { Probabilities = p }),
        ["SoftmaxProbabilities"] = i => Show(BanditPolicy.Softmax(i.Numbers("values"), i.Number("temperature")), p => new { Probabilities = p }),
        ["LinUcb"] = i =>
        {
            var bandit = new LinUcb(i.Whole("dimension"), i.Whole("actions"));
            foreach (var update in i.Items("updates")) bandit.Update(update.Whole("action"), update.Number("reward"), update.Numbers("context"));
            var context = i.Numbers("context");
            int[] actions = [.. Enumerable.Range(0, bandit.ActionCount)];
            var scores = bandit.Scores(context, i.Number("alpha"));
            return Show(new
            {
                Theta = actions.Select(bandit.Theta), InverseCovariance = actions.Select(a => Rows(bandit.InverseCovariance(a))),
                Sigma = actions.Select(a => bandit.Sigma(a, context)), Scores = scores, Choice = Array.IndexOf(scores, scores.Max()),
            });
        },
        ["BetaThompsonUpdate"] = i => Show(
            BanditPolicy.UpdateBeta(
                i.Number("priorAlpha"), i.Number("priorBeta"), i.Whole("arms"), i.Items("observations").Select(o => (o.Whole("arm"), o.Number("reward")))),
            posteriors => new { Alpha = posteriors.Select(p => p.Alpha), Beta = posteriors.Select(p => p.Beta) }),
        ["OffPolicyValue"] = i => Show(
            OffPolicy.Evaluate(
                new LoggedDecisions(
                    i.Numbers("rewards"), i.Wholes("actions"), i.Numbers("loggingPropensities"), i.Matrix("targetProbabilities"), i.Matrix("rewardModel")),
                new OffPolicyOptions(i.Number("clipAt"), i.Number("switchAt"), i.Number("shrinkage"))),
            r => r),
        ["ReplayValue"] = i => Show(OffPolicy.Replay(i.Numbers("rewards"), i.Wholes("loggedActions"), i.Wholes("targetActions")), r => r),
    };

    private static Dictionary<string, Func<CaseInputs, Outcome<object>>> CausalCases() => new()
    {
        ["PropensityEstimators"] = i => Show(
            PropensityEstimators.Evaluate(new ObservationalData(
                i.Numbers("outcome"), i.Numbers("treatment"), i.Numbers("propensity"), i.Numbers("controlModel"), i.Numbers("treatmentModel"))),
            r => r),
        ["LogisticRegression"] = i => Show(LogisticRegression.Fit(i.Matrix("features"), i.Numbers("outcome")), r => r),
        ["HeuristicAttribution"] = i => Show(
            TouchAttribution.Divide(i.Texts("path"), i.Numbers("times"), i.Number("halfLife"), i.Number("value")), r => r),
        ["ShapleyValue"] = i =>
        {
            var channels = i.Texts("channels");
            var worths = i["coalitionValues"].Json.EnumerateObject().ToDictionary(
                entry => entry.Name.Split('+').Aggregate(0u, (mask, name) => mask | (1u << Array.IndexOf(channels, name))), entry => entry.Value.GetDouble());
            var values = ShapleyValue.Of(channels.Length, mask => worths.GetValueOrDefault(mask));
            return Show(new { Credit = channels.Zip(values).ToDictionary(c => c.First, c => c.Second) });
        },
        ["ShapleyFromPaths"] = i => Show(ShapleyValue.OfPaths(Paths(i)), credit => new { Credit = credit }),
        ["MarkovAttribution"] = i => i.Whole("order") is 1
            ? Show(MarkovAttribution.Of(Paths(i)), r => r)
            : throw new NotSupportedException("Only first-order chains."),
    };

    private static Dictionary<string, Func<CaseInputs, Outcome<object>>> PrivacyCases() => new()
    {
        ["LaplaceMechanism"] = i => Show(NoiseMechanisms.Laplace(i.Number("sensitivity"), i.Number("epsilon")), r => r),
        ["GaussianMechanism"] = i => Show(NoiseMechanisms.Gaussian(i.Number("sensitivity"), i.Number("epsilon"), i.Number("delta")), r => r),
        ["GaussianEpsilon"] = i => Show(
            NoiseMechanisms.GaussianEpsilon(i.Number("sigma"), i.Number("sensitivity"), i.Number("delta")), epsilon => new { Epsilon = epsilon }),
        ["Composition"] = i => Show(
            PrivacyBudget.Compose(i.Number("epsilon"), i.Number("delta"), i.Whole("count"), i.Number("slackDelta")), r => r),
        ["ZcdpToEpsilon"] = i => Show(PrivacyBudget.FromConcentrated(i.Number("rho"), i.Number("delta")), r => r),
        ["RenyiComposition"] = i => Show(
            PrivacyBudget.Renyi(i.Number("sigma"), i.Whole("count"), i.Number("delta"), i.Numbers("orders")), r => r),
        ["SparseVectorScales"] = i => Show(
            NoiseMechanisms.SparseVector(i.Number("epsilon"), i.Whole("maxAnswers"), i.Number("sensitivity")), r => r),
        ["RandomizedResponse"] = i => Show(
            NoiseMechanisms.RandomizedResponse(i.Number("epsilon"), i.Number("responses"), i.Number("observedYes")), r => r),
        ["AnonymityCounts"] = i => Show(
            Anonymity.Of(
                [.. i["rows"].Json.EnumerateArray().Select(row => (string[])[.. row.EnumerateArray().Select(cell => cell.ToString())])],
                i.Wholes("quasiIdentifiers"), i.Whole("sensitive")),
            r => r),
    };

    private static ChannelPath[] Paths(CaseInputs i) =>
        [.. i.Items("paths").Select(p => new ChannelPath(p.Texts("path"), p.Number("conversions"), p.Has("nulls") ? p.Number("nulls") : 0))];

    private static double[][] Rows(double[,] matrix) =>
        [.. Enumerable.Range(0, matrix.GetLength(0)).Select(r => Enumerable.Range(0, matrix.GetLength(1)).Select(c => matrix[r, c]).ToArray())];
}
