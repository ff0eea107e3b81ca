using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Nn;

/// <summary>Layer norm over the last axis: (x − mean)/√(population variance + ε)·weight + bias.</summary>
public sealed class LayerNorm : Module
{
    private readonly double _epsilon;

    /// <summary>A norm that changes nothing but mean and scale.</summary>
    /// <param name="name">Path of the layer.</param>
    /// <param name="width">Length of the last axis.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public LayerNorm(string name, int width, double epsilon = 1e-5) : base(name)
    {
        _epsilon = epsilon;
        (Weight, Bias) = (NewParameter("weight", width), NewParameter("bias", width));
        (Weight.IsDecayed, Bias.IsDecayed) = (false, false);
        Weight.Value.Fill(1);
    }

    /// <summary>[width].</summary>
    public Parameter Weight { get; }

    /// <summary>[width].</summary>
    public Parameter Bias { get; }

    /// <summary>[…, width] to the same shape.</summary>
    public Tensor Forward(Tape tape, in Tensor x) => tape.LayerNorm(x, tape.Use(Weight), tape.Use(Bias), _epsilon);
}

/// <summary>Batch norm over rows. Training normalises by the batch's population variance and moves running figures (the variance by the unbiased one).</summary>
public sealed class BatchNorm : Module
{
    private readonly double _epsilon;
    private readonly double _momentum;

    /// <summary>A norm with running mean 0 and variance 1.</summary>
    /// <param name="name">Path of the layer.</param>
    /// <param name="width">Number of columns.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="momentum">Share of the batch in the running figures.</param>
    public BatchNorm(string name, int width, double epsilon = 1e-5, double momentum = 0.1) : base(name)
    {
        (_epsilon, _momentum) = (epsilon, momentum);
        (Weight, Bias) = (NewParameter("weight", width), NewParameter("bias", width));
        (RunningMean, RunningVariance) = (NewParameter("running_mean", width), NewParameter("running_var", width));
        (RunningMean.IsFrozen, RunningVariance.IsFrozen) = (true, true); // saved with the weights, moved by the forward pass
        (Weight.IsDecayed, Bias.IsDecayed) = (false, false);
        Weight.Value.Fill(1);
        RunningVariance.Value.Fill(1);
    }

    /// <summary>[width].</summary>
    public Parameter Weight { get; }

    /// <summary>[width].</summary>
    public Parameter Bias { get; }

    /// <summary>Mean used outside training, [width].</summary>
    public Parameter RunningMean { get; }

    /// <summary>Variance used outside training, [width].</summary>
    public Parameter RunningVariance { get; }

    /// <summary>[…, width] to the same shape.</summary>
    public Tensor Forward(Tape tape, in Tensor x) => tape.BatchNorm(x, this);

    /// <summary>Mean and 1/√(variance + ε) of each column to normalise by; training moves the running figures.</summary>
    internal void Figures(ReadOnlySpan<float> x, Span<float> mean, Span<float> inverse, bool training)
    {
        var width = mean.Length;
        var rows = x.Length / width;
        if (!training)
        {
            RunningMean.Value.CopyTo(mean);
            for (var j = 0; j < width; j++) inverse[j] = (float)(1 / Math.Sqrt(RunningVariance.Value[j] + _epsilon));
            return;
        }
        if (rows < 2) throw new ArgumentException($"Batch norm needs at least two rows to train; got {rows}. Drop the last batch or make it larger.", nameof(x));
        for (var j = 0; j < width; j++)
        {
            double sum = 0, square = 0;
            for (var i = 0; i < rows; i++) sum += x[i * width + j];
            var centre = sum / rows;
            for (var i = 0; i < rows; i++) square += (x[i * width + j] - centre) * (x[i * width + j] - centre);
            var variance = square / rows;
            (mean[j], inverse[j]) = ((float)centre, (float)(1 / Math.Sqrt(variance + _epsilon)));
            RunningMean.Value[j] = (float)((1 - _momentum) * RunningMean.Value[j] + _momentum * centre);
            RunningVariance.Value[j] = (float)((1 - _momentum) * RunningVariance.Value[j] + _momentum * variance * rows / (rows - 1));
        }
    }
}
