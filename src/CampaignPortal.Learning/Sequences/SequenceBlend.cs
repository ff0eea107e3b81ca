using System.Buffers;
using System.Numerics.Tensors;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Ranking;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Sequences;

/// <summary>Choices of <see cref="SequenceBlend"/>.</summary>
public sealed record SequenceBlendOptions
{
    /// <summary>Random rivals of each withheld item.</summary>
    public int RivalCount { get; init; } = 200;

    /// <summary>Most users whose withheld item decides about the weights, drawn when there are more.</summary>
    public int MaxTeachers { get; init; } = 8000;

    /// <summary>Threads, null for all processors but one. The result does not depend on it.</summary>
    public int? Degree { get; init; }
}

/// <summary>A sum of models, each divided by the user's highest score, with weights chosen on the last item of each user (<see cref="BlendWeights"/>).</summary>
/// <remarks>The models are fitted without the last items, the weights chosen, and the models fitted again with them.</remarks>
public static class SequenceBlend
{
    /// <summary>Fits models and weights.</summary>
    /// <param name="sequences">Items of each user, oldest first (or in any order, when the parts do not look at it).</param>
    /// <param name="itemCount">Number of items.</param>
    /// <param name="parts">Fits the models; called twice.</param>
    /// <param name="options">Rivals and threads.</param>
    /// <param name="rng">Draws teachers and rivals.</param>
    /// <param name="ct">Stops between models or inside them.</param>
    /// <exception cref="ArgumentException">No user has two items.</exception>
    public static SequenceBlendModel Fit(IReadOnlyList<int[]> sequences, int itemCount, SequencePartsFit parts, SequenceBlendOptions options, Rng rng, CancellationToken ct = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.RivalCount, 1, nameof(options.RivalCount));
        var teachers = SequenceRanker.Teachers(sequences, options.MaxTeachers, rng);
        var before = parts(SequenceRanker.Shortened(sequences), itemCount, ct);
        var lists = Lists(before, sequences, teachers, itemCount, options, rng.NextBits(), ct);
        var weights = BlendWeights.Choose(lists, degree: options.Degree, ct: ct).Weights;
        return new SequenceBlendModel([.. parts(sequences, itemCount, ct).Zip(weights).Where(pair => pair.Second > 0)]);
    }

    private static BlendLists Lists(IReadOnlyList<SequencePart> parts, IReadOnlyList<int[]> sequences, int[] teachers, int itemCount, SequenceBlendOptions options, ulong seed, CancellationToken ct)
    {
        var (rowCount, partCount) = (options.RivalCount + 1, parts.Count);
        var scores = new float[checked(teachers.Length * rowCount * partCount)];
        ParallelRows.Run(teachers.Length, 16, options.Degree, () => new float[itemCount], (all, from, to) =>
        {
            for (var at = from; at < to; at++)
            {
                var sequence = sequences[teachers[at]];
                var items = WithRivals(sequence, itemCount, rowCount, seed, (ulong)teachers[at]);
                for (var part = 0; part < partCount; part++)
                {
                    parts[part].Model.Score(sequence.AsSpan(0, sequence.Length - 1), all);
                    var inverse = Hybrid.InverseOfHighest(all);
                    for (var row = 0; row < rowCount; row++) scores[(at * rowCount + row) * partCount + part] = all[items[row]] * inverse;
                }
            }
        }, ct);
        return new BlendLists(scores, partCount, rowCount);
    }

    // A user who took nearly everything meets some rival twice; that harms nobody.
    private static int[] WithRivals(int[] sequence, int itemCount, int rowCount, ulong seed, ulong user)
    {
        var items = new int[rowCount];
        items[0] = sequence[^1];
        var taken = sequence.ToHashSet();
        for (var (row, draw) = (1, 0UL); row < rowCount; draw++)
        {
            var item = (int)(CounterRng.Uniform(seed, user, draw) * itemCount);
            if (!taken.Contains(item) || taken.Count == itemCount) items[row++] = item;
        }
        return items;
    }
}

/// <summary>Fitted models and their weights. Immutable, safe for concurrent use.</summary>
public sealed class SequenceBlendModel : ISequenceRecommender, IStorable<SequenceBlendModel>
{
    private readonly (SequencePart Part, float Weight)[] _parts;

    internal SequenceBlendModel((SequencePart Part, float Weight)[] parts) => _parts = parts;

    /// <inheritdoc/>
    public int ItemCount => _parts[0].Part.Model.ItemCount;

    /// <summary>The models that count, with their weights.</summary>
    public IReadOnlyList<(string Name, float Weight)> Parts => [.. _parts.Select(part => (part.Part.Name, part.Weight))];

    /// <inheritdoc/>
    public static string Kind => "sequence-blend";

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> sequence, Span<float> scores)
    {
        if (scores.Length != ItemCount) throw new ArgumentException($"The model knows {ItemCount} items; there is room for {scores.Length} scores.", nameof(scores));
        var rented = ArrayPool<float>.Shared.Rent(scores.Length);
        var own = rented.AsSpan(0, scores.Length);
        scores.Clear();
        foreach (var (part, weight) in _parts)
        {
            part.Model.Score(sequence, own);
            TensorPrimitives.MultiplyAdd(own, weight * Hybrid.InverseOfHighest(own), scores, scores);
        }
        ArrayPool<float>.Shared.Return(rented);
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Put("weights", Array.ConvertAll(_parts, each => each.Weight));
        StoredParts.Put(part, [.. _parts.Select(each => each.Part)]);
    }

    /// <inheritdoc/>
    public static SequenceBlendModel Restore(ModelPart part)
    {
        var parts = StoredParts.Get(part);
        return new SequenceBlendModel([.. parts.Zip(part.Get<float>("weights", parts.Length))]);
    }
}
