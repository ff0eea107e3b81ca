using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Training;

/// <summary>Gradients of one part of a batch, beside those of the parameters.</summary>
internal sealed unsafe class ShardGradients
{
    private readonly Dictionary<Parameter, (AlignedFloats Gradient, TouchedRows? Touched)> _gradients = [];

    public ShardGradients(IReadOnlyList<Parameter> parameters)
    {
        foreach (var parameter in parameters)
        {
            if (!parameter.IsFrozen) _gradients.Add(parameter, (new AlignedFloats(parameter.Value.Length), parameter.Touched is null ? null : new TouchedRows(parameter.Shape[0])));
        }
    }

    public float* GradientOf(Parameter parameter) => _gradients[parameter].Gradient.Pointer;

    public TouchedRows? TouchedOf(Parameter parameter) => _gradients[parameter].Touched;

    /// <summary>Adds everything to the parameters' own gradients and clears it.</summary>
    public void MoveTo(IReadOnlyList<Parameter> parameters)
    {
        for (var p = 0; p < parameters.Count; p++)
        {
            var parameter = parameters[p];
            if (!_gradients.TryGetValue(parameter, out var own)) continue;
            if (own.Touched is { IsAll: false } touched)
            {
                var width = parameter.Value.Length / parameter.Shape[0];
                foreach (var row in touched.Rows)
                {
                    parameter.Touched!.Touch(row); // both track rows
                    Elementwise.Add(own.Gradient.Pointer + (long)row * width, parameter.GradientData + (long)row * width, width);
                    own.Gradient.Span.Slice(row * width, width).Clear();
                }
            }
            else
            {
                parameter.Touched?.TouchAll();
                Elementwise.Add(own.Gradient.Pointer, parameter.GradientData, parameter.Value.Length);
                own.Gradient.Span.Clear();
            }
            own.Touched?.Clear();
        }
    }
}
