using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Kernels;
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

    /// <summary>[…, width] to the same shape; <paramref name="rectify"/> says whether max(0, ·) follows.</summary>
    public Tensor Forward(Tape tape, in Tensor x, bool rectify = false) => tape.BatchNorm(x, this, rectify);

    /// <summary>Mean and 1/√(variance + ε) of each column to normalise by; training moves the running figures.</summary>
    internal unsafe void Figures(BatchNormKernel kernel, float* x, float* mean, float* inverse, float* scratch, bool training)
    {
        if (!training)
        {
            for (var j = 0; j < kernel.Columns; j++) (mean[j], inverse[j]) = (RunningMean.Value[j], (float)(1 / Math.Sqrt(RunningVariance.Value[j] + _epsilon)));
            return;
        }
        var rows = kernel.Rows;
        if (rows < 2) throw new ArgumentException($"Batch norm needs at least two rows to train; got {rows}. Drop the last batch or make it larger.", nameof(x));
        kernel.Moments(x, mean, inverse, scratch); // the second holds the variance for a moment
        for (var j = 0; j < kernel.Columns; j++)
        {
            double variance = inverse[j];
            RunningMean.Value[j] = (float)((1 - _momentum) * RunningMean.Value[j] + _momentum * mean[j]);
            RunningVariance.Value[j] = (float)((1 - _momentum) * RunningVariance.Value[j] + _momentum * variance * rows / (rows - 1));
            inverse[j] = (float)(1 / Math.Sqrt(variance + _epsilon));
        }
    }
}
