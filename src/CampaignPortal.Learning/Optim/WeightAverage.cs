using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Optim;

/// <summary>An exponential moving average of weights (Polyak and Juditsky 1992), often a little better to predict with than the last ones.</summary>
public sealed class WeightAverage
{
    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly AlignedFloats[] _averages;
    private readonly double _decay;
    private int _steps;

    /// <summary>An average that begins at the present weights.</summary>
    /// <param name="parameters">What is averaged.</param>
    /// <param name="decay">Share of the old average, 0.999 for instance; the first steps use less, (1 + t)/(10 + t).</param>
    public WeightAverage(IReadOnlyList<Parameter> parameters, double decay = 0.999)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (!(decay is >= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(decay), decay, "The decay must lie in [0, 1).");
        (_parameters, _decay) = (parameters, decay);
        _averages = new AlignedFloats[parameters.Count];
        for (var p = 0; p < parameters.Count; p++)
        {
            _averages[p] = new AlignedFloats(parameters[p].Value.Length);
            parameters[p].Value.CopyTo(_averages[p].Span);
        }
    }

    /// <summary>Takes the present weights in, after a step.</summary>
    public unsafe void Update()
    {
        _steps++;
        var keep = (float)Math.Min(_decay, (1.0 + _steps) / (10.0 + _steps));
        for (var p = 0; p < _averages.Length; p++)
        {
            var average = _averages[p].Span;
            System.Numerics.Tensors.TensorPrimitives.Multiply(average, keep, average);
            Elementwise.Scaled(1 - keep, _parameters[p].Data, _averages[p].Pointer, average.Length);
        }
    }

    /// <summary>Exchanges weights and averages; a second call exchanges them back.</summary>
    public void Swap()
    {
        for (var p = 0; p < _averages.Length; p++)
        {
            var average = _averages[p].Span;
            var value = _parameters[p].Value;
            for (var i = 0; i < value.Length; i++) (average[i], value[i]) = (value[i], average[i]);
        }
    }
}
