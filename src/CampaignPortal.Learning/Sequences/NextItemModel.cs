using System.Buffers;
using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Training;

namespace CampaignPortal.Learning.Sequences;

/// <summary>A trained next-item network: scores are probabilities of being the next item. Immutable, safe for concurrent use.</summary>
public sealed class NextItemModel : ISequenceRecommender, IStorable<NextItemModel>
{
    private const string Attention = "sasrec", Recurrence = "gru4rec";

    private readonly NextItemNetwork _network;
    private readonly NextItemOptions _options;

    internal NextItemModel(NextItemNetwork network, int itemCount, NextItemOptions options, TrainingResult? training) =>
        (_network, ItemCount, _options, Training) = (network, itemCount, options, training);

    /// <inheritdoc/>
    public int ItemCount { get; }

    /// <summary>The course of the training that chose the number of epochs; null for a model that was read.</summary>
    public TrainingResult? Training { get; }

    /// <summary>The vector of an item.</summary>
    public ReadOnlySpan<float> ItemVector(int item) => _network.Items.Weight.Value.Slice(item * _options.Dimension, _options.Dimension);

    /// <inheritdoc/>
    /// <remarks>Without a sequence every item has the same score. Only the newest items count, as many as the network's length.</remarks>
    public void Score(ReadOnlySpan<int> sequence, Span<float> scores)
    {
        if (scores.Length != ItemCount) throw new ArgumentException($"The model knows {ItemCount} items; there is room for {scores.Length} scores.", nameof(scores));
        if (sequence.IsEmpty)
        {
            scores.Fill(1f / ItemCount);
            return;
        }
        var newest = sequence[^Math.Min(sequence.Length, _options.Length)..];
        var items = ArrayPool<int>.Shared.Rent(newest.Length);
        newest.CopyTo(items);
        using (var lease = TapePool.Rent()) _network.Logits(lease.Tape, [new ArraySegment<int>(items, 0, newest.Length)], scores);
        Softmax.Forward(scores, scores, scores.Length);
        ArrayPool<int>.Shared.Return(items);
    }

    /// <inheritdoc/>
    public static string Kind => "next-item-network";

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["item_count"] = ItemCount;
        part.Settings["dimension"] = _options.Dimension;
        part.Settings["length"] = _options.Length;
        part.Settings["architecture"] = _options is SasRecOptions ? Attention : Recurrence;
        if (_options is SasRecOptions blocks) (part.Settings["blocks"], part.Settings["heads"], part.Settings["hidden_factor"], part.Settings["input_scale"]) = (blocks.Blocks, blocks.Heads, blocks.HiddenFactor, blocks.InputScale);
        if (_options is Gru4RecOptions gates) part.Settings["hidden_count"] = gates.HiddenCount;
        part.PutParameters(_network.Parameters);
    }

    /// <inheritdoc/>
    public static NextItemModel Restore(ModelPart part)
    {
        var itemCount = part.Setting<int>("item_count");
        NextItemOptions options = part.Setting<string>("architecture") switch
        {
            Attention => new SasRecOptions { Blocks = part.Setting<int>("blocks"), Heads = part.Setting<int>("heads"), HiddenFactor = part.Setting<int>("hidden_factor"), InputScale = part.Setting<double>("input_scale") },
            Recurrence => new Gru4RecOptions { HiddenCount = part.Setting<int>("hidden_count") },
            var other => throw new InvalidDataException($"'{other}' is no known architecture of a next-item network."),
        };
        options = options with { Dimension = part.Setting<int>("dimension"), Length = part.Setting<int>("length") };
        var network = part.GetNetwork<NextItemNetwork>(() =>
        {
            options.Validate();
            return options is SasRecOptions blocks ? new SasRecNetwork(itemCount, blocks, rng: null) : new Gru4RecNetwork(itemCount, (Gru4RecOptions)options, rng: null);
        });
        return new NextItemModel(network, itemCount, options, null);
    }
}
