using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Ctr;

/// <summary>Histories of items, a candidate item each, and whether it was chosen.</summary>
/// <param name="Items">Items of all histories, one after the other, numbered from 0.</param>
/// <param name="Offsets">Where each history begins in <paramref name="Items"/>, and the end of the last one.</param>
/// <param name="Candidates">One item per history.</param>
/// <param name="Labels">0 or 1 per history.</param>
public sealed record InterestRows(int[] Items, int[] Offsets, int[] Candidates, float[] Labels)
{
    internal void Check(int itemCount)
    {
        if (Candidates.Length != Labels.Length || Offsets.Length != Labels.Length + 1 || Offsets[0] != 0 || Offsets[^1] != Items.Length)
            throw new ArgumentException($"{Labels.Length} labels need as many candidates and one more offset, from 0 to {Items.Length}; got {Candidates.Length} and {Offsets.Length}.");
        for (var i = 1; i < Offsets.Length; i++) if (Offsets[i] < Offsets[i - 1]) throw new ArgumentException($"History {i - 1} ends before it begins.");
        foreach (var item in Items.Concat(Candidates)) if ((uint)item >= (uint)itemCount) throw new ArgumentException($"Item {item} does not exist; there are {itemCount}.");
    }
}

/// <summary>Options of <see cref="InterestClassifier"/>.</summary>
public sealed record InterestOptions
{
    /// <summary>Length of item vectors. Default 16.</summary>
    public int Dimension { get; init; } = 16;

    /// <summary>Hidden width of the activation unit. Default 36.</summary>
    public int UnitHidden { get; init; } = 36;

    /// <summary>Widths of the head. Default 64 and 32.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [64, 32];

    /// <summary>Dice instead of PReLU. Default false.</summary>
    public bool UseDice { get; init; }

    /// <summary>How training runs. Default: AdamW, lazy on the items, 5e-3, batches of 256, up to 10 epochs with a patience of 1: these networks learn by heart from the second epoch on.</summary>
    public TrainingOptions Training { get; init; } = new() { LearningRate = 5e-3, MaxEpochs = 10, Patience = 1 };

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Dimension, "options.Dimension");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(UnitHidden, "options.UnitHidden");
        if (Hidden.Count == 0 || Hidden.Any(h => h < 1)) throw new ArgumentException($"At least one layer of width 1 or more is due; got [{string.Join(", ", Hidden)}].", "options.Hidden");
        if (UseDice && Training.Shards > 1) throw new ArgumentException("Dice looks at whole batches; train with one shard.", "options.Training");
        Training.Validate();
    }
}

/// <summary>A trained deep interest network with the story of its training.</summary>
/// <param name="Model">The network with the best weights.</param>
/// <param name="Training">Its epochs.</param>
public sealed record InterestFit(InterestModel Model, TrainingResult Training);

/// <summary>Trains deep interest networks (Zhou et al. 2018).</summary>
public static class InterestClassifier
{
    /// <summary>Trains a network.</summary>
    /// <param name="training">Training rows.</param>
    /// <param name="validation">Rows that decide when to stop; null trains all epochs.</param>
    /// <param name="itemCount">Items are numbered below this.</param>
    /// <param name="options">Options.</param>
    /// <param name="rng">Source of first weights.</param>
    /// <param name="progress">Told after each epoch; may be null.</param>
    /// <param name="ct">Looked at between steps.</param>
    /// <exception cref="ArgumentException">Sizes do not fit, an item does not exist, or only one class occurs.</exception>
    public static InterestFit Fit(InterestRows training, InterestRows? validation, int itemCount, InterestOptions options, Rng rng, IProgress<EpochReport>? progress, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(itemCount);
        options.Validate();
        training.Check(itemCount);
        validation?.Check(itemCount);
        BinaryLabels.Weights(training.Labels.Length, training.Labels, [], balanced: false);
        var network = new InterestNetwork(itemCount, options, rng);
        var rate = training.Labels.Average();
        network.StartAt(Math.Log(rate / (1 - rate)));
        var model = new InterestModel(network, itemCount, options);
        return new InterestFit(model, Trainer.Fit(new Task(model, training, validation), options.Training, progress, ct));
    }

    private sealed class Task(InterestModel model, InterestRows training, InterestRows? validation) : ITrainingTask
    {
        public IReadOnlyList<Parameter> Parameters => model.Network.Parameters;

        public int ExampleCount => training.Labels.Length;

        public bool NeedsWholeBatches => model.Options.UseDice;

        public Tensor Loss(Tape tape, ReadOnlySpan<int> examples)
        {
            var labels = tape.Allocate(new Shape(examples.Length));
            for (var i = 0; i < examples.Length; i++) labels.Values[i] = training.Labels[examples[i]];
            return tape.BinaryCrossEntropy(model.Forward(tape, training, examples), labels.Values);
        }

        public Evaluation? Evaluate(Tape tape)
        {
            if (validation is null) return null;
            var logits = new float[validation.Labels.Length];
            model.LogOddsMany(tape, validation, logits);
            return new Evaluation(Losses.BinaryCrossEntropy(logits, validation.Labels, new float[logits.Length], 1, default));
        }
    }
}

/// <summary>A trained deep interest network. Immutable and safe for concurrent use.</summary>
public sealed class InterestModel : IStorable<InterestModel>
{
    private const int BlockRows = 512;

    private readonly int _itemCount;
    private readonly InterestOptions _options;

    internal InterestModel(InterestNetwork network, int itemCount, InterestOptions options) => (Network, _itemCount, _options) = (network, itemCount, options);

    /// <inheritdoc/>
    public static string Kind => "interest-network";

    internal InterestOptions Options => _options;

    internal InterestNetwork Network { get; }

    /// <summary>Probability of class 1 for each history and its candidate; labels are not read.</summary>
    public void PredictMany(InterestRows rows, Span<float> probabilities)
    {
        rows.Check(_itemCount);
        if (probabilities.Length != rows.Labels.Length) throw new ArgumentException($"{rows.Labels.Length} rows need as many results; got room for {probabilities.Length}.", nameof(probabilities));
        using var lease = TapePool.Rent();
        var tape = lease.Tape;
        LogOddsMany(tape, rows, probabilities);
        VectorMath.Sigmoid(probabilities, probabilities);
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["items"] = _itemCount;
        part.Settings["dimension"] = _options.Dimension;
        part.Settings["unit_hidden"] = _options.UnitHidden;
        part.Settings["dice"] = _options.UseDice;
        part.Put("hidden", _options.Hidden.ToArray());
        part.PutParameters(Network.Parameters);
    }

    /// <inheritdoc/>
    public static InterestModel Restore(ModelPart part)
    {
        var (items, dimension, unit, hidden) = (part.Setting<int>("items"), part.Setting<int>("dimension"), part.Setting<int>("unit_hidden"), part.Get<int>("hidden"));
        if (items < 1 || dimension is < 1 or > 4096 || unit is < 1 or > 4096 || hidden.Length is 0 or > 16 || hidden.Any(h => h is < 1 or > 1 << 16)) throw new InvalidDataException("The sizes of a stored interest network make no sense.");
        var options = new InterestOptions { Dimension = dimension, UnitHidden = unit, Hidden = hidden, UseDice = part.Setting<bool>("dice") };
        return new InterestModel(part.GetNetwork(() => new InterestNetwork(items, options, rng: null)), items, options);
    }

    /// <summary>Log-odds of some rows on a tape that has begun a step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal Tensor Forward(Tape tape, InterestRows rows, ReadOnlySpan<int> examples)
    {
        var total = 0;
        foreach (var e in examples) total += rows.Offsets[e + 1] - rows.Offsets[e];
        var history = tape.NewIndices(total, out var items);
        var offsets = tape.NewIndices(examples.Length + 1, out var starts);
        var candidates = tape.NewIndices(examples.Length, out var wanted);
        starts[0] = 0;
        for (var i = 0; i < examples.Length; i++)
        {
            var own = rows.Items.AsSpan(rows.Offsets[examples[i]]..rows.Offsets[examples[i] + 1]);
            own.CopyTo(items[starts[i]..]);
            starts[i + 1] = starts[i] + own.Length;
            wanted[i] = rows.Candidates[examples[i]];
        }
        return Network.Forward(tape, history, offsets, candidates);
    }

    internal void LogOddsMany(Tape tape, InterestRows rows, Span<float> logOdds)
    {
        Span<int> examples = stackalloc int[BlockRows];
        for (var start = 0; start < logOdds.Length; start += BlockRows)
        {
            var count = Math.Min(BlockRows, logOdds.Length - start);
            for (var i = 0; i < count; i++) examples[i] = start + i;
            tape.Begin(training: false);
            Forward(tape, rows, examples[..count]).Values.CopyTo(logOdds[start..]);
        }
    }
}
