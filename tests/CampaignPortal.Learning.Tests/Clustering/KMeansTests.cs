using CampaignPortal.Learning.Clustering;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Clustering;

public sealed class KMeansTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly double[] PublishedInertias = [5005.281, 3745.919, 2994.190, 2558.228, 2260.021, 2045.304, 1880.879];
    private static readonly double[] PublishedSilhouettes = [0.4483, 0.3527, 0.3619, 0.3232, 0.3106, 0.2713, 0.2736];

    [Fact]
    public void Online_Retail_reaches_the_published_inertias_and_silhouettes()
    {
        var data = Samples.OnlineRetailRfm();
        Assert.Equal(3317, data.RowCount);
        for (var k = 2; k <= 8; k++)
        {
            var model = KMeans.Fit(data, new KMeansOptions { ClusterCount = k, StartCount = 50 }, new Rng(1), Ct);
            Assert.InRange(model.Inertia, PublishedInertias[k - 2] * 0.999, PublishedInertias[k - 2] * 1.001);
            // Two optima of nearly the same inertia may differ in silhouette, hence the second place only.
            Assert.Equal(PublishedSilhouettes[k - 2], model.Chosen.Silhouette!.Value, 0.01);
            if (k == 4) Assert.Equal([508, 533, 914, 1362], model.Sizes.Order().Select(s => s));
        }
    }

    [Fact]
    public void Planted_blobs_are_found_with_their_number()
    {
        var (data, labels) = Samples.Blobs(new Rng(3), 600, 4, 5);
        var model = KMeans.Fit(data, new KMeansOptions(), new Rng(4), Ct);
        Assert.Equal(5, model.ClusterCount);
        Assert.Equal(8, model.Candidates.Count);
        Assert.Equal(1, ClusterScores.AdjustedRand(labels, model.AssignMany(data)));
        for (var i = 0; i < data.RowCount; i++) Assert.Equal(model.AssignMany(data)[i], model.Assign(data.Row(i)));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_for_every_degree()
    {
        var (data, _) = Samples.Blobs(new Rng(5), 9000, 3, 4, spread: 3);
        var bytes = Enumerable.Range(1, 3).Select(degree => ModelFolder.ToBytes(
            KMeans.Fit(data, new KMeansOptions { Degree = degree, StartCount = 4, MaxClusterCount = 5, SilhouetteSampleSize = 2000 }, new Rng(6), Ct))).ToArray();
        Assert.Equal(bytes[0].Weights, bytes[1].Weights);
        Assert.Equal(bytes[0].Weights, bytes[2].Weights);
        Assert.Equal(bytes[0].Manifest, bytes[1].Manifest);
        Assert.Equal(bytes[0].Manifest, bytes[2].Manifest);
    }

    [Fact]
    public void More_clusters_than_distinct_rows_is_refused_with_the_number_that_works()
    {
        var data = new Matrix(6, 1, [1, 1, 2, 2, 3, 3]);
        var e = Assert.Throws<ArgumentException>(() => KMeans.Fit(data, new KMeansOptions { ClusterCount = 4 }, new Rng(1), Ct));
        Assert.Contains("at most 3 clusters", e.Message, StringComparison.Ordinal);
        Assert.Equal(3, KMeans.Fit(data, new KMeansOptions(), new Rng(1), Ct).ClusterCount); // the choice stops where the data end
    }

    [Fact]
    public void A_missing_value_is_refused_with_the_name_of_its_column()
    {
        var data = new Matrix(3, 2, [1, 2, 3, float.NaN, 5, 6], ["age", "income"]);
        var e = Assert.Throws<ArgumentException>(() => KMeans.Fit(data, new KMeansOptions { ClusterCount = 2 }, new Rng(1), Ct));
        Assert.Contains("'income' has 1 values that are missing", e.Message, StringComparison.Ordinal);
        Assert.Contains("impute", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_constant_column_changes_nothing()
    {
        var (data, labels) = Samples.Blobs(new Rng(7), 300, 2, 3);
        var wide = new Matrix(300, 3);
        for (var i = 0; i < 300; i++) (wide[i, 0], wide[i, 1], wide[i, 2]) = (data[i, 0], data[i, 1], 7);
        var model = KMeans.Fit(wide, new KMeansOptions { ClusterCount = 3 }, new Rng(8), Ct);
        Assert.Equal(1, ClusterScores.AdjustedRand(labels, model.AssignMany(wide)));
    }

    [Fact]
    public void An_empty_cluster_takes_the_farthest_row()
    {
        var data = new Matrix(5, 1, [0, 1, 2, 3, 100]);
        var (centres, labels, _) = KMeans.FitFrom(data, [1, 1, 500], 100, Ct); // the second centre ties and starts empty
        Assert.Equal(3, labels.Distinct().Count());
        Assert.All(centres, c => Assert.True(float.IsFinite(c)));
    }

    [Fact]
    public void A_model_survives_saving()
    {
        var (data, _) = Samples.Blobs(new Rng(9), 200, 3, 4);
        var named = new Matrix(data.RowCount, 3, data.Values.ToArray(), ["a", "b", "c"]);
        var model = KMeans.Fit(named, new KMeansOptions(), new Rng(10), Ct);
        using var folder = new TemporaryFolder();
        model.Save(folder.Path, new ModelDetails { Seed = 10, RowCount = 200 });
        var loaded = ModelFolder.Load<KMeansModel>(folder.Path);
        Assert.Equal(model.AssignMany(named), loaded.AssignMany(named));
        Assert.Equal(ModelFolder.ToBytes(model), ModelFolder.ToBytes(loaded), (a, b) => a.Weights.SequenceEqual(b.Weights) && a.Manifest.SequenceEqual(b.Manifest));
    }

    [Fact]
    public void A_sampled_silhouette_is_close_to_the_exact_one()
    {
        var (data, labels) = Samples.Blobs(new Rng(11), 5000, 3, 4, spread: 2);
        var exact = Silhouette.Rows(data, labels, 4).Average();
        Assert.Equal(exact, Silhouette.Mean(data, labels, 4, 1000, new Rng(12)), 0.05);
        Assert.Equal(Silhouette.Rows(data, labels, 4, degree: 1), Silhouette.Rows(data, labels, 4, degree: 3));
    }

    [Fact]
    public void Names_survive_a_retrain_that_numbers_clusters_differently()
    {
        var (data, _) = Samples.Blobs(new Rng(13), 400, 3, 5);
        var old = KMeans.Fit(data, new KMeansOptions { ClusterCount = 5 }, new Rng(14), Ct);
        var fresh = old.Reorder([3, 1, 4, 0, 2]);
        Assert.Equal([3, 1, 4, 0, 2], ClusterMatching.ByCentres(old, fresh));
        Assert.Equal([3, 1, 4, 0, 2], ClusterMatching.ByOverlap(old.AssignMany(data), fresh.AssignMany(data), 5, 5));
        Assert.Equal([0, -1, 1], ClusterMatching.ByOverlap([0, 0, 1, 1, 1], [0, 0, 2, 2, 1], 2, 3));
    }

    [Fact]
    public void The_assignment_is_the_best_of_all_permutations()
    {
        var rng = new Rng(15);
        for (var trial = 0; trial < 200; trial++)
        {
            var (rows, columns) = (1 + rng.NextInt(5), 1 + rng.NextInt(5));
            var cost = new double[rows, columns];
            for (var i = 0; i < rows; i++) for (var j = 0; j < columns; j++) cost[i, j] = rng.NextInt(10);
            var match = Hungarian.Solve(cost);
            Assert.Equal(Math.Min(rows, columns), match.Count(c => c >= 0));
            Assert.Equal(match.Count(c => c >= 0), match.Where(c => c >= 0).Distinct().Count());
            var total = match.Select((c, i) => c < 0 ? 0 : cost[i, c]).Sum();
            Assert.Equal(Best(cost, 0, 0, Math.Max(0, rows - columns)), total);
        }

        static double Best(double[,] cost, int row, int used, int skips)
        {
            if (row == cost.GetLength(0)) return 0;
            var best = skips > 0 ? Best(cost, row + 1, used, skips - 1) : double.PositiveInfinity;
            for (var j = 0; j < cost.GetLength(1); j++)
            {
                if ((used & (1 << j)) == 0) best = Math.Min(best, cost[row, j] + Best(cost, row + 1, used | (1 << j), skips));
            }
            return best;
        }
    }
}
