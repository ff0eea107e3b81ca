using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Sequences;

/// <summary>Steps to states, states to one row per sequence, and a linear head per answer.</summary>
internal sealed class SequenceNetwork : Module
{
    private readonly SequenceClassifierOptions _options;
    private readonly StepScaling _scaling;
    private readonly Embedding? _codes;
    private readonly StepEncoder _encoder;
    private readonly AttentionPooling? _pooling;
    private readonly Nn.Linear[] _heads;

    public SequenceNetwork(SequenceClassifierOptions options, StepScaling scaling, IReadOnlyList<int> headWidths, Rng? rng) : base("")
    {
        (_options, _scaling) = (options, scaling);
        var inputs = scaling.ColumnCount;
        if (options.CodeCount > 0)
        {
            // One vector more, for codes that are not known.
            _codes = Add(rng is null ? new Embedding("codes", options.CodeCount + 1, options.CodeWidth) : new Embedding("codes", options.CodeCount + 1, options.CodeWidth, rng.Fork(1), deviation: 0.1));
            inputs += options.CodeWidth;
        }
        _encoder = Add(StepEncoder.Create("encoder", options, inputs, rng?.Fork(2)));
        if (options.Pooling == SequencePooling.Attention) _pooling = Add(new AttentionPooling("pooling", options.Width, options.Width, rng?.Fork(3)));
        _heads = [.. headWidths.Select((width, h) => Add(rng is null ? new Nn.Linear($"heads.{h}", options.Width, width) : new Nn.Linear($"heads.{h}", options.Width, width, rng.Fork(10 + h), gain: 1)))];
    }

    /// <summary>One row per sequence: [sequences, width].</summary>
    public Tensor Read(Tape tape, StepSequences all, ReadOnlySpan<int> sequences)
    {
        var states = States(tape, all, sequences, out var offsets);
        var pooled = _options.Pooling switch
        {
            SequencePooling.Last => Last(tape, states, offsets),
            SequencePooling.Mean => tape.PoolSegments(states, offsets, mean: true),
            SequencePooling.Max => tape.MaxSegments(states, offsets),
            _ => _pooling!.Forward(tape, states, offsets), // made for the fourth kind
        };
        return tape.Dropout(pooled, _options.Dropout);
    }

    /// <summary>Weight of each step that is read, of attention.</summary>
    public Tensor Weights(Tape tape, StepSequences all, ReadOnlySpan<int> sequences)
    {
        var states = States(tape, all, sequences, out var offsets);
        return _pooling!.Weights(tape, states, offsets); // the caller has seen that the network pools by attention
    }

    /// <summary>Logits or standardised numbers of one head.</summary>
    public Tensor Answer(Tape tape, int head, in Tensor pooled) => _heads[head].Forward(tape, pooled);

    /// <summary>Steps that are read: the newest of a sequence.</summary>
    public int ReadLength(StepSequences all, int sequence) => Math.Min(_options.MaxLength, all.Length(sequence));

    private Tensor States(Tape tape, StepSequences all, ReadOnlySpan<int> sequences, out Indices offsets)
    {
        offsets = tape.NewIndices(sequences.Length + 1, out var starts);
        starts[0] = 0;
        for (var s = 0; s < sequences.Length; s++) starts[s + 1] = starts[s] + ReadLength(all, sequences[s]);
        var x = tape.Allocate(new Shape(starts[^1], _scaling.ColumnCount));
        var codes = tape.NewIndices(_codes is null ? 0 : starts[^1], out var known);
        for (var s = 0; s < sequences.Length; s++)
        {
            var first = all.Offsets[sequences[s] + 1] - ReadLength(all, sequences[s]);
            for (var row = starts[s]; row < starts[s + 1]; row++)
            {
                var step = first + row - starts[s];
                _scaling.Apply(all.Steps.Row(step), x.Row(row));
                if (all.Codes is { } given && _codes is not null) known[row] = Math.Min(given[step], _options.CodeCount);
            }
        }
        return _encoder.Forward(tape, _codes is null ? x : tape.Concat(x, _codes.Forward(tape, codes)), offsets);
    }

    /// <summary>The last state of each sequence, zeros for an empty one.</summary>
    private static Tensor Last(Tape tape, in Tensor states, in Indices offsets)
    {
        var count = 0;
        for (var s = 0; s + 1 < offsets.Count; s++) if (offsets.Values[s + 1] > offsets.Values[s]) count++;
        var index = tape.NewIndices(count, out var rows);
        var filled = tape.NewIndices(offsets.Count, out var starts);
        starts[0] = 0;
        for (var s = 0; s + 1 < offsets.Count; s++)
        {
            starts[s + 1] = starts[s];
            if (offsets.Values[s + 1] > offsets.Values[s]) rows[starts[s + 1]++] = offsets.Values[s + 1] - 1;
        }
        var last = tape.Gather(states, index);
        return count == offsets.Count - 1 ? last : tape.PoolSegments(last, filled, mean: false);
    }
}

/// <summary>Brings each column of steps to mean 0 and deviation 1; a missing value becomes the mean.</summary>
internal sealed class StepScaling(float[] means, float[] scales)
{
    public int ColumnCount => means.Length;

    public float[] Means => means;

    /// <summary>1 / deviation, 0 for a column that does not vary.</summary>
    public float[] Scales => scales;

    public static StepScaling Of(StepSequences sequences, ReadOnlySpan<int> chosen)
    {
        var columns = sequences.Steps.ColumnCount;
        var (means, scales) = (new float[columns], new float[columns]);
        for (var j = 0; j < columns; j++)
        {
            double count = 0, mean = 0, squares = 0;
            foreach (var s in chosen)
            {
                for (var step = sequences.Offsets[s]; step < sequences.Offsets[s + 1]; step++)
                {
                    var value = sequences.Steps[step, j];
                    if (float.IsNaN(value)) continue;
                    var (delta, before) = (value - mean, count++);
                    mean += delta / count;
                    squares += delta * delta * before / count; // Welford 1962
                }
            }
            means[j] = (float)mean;
            scales[j] = squares > 0 ? (float)(1 / Math.Sqrt(squares / count)) : 0;
        }
        return new StepScaling(means, scales);
    }

    public void Apply(ReadOnlySpan<float> step, Span<float> scaled)
    {
        for (var j = 0; j < scaled.Length; j++) scaled[j] = float.IsNaN(step[j]) ? 0 : (step[j] - means[j]) * scales[j];
    }
}
