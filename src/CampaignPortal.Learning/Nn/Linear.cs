using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Nn;

/// <summary>y = x·Wᵀ + b with W [outputs, inputs].</summary>
public sealed class Linear : Module
{
    /// <summary>A layer with weights normal·√(gain/inputs) and zero biases (He et al. 2015: gain 2 before a rectifier).</summary>
    public Linear(string name, int inputCount, int outputCount, Rng rng, double gain = 2) : this(name, inputCount, outputCount)
    {
        var deviation = Math.Sqrt(gain / inputCount);
        foreach (ref var w in Weight.Value) w = (float)(rng.NextNormal() * deviation);
    }

    /// <summary>A layer of zeros.</summary>
    public Linear(string name, int inputCount, int outputCount) : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputCount);
        (InputCount, OutputCount) = (inputCount, outputCount);
        (Weight, Bias) = (NewParameter("weight", outputCount, inputCount), NewParameter("bias", outputCount));
        Bias.IsDecayed = false;
    }

    /// <summary>Width of x.</summary>
    public int InputCount { get; }

    /// <summary>Width of y.</summary>
    public int OutputCount { get; }

    /// <summary>[outputs, inputs].</summary>
    public Parameter Weight { get; }

    /// <summary>[outputs].</summary>
    public Parameter Bias { get; }

    /// <summary>f(x·Wᵀ + b): […, inputs] to […, outputs].</summary>
    public Tensor Forward(Tape tape, in Tensor x, Activation? activation = null) => tape.Linear(x, tape.Use(Weight), tape.Use(Bias), activation);

    /// <summary>max(0, x·Wᵀ + b) without a tape: y (rows × outputs) from x (rows × inputs).</summary>
    internal unsafe void ForwardRectified(ReadOnlySpan<float> x, Span<float> y, int rows)
    {
        Gemm.MultiplyTransposedB(x, Weight.Value, y, rows, OutputCount, InputCount);
        fixed (float* target = y) Elementwise.AddRowRectified(target, Bias.Data, rows, OutputCount);
    }

    /// <summary>y (rows × outputs) from x (rows × inputs).</summary>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, int rows)
    {
        for (var i = 0; i < rows; i++) Bias.Value.CopyTo(y[(i * OutputCount)..]);
        if (OutputCount == 1 || rows == 1)
        {
            for (var i = 0; i < rows; i++)
            {
                var row = x.Slice(i * InputCount, InputCount);
                for (var o = 0; o < OutputCount; o++) y[i * OutputCount + o] += Dense.Dot(row, Weight.Value.Slice(o * InputCount, InputCount));
            }
            return;
        }
        Gemm.MultiplyTransposedB(x, Weight.Value, y, rows, OutputCount, InputCount, accumulate: true);
    }
}
