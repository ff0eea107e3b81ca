using System.Collections.Concurrent;
using System.Numerics.Tensors;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Trees;

namespace CampaignPortal.Learning.Sequences;

/// <summary>Fitted parts and trees. Immutable, safe for concurrent use.</summary>
public sealed class SequenceRankerModel : ISequenceRecommender, IStorable<SequenceRankerModel>
{
    private readonly SequenceCandidates _candidates;
    private readonly GbdtModel? _trees;
    private readonly int _candidateCount;
    private readonly ConcurrentBag<SequenceCandidates.Scratch> _scratch = []; // one per thread that scored at the same time

    internal SequenceRankerModel(SequenceCandidates candidates, GbdtModel? trees, int candidateCount) =>
        (_candidates, _trees, _candidateCount) = (candidates, trees, candidateCount);

    /// <inheritdoc/>
    public int ItemCount => _candidates.ItemCount;

    /// <summary>The models that propose, with their weights in the sum.</summary>
    public IReadOnlyList<(string Name, float Weight)> Parts => [.. _candidates.Parts.Select((part, at) => (part.Name, _candidates.Weights[at]))];

    /// <summary>Number of trees that decide; 0 where the order is that of the weighted sum.</summary>
    public int TreeCount => _trees?.TreeCount ?? 0;

    /// <inheritdoc/>
    /// <remarks>Candidates have the trees' probability, which is positive; all other items have the weighted sum less its highest, so at most 0.</remarks>
    public void Score(ReadOnlySpan<int> sequence, Span<float> scores)
    {
        if (scores.Length != ItemCount) throw new ArgumentException($"The model knows {ItemCount} items; there is room for {scores.Length} scores.", nameof(scores));
        if (!_scratch.TryTake(out var scratch)) scratch = new SequenceCandidates.Scratch(_candidates, _candidateCount);
        var found = scratch.Find(sequence);
        if (_trees is null)
        {
            scratch.Sum.CopyTo(scores);
        }
        else
        {
            TensorPrimitives.Subtract(scratch.Sum, TensorPrimitives.Max<float>(scratch.Sum), scores);
            _trees.PredictMany(scratch.Rows, scratch.Probabilities);
            for (var at = 0; at < found.Length; at++) scores[found[at]] = scratch.Probabilities[at];
        }
        _scratch.Add(scratch);
    }

    /// <inheritdoc/>
    public static string Kind => "sequence-ranker";

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["candidate_count"] = _candidateCount;
        part.Put("weights", _candidates.Weights);
        part.Put("user_counts", _candidates.UserCounts);
        StoredParts.Put(part, _candidates.Parts);
        if (_trees is not null) part.PutPart("trees", _trees);
    }

    /// <inheritdoc/>
    public static SequenceRankerModel Restore(ModelPart part)
    {
        var parts = StoredParts.Get(part);
        var trees = part.KindOf("trees") is null ? null : part.GetPart<GbdtModel>("trees");
        try
        {
            return new SequenceRankerModel(new SequenceCandidates(parts, part.Get<float>("weights", parts.Length), part.Get<float>("user_counts")), trees, part.Setting<int>("candidate_count"));
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"The stored parts do not fit each other: {e.Message}", e);
        }
    }
}
