using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Sequences;

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
