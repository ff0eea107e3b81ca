using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Sequences;
using CampaignPortal.Learning.Tests.Ranking;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Sequences;

public sealed class NextItemTests
{
    private const int ItemCount = 40;
    private static readonly int[][] Walks = PlantedSequences.Walks(userCount: 300, ItemCount, length: 9, new Rng(6));
    private static readonly int[][] Known = [.. Walks.Select(walk => walk[..^1])];

    private static SasRecOptions Small(NextItemLoss loss, int degree = 1, int epochs = 25) => new()
    {
        Dimension = 16, Blocks = 1, Length = 6, Dropout = 0.1, Loss = loss, NegativeCount = 30, ValidationUsers = 60,
        Training = new TrainingOptions { MaxEpochs = epochs, BatchSize = 32, LearningRate = 5e-3, Patience = 6, Degree = degree, Seed = 3 },
    };

    [Theory]
    [InlineData(NextItemLoss.FullSoftmax)]
    [InlineData(NextItemLoss.SampledSoftmax)]
    [InlineData(NextItemLoss.GeneralizedBinary)]
    [InlineData(NextItemLoss.OneNegative)]
    public void Every_loss_learns_the_planted_successor(NextItemLoss loss)
    {
        var model = SasRec.Fit(Known, ItemCount, Small(loss), new Rng(1), ct: TestContext.Current.CancellationToken);
        var (first, ten) = PlantedSequences.HitRates(model, Walks);

        Assert.True(first > 0.33, $"found {first} at the first place"); // 0.03 by chance
        Assert.True(ten > 0.6, $"found {ten} among ten");
    }

    [Fact]
    public void A_recurrent_network_learns_the_planted_successor_too_and_is_stored()
    {
        using var folder = new TemporaryFolder();
        var attention = Small(NextItemLoss.FullSoftmax);
        var options = new Gru4RecOptions { Dimension = 16, HiddenCount = 24, Length = 6, Dropout = 0.1, ValidationUsers = 60, Training = attention.Training };
        var model = Gru4Rec.Fit(Known, ItemCount, options, new Rng(1), ct: TestContext.Current.CancellationToken);
        var loaded = Stored.Again(model, Path.Combine(folder.Path, "network"));
        var (expected, got) = (new float[ItemCount], new float[ItemCount]);

        Assert.True(PlantedSequences.HitRates(model, Walks).First > 0.4);
        model.Score(Known[0], expected);
        loaded.Score(Known[0], got);
        Assert.Equal(expected, got);
    }

    [Fact]
    public void Every_degree_gives_the_same_bits_and_so_does_a_stored_model()
    {
        using var folder = new TemporaryFolder();
        var model = SasRec.Fit(Known, ItemCount, Small(NextItemLoss.SampledSoftmax, 1, 2), new Rng(1), ct: TestContext.Current.CancellationToken);
        NextItemModel[] others =
        [
            SasRec.Fit(Known, ItemCount, Small(NextItemLoss.SampledSoftmax, 2, 2), new Rng(1), ct: TestContext.Current.CancellationToken),
            SasRec.Fit(Known, ItemCount, Small(NextItemLoss.SampledSoftmax, 3, 2), new Rng(1), ct: TestContext.Current.CancellationToken),
            Stored.Again(model, Path.Combine(folder.Path, "network")),
        ];
        var (expected, got) = (new float[ItemCount], new float[ItemCount]);
        foreach (var sequence in Known.Take(10).Append([]))
        {
            model.Score(sequence, expected);
            Assert.Equal(1, expected.Sum(), 1e-4f);
            foreach (var other in others)
            {
                other.Score(sequence, got);
                Assert.Equal(expected, got);
            }
        }
    }

    [Fact]
    public void A_row_sees_nothing_of_what_comes_after_it()
    {
        var network = new SasRecNetwork(ItemCount, Small(NextItemLoss.FullSoftmax), new Rng(2));
        using var tape = new Tape();
        tape.Begin(training: false);
        var full = network.Forward(tape, tape.Indices([3, 9, 27, 1, 2]), tape.Indices([0, 3, 5])).Values.ToArray();
        tape.Begin(training: false);
        var other = network.Forward(tape, tape.Indices([3, 9, 5, 1, 2]), tape.Indices([0, 3, 5])).Values.ToArray();

        Assert.Equal(full[..32], other[..32]); // the first two rows of the first sequence
        Assert.NotEqual(full[32..48], other[32..48]);
        Assert.Equal(full[48..], other[48..]); // the second sequence
    }

    [Fact]
    public void Only_the_newest_items_count_and_long_sequences_are_no_trouble()
    {
        var model = SasRec.Fit(Known, ItemCount, Small(NextItemLoss.FullSoftmax, epochs: 1), new Rng(1), ct: TestContext.Current.CancellationToken);
        var (all, newest) = (new float[ItemCount], new float[ItemCount]);
        int[] sequence = [.. Enumerable.Range(0, 400).Select(at => at % ItemCount)];

        model.Score(sequence, all);
        model.Score(sequence.AsSpan(394), newest);

        Assert.Equal(newest, all);
        Assert.Throws<ArgumentException>(() => model.Score(sequence, new float[3]));
    }

    [Fact]
    public void Learning_from_all_repeats_the_best_number_of_epochs()
    {
        var options = Small(NextItemLoss.FullSoftmax, epochs: 12) with { LearnFromAll = true };
        var model = SasRec.Fit(Known, ItemCount, options, new Rng(1), ct: TestContext.Current.CancellationToken);

        Assert.InRange(model.Training!.BestEpoch, 1, 12); // it was trained here
        Assert.True(PlantedSequences.HitRates(model, Walks).First > 0.4);
    }
}
