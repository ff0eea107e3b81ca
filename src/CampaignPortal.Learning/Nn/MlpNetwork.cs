using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Nn;

/// <summary>Standardisation, hidden layers and one output: the arithmetic that training and prediction share.</summary>
internal sealed class MlpNetwork
{
    private const int ChunkRows = 256;

    private readonly float[] _mean;
    private readonly float[] _scale;

    public MlpNetwork(float[] mean, float[] scale, IReadOnlyList<int> hidden, Activation activation, Rng? rng)
    {
        (_mean, _scale, Activation) = (mean, scale, activation);
        Hidden = new Linear[hidden.Count];
        var width = mean.Length;
        for (var l = 0; l < hidden.Count; l++)
        {
            var name = "layers." + l.ToString(System.Globalization.CultureInfo.InvariantCulture);
            Hidden[l] = rng is null ? new Linear(name, width, hidden[l]) : new Linear(name, width, hidden[l], rng.Fork(l));
            width = hidden[l];
        }
        // A small last layer starts near the base rate instead of at random opinions.
        Output = rng is null ? new Linear("output", width, 1) : new Linear("output", width, 1, rng.Fork(-1), gain: 0.1);
    }

    public Activation Activation { get; }

    public Linear[] Hidden { get; }

    public Linear Output { get; }

    public int ColumnCount => _mean.Length;

    public ReadOnlySpan<float> Mean => _mean;

    public ReadOnlySpan<float> Scale => _scale;

    public IEnumerable<Parameter> Parameters => Hidden.Append(Output).SelectMany(layer => new[] { layer.Weight, layer.Bias });

    public Workspace NewWorkspace(int rows) => new(Array.ConvertAll(Hidden, h => h.OutputCount), rows);

    public void Standardize(ReadOnlySpan<float> row, Span<float> target) => Dense.Standardize(row, _mean, _scale, target);

    /// <summary>Fills the workspace from standardised rows; with a dropout rate above 0 as in training.</summary>
    public void Forward(ReadOnlySpan<float> x, int rows, Workspace work, double dropout = 0, ulong seed = 0, ulong step = 0)
    {
        for (var l = 0; l < Hidden.Length; l++)
        {
            var count = rows * Hidden[l].OutputCount;
            Hidden[l].Forward(l == 0 ? x : work.Post[l - 1], work.Pre[l], rows);
            Activations.Forward(Activation, work.Pre[l].AsSpan(0, count), work.Post[l].AsSpan(0, count));
            if (dropout > 0) Dropout.Apply(work.Post[l].AsSpan(0, count), dropout, seed, Stream(step, l));
        }
        Output.Forward(work.Post[^1], work.Logits, rows);
    }

    /// <summary>Adds the gradients of the parameters, from the gradient of the logits in the workspace.</summary>
    public void Backward(ReadOnlySpan<float> x, int rows, Workspace work, double dropout, ulong seed, ulong step)
    {
        var last = Hidden.Length - 1;
        Output.Backward(work.Post[last], work.GradLogits, work.Grad[last], rows);
        for (var l = last; l >= 0; l--)
        {
            var count = rows * Hidden[l].OutputCount;
            var grad = work.Grad[l].AsSpan(0, count);
            if (dropout > 0)
            {
                Dropout.Apply(grad, dropout, seed, Stream(step, l));
                // The slope needs the value before dropout. This layer's values after it are no longer needed: the layer above is done.
                Activations.Forward(Activation, work.Pre[l].AsSpan(0, count), work.Post[l].AsSpan(0, count));
            }
            Activations.Backward(Activation, work.Pre[l].AsSpan(0, count), work.Post[l].AsSpan(0, count), grad, grad);
            Hidden[l].Backward(l == 0 ? x : work.Post[l - 1], grad, l == 0 ? [] : work.Grad[l - 1].AsSpan(0, rows * Hidden[l].InputCount), rows);
        }
    }

    /// <summary>Log-odds of rows in original units.</summary>
    public void Logits(Matrix rows, Span<float> logits)
    {
        var work = NewWorkspace(ChunkRows);
        var x = new float[ChunkRows * ColumnCount];
        for (var start = 0; start < rows.RowCount; start += ChunkRows)
        {
            var count = Math.Min(ChunkRows, rows.RowCount - start);
            for (var i = 0; i < count; i++) Standardize(rows.Row(start + i), x.AsSpan(i * ColumnCount, ColumnCount));
            Forward(x, count, work);
            work.Logits.AsSpan(0, count).CopyTo(logits[start..]);
        }
    }

    private static ulong Stream(ulong step, int layer) => step * 4 + (ulong)layer;

    /// <summary>Values before and after each activation and gradients, for up to so many rows; reused by every step.</summary>
    internal sealed class Workspace(int[] widths, int rows)
    {
        public float[][] Pre { get; } = Array.ConvertAll(widths, w => new float[rows * w]);

        public float[][] Post { get; } = Array.ConvertAll(widths, w => new float[rows * w]);

        public float[][] Grad { get; } = Array.ConvertAll(widths, w => new float[rows * w]);

        public float[] Logits { get; } = new float[rows];

        public float[] GradLogits { get; } = new float[rows];
    }
}
