using System.Collections.Concurrent;
using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Factorization;

namespace CampaignPortal.Learning.Sequences;

/// <summary>Trained towers with the vectors of all items worked out. Immutable, safe for concurrent use.</summary>
public sealed class TwoTowerModel : ISequenceRecommender
{
    private readonly TwoTowerNetwork _network;
    private readonly TwoTowerOptions _options;
    private readonly float[] _vectors; // items × dimension
    private readonly FactorTable _table;
    private readonly ConcurrentBag<Tape> _tapes = []; // one per thread that scored at the same time

    private TwoTowerModel(TwoTowerNetwork network, TwoTowerOptions options, float[] vectors) =>
        (_network, _options, _vectors, _table) = (network, options, vectors, new FactorTable(vectors, network.ItemCount, options.Dimension));

    internal static TwoTowerModel Of(TwoTowerNetwork network, TwoTowerOptions options)
    {
        const int Block = 2048;
        var vectors = new float[network.ItemCount * options.Dimension];
        using var tape = new Tape();
        for (var from = 0; from < network.ItemCount; from += Block)
        {
            tape.Begin(training: false);
            int[] items = [.. Enumerable.Range(from, Math.Min(Block, network.ItemCount - from))];
            network.ItemVectors(tape, items, items).Values.CopyTo(vectors.AsSpan(from * options.Dimension));
        }
        return new TwoTowerModel(network, options, vectors);
    }

    /// <inheritdoc/>
    public int ItemCount => _network.ItemCount;

    /// <summary>The unit vector of an item.</summary>
    public ReadOnlySpan<float> ItemVector(int item) => _vectors.AsSpan(item * _options.Dimension, _options.Dimension);

    /// <summary>The unit vector of a history of at least one item (dimension).</summary>
    public void UserVector(ReadOnlySpan<int> sequence, Span<float> vector)
    {
        if (sequence.IsEmpty) throw new ArgumentException("A user without items has no vector.", nameof(sequence));
        if (!_tapes.TryTake(out var tape)) tape = new Tape();
        tape.Begin(training: false);
        var newest = sequence[^Math.Min(sequence.Length, _options.Length)..];
        _network.Users(tape, tape.Indices(newest), tape.Indices([0, newest.Length]), tape.Indices(newest[^1..])).Values.CopyTo(vector);
        _tapes.Add(tape);
    }

    /// <inheritdoc/>
    /// <remarks>(1 + cosine)/2, between 0 and 1; without a sequence every item has the same score.</remarks>
    public void Score(ReadOnlySpan<int> sequence, Span<float> scores)
    {
        if (scores.Length != ItemCount) throw new ArgumentException($"The model knows {ItemCount} items; there is room for {scores.Length} scores.", nameof(scores));
        if (sequence.IsEmpty)
        {
            scores.Fill(0.5f);
            return;
        }
        Span<float> user = stackalloc float[_options.Dimension];
        UserVector(sequence, user);
        _table.Score(user, scores);
        foreach (ref var score in scores) score = 0.5f * (1 + score);
    }
}
