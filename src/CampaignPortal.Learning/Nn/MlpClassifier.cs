using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Linear;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Nn;

/// <summary>A multilayer perceptron for binary labels, trained by AdamW on minibatches with early stopping.</summary>
/// <remarks>
/// Columns are standardised inside (a constant column counts nothing). A step of 256 rows takes some 50 µs, too little to share between threads, so
/// training uses one thread and the same data, options and seed give the same bits everywhere with the same vector width.
/// </remarks>
public static class MlpClassifier
{
    /// <summary>Trains a network.</summary>
    /// <param name="training">Training rows, without missing values.</param>
    /// <param name="validation">Rows that decide when to stop and which weights to keep; null takes the options' share of the training rows at random.</param>
    /// <param name="options">Options.</param>
    /// <param name="rng">Source of first weights, order of rows, dropout and background.</param>
    /// <param name="progress">Told after each epoch; may be null.</param>
    /// <param name="ct">Looked at between minibatches.</param>
    /// <exception cref="ArgumentException">A value is missing (the column is named), only one class occurs, or lengths differ.</exception>
    /// <exception cref="TrainingDivergedException">The loss is not finite.</exception>
    public static MlpFit Fit(LabelledRows training, LabelledRows? validation, MlpOptions options, Rng rng, IProgress<EpochReport>? progress, CancellationToken ct)
    {
        options.Validate();
        training.Rows.RequireFinite();
        validation?.Rows.RequireFinite();
        if (training.Rows.ColumnCount == 0) throw new ArgumentException("The training rows have no column.", nameof(training));
        if (validation is not null)
        {
            validation.Rows.RequireColumns(training.Rows.ColumnCount);
            if (validation.Labels.Length != validation.Rows.RowCount) throw new ArgumentException($"{validation.Rows.RowCount} validation rows need as many labels; got {validation.Labels.Length}.", nameof(validation));
        }
        else if (options.ValidationShare > 0)
        {
            (training, validation) = Split(training, options.ValidationShare, rng.Fork(1));
        }
        var weights = BinaryLabels.Weights(training.Rows.RowCount, training.Labels, training.Weights, balanced: false);
        var moments = ColumnMoments.Of(training.Rows, weights);
        var network = new MlpNetwork(moments.Shift, moments.Scale, options.Hidden, options.Activation, rng.Fork(3));
        network.Output.Bias.Value[0] = (float)BaseLogOdds(training.Labels, weights); // starts at the base rate
        var task = new Task(network, training with { Weights = weights }, validation is { Rows.RowCount: > 0 } ? validation : null, options.Dropout);
        var result = Trainer.Fit(task, options.ToTraining((long)rng.Fork(2).NextBits()), progress, ct);
        return new MlpFit(new MlpModel(network, Background(network, training.Rows, options.BackgroundSize, rng.Fork(4)), training.Rows.ColumnNames), result.History, result.BestEpoch);
    }

    private static (LabelledRows Training, LabelledRows Validation) Split(LabelledRows all, double share, Rng rng)
    {
        // Each class is split on its own, so that a rare class stays in both parts.
        var (kept, held) = (new List<int>(), new List<int>());
        foreach (var label in new[] { 0f, 1f })
        {
            var rows = Enumerable.Range(0, all.Rows.RowCount).Where(i => all.Labels[i] == label).ToArray();
            rng.Shuffle(rows.AsSpan());
            var count = (int)(rows.Length * share);
            held.AddRange(rows[..count]);
            kept.AddRange(rows[count..]);
        }
        kept.Sort();
        held.Sort();
        kept.AddRange(Enumerable.Range(0, all.Rows.RowCount).Where(i => all.Labels[i] is not (0 or 1))); // refused with its row number later
        LabelledRows Take(List<int> rows) => new(all.Rows.SelectRows(rows.ToArray()), rows.Select(i => all.Labels[i]).ToArray(), all.Weights is null ? null : rows.Select(i => all.Weights[i]).ToArray());
        return (Take(kept), Take(held));
    }

    private static double BaseLogOdds(float[] labels, float[] weights)
    {
        double positive = 0, total = 0;
        for (var i = 0; i < weights.Length; i++) (positive, total) = (positive + (double)weights[i] * labels[i], total + weights[i]);
        return Math.Log(positive / (total - positive));
    }

    private static float[] Background(MlpNetwork network, Matrix data, int size, Rng rng)
    {
        var rows = Enumerable.Range(0, data.RowCount).ToArray();
        rng.Shuffle(rows.AsSpan());
        var count = Math.Min(size, rows.Length);
        var background = new float[count * data.ColumnCount];
        for (var i = 0; i < count; i++) network.Standardize(data.Row(rows[i]), background.AsSpan(i * data.ColumnCount, data.ColumnCount));
        return background;
    }

    private sealed class Task(MlpNetwork network, LabelledRows training, LabelledRows? validation, double dropout) : ITrainingTask
    {
        private readonly float[] _weights = training.Weights!; // Fit has filled them in

        public IReadOnlyList<Parameter> Parameters => network.Parameters;

        public int ExampleCount => training.Labels.Length;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public Tensor Loss(Tape tape, ReadOnlySpan<int> examples)
        {
            var x = tape.Allocate(new Shape(examples.Length, training.Rows.ColumnCount));
            Tensor labels = tape.Allocate(new Shape(examples.Length)), weights = tape.Allocate(new Shape(examples.Length));
            double total = 0;
            for (var i = 0; i < examples.Length; i++)
            {
                network.Standardize(training.Rows.Row(examples[i]), x.Row(i));
                (labels.Values[i], weights.Values[i]) = (training.Labels[examples[i]], _weights[examples[i]]);
                total += _weights[examples[i]];
            }
            if (total > 0) return tape.BinaryCrossEntropy(network.Forward(tape, x, dropout), labels.Values, weights.Values);
            var nothing = tape.Allocate(Shape.Scalar); // rows without weight say nothing
            nothing.Values[0] = 0;
            return nothing;
        }

        public Evaluation? Evaluate(Tape tape)
        {
            if (validation is null) return null;
            var logits = new float[validation.Labels.Length];
            network.Logits(validation.Rows, logits);
            return new Evaluation(Losses.BinaryCrossEntropy(logits, validation.Labels, new float[logits.Length], 1, validation.Weights));
        }
    }
}
