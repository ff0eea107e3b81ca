using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Ctr;

/// <summary>A trained click model. Immutable and safe for concurrent use.</summary>
public sealed class CtrModel : IStorable<CtrModel>
{
    private const int BlockRows = 1024;

    private readonly CtrInputs _inputs;
    private readonly CtrOptions _options;
    private readonly float[] _mean, _scale;
    private readonly int[] _starts;

    internal CtrModel(CtrNetwork network, CtrInputs inputs, CtrOptions options, float[] mean, float[] scale) =>
        (Network, _inputs, _options, _mean, _scale, _starts) = (network, inputs, options, mean, scale, network.FieldStarts());

    /// <inheritdoc/>
    public static string Kind => "ctr";

    internal CtrNetwork Network { get; }

    /// <summary>Probability of class 1 for many rows.</summary>
    /// <param name="dense">rows × numbers.</param>
    /// <param name="categories">rows × fields; a number outside its field's dictionary is refused.</param>
    /// <param name="probabilities">One per row.</param>
    public void PredictMany(ReadOnlySpan<float> dense, ReadOnlySpan<int> categories, Span<float> probabilities)
    {
        LogOddsMany(dense, categories, probabilities);
        VectorMath.Sigmoid(probabilities, probabilities);
    }

    /// <summary>Log-odds of class 1 for many rows.</summary>
    public void LogOddsMany(ReadOnlySpan<float> dense, ReadOnlySpan<int> categories, Span<float> logOdds)
    {
        using var lease = TapePool.Rent();
        var tape = lease.Tape;
        LogOddsMany(tape, dense, categories, logOdds);
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["architecture"] = _options.Architecture.ToString();
        part.Settings["dimension"] = _options.Dimension;
        part.Settings["cross_layers"] = _options.CrossLayers;
        part.Put("hidden", _options.Hidden.ToArray());
        part.Put("field_sizes", _inputs.FieldSizes.ToArray());
        part.Put("mean", _mean);
        part.Put("scale", _scale);
        part.PutParameters(Network.Parameters);
    }

    /// <inheritdoc/>
    public static CtrModel Restore(ModelPart part)
    {
        if (!Enum.TryParse<CtrArchitecture>(part.Setting<string>("architecture"), out var architecture)) throw new InvalidDataException($"'{part.Setting<string>("architecture")}' is not a known architecture.");
        var (sizes, hidden, mean) = (part.Get<int>("field_sizes"), part.Get<int>("hidden"), part.Get<float>("mean"));
        var (dimension, crossLayers) = (part.Setting<int>("dimension"), part.Setting<int>("cross_layers"));
        if (sizes.Length is 0 or > 10_000 || sizes.Any(s => s < 1) || dimension is < 1 or > 4096 || hidden.Length is 0 or > 16 || hidden.Any(h => h is < 1 or > 1 << 16) || crossLayers is < 1 or > 16)
            throw new InvalidDataException("The sizes of a stored click model make no sense.");
        var inputs = new CtrInputs(mean.Length, sizes);
        var options = new CtrOptions { Architecture = architecture, Dimension = dimension, Hidden = hidden, CrossLayers = crossLayers };
        var network = part.GetNetwork(() => new CtrNetwork(inputs, options, rng: null));
        return new CtrModel(network, inputs, options, mean, part.Get<float>("scale", mean.Length));
    }

    /// <summary>Log-odds of some rows on a tape that has begun a step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal Tensor Forward(Tape tape, ReadOnlySpan<float> dense, ReadOnlySpan<int> categories, ReadOnlySpan<int> examples)
    {
        var (numbers, fields) = (_inputs.DenseCount, _starts.Length);
        var x = tape.Allocate(new Shape(examples.Length, Math.Max(1, numbers)));
        if (numbers == 0) x.Values.Clear();
        for (var i = 0; i < examples.Length && numbers > 0; i++) Dense.Standardize(dense.Slice(examples[i] * numbers, numbers), _mean, _scale, x.Row(i));
        var index = tape.NewIndices(examples.Length * fields, out var ids);
        var offsets = tape.NewIndices(examples.Length + 1, out var starts);
        for (var i = 0; i < examples.Length; i++)
        {
            var own = categories.Slice(examples[i] * fields, fields);
            for (var f = 0; f < fields; f++) ids[i * fields + f] = _starts[f] + own[f];
            starts[i + 1] = (i + 1) * fields;
        }
        starts[0] = 0;
        return Network.Forward(tape, x, index, offsets);
    }

    internal void LogOddsMany(Tape tape, ReadOnlySpan<float> dense, ReadOnlySpan<int> categories, Span<float> logOdds)
    {
        var (numbers, fields, rows) = (_inputs.DenseCount, _starts.Length, logOdds.Length);
        if (dense.Length != rows * numbers || categories.Length != rows * fields) throw new ArgumentException($"{rows} rows need {rows * numbers} numbers and {rows * fields} categories; got {dense.Length} and {categories.Length}.", nameof(logOdds));
        for (var i = 0; i < categories.Length; i++)
            if ((uint)categories[i] >= (uint)_inputs.FieldSizes[i % fields]) throw new ArgumentException($"Row {i / fields} names category {categories[i]} of field {i % fields}, which has {_inputs.FieldSizes[i % fields]}.", nameof(categories));
        Span<int> examples = stackalloc int[BlockRows];
        for (var start = 0; start < rows; start += BlockRows)
        {
            var count = Math.Min(BlockRows, rows - start);
            for (var i = 0; i < count; i++) examples[i] = start + i;
            tape.Begin(training: false);
            Forward(tape, dense, categories, examples[..count]).Values.CopyTo(logOdds[start..]);
        }
    }
}
