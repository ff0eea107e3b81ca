using CampaignPortal.Learning.Kernels;

namespace CampaignPortal.Learning.Nn;

/// <summary>Layer norm over the last axis: (x − mean)/√(population variance + eps)·weight + bias.</summary>
/// <param name="name">Path of the layer.</param>
/// <param name="width">Length of the last axis.</param>
/// <param name="epsilon">Added to the variance.</param>
public sealed class LayerNorm(string name, int width, double epsilon = 1e-5)
{
    private float[] _mean = [], _inverse = [];

    /// <summary>[width].</summary>
    public Parameter Weight { get; } = Ones(name + ".weight", width);

    /// <summary>[width].</summary>
    public Parameter Bias { get; } = new(name + ".bias", width);

    /// <summary>y (rows × width) from x.</summary>
    public void Forward(ReadOnlySpan<float> x, Span<float> y)
    {
        EnsureRows(x.Length / width);
        LayerNormKernel.Forward(x, Weight.Value, Bias.Value, y, _mean.AsSpan(0, x.Length / width), _inverse.AsSpan(0, x.Length / width), (float)epsilon);
    }

    /// <summary>Writes the gradient of the x of the last forward pass and adds to those of weight and bias.</summary>
    public void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> gradY, Span<float> gradX) =>
        LayerNormKernel.Backward(x, Weight.Value, _mean.AsSpan(0, x.Length / width), _inverse.AsSpan(0, x.Length / width), gradY, gradX, Weight.Gradient, Bias.Gradient);

    internal static Parameter Ones(string name, int width)
    {
        var parameter = new Parameter(name, width);
        parameter.Value.Fill(1);
        return parameter;
    }

    private void EnsureRows(int rows)
    {
        if (_mean.Length < rows) (_mean, _inverse) = (new float[rows], new float[rows]);
    }
}

/// <summary>Batch norm over rows. Training normalises by the batch's population variance and moves running figures (the variance by the unbiased one).</summary>
/// <param name="name">Path of the layer.</param>
/// <param name="width">Number of columns.</param>
/// <param name="epsilon">Added to the variance.</param>
/// <param name="momentum">Share of the batch in the running figures.</param>
public sealed class BatchNorm(string name, int width, double epsilon = 1e-5, double momentum = 0.1)
{
    /// <summary>[width].</summary>
    public Parameter Weight { get; } = LayerNorm.Ones(name + ".weight", width);

    /// <summary>[width].</summary>
    public Parameter Bias { get; } = new(name + ".bias", width);

    /// <summary>Mean used outside training, [width].</summary>
    public Parameter RunningMean { get; } = new(name + ".running_mean", width);

    /// <summary>Variance used outside training, [width].</summary>
    public Parameter RunningVariance { get; } = LayerNorm.Ones(name + ".running_var", width);

    /// <summary>y (rows × width) from x.</summary>
    /// <exception cref="ArgumentException">Training on fewer than two rows, which have no variance.</exception>
    public void Forward(ReadOnlySpan<float> x, Span<float> y, bool training)
    {
        var rows = x.Length / width;
        if (training && rows < 2) throw new ArgumentException($"Batch norm needs at least two rows to train; got {rows}. Drop the last batch or make it larger.", nameof(x));
        for (var j = 0; j < width; j++)
        {
            var (mean, variance) = training ? Moments(x, rows, j) : (RunningMean.Value[j], RunningVariance.Value[j]);
            if (training)
            {
                RunningMean.Value[j] = (float)((1 - momentum) * RunningMean.Value[j] + momentum * mean);
                RunningVariance.Value[j] = (float)((1 - momentum) * RunningVariance.Value[j] + momentum * variance * rows / (rows - 1));
            }
            var scale = Weight.Value[j] / Math.Sqrt(variance + epsilon);
            for (var i = 0; i < rows; i++) y[i * width + j] = (float)((x[i * width + j] - mean) * scale + Bias.Value[j]);
        }
    }

    /// <summary>Gradients of a training pass: writes that of x, adds to those of weight and bias.</summary>
    public void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> gradY, Span<float> gradX)
    {
        var rows = x.Length / width;
        for (var j = 0; j < width; j++)
        {
            var (mean, variance) = Moments(x, rows, j);
            var inverse = 1 / Math.Sqrt(variance + epsilon);
            double sum = 0, dot = 0;
            for (var i = 0; i < rows; i++)
            {
                sum += gradY[i * width + j];
                dot += gradY[i * width + j] * (x[i * width + j] - mean) * inverse;
            }
            Weight.Gradient[j] += (float)dot;
            Bias.Gradient[j] += (float)sum;
            for (var i = 0; i < rows; i++)
            {
                var normalised = (x[i * width + j] - mean) * inverse;
                gradX[i * width + j] = (float)(Weight.Value[j] * inverse * (gradY[i * width + j] - (sum + normalised * dot) / rows));
            }
        }
    }

    private (double Mean, double Variance) Moments(ReadOnlySpan<float> x, int rows, int column)
    {
        double mean = 0, variance = 0;
        for (var i = 0; i < rows; i++) mean += x[i * width + column];
        mean /= rows;
        for (var i = 0; i < rows; i++) variance += (x[i * width + column] - mean) * (x[i * width + column] - mean);
        return (mean, variance / rows);
    }
}
