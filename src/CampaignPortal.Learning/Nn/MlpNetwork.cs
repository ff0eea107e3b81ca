using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Nn;

/// <summary>Standardisation, hidden layers and one output. Training records it on a tape; prediction and explanation run the same layers on spans, without one.</summary>
internal sealed class MlpNetwork : Module
{
    private const int ChunkRows = 256;

    private readonly float[] _mean;
    private readonly float[] _scale;

    public MlpNetwork(float[] mean, float[] scale, IReadOnlyList<int> hidden, Activation activation, Rng? rng) : base("")
    {
        (_mean, _scale, Activation) = (mean, scale, activation);
        Hidden = new Linear[hidden.Count];
        var width = mean.Length;
        for (var l = 0; l < hidden.Count; l++)
        {
            var name = "layers." + l.ToString(System.Globalization.CultureInfo.InvariantCulture);
            Hidden[l] = Add(rng is null ? new Linear(name, width, hidden[l]) : new Linear(name, width, hidden[l], rng.Fork(l)));
            width = hidden[l];
        }
        // A small last layer starts near the base rate instead of at random opinions.
        Output = Add(rng is null ? new Linear("output", width, 1) : new Linear("output", width, 1, rng.Fork(-1), gain: 0.1));
    }

    public Activation Activation { get; }

    public Linear[] Hidden { get; }

    public Linear Output { get; }

    public int ColumnCount => _mean.Length;

    public ReadOnlySpan<float> Mean => _mean;

    public ReadOnlySpan<float> Scale => _scale;

    public Workspace NewWorkspace(int rows) => new(Array.ConvertAll(Hidden, h => h.OutputCount), rows);

    public void Standardize(ReadOnlySpan<float> row, Span<float> target) => Dense.Standardize(row, _mean, _scale, target);

    /// <summary>Log-odds [rows] of standardised rows [rows, columns].</summary>
    public Tensor Forward(Tape tape, Tensor x, double dropout)
    {
        foreach (var layer in Hidden) x = tape.Dropout(layer.Forward(tape, x, Activation), dropout);
        return Output.Forward(tape, x).Reshape(new Shape(x.Rows));
    }

    /// <summary>Fills the workspace from standardised rows.</summary>
    public void Forward(ReadOnlySpan<float> x, int rows, Workspace work) => Forward(Hidden[0], x, rows, work, keepsBefore: true);

    private void Forward(Linear first, ReadOnlySpan<float> x, int rows, Workspace work, bool keepsBefore)
    {
        for (var l = 0; l < Hidden.Length; l++)
        {
            var count = rows * Hidden[l].OutputCount;
            if (Activation == Activation.Relu && !keepsBefore)
            {
                (l == 0 ? first : Hidden[l]).ForwardRectified(l == 0 ? x : work.Post[l - 1], work.Post[l], rows);
                continue;
            }
            (l == 0 ? first : Hidden[l]).Forward(l == 0 ? x : work.Post[l - 1], work.Pre[l], rows);
            Activations.Forward(Activation, work.Pre[l].AsSpan(0, count), work.Post[l].AsSpan(0, count));
        }
        Output.Forward(work.Post[^1], work.Logits, rows);
    }

    /// <summary>Log-odds of rows in original units.</summary>
    public void Logits(Matrix rows, Span<float> logits)
    {
        var work = NewWorkspace(ChunkRows);
        var first = Folded();
        for (var start = 0; start < rows.RowCount; start += ChunkRows)
        {
            var count = Math.Min(ChunkRows, rows.RowCount - start);
            Forward(first, rows.Values.Slice(start * ColumnCount, count * ColumnCount), count, work, keepsBefore: false);
            work.Logits.AsSpan(0, count).CopyTo(logits[start..]);
        }
    }

    /// <summary>The first layer for rows in original units: W·((x − m)∘s) + b = (W∘s)·x + b − (W∘s)·m.</summary>
    private Linear Folded()
    {
        var folded = new Linear("folded", ColumnCount, Hidden[0].OutputCount);
        for (var o = 0; o < Hidden[0].OutputCount; o++)
        {
            double shift = 0;
            for (var j = 0; j < ColumnCount; j++)
            {
                var weight = Hidden[0].Weight.Value[o * ColumnCount + j] * _scale[j];
                folded.Weight.Value[o * ColumnCount + j] = weight;
                shift += (double)weight * _mean[j];
            }
            folded.Bias.Value[o] = (float)(Hidden[0].Bias.Value[o] - shift);
        }
        return folded;
    }

    /// <summary>Values before and after each activation, for up to so many rows.</summary>
    internal sealed class Workspace(int[] widths, int rows)
    {
        public float[][] Pre { get; } = Array.ConvertAll(widths, w => new float[rows * w]);

        public float[][] Post { get; } = Array.ConvertAll(widths, w => new float[rows * w]);

        public float[] Logits { get; } = new float[rows];
    }
}
