using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Learning.Sequences;
using CampaignPortal.Learning.Tests.Ranking;
using CampaignPortal.Learning.Trees;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Sequences;

public sealed class SequenceRankerTests
{
    private const int ItemCount = 120;
    private static readonly int[][] Walks = PlantedSequences.Walks(userCount: 600, ItemCount, length: 8, new Rng(2));
    private static readonly int[][] Known = [.. Walks.Select(walk => walk[..^1])];
    private static readonly SequenceRankerOptions Small = new() { CandidateCount = 40, RowsPerUser = 30, Trees = new GbdtOptions { MaxRounds = 40, MaxDepth = 3 } };

    private static SequenceRankerModel Fit(int degree) =>
        SequenceRanker.Fit(Known, ItemCount, SequenceParts.Counting(degree), Small with { Degree = degree }, new Rng(7), TestContext.Current.CancellationToken);

    [Fact]
    public void The_trees_find_the_planted_successor_and_beat_every_part()
    {
        var model = Fit(degree: 1);
        var (first, _) = PlantedSequences.HitRates(model, Walks);

        Assert.True(model.TreeCount > 0);
        Assert.True(first > 0.62, $"found {first}"); // 0.75 of the steps follow the plan, less the successors that were taken before
        foreach (var part in SequenceParts.Counting(1)(Known, ItemCount, TestContext.Current.CancellationToken))
        {
            var alone = PlantedSequences.HitRates(part.Model, Walks).First;
            Assert.True(first >= alone - 0.01, $"{part.Name} alone finds {alone}, all together {first}");
        }
    }

    [Fact]
    public void Every_degree_gives_the_same_bits_and_so_does_a_stored_model()
    {
        using var folder = new TemporaryFolder();
        var (expected, got) = (new float[ItemCount], new float[ItemCount]);
        var model = Fit(degree: 1);
        SequenceRankerModel[] others = [Fit(degree: 2), Fit(degree: 3), Stored.Again(model, Path.Combine(folder.Path, "ranker"))];

        foreach (var sequence in Known.Take(20).Append([]))
        {
            model.Score(sequence, expected);
            Assert.All(expected, score => Assert.True(float.IsFinite(score)));
            foreach (var other in others)
            {
                other.Score(sequence, got);
                Assert.Equal(expected, got);
            }
        }
    }

    [Fact]
    public void Warm_scoring_allocates_nothing()
    {
        var model = Fit(degree: 1);
        var scores = new float[ItemCount];
        for (var warm = 0; warm < 3; warm++) model.Score(Known[warm], scores);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var user = 0; user < 50; user++) model.Score(Known[user], scores);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 50); // the bag of scratch may renew a node
    }

    [Fact]
    public void A_blend_learns_to_leave_out_what_does_not_help()
    {
        using var folder = new TemporaryFolder();
        SequencePartsFit parts = (sequences, itemCount, _) =>
        [
            new("order", new FadedHistory(ItemTransitions.Fit(sequences, itemCount, new ItemTransitionOptions()), 1, 1)),
            new("noise", new FadedHistory(ItemKnn.Fit(Interactions.Random(60, itemCount, 0.2, new Rng(9)), new ItemKnnOptions(), TestContext.Current.CancellationToken))),
        ];
        var model = SequenceBlend.Fit(Known, ItemCount, parts, new SequenceBlendOptions { RivalCount = 60 }, new Rng(1), TestContext.Current.CancellationToken);
        var loaded = Stored.Again(model, Path.Combine(folder.Path, "blend"));
        var (expected, got) = (new float[ItemCount], new float[ItemCount]);

        Assert.Equal("order", model.Parts.MaxBy(part => part.Weight).Name);
        Assert.InRange(model.Parts.Where(part => part.Name == "noise").Sum(part => part.Weight), 0, 0.25f);
        Assert.True(PlantedSequences.HitRates(model, Walks).First > 0.62);
        model.Score(Known[0], expected);
        loaded.Score(Known[0], got);
        Assert.Equal(expected, got);
    }

    [Fact]
    public void Faded_histories_weigh_the_newest_time_of_an_item()
    {
        var neighbours = new ItemKnnModel(CampaignPortal.Learning.Data.Csr.FromTriplets(3, 3, [0, 1], [2, 2], [1f, 10f]), valuesAreWeights: true);
        var scores = new float[3];

        new FadedHistory(neighbours, 0.5, 3).Score([0, 1, 1, 0, 1], scores); // of the newest three, 1 has age 0 and 0 has age 1

        Assert.Equal([0, 0, 10.5f], scores);
    }

    [Fact]
    public void Two_steps_are_the_square_of_one_step()
    {
        var one = ItemKnn.Fit(SequenceHistories.ToMatrix(Known, ItemCount), new ItemKnnOptions(), TestContext.Current.CancellationToken);
        var two = ItemKnn.TwoSteps(one, nearest: ItemCount, degree: 2);

        foreach (var (from, to) in new[] { (0, 1), (5, 80), (33, 34), (119, 0) })
        {
            double sum = 0;
            for (var middle = 0; middle < ItemCount; middle++) sum += (double)At(one, from, middle) * At(one, middle, to);
            Assert.Equal(sum, At(two, from, to), 1e-4);
        }
        Assert.Equal(0, At(two, 7, 7));

        static float At(ItemKnnModel model, int row, int column) => model.Similarity.Row(row).Columns.BinarySearch(column) is >= 0 and var at ? model.Similarity.Row(row).Values[at] : 0;
    }

    [Fact]
    public void Sequences_too_short_to_withhold_anything_are_refused() =>
        Assert.Throws<ArgumentException>(() => SequenceRanker.Fit([[1], []], ItemCount, SequenceParts.Counting(1), Small, new Rng(1), TestContext.Current.CancellationToken));
}
