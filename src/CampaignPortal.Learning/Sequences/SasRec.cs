using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Sequences;

/// <summary>Self-attentive sequential recommendation (Kang &amp; McAuley 2018) with pre-norm blocks and, up to 20,000 items, softmax over the whole catalogue (Klenitskiy &amp; Vasilev 2023).</summary>
public static class SasRec
{
    /// <summary>Trains a network.</summary>
    /// <param name="sequences">Items of each user, oldest first. The last item of some users is withheld to know when to stop.</param>
    /// <param name="itemCount">Number of items.</param>
    /// <param name="options">Sizes, loss and training.</param>
    /// <param name="rng">First weights and the users that judge.</param>
    /// <param name="progress">Told after each epoch, with NDCG@10 of the withheld items among all unseen ones; may be null.</param>
    /// <param name="ct">Looked at between steps.</param>
    /// <exception cref="ArgumentException">No user has two items, or an option makes no sense.</exception>
    public static NextItemModel Fit(IReadOnlyList<int[]> sequences, int itemCount, SasRecOptions options, Rng rng, IProgress<EpochReport>? progress = null, CancellationToken ct = default)
    {
        options.Validate();
        var seed = rng.Fork(1);
        return NextItem.Fit(sequences, itemCount, options, () => new SasRecNetwork(itemCount, options, seed.Fork(0)), rng, progress, ct);
    }
}

/// <summary>What the trainers of all next-item networks do.</summary>
internal static class NextItem
{
    public static NextItemModel Fit(IReadOnlyList<int[]> sequences, int itemCount, NextItemOptions options, Func<NextItemNetwork> create, Rng rng, IProgress<EpochReport>? progress, CancellationToken ct)
    {
        var judges = SequenceRanker.Teachers(sequences, options.ValidationUsers, rng).Where(user => sequences[user].Length >= 3).ToHashSet();
        var training = sequences.Select((sequence, user) => judges.Contains(user) ? sequence[..^1] : sequence).ToArray();
        var judged = judges.Order().Select(user => sequences[user]).ToArray();
        var network = Started(create(), training, itemCount, options, rng, ct);
        var result = Trainer.Fit(new NextItemTraining(network, training, judged, itemCount, options), options.Training, progress, ct);
        if (!options.LearnFromAll || judged.Length == 0) return new NextItemModel(network, itemCount, options, result);
        network = Started(create(), sequences, itemCount, options, rng, ct);
        var again = options.Training with { MaxEpochs = Math.Max(1, result.BestEpoch) };
        Trainer.Fit(new NextItemTraining(network, sequences, [], itemCount, options), again, null, ct);
        return new NextItemModel(network, itemCount, options, result);
    }

    private static NextItemNetwork Started(NextItemNetwork network, IReadOnlyList<int[]> sequences, int itemCount, NextItemOptions options, Rng rng, CancellationToken ct)
    {
        if (!options.StartFromFactors) return network;
        var matrix = SequenceHistories.ToMatrix(sequences, itemCount);
        var factors = ImplicitAls.Fit(matrix, ImplicitAlsOptions.ForDensity(matrix.Density) with { Dimension = options.Dimension, Sweeps = 5, Degree = options.Training.Degree }, rng.Fork(2), ct);
        network.StartFrom(factors);
        return network;
    }
}
