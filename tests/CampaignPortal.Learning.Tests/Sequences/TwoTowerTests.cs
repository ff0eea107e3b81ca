using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Sequences;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Sequences;

public sealed class TwoTowerTests
{
    private const int ItemCount = 60, ColdItem = 59;

    private static TwoTowerOptions Small(int degree = 1, int epochs = 15) => new()
    {
        Dimension = 16, ValidationUsers = 50,
        Training = new TrainingOptions { MaxEpochs = epochs, BatchSize = 128, LearningRate = 5e-3, Patience = 5, Degree = degree },
    };

    // Users stay within one of three groups of items; the group is the only side feature. The last item belongs to group 2 and nobody takes it.
    private static int[][] Groups(Rng rng) => [.. Enumerable.Range(0, 300).Select(user =>
    {
        int[] items = [.. Enumerable.Range(0, 20).Select(item => 20 * (user % 3) + item).Where(item => item != ColdItem)];
        rng.Shuffle(items.AsSpan());
        return items[..8];
    })];

    private static Csr Sides() => Csr.FromTriplets(ItemCount, 3, [.. Enumerable.Range(0, ItemCount)], [.. Enumerable.Range(0, ItemCount).Select(item => item / 20)], [.. Enumerable.Repeat(1f, ItemCount)]);

    [Fact]
    public void The_towers_learn_the_planted_successor()
    {
        var walks = PlantedSequences.Walks(300, ItemCount, 9, new Rng(6));
        var model = TwoTower.Fit([.. walks.Select(walk => walk[..^1])], null, ItemCount, Small(), new Rng(1), ct: TestContext.Current.CancellationToken);

        Assert.True(PlantedSequences.HitRates(model, walks).First > 0.4); // 0.02 by chance
    }

    [Fact]
    public void An_item_nobody_took_is_found_by_its_side_features()
    {
        var sequences = Groups(new Rng(3));
        var model = TwoTower.Fit(sequences, Sides(), ItemCount, Small(), new Rng(1), ct: TestContext.Current.CancellationToken);
        var scores = new float[ItemCount];
        var (own, other) = (0.0, 0.0);
        for (var user = 0; user < 60; user++)
        {
            model.Score(sequences[user], scores);
            if (user % 3 == 2) own += scores[ColdItem] / 20;
            else other += scores[ColdItem] / 40;
        }

        Assert.True(own > other + 0.2, $"cosine-like score {own} in its own group, {other} in others"); // the scale is 0 to 1
    }

    [Fact]
    public void Every_degree_gives_the_same_bits_and_vectors_explain_the_score()
    {
        var sequences = Groups(new Rng(3));
        var model = TwoTower.Fit(sequences, Sides(), ItemCount, Small(epochs: 2), new Rng(1), ct: TestContext.Current.CancellationToken);
        var other = TwoTower.Fit(sequences, Sides(), ItemCount, Small(degree: 3, epochs: 2), new Rng(1), ct: TestContext.Current.CancellationToken);
        var (expected, got, user) = (new float[ItemCount], new float[ItemCount], new float[16]);

        model.Score(sequences[0], expected);
        other.Score(sequences[0], got);
        model.UserVector(sequences[0], user);

        Assert.Equal(expected, got);
        Assert.Equal(0.5 * (1 + System.Numerics.Tensors.TensorPrimitives.Dot(user, model.ItemVector(7))), expected[7], 1e-5);
        model.Score([], got);
        Assert.All(got, score => Assert.Equal(0.5f, score));
    }

    [Fact]
    public void Side_features_must_be_of_the_same_items() =>
        Assert.Throws<ArgumentException>(() => TwoTower.Fit(Groups(new Rng(3)), Sides(), ItemCount + 1, Small(), new Rng(1), ct: TestContext.Current.CancellationToken));
}
