using CampaignPortal.Learning.Metrics;

namespace CampaignPortal.Benchmarks.Cases;

/// <summary>Cases of recommenders and text: groups ranking-metrics, factorisation, text.</summary>
public static partial class LearningCases
{
    private static Handler? FactorizationHandler(string group, string stem) => (group, stem) switch
    {
        ("ranking-metrics", "lists") => RankedLists,
        ("ranking-metrics", "sampled-negatives") => SampledNegatives,
        ("ranking-metrics", "graded-ndcg") => GradedNdcg,
        _ => null,
    };

    private static Dictionary<string, object> RankedLists(LearningCase c)
    {
        var k = (int)c.Option("k");
        var lists = c.Lists("recommended").Zip(c.Lists("relevant"), (list, relevant) => (List: list, Relevant: (IReadOnlySet<int>)relevant.ToHashSet())).ToArray();
        double Mean(Func<int[], IReadOnlySet<int>, double> metric) => lists.Average(l => metric(l.List, l.Relevant));
        return new Dictionary<string, object>
        {
            ["hit_rate"] = Mean((l, r) => RankingMetrics.HitRate(l, r, k)),
            ["ndcg"] = Mean((l, r) => RankingMetrics.Ndcg(l, r, k)),
            ["mrr"] = Mean((l, r) => RankingMetrics.ReciprocalRank(l, r, k)),
            ["map"] = Mean((l, r) => RankingMetrics.AveragePrecision(l, r, k)),
            ["recall"] = Mean((l, r) => RankingMetrics.Recall(l, r, k)),
            ["precision"] = Mean((l, r) => RankingMetrics.Precision(l, r, k)),
            ["coverage"] = RankingMetrics.Coverage(lists.Select(l => l.List), (int)c.Option("items"), k),
        };
    }

    private static Dictionary<string, object> SampledNegatives(LearningCase c)
    {
        var k = (int)c.Option("k");
        var (scores, width) = (c.Doubles("scores"), c.Shape("scores")[1]);
        var rows = scores.Chunk(width).ToArray();
        var strict = Array.ConvertAll(rows, r => RankingMetrics.PlaceOfFirst(r, tiesCountAgainst: false));
        var ties = Array.ConvertAll(rows, r => RankingMetrics.PlaceOfFirst(r, tiesCountAgainst: true));
        double HitRate(int[] ranks) => ranks.Average(r => r < k ? 1.0 : 0);
        double Ndcg(int[] ranks) => ranks.Average(r => r < k ? 1 / Math.Log2(r + 2) : 0);
        return new Dictionary<string, object>
        {
            ["rank_strict"] = strict,
            ["rank_with_ties"] = ties,
            ["hit_rate_strict"] = HitRate(strict),
            ["ndcg_strict"] = Ndcg(strict),
            ["hit_rate_ties"] = HitRate(ties),
            ["ndcg_ties"] = Ndcg(ties),
        };
    }

    private static Dictionary<string, object> GradedNdcg(LearningCase c)
    {
        var width = c.Shape("gain")[1];
        var rows = c.Doubles("gain").Chunk(width).Zip(c.Doubles("score").Chunk(width)).ToArray();
        return new Dictionary<string, object>
        {
            ["ndcg_at_5"] = rows.Average(r => RankingMetrics.GradedNdcg(r.First, r.Second, 5)),
            ["ndcg"] = rows.Average(r => RankingMetrics.GradedNdcg(r.First, r.Second)),
        };
    }
}
