using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Sequences;

/// <summary>A model under the name by which explanations speak of it.</summary>
public sealed record SequencePart(string Name, ISequenceRecommender Model);

/// <summary>Fits several models to the same sequences.</summary>
/// <param name="sequences">Items of each user, oldest first.</param>
/// <param name="itemCount">Number of items.</param>
/// <param name="ct">Stops between models or inside them.</param>
public delegate IReadOnlyList<SequencePart> SequencePartsFit(IReadOnlyList<int[]> sequences, int itemCount, CancellationToken ct);

/// <summary>The models that count: different looks at "who took this took that next", cheap enough to be fitted twice, and strong where each user took little.</summary>
public static class SequenceParts
{
    /// <summary>Largest catalogue for which EASE takes part: it keeps a weight per pair of items.</summary>
    public const int LargestCatalogueForEase = 6000;

    /// <summary>Largest catalogue for which factors take part: scoring a user reads the whole table of factors.</summary>
    public const int LargestCatalogueForFactors = 25_000;

    /// <summary>Neighbourhoods, Markov chains, two-step neighbourhoods and popularity.</summary>
    /// <param name="degree">Threads, null for all processors but one. The result does not depend on it.</param>
    public static SequencePartsFit Counting(int? degree = null) => (sequences, itemCount, ct) =>
    {
        var matrix = SequenceHistories.ToMatrix(sequences, itemCount);
        var neighbours = ItemKnn.Fit(matrix, new ItemKnnOptions { Shrinkage = CosineShrinkage.Target, ValuesAreWeights = true, Degree = degree }, ct);
        var soon = ItemTransitions.Fit(sequences, itemCount, new ItemTransitionOptions());
        var next = ItemTransitions.Fit(sequences, itemCount, new ItemTransitionOptions { LongestGap = 1 });
        var before = ItemTransitions.Fit(sequences, itemCount, new ItemTransitionOptions { Backward = true });
        var later = ItemTransitions.Fit(sequences, itemCount, new ItemTransitionOptions { ShortestGap = 4, LongestGap = 8 });
        return
        [
            new("neighbours of the newest", new FadedHistory(neighbours, 0.7, 10)),
            new("neighbours of all", new FadedHistory(neighbours, 0.97, 50)),
            new("neighbours of the last", new FadedHistory(neighbours, 1, 1)),
            new("soon after the last", new FadedHistory(soon, 1, 1)),
            new("soon after the newest", new FadedHistory(soon, 0.7, 10)),
            new("next after the last", new FadedHistory(next, 1, 1)),
            new("before the last", new FadedHistory(before, 1, 1)),
            new("later than the newest", new FadedHistory(later, 0.7, 10)),
            new("neighbours of neighbours", new FadedHistory(ItemKnn.TwoSteps(neighbours, degree: degree), 0.7, 10)),
            new("popularity", new FadedHistory(Popularity.Fit(matrix))),
        ];
    };

    /// <summary><see cref="Counting"/> and linear models: factors by alternating least squares, and EASE on catalogues of up to <see cref="LargestCatalogueForEase"/> items.</summary>
    /// <param name="seed">Draws the first factors.</param>
    /// <param name="degree">Threads, null for all processors but one. The result does not depend on it.</param>
    public static SequencePartsFit CountingAndLinear(long seed, int? degree = null) => (sequences, itemCount, ct) =>
    {
        var matrix = SequenceHistories.ToMatrix(sequences, itemCount);
        return [.. Counting(degree)(sequences, itemCount, ct), .. Linear(matrix, seed, degree, ct)];
    };

    /// <summary>Other parts and a self-attentive network (<see cref="SasRec"/>), which takes most of the time.</summary>
    /// <param name="others">The parts beside it.</param>
    /// <param name="options">The network.</param>
    /// <param name="seed">Draws its first weights.</param>
    /// <param name="progress">Told after each of its epochs; may be null.</param>
    public static SequencePartsFit WithNetwork(SequencePartsFit others, SasRecOptions options, long seed, IProgress<EpochReport>? progress = null) => (sequences, itemCount, ct) =>
        [.. others(sequences, itemCount, ct), new("network", SasRec.Fit(sequences, itemCount, options, new Rng(seed), progress, ct))];

    /// <summary>Parts for users whose items come in no meaningful order: neighbourhoods of all items, popularity and the linear models.</summary>
    /// <inheritdoc cref="CountingAndLinear"/>
    public static SequencePartsFit Unordered(long seed, int? degree = null) => (sequences, itemCount, ct) =>
    {
        var matrix = SequenceHistories.ToMatrix(sequences, itemCount);
        var neighbours = ItemKnn.Fit(matrix, new ItemKnnOptions { Degree = degree }, ct);
        return
        [
            new("neighbours", new FadedHistory(neighbours)),
            new("neighbours of neighbours", new FadedHistory(ItemKnn.TwoSteps(neighbours, degree: degree))),
            new("popularity", new FadedHistory(Popularity.Fit(matrix))),
            .. Linear(matrix, seed, degree, ct),
        ];
    };

    private static IEnumerable<SequencePart> Linear(Csr matrix, long seed, int? degree, CancellationToken ct)
    {
        if (matrix.ColumnCount > LargestCatalogueForFactors) yield break;
        var many = ImplicitAlsOptions.ForDensity(matrix.Density) with { Degree = degree };
        yield return new("factors", new FadedHistory(ImplicitAls.Fit(matrix, many, new Rng(seed), ct)));
        yield return new("few factors", new FadedHistory(ImplicitAls.Fit(matrix, many with { Dimension = many.Dimension / 3, Regularization = 0.01 }, new Rng(seed), ct)));
        if (matrix.ColumnCount <= LargestCatalogueForEase) yield return new("linear weights", new FadedHistory(Ease.Fit(matrix, EaseFor(matrix.RowCount), ct)));
    }

    private static double EaseFor(int userCount) => Math.Clamp(userCount / 15.0, 50, 1000);
}
