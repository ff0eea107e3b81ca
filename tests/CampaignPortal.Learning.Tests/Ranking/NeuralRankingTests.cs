using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Ranking;
using CampaignPortal.Learning.Sequences;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Ranking;

/// <summary>NeuMF and two towers on users who take items of one group only.</summary>
public sealed class NeuralRankingTests
{
    private const int Groups = 3, ItemsPerGroup = 10, Items = Groups * ItemsPerGroup;

    private static readonly NeuMfOptions NeuMfOptions = new() { Factors = 8, Hidden = [16, 8], Training = new TrainingOptions { MaxEpochs = 8, BatchSize = 64, LearningRate = 0.01, Optimizer = OptimizerKind.Adam, Patience = 8, Shards = 2 } };
    private static readonly TwoTowerOptions TowerOptions = new() { Dimension = 8, Hidden = 16, Training = new TrainingOptions { MaxEpochs = 10, BatchSize = 64, LearningRate = 0.01, Patience = 10 } };

    [Fact]
    public void Neumf_ranks_unseen_items_of_the_users_group_first_and_is_stored_to_the_bit()
    {
        var sequences = Sequences(120, out var groups);
        var model = NeuMf.Fit(SequenceHistories.ToMatrix(sequences, Items), NeuMfOptions, new Rng(1), null, TestContext.Current.CancellationToken);
        Assert.True(Purity(sequences, groups, (user, scores) => model.Score(user, scores)) > 0.85);
        using var folder = new TemporaryFolder();
        model.Save(Path.Combine(folder.Path, "m"));
        var again = ModelFolder.Load<NeuMfModel>(Path.Combine(folder.Path, "m"));
        Assert.Equal(Scores((u, s) => model.Score(u, s), 5), Scores((u, s) => again.Score(u, s), 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Score(120, new float[Items]));
    }

    [Fact]
    public void Two_towers_rank_unseen_items_of_the_users_group_first_and_are_stored_to_the_bit()
    {
        var sequences = Sequences(120, out var groups);
        var model = TwoTower.Fit(sequences, Items, null, TowerOptions, new Rng(1), null, TestContext.Current.CancellationToken);
        Assert.True(Purity(sequences, groups, (user, scores) => model.Score(sequences[user], scores)) > 0.85);
        using var folder = new TemporaryFolder();
        model.Save(Path.Combine(folder.Path, "m"));
        var again = ModelFolder.Load<TwoTowerModel>(Path.Combine(folder.Path, "m"));
        Assert.Equal(Scores((_, s) => model.Score([1, 2], s), 0), Scores((_, s) => again.Score([1, 2], s), 0));
        Assert.All(Scores((_, s) => model.Score([], s), 0), s => Assert.True(float.IsFinite(s))); // a user nobody knows
    }

    [Fact]
    public void An_item_nobody_has_taken_is_scored_by_its_features()
    {
        var sequences = Sequences(150, out _);
        // One new item per group; every item has the feature of its group.
        var features = Csr.FromParts(Groups, [.. Enumerable.Range(0, Items + Groups + 1)], [.. Enumerable.Range(0, Items + Groups).Select(i => i < Items ? i / ItemsPerGroup : i - Items)], [.. Enumerable.Repeat(1f, Items + Groups)]);
        var model = TwoTower.Fit(sequences, Items + Groups, features, TowerOptions with { ColdShare = 0.3 }, new Rng(2), null, TestContext.Current.CancellationToken);
        for (var group = 0; group < Groups; group++)
        {
            var scores = Scores((_, s) => model.Score([group * ItemsPerGroup, group * ItemsPerGroup + 1], s), 0, Items + Groups);
            Assert.Equal(group, Enumerable.Range(0, Groups).MaxBy(g => scores[Items + g]));
        }
    }

    [Fact]
    public void Every_degree_gives_the_same_bits()
    {
        var sequences = Sequences(60, out _);
        var matrix = SequenceHistories.ToMatrix(sequences, Items);
        float[] Both(int degree)
        {
            var neumf = NeuMf.Fit(matrix, NeuMfOptions with { Training = NeuMfOptions.Training with { MaxEpochs = 2, Degree = degree } }, new Rng(1), null, TestContext.Current.CancellationToken);
            var towers = TwoTower.Fit(sequences, Items, null, TowerOptions with { Training = TowerOptions.Training with { MaxEpochs = 2, Degree = degree } }, new Rng(1), null, TestContext.Current.CancellationToken);
            return [.. Scores((u, s) => neumf.Score(u, s), 3), .. Scores((_, s) => towers.Score([4, 5], s), 0)];
        }

        var one = Both(1);
        Assert.Equal(one, Both(2));
        Assert.Equal(one, Both(3));
    }

    [Fact]
    public void Senseless_options_and_data_are_refused()
    {
        Assert.Throws<ArgumentException>(() => TwoTower.Fit([[1], [2]], 3, null, TowerOptions, new Rng(1), null, TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentOutOfRangeException>(() => TwoTower.Fit([[1, 7]], 3, null, TowerOptions, new Rng(1), null, TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentException>(() => TwoTower.Fit([[1, 2]], 3, null, TowerOptions with { Training = TowerOptions.Training with { Shards = 2 } }, new Rng(1), null, TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentException>(() => NeuMf.Fit(SequenceHistories.ToMatrix([[1, 2]], 3), NeuMfOptions with { Hidden = [] }, new Rng(1), null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_manifest_that_claims_more_than_the_file_holds_is_refused_before_it_is_allocated()
    {
        var model = NeuMf.Fit(SequenceHistories.ToMatrix([[1, 2], [0, 2]], 3), NeuMfOptions with { Training = NeuMfOptions.Training with { MaxEpochs = 1 } }, new Rng(1), null, TestContext.Current.CancellationToken);
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "m");
        model.Save(path);
        var manifest = Path.Combine(path, "manifest.json");
        foreach (var users in new[] { "2000000000", "-1", "3" })
        {
            var forged = System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(manifest), "\"users\": *-?[0-9]+", "\"users\": " + users, default, TimeSpan.FromSeconds(1));
            File.WriteAllText(manifest, forged);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<InvalidDataException>(() => ModelFolder.Load<NeuMfModel>(path));
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 10_000_000);
        }
    }

    private static int[][] Sequences(int count, out int[] groups)
    {
        var rng = new Rng(9);
        var all = new int[count][];
        groups = new int[count];
        for (var user = 0; user < count; user++)
        {
            groups[user] = rng.NextInt(Groups);
            var items = Enumerable.Range(groups[user] * ItemsPerGroup, ItemsPerGroup).ToArray();
            rng.Shuffle(items.AsSpan());
            all[user] = items[..6];
        }
        return all;
    }

    /// <summary>Share of the three best unseen items that are of the user's group; four are unseen there, twenty elsewhere.</summary>
    private static double Purity(int[][] sequences, int[] groups, Action<int, float[]> score)
    {
        double hits = 0;
        for (var user = 0; user < sequences.Length; user++)
        {
            var scores = new float[Items];
            score(user, scores);
            hits += Enumerable.Range(0, Items).Except(sequences[user]).OrderByDescending(i => scores[i]).Take(3).Count(i => i / ItemsPerGroup == groups[user]);
        }
        return hits / (3 * sequences.Length);
    }

    private static float[] Scores(Action<int, float[]> score, int user, int count = Items)
    {
        var scores = new float[count];
        score(user, scores);
        return scores;
    }
}
