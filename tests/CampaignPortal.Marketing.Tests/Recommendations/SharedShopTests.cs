using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Learning.Ranking;
using CampaignPortal.Marketing.FeatureStore;
using CampaignPortal.Marketing.Recommendations;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Recommendations;

/// <summary>The shared shop: learnt before August 2011, judged on August, against the figures of the data's README and of the notebook.</summary>
public sealed class SharedShopTests(ITestOutputHelper output)
{
    private static readonly int August = new DateOnly(2011, 8, 1).DayNumber, September = new DateOnly(2011, 9, 1).DayNumber;

    [Fact]
    public void Every_list_beats_the_published_figures_and_the_notebook()
    {
        var table = OnlineRetail.TableOrSkip();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var trained = RecommendationTrainer.Train(table, new RecommendationSettings(), new Rng(1), ct: TestContext.Current.CancellationToken).Model!;
        output.WriteLine($"judged and fitted in {watch.ElapsedMilliseconds} ms");
        watch.Restart();
        var rows = trained.Model.ListsFor(table, trained.Purchases, ct: TestContext.Current.CancellationToken);
        output.WriteLine($"{rows.Count} lists in {watch.ElapsedMilliseconds} ms");
        var report = trained.Report!;
        output.WriteLine(report.Choice.ToString());
        foreach (var m in report.Methods) output.WriteLine($"{m.List,-4} {m.Method,-16} {m.Quality} loses {m.LosesToPopular}");

        Assert.Equal((August, September), (report.FromDay, report.ToDay));
        RankingQuality Of(string method, string list) => report.Methods.Single(m => m.Method == method && m.List == list).Quality;
        Assert.Equal(764, Of("popularity", "all").UserCount);
        Assert.Equal(691, Of("popularity", "new").UserCount);
        Assert.Equal(0.1108, Of("popularity", "all").Ndcg, 0.0005);
        Assert.Equal(0.8822, Of("own-most-bought", "all").HitRate, 0.0005);
        Assert.Equal(0.3840, Of("own-most-bought", "all").Ndcg, 0.0005);
        Assert.True(Of("implicit-als", "all").Ndcg >= 0.3197 - 0.005 && Of("implicit-als", "new").Ndcg >= 0.1194 - 0.005);
        Assert.True(Of("for-you", "all").Ndcg >= 0.3884 + 0.02);
        Assert.True(Of("new-for-you", "new").Ndcg >= 0.1194 + 0.01 && Of("new-for-you", "new").HitRate >= 0.4819);
        Assert.All(report.Methods, m => Assert.False(m.LosesToPopular));

        Assert.Equal(3 * 3317, rows.Count);
        var sold = table.Items.ToDictionary(i => i.Id);
        Assert.All(rows.SelectMany(r => r.Items), i => Assert.True(sold[i.Item].IsOffered));
        Assert.All(rows.Where(r => r.List != RecommendationRow.BuyAgain), r => Assert.Equal(10, r.Items.Count));
        Assert.All(rows, r => Assert.Equal(r.Items.Count, r.Items.DistinctBy(i => i.Item).Count()));
    }

    [Fact]
    public void Item_neighbours_with_all_pairs_are_those_of_the_reference()
    {
        var table = OnlineRetail.TableOrSkip();
        var purchases = ItemPurchases.Of(table, FeatureTable.CalendarOf(table));
        var window = JudgedWindow.Of(purchases, August, September);
        var counts = purchases.CountsBefore(August);
        var knn = ItemKnn.Fit(counts, new ItemKnnOptions { Degree = 1 }, TestContext.Current.CancellationToken);
        RankingQuality Judge(Candidates candidates) => RankingEvaluation.Judge(knn, counts.SelectRows(window.Customers), window.TruthMatrix(counts.ColumnCount),
            Popularity.Fit(counts), new ListOptions { Candidates = candidates, Degree = 1 }, TestContext.Current.CancellationToken);

        Assert.Equal(0.7055, Judge(Candidates.All).HitRate, 0.0005);
        Assert.Equal(0.2423, Judge(Candidates.All).Ndcg, 0.0005);
        Assert.Equal(0.4443, Judge(Candidates.NewToUser).HitRate, 0.0005);
        Assert.Equal(0.1176, Judge(Candidates.NewToUser).Ndcg, 0.0005);
    }
}
