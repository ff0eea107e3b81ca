using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Ranking;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Ranking;

/// <summary>What every recommender owes, whatever its method. Two groups of users take from two halves of the catalogue.</summary>
public abstract class RecommenderContract
{
    private static readonly Csr Planted = Interactions.TwoGroups(userCount: 90, itemCount: 45, new Rng(11));

    /// <summary>Whether the model tells users apart; popularity does not.</summary>
    protected virtual bool IsPersonal => true;

    /// <summary>Whether it suggests items the user has not taken yet.</summary>
    protected virtual bool FindsNewItems => true;

    /// <summary>The model written to a folder and read again; null where it is stored by its parts.</summary>
    protected virtual IRecommender? SaveAndLoad(IRecommender model, string folder) => null;

    protected abstract IRecommender Fit(Csr interactions, Rng rng, int degree);

    [Fact]
    public void The_same_seed_gives_the_same_bits_on_every_number_of_threads()
    {
        var expected = AllScores(Fit(Planted, new Rng(5), degree: 1));

        foreach (var degree in new[] { 1, 2, 3 }) Assert.Equal(expected, AllScores(Fit(Planted, new Rng(5), degree)));
    }

    [Fact]
    public void A_batch_gives_the_lists_of_the_single_users()
    {
        var model = Fit(Planted, new Rng(5), degree: 1);
        foreach (var candidates in Enum.GetValues<Candidates>())
        {
            var options = new ListOptions { Count = 7, Candidates = candidates, Degree = 2 };
            var lists = Recommend.ForMany(model, Planted, options, TestContext.Current.CancellationToken);
            for (var user = 0; user < Planted.RowCount; user++)
            {
                var single = Recommend.For(model, Planted.Row(user), options);
                Assert.Equal(single.Select(s => s.Item), lists.Items(user).ToArray());
                Assert.Equal(single.Select(s => s.Score), lists.Scores(user).ToArray());
            }
        }
    }

    [Fact]
    public void A_user_without_history_gets_finite_scores()
    {
        var model = Fit(Planted, new Rng(5), degree: 1);
        var scores = new float[model.ItemCount];

        model.Score(default, scores);

        Assert.All(scores, score => Assert.True(float.IsFinite(score)));
    }

    [Fact]
    public void Filters_are_kept_and_the_list_is_still_full()
    {
        var model = Fit(Planted, new Rng(5), degree: 1);
        var allowed = new CampaignPortal.Learning.Neighbours.ItemMask(Planted.ColumnCount);
        for (var item = 0; item < Planted.ColumnCount; item += 2) allowed.Exclude(item);

        for (var user = 0; user < Planted.RowCount; user++)
        {
            var history = Planted.Row(user).Columns.ToArray();
            var list = Recommend.For(model, Planted.Row(user), new ListOptions { Count = 8, Candidates = Candidates.NewToUser, Allowed = allowed });
            Assert.Equal(8, list.Length);
            Assert.All(list, scored => Assert.True(scored.Item % 2 == 1 && !history.Contains(scored.Item)));
        }
    }

    [Fact]
    public void A_withheld_item_of_the_users_group_is_found()
    {
        if (!IsPersonal || !FindsNewItems) return; // popularity and counts promise no such thing; the laws above are theirs
        var model = Fit(Planted, new Rng(5), degree: 1);
        var found = 0;
        for (var user = 0; user < Planted.RowCount; user++)
        {
            var history = Planted.Row(user);
            var withheld = history.Columns[user % history.Count];
            var rest = history.Columns.ToArray().Where(item => item != withheld).ToArray();
            var list = Recommend.For(model, new SparseRow(rest, [.. rest.Select(_ => 1f)]), new ListOptions { Count = 15, Candidates = Candidates.NewToUser });
            found += list.Any(scored => scored.Item == withheld) ? 1 : 0;
        }
        // 15 of about 36 unknown items by chance would be 0.42.
        Assert.True(found >= 0.75 * Planted.RowCount, $"found {found} of {Planted.RowCount}");
    }

    [Fact]
    public void Contributions_add_up_to_the_score()
    {
        var model = Fit(Planted, new Rng(5), degree: 1);
        if (model is not IExplainByHistory explained || !FindsNewItems) return; // nothing is promised
        var scores = new float[model.ItemCount];
        for (var user = 0; user < 10; user++)
        {
            var history = Planted.Row(user);
            model.Score(history, scores);
            foreach (var scored in Recommend.For(model, history, new ListOptions { Count = 5 }))
            {
                var parts = new float[history.Count];
                explained.Contributions(history, scored.Item, parts);
                Assert.Equal(scores[scored.Item], parts.Sum(), 1e-3f);
            }
        }
    }

    [Fact]
    public void A_saved_model_gives_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        var model = Fit(Planted, new Rng(5), degree: 1);
        if (SaveAndLoad(model, Path.Combine(folder.Path, "model")) is not { } loaded) return; // a composition: its parts have contracts of their own
        Assert.Equal(AllScores(model), AllScores(loaded));
    }

    [Fact]
    public void Wrong_sizes_are_refused()
    {
        var model = Fit(Planted, new Rng(5), degree: 1);

        Assert.Throws<ArgumentException>(() => model.Score(default, new float[model.ItemCount + 1]));
        Assert.Throws<ArgumentException>(() => model.Score(new SparseRow([model.ItemCount], [1f]), new float[model.ItemCount]));
    }

    private static float[] AllScores(IRecommender model)
    {
        var scores = new float[Planted.RowCount * model.ItemCount];
        for (var user = 0; user < Planted.RowCount; user++) model.Score(Planted.Row(user), scores.AsSpan(user * model.ItemCount, model.ItemCount));
        return scores;
    }
}
