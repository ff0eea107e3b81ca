using System.Diagnostics;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Learning.Ranking;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Benchmarks.Ranking;

/// <summary>Lists of ten for the customers of a file of invoice lines: learns before a day, judges the 31 days after it.</summary>
internal static class OrderRanking
{
    private const int WindowDays = 31;

    public static OrderRankingResult Run(string path, DateOnly cut, long seed, int? degree)
    {
        var clock = Stopwatch.StartNew();
        var orders = OrderLines.Read(path);
        var readSeconds = clock.Elapsed.TotalSeconds;
        clock.Restart();
        var split = OrderSplit.At(orders, cut, WindowDays);
        if (split.Truth.RowCount == 0) throw new InvalidDataException($"No customer known before {cut:yyyy-MM-dd} buys in the {WindowDays} days after it.");

        // Shares and methods are chosen one window earlier, so the days that judge are not touched.
        var choices = Choices.Make(OrderSplit.At(orders, cut.AddDays(-WindowDays), WindowDays), seed, degree);
        var shares = choices.Shares;
        var models = Models.Fit(split, seed, degree);
        var fitSeconds = clock.Elapsed.TotalSeconds;
        clock.Restart();

        var result = new OrderRankingResult
        {
            LearningPairs = split.Counts.Count,
            Items = split.Counts.ColumnCount,
            ImplicitAlsShare = shares.ImplicitAls,
            ContentShare = shares.Content,
            BuyAgainChosen = choices.BuyAgain,
            NewForYouChosen = choices.NewForYou,
            BuyAgain = Judge(split, models.BuyAgain(), Candidates.All, degree),
            NewForYou = Judge(split, models.NewForYou(shares), Candidates.NewToUser, degree),
            ReadSeconds = readSeconds,
            FitSeconds = fitSeconds,
            ImplicitAlsSeconds = models.ImplicitAlsSeconds,
            JudgeSeconds = 0,
        };
        return result with { JudgeSeconds = clock.Elapsed.TotalSeconds };
    }

    /// <summary>What the window before the cut decides.</summary>
    private sealed record Choices(Shares Shares, string BuyAgain, string NewForYou)
    {
        public static Choices Make(OrderSplit validation, long seed, int? degree)
        {
            if (validation.Truth.RowCount == 0) return new Choices(new Shares(0.5, 0.5), "own + iALS, in demand now", "item-kNN + iALS, in demand now");
            var models = Models.Fit(validation, seed, degree);
            var shares = ChooseShares(validation, models, degree);
            return new Choices(shares, Best(validation, models.BuyAgain(), Candidates.All, degree), Best(validation, models.NewForYou(shares), Candidates.NewToUser, degree));
        }

        private static string Best(OrderSplit validation, Dictionary<string, IRecommender> models, Candidates candidates, int? degree) =>
            Judge(validation, models, candidates, degree).MaxBy(entry => entry.Value.Ndcg10).Key;
    }

    private static Shares ChooseShares(OrderSplit validation, Models models, int? degree)
    {
        var options = new ListOptions { Candidates = Candidates.NewToUser, Degree = degree };
        var weights = models.Trend(ForNew);
        var first = Hybrid.ChooseAlpha(models.Knn, models.Als, validation.Histories, validation.Truth, options, weights).Alpha;
        return new Shares(first, Hybrid.ChooseAlpha(models.Both(first), models.Content, validation.Histories, validation.Truth, options, weights).Alpha);
    }

    private static Dictionary<string, ListQuality> Judge(OrderSplit split, Dictionary<string, IRecommender> models, Candidates candidates, int? degree)
    {
        var popularity = Popularity.Fit(split.Counts);
        var options = new ListOptions { Candidates = candidates, Degree = degree };
        return models.ToDictionary(model => model.Key, model =>
        {
            var quality = RankingEvaluation.Judge(model.Value, split.Histories, split.Truth, popularity, options);
            return new ListQuality(quality.UserCount, Round(quality.HitRate), Round(quality.Precision), Round(quality.Recall), Round(quality.Ndcg), Round(quality.Coverage), Round(quality.Novelty));
        });
    }

    private static double Round(double value) => Math.Round(value, 4);

    // Decay, exponents and the tenth of iALS were chosen on June and July 2011 of the reference file, before its test month.
    private static ItemTrendOptions ForAgain { get; } = new() { PopularityExponent = 0.2 };

    private static ItemTrendOptions ForNew { get; } = new();

    /// <summary>Weight of iALS against item-kNN, and of content against both.</summary>
    private sealed record Shares(double ImplicitAls, double Content);

    private sealed record Models(OrderSplit Split, Popularity Popularity, ItemKnnModel Knn, ImplicitAlsModel Als, ContentModel Content, double ImplicitAlsSeconds)
    {
        public static Models Fit(OrderSplit split, long seed, int? degree)
        {
            var knn = ItemKnn.Fit(split.Counts, new ItemKnnOptions { Degree = degree });
            var clock = Stopwatch.StartNew();
            var als = ImplicitAls.Fit(split.Counts, new ImplicitAlsOptions { Degree = degree }, new Rng(seed));
            var alsSeconds = clock.Elapsed.TotalSeconds;
            return new Models(split, Popularity.Fit(split.Counts), knn, als, ContentModel.Fit(split.Items, new ContentOptions()), alsSeconds);
        }

        public Hybrid Both(double alsShare) => new(new HybridPart(Knn, 1 - alsShare), new HybridPart(Als, alsShare));

        public float[] Trend(ItemTrendOptions options) => ItemTrend.Weights(Split.LineItems, Split.LineAges, Popularity, options);

        public Dictionary<string, IRecommender> BuyAgain()
        {
            var own = new HistoryCounts(Popularity);
            return new()
            {
                ["popularity"] = Popularity,
                ["item-kNN"] = Knn,
                ["iALS"] = Als,
                ["own most bought"] = own,
                ["own + item-kNN"] = new Hybrid(new HybridPart(Knn, 1), new HybridPart(own, 1)),
                ["own + iALS"] = new Hybrid(new HybridPart(Als, 1), new HybridPart(own, 1)),
                ["own most bought, in demand now"] = new Reweighted(own, Trend(ForAgain)),
                ["own + iALS, in demand now"] = new Reweighted(new Hybrid(new HybridPart(own, 0.9), new HybridPart(Als, 0.1)), Trend(ForAgain)),
            };
        }

        public Dictionary<string, IRecommender> NewForYou(Shares shares)
        {
            var weights = Trend(ForNew);
            var both = Both(shares.ImplicitAls);
            return new()
            {
                ["popularity"] = Popularity,
                ["item-kNN"] = Knn,
                ["iALS"] = Als,
                ["content"] = Content,
                ["item-kNN, in demand now"] = new Reweighted(Knn, weights),
                ["iALS, in demand now"] = new Reweighted(Als, weights),
                ["item-kNN + iALS, in demand now"] = new Reweighted(both, weights),
                ["item-kNN + iALS + content, in demand now"] = new Reweighted(new Hybrid(new HybridPart(both, 1 - shares.Content), new HybridPart(Content, shares.Content)), weights),
            };
        }
    }
}

/// <summary>What one list is worth, at length 10.</summary>
internal sealed record ListQuality(int Customers, double Hr10, double Precision10, double Recall10, double Ndcg10, double Coverage, double NoveltyBits);

/// <summary>Both lists of every method. "Buy again" is judged on all items bought in the window, "new for you" on items new to the customer.</summary>
internal sealed record OrderRankingResult
{
    public required int LearningPairs { get; init; }
    public required int Items { get; init; }

    /// <summary>Weight of iALS against item-kNN in "new for you", chosen on the window before the cut.</summary>
    public required double ImplicitAlsShare { get; init; }

    /// <summary>Weight of content against both, chosen the same way.</summary>
    public required double ContentShare { get; init; }

    /// <summary>The method of "buy again" with the best NDCG@10 on the window before the cut.</summary>
    public required string BuyAgainChosen { get; init; }

    /// <summary>The same for "new for you".</summary>
    public required string NewForYouChosen { get; init; }

    public required Dictionary<string, ListQuality> BuyAgain { get; init; }
    public required Dictionary<string, ListQuality> NewForYou { get; init; }
    public required double ReadSeconds { get; init; }

    /// <summary>Both fits (validation and final) and the choice of shares.</summary>
    public required double FitSeconds { get; init; }
    public required double ImplicitAlsSeconds { get; init; }
    public required double JudgeSeconds { get; init; }
}
