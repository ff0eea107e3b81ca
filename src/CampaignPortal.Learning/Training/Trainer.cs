using System.Diagnostics;
using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Optim;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Training;

/// <summary>Trains any network by minibatches with early stopping: the same task, options and seed give the same bits for every degree.</summary>
public static class Trainer
{
    /// <summary>Runs epochs until the validation score stops rising; the task's parameters hold the best weights then.</summary>
    /// <param name="task">Network, examples, loss.</param>
    /// <param name="options">Options.</param>
    /// <param name="progress">Told after each epoch; may be null.</param>
    /// <param name="ct">Looked at between steps.</param>
    /// <param name="callbacks">Told of every step; may be null.</param>
    /// <param name="checkpoints">Where the state is kept, to go on after a stop; null for nowhere.</param>
    /// <exception cref="ArgumentException">There are no examples, or an option makes no sense.</exception>
    /// <exception cref="TrainingDivergedException">The loss is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the parameters hold the weights after the last whole step.</exception>
    public static TrainingResult Fit(ITrainingTask task, TrainingOptions options, IProgress<EpochReport>? progress, CancellationToken ct, ITrainingCallbacks? callbacks = null, Checkpoints? checkpoints = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (task.ExampleCount == 0) throw new ArgumentException("There are no examples to train on.", nameof(task));
        using var run = new Run(task, options, callbacks);
        if (checkpoints is not null) run.TakeUp(checkpoints);
        return run.Train(progress, checkpoints, ct);
    }

    private sealed class Run : IDisposable
    {
        private const long ShuffleFork = 1000;

        private readonly ITrainingTask _task;
        private readonly TrainingOptions _options;
        private readonly ITrainingCallbacks? _callbacks;
        private readonly IReadOnlyList<Parameter> _parameters;
        private readonly TrainingState _state;
        private readonly WeightAverage? _average;
        private readonly Tape[] _tapes;
        private readonly ShardGradients[] _shards;
        private readonly double[] _shardLosses;
        private readonly Action<int> _shardStep;
        private readonly int[] _order;
        private readonly int _degree, _stepsPerEpoch;
        private int _from, _count;

        public Run(ITrainingTask task, TrainingOptions options, ITrainingCallbacks? callbacks)
        {
            (_task, _options, _callbacks, _parameters) = (task, options, callbacks, task.Parameters);
            _degree = ParallelRanges.Degree(options.Degree);
            _order = new int[task.ExampleCount];
            _stepsPerEpoch = (task.ExampleCount + options.BatchSize - 1) / options.BatchSize;
            var limit = options.MemoryLimit ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
            var shards = options.Shards ?? (task.NeedsWholeBatches ? 1 : 2);
            _tapes = new Tape[shards];
            _shards = new ShardGradients[shards - 1];
            for (var s = 0; s < _tapes.Length; s++)
            {
                if (s > 0) _shards[s - 1] = new ShardGradients(_parameters);
                _tapes[s] = new Tape(options.Seed + s, _degree, limit / shards, s == 0 ? null : _shards[s - 1], isShard: shards > 1);
            }
            _shardLosses = new double[shards];
            _shardStep = ShardStep;
            _state = new TrainingState(_parameters, options.NewOptimizer());
            _average = options.AverageDecay is { } decay ? new WeightAverage(_parameters, decay) : null;
        }

        public void TakeUp(Checkpoints checkpoints)
        {
            if (_average is not null) throw new ArgumentException("A run with averaged weights cannot be taken up again; leave AverageDecay out or train without checkpoints.", nameof(checkpoints));
            _state.TakeUp(checkpoints.Folder);
        }

        public TrainingResult Train(IProgress<EpochReport>? progress, Checkpoints? checkpoints, CancellationToken ct)
        {
            var written = checkpoints?.Clock.GetTimestamp() ?? 0;
            while (_state.Epoch < _options.MaxEpochs && !_state.IsStopped(_options.Patience))
            {
                var clock = Stopwatch.StartNew();
                _callbacks?.EpochBegan(_state.Epoch + 1);
                Shuffle(_state.Epoch + 1);
                double rate = 0;
                while (_state.Position < _order.Length)
                {
                    if (checkpoints is not null && (ct.IsCancellationRequested || checkpoints.Clock.GetElapsedTime(written) >= checkpoints.Every))
                    {
                        _state.Write(checkpoints.Folder);
                        written = checkpoints.Clock.GetTimestamp();
                    }
                    ct.ThrowIfCancellationRequested();
                    rate = _options.RateAt(_state.Step, _stepsPerEpoch * _options.MaxEpochs);
                    var loss = Step(rate);
                    _callbacks?.StepEnded(_state.Step, loss);
                }
                EndEpoch(clock.Elapsed.TotalSeconds, rate, progress);
            }
            _state.RestoreBest();
            return new TrainingResult(_state.History, _state.BestEpoch, _state.Best);
        }

        public void Dispose()
        {
            foreach (var tape in _tapes) tape.Dispose();
        }

        /// <summary>The order of an epoch depends on the seed and its number alone, so a run that is taken up again finds it.</summary>
        private void Shuffle(int epoch)
        {
            for (var i = 0; i < _order.Length; i++) _order[i] = i;
            new Rng(_options.Seed).Fork(ShuffleFork + epoch).Shuffle(_order.AsSpan());
        }

        private double Step(double rate)
        {
            (_from, _count) = (_state.Position, Math.Min(_options.BatchSize, _order.Length - _state.Position));
            _state.Step++;
            if (_tapes.Length == 1) ShardStep(0);
            else Workers.For(_tapes.Length, _degree, _shardStep);
            double loss = 0;
            for (var s = 0; s < _shardLosses.Length; s++) loss += _shardLosses[s];
            if (!double.IsFinite(loss)) throw new TrainingDivergedException(_state.Step, rate, FirstBad());
            for (var s = 0; s < _shards.Length; s++) _shards[s].MoveTo(_parameters);
            if (_options.ClipNorm is { } norm) GradientClipping.ByNorm(_parameters, norm);
            _state.Optimizer.Step(_parameters, rate);
            if (_options.L1 > 0) SoftThreshold((float)(rate * _options.L1));
            _average?.Update();
            _state.Position += _count;
            _state.LossSum += loss * _count;
            return loss;
        }

        /// <summary>Loss and gradients of one part of the batch, weighted by its share of the examples.</summary>
        private void ShardStep(int shard)
        {
            var first = (int)((long)_count * shard / _tapes.Length);
            var end = (int)((long)_count * (shard + 1) / _tapes.Length);
            _shardLosses[shard] = 0;
            if (first == end) return;
            var tape = _tapes[shard];
            tape.Begin(training: true, _state.Step);
            var loss = _task.Loss(tape, _order.AsSpan(_from + first, end - first));
            var share = (float)(end - first) / _count;
            _shardLosses[shard] = loss.Scalar * share;
            if (loss.NeedsGradient) tape.Backward(loss, [share]);
        }

        private void EndEpoch(double seconds, double rate, IProgress<EpochReport>? progress)
        {
            _average?.Swap();
            var evaluation = _task.Evaluate(_tapes[0]);
            if (evaluation is not null && !double.IsFinite(evaluation.Score)) throw new TrainingDivergedException(_state.Step, rate, FirstBad());
            var report = new EpochReport(_state.Epoch + 1, _state.LossSum / _order.Length, evaluation?.Loss, seconds, rate) { Metric = evaluation?.Metric, RowsPerSecond = _order.Length / Math.Max(seconds, 1e-9) };
            _state.EndEpoch(report, evaluation, _options.MinImprovement, isLast: _state.Epoch + 1 == _options.MaxEpochs);
            if (_state.Epoch < _options.MaxEpochs && !_state.IsStopped(_options.Patience)) _average?.Swap();
            progress?.Report(report);
            _callbacks?.EpochEnded(report);
        }

        /// <summary>The first parameter with a weight, else with a gradient, that is not finite.</summary>
        private string? FirstBad() =>
            (_parameters.FirstOrDefault(p => !IsFinite(p.Value)) ?? _parameters.FirstOrDefault(p => !IsFinite(p.Gradient)))?.Name;

        private static bool IsFinite(ReadOnlySpan<float> values)
        {
            foreach (var v in values)
            {
                if (!float.IsFinite(v)) return false;
            }
            return true;
        }

        private void SoftThreshold(float threshold)
        {
            for (var p = 0; p < _parameters.Count; p++)
            {
                if (_parameters[p].IsFrozen || !_parameters[p].IsDecayed) continue;
                foreach (ref var w in _parameters[p].Value) w = MathF.CopySign(Math.Max(0, Math.Abs(w) - threshold), w);
            }
        }
    }
}
