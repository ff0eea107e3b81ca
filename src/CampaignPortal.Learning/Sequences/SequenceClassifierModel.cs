using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Sequences;

/// <summary>A trained network over sequences. Immutable and safe for concurrent use.</summary>
public sealed class SequenceClassifierModel : IStorable<SequenceClassifierModel>
{
    private const int BatchCount = 256;

    private readonly SequenceNetwork _network;
    private readonly StepScaling _scaling;
    private readonly SequenceHead[] _heads;
    private readonly SequenceClassifierOptions _options;

    internal SequenceClassifierModel(SequenceNetwork network, StepScaling scaling, SequenceHead[] heads, SequenceClassifierOptions options) =>
        (_network, _scaling, _heads, _options) = (network, scaling, heads, options);

    /// <inheritdoc/>
    public static string Kind => "sequence-classifier";

    /// <summary>Names of the answers.</summary>
    public IReadOnlyList<string> HeadNames => Array.ConvertAll(_heads, h => h.Name);

    /// <summary>Values per sequence of an answer: one, or one per class.</summary>
    public int OutputCount(int head) => _heads[head].Width;

    /// <summary>The answer of one sequence: the probability of 1, probabilities of classes, or a number.</summary>
    /// <param name="steps">Steps × columns, oldest first.</param>
    /// <param name="codes">One per step; empty where the model reads none.</param>
    /// <param name="head">Number of the answer.</param>
    public float[] Predict(Matrix steps, ReadOnlySpan<int> codes = default, int head = 0)
    {
        var answers = new float[_heads[head].Width];
        PredictMany(new StepSequences(steps, [0, steps.RowCount], _options.CodeCount > 0 ? codes.ToArray() : null), answers, head);
        return answers;
    }

    /// <summary>Answers of many sequences.</summary>
    /// <param name="sequences">The sequences.</param>
    /// <param name="answers">Room for sequences × <see cref="OutputCount"/> values.</param>
    /// <param name="head">Number of the answer.</param>
    public void PredictMany(StepSequences sequences, Span<float> answers, int head = 0)
    {
        sequences.Check(_scaling.ColumnCount, _options.CodeCount);
        var width = _heads[head].Width;
        if (answers.Length != sequences.Count * width) throw new ArgumentException($"{sequences.Count} sequences need {sequences.Count * width} results; got room for {answers.Length}.", nameof(answers));
        using var lease = TapePool.Rent();
        Span<int> chosen = stackalloc int[BatchCount];
        for (var first = 0; first < sequences.Count; first += BatchCount)
        {
            var batch = chosen[..Math.Min(BatchCount, sequences.Count - first)];
            for (var i = 0; i < batch.Length; i++) batch[i] = first + i;
            lease.Tape.Begin(training: false);
            var outputs = _network.Answer(lease.Tape, head, _network.Read(lease.Tape, sequences, batch));
            _heads[head].ToAnswers(outputs.Values, answers.Slice(first * width, batch.Length * width));
        }
    }

    /// <summary>How much attention pooling gave each step of a sequence: weights that add up to 1, 0 for steps too old to be read.</summary>
    /// <exception cref="InvalidOperationException">The network does not pool by attention.</exception>
    public float[] Attention(StepSequences sequences, int sequence)
    {
        if (_options.Pooling != SequencePooling.Attention) throw new InvalidOperationException($"The network pools by {_options.Pooling}; only attention has weights.");
        sequences.Check(_scaling.ColumnCount, _options.CodeCount);
        using var lease = TapePool.Rent();
        lease.Tape.Begin(training: false);
        var read = _network.Weights(lease.Tape, sequences, [sequence]).Values;
        var weights = new float[sequences.Length(sequence)];
        read.CopyTo(weights.AsSpan(weights.Length - read.Length));
        return weights;
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["encoder"] = _options.Encoder.ToString();
        part.Settings["pooling"] = _options.Pooling.ToString();
        part.Settings["width"] = _options.Width;
        part.Settings["layers"] = _options.LayerCount;
        part.Settings["attention_heads"] = _options.HeadCount;
        part.Settings["codes"] = _options.CodeCount;
        part.Settings["code_width"] = _options.CodeWidth;
        part.Settings["max_length"] = _options.MaxLength;
        part.Settings["heads"] = StoredLists.Of(_heads.Select(h => h.Name));
        part.Settings["tasks"] = StoredLists.Of(_heads.Select(h => h.Task.ToString()));
        part.Put("head_widths", Array.ConvertAll(_heads, h => h.Width));
        part.Put("head_means", Array.ConvertAll(_heads, h => h.Mean));
        part.Put("head_deviations", Array.ConvertAll(_heads, h => h.Deviation));
        part.Put("step_means", _scaling.Means);
        part.Put("step_scales", _scaling.Scales);
        foreach (var parameter in _network.Parameters) part.Put<float>("network." + parameter.Name, parameter.Value);
    }

    /// <inheritdoc/>
    public static SequenceClassifierModel Restore(ModelPart part)
    {
        var options = new SequenceClassifierOptions
        {
            Encoder = Known<SequenceEncoder>(part, "encoder"), Pooling = Known<SequencePooling>(part, "pooling"), Width = part.Setting<int>("width"), LayerCount = part.Setting<int>("layers"),
            HeadCount = part.Setting<int>("attention_heads"), CodeCount = part.Setting<int>("codes"), CodeWidth = part.Setting<int>("code_width"), MaxLength = part.Setting<int>("max_length"),
        };
        var (names, tasks) = (StoredLists.Strings(part, "heads"), StoredLists.Strings(part, "tasks"));
        var (widths, means, deviations) = (part.Get<int>("head_widths", names.Length), part.Get<float>("head_means", names.Length), part.Get<float>("head_deviations", names.Length));
        var scales = part.Get<float>("step_scales");
        if (tasks.Length != names.Length || names.Length == 0 || widths.Any(w => w is < 1 or > 10_000)) throw new InvalidDataException("The heads of a stored network do not fit each other.");
        var heads = names.Select((name, h) => new SequenceHead(name, Parse<SequenceTask>(tasks[h]), widths[h], means[h], deviations[h])).ToArray();
        var scaling = new StepScaling(part.Get<float>("step_means", scales.Length), scales);
        try
        {
            options.Validate();
            RequireSize(part, options);
            var network = new SequenceNetwork(options, scaling, widths, rng: null);
            foreach (var parameter in network.Parameters) part.Get<float>("network." + parameter.Name, parameter.Value.Length).CopyTo(parameter.Value);
            return new SequenceClassifierModel(network, scaling, heads, options);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"The settings of a stored network make no sense: {e.Message}", e);
        }
    }

    /// <summary>Sizes are believed only as far as the file has weights for them, before memory is taken.</summary>
    private static void RequireSize(ModelPart part, SequenceClassifierOptions options)
    {
        if (options.CodeCount > 0) part.Get<float>("network.codes.weight", checked((options.CodeCount + 1) * options.CodeWidth));
        if (options.Encoder == SequenceEncoder.Transformer) part.Get<float>("network.encoder.ages.weight", checked(options.MaxLength * options.Width));
        part.Get<float>("network.heads.0.weight", checked(part.Get<int>("head_widths")[0] * options.Width));
        if (options.Width > 4096) throw new InvalidDataException($"A stored network is {options.Width} wide; at most 4096 is read.");
    }

    private static T Known<T>(ModelPart part, string name) where T : struct, Enum => Parse<T>(part.Setting<string>(name));

    private static T Parse<T>(string text) where T : struct, Enum => Enum.TryParse<T>(text, out var value) && Enum.IsDefined(value) ? value : throw new InvalidDataException($"'{text}' is no {typeof(T).Name}.");
}
