using System.Diagnostics;
using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Optim;
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
        return new Run(training, weights, validation is { Rows.RowCount: > 0 } ? validation : null, options, rng).Train(progress, ct);
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

    private sealed class Run
    {
        private readonly LabelledRows _training;
        private readonly LabelledRows? _validation;
        private readonly float[] _weights;
        private readonly MlpOptions _options;
        private readonly Rng _rng;
        private readonly ulong _dropoutSeed;
        private readonly MlpNetwork _network;
        private readonly Adam _adam;
        private readonly Parameter[] _parameters;
        private readonly MlpNetwork.Workspace _workspace;
        private readonly float[] _x;
        private readonly float[] _y;
        private readonly float[] _w;
        private int _step;

        public Run(LabelledRows training, float[] weights, LabelledRows? validation, MlpOptions options, Rng rng)
        {
            (_training, _weights, _validation, _options, _rng) = (training, weights, validation, options, rng);
            _dropoutSeed = rng.Fork(2).NextBits();
            double positive = 0, total = 0;
            for (var i = 0; i < weights.Length; i++) (positive, total) = (positive + (double)weights[i] * training.Labels[i], total + weights[i]);
            var (mean, scale) = Moments(training.Rows, weights, total);
            _network = new MlpNetwork(mean, scale, options.Hidden, options.Activation, rng.Fork(3));
            _network.Output.Bias.Value[0] = (float)Math.Log(positive / (total - positive)); // starts at the base rate
            _parameters = _network.Parameters.ToArray();
            _adam = new Adam(weightDecay: options.WeightDecay, decoupled: true);
            _workspace = _network.NewWorkspace(options.BatchSize);
            (_x, _y, _w) = (new float[options.BatchSize * mean.Length], new float[options.BatchSize], new float[options.BatchSize]);
        }

        public MlpFit Train(IProgress<EpochReport>? progress, CancellationToken ct)
        {
            var rows = _training.Rows.RowCount;
            var stepsPerEpoch = (rows + _options.BatchSize - 1) / _options.BatchSize;
            var order = Enumerable.Range(0, rows).ToArray();
            var history = new List<EpochReport>();
            var (best, bestEpoch, bestWeights) = (double.PositiveInfinity, 0, Array.Empty<float[]>());
            for (var epoch = 1; epoch <= _options.MaxEpochs; epoch++)
            {
                var clock = Stopwatch.StartNew();
                _rng.Fork(1000 + epoch).Shuffle(order.AsSpan());
                double loss = 0, rate = 0;
                for (var start = 0; start < rows; start += _options.BatchSize)
                {
                    ct.ThrowIfCancellationRequested();
                    rate = _options.CosineSchedule ? LearningRates.Cosine(_options.LearningRate, _step, stepsPerEpoch * _options.MaxEpochs) : _options.LearningRate;
                    var batch = order.AsSpan(start, Math.Min(_options.BatchSize, rows - start));
                    loss += Step(batch, rate) * batch.Length;
                }
                double? validationLoss = _validation is null ? null : ValidationLoss(_validation);
                history.Add(new EpochReport(epoch, loss / rows, validationLoss, clock.Elapsed.TotalSeconds, rate));
                progress?.Report(history[^1]);
                if (validationLoss is null)
                {
                    bestEpoch = epoch;
                }
                else if (validationLoss < best - _options.MinImprovement)
                {
                    (best, bestEpoch, bestWeights) = (validationLoss.Value, epoch, Array.ConvertAll(_parameters, p => p.Value.ToArray()));
                }
                else if (epoch - bestEpoch >= _options.Patience)
                {
                    break;
                }
            }
            for (var p = 0; p < bestWeights.Length; p++) bestWeights[p].CopyTo(_parameters[p].Value);
            return new MlpFit(new MlpModel(_network, Background(), _training.Rows.ColumnNames), history, bestEpoch);
        }

        private double Step(ReadOnlySpan<int> batch, double rate)
        {
            _step++;
            var columns = _training.Rows.ColumnCount;
            double weight = 0;
            for (var i = 0; i < batch.Length; i++)
            {
                _network.Standardize(_training.Rows.Row(batch[i]), _x.AsSpan(i * columns, columns));
                (_y[i], _w[i]) = (_training.Labels[batch[i]], _weights[batch[i]]);
                weight += _w[i];
            }
            if (weight == 0) return 0;
            var rows = batch.Length;
            _network.Forward(_x, rows, _workspace, _options.Dropout, _dropoutSeed, (ulong)_step);
            var loss = Losses.BinaryCrossEntropy(_workspace.Logits.AsSpan(0, rows), _y.AsSpan(0, rows), _workspace.GradLogits.AsSpan(0, rows), 1, _w.AsSpan(0, rows));
            if (!double.IsFinite(loss)) throw new TrainingDivergedException(_step, rate, Array.Find(_parameters, p => p.Value.ToArray().Any(v => !float.IsFinite(v)))?.Name);
            _network.Backward(_x, rows, _workspace, _options.Dropout, _dropoutSeed, (ulong)_step);
            if (_options.ClipNorm is { } norm) GradientClipping.ByNorm(_parameters, norm);
            _adam.Step(_parameters, rate);
            return loss;
        }

        private double ValidationLoss(LabelledRows part)
        {
            var logits = new float[part.Rows.RowCount];
            _network.Logits(part.Rows, logits);
            var loss = Losses.BinaryCrossEntropy(logits, part.Labels, new float[logits.Length], 1, part.Weights);
            return double.IsFinite(loss) ? loss : throw new TrainingDivergedException(_step, _options.LearningRate, Array.Find(_parameters, p => p.Value.ToArray().Any(v => !float.IsFinite(v)))?.Name);
        }

        private float[] Background()
        {
            var rows = Enumerable.Range(0, _training.Rows.RowCount).ToArray();
            _rng.Fork(4).Shuffle(rows.AsSpan());
            var count = Math.Min(_options.BackgroundSize, rows.Length);
            var columns = _training.Rows.ColumnCount;
            var background = new float[count * columns];
            for (var i = 0; i < count; i++) _network.Standardize(_training.Rows.Row(rows[i]), background.AsSpan(i * columns, columns));
            return background;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static (float[] Mean, float[] Scale) Moments(Matrix data, float[] weights, double total)
        {
            var (mean, square) = (new double[data.ColumnCount], new double[data.ColumnCount]);
            for (var i = 0; i < data.RowCount; i++)
            {
                var row = data.Row(i);
                for (var j = 0; j < row.Length; j++) mean[j] += (double)weights[i] * row[j];
            }
            for (var j = 0; j < mean.Length; j++) mean[j] /= total;
            for (var i = 0; i < data.RowCount; i++)
            {
                var row = data.Row(i);
                for (var j = 0; j < row.Length; j++) square[j] += weights[i] * (row[j] - mean[j]) * (row[j] - mean[j]);
            }
            var scale = new float[mean.Length];
            for (var j = 0; j < scale.Length; j++)
            {
                var deviation = Math.Sqrt(square[j] / total);
                scale[j] = deviation > 1e-6 * Math.Abs(mean[j]) && deviation > 1e-30 ? (float)(1 / deviation) : 0;
            }
            return (Array.ConvertAll(mean, m => (float)m), scale);
        }
    }
}
