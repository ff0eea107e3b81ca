using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;

namespace CampaignPortal.Learning.Linear;

/// <summary>Binary logistic regression with an L2 penalty by Newton steps (iteratively reweighted least squares).</summary>
/// <remarks>
/// Data are float32 and go through in blocks of 240 rows; the weighted Gram matrix of a block is one matrix product, and blocks are added in double in a
/// fixed order. Columns are standardised on the fly (a constant column gets weight 0). Cost per step: rows × columns² + columns³.
/// </remarks>
public static class LogisticRegression
{
    private const int BlockRows = 240;

    /// <summary>Fits a model.</summary>
    /// <param name="data">Rows without missing values.</param>
    /// <param name="labels">0 or 1 per row.</param>
    /// <param name="sampleWeights">Weight per row, or empty for 1 each.</param>
    /// <param name="options">Options.</param>
    /// <param name="progress">Told at each Newton step; may be null.</param>
    /// <param name="ct">Looked at between steps.</param>
    /// <exception cref="ArgumentException">A value is missing (the column is named), only one class occurs, or lengths differ.</exception>
    public static LogisticModel Fit(Matrix data, ReadOnlySpan<float> labels, ReadOnlySpan<float> sampleWeights, LogisticOptions options,
        IProgress<LogisticProgress>? progress, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.L2, "options.L2");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxIterations, "options.MaxIterations");
        data.RequireFinite();
        var weights = BinaryLabels.Weights(data.RowCount, labels, sampleWeights, options.Balanced);
        var problem = new Problem(data, labels.ToArray(), weights, options, ParallelRanges.Degree(options.Degree));
        var (iterations, converged) = problem.Solve(options, progress, ct);
        return problem.ToModel(iterations, converged);
    }

    /// <summary>Fits a model with equal row weights.</summary>
    /// <inheritdoc cref="Fit(Matrix, ReadOnlySpan{float}, ReadOnlySpan{float}, LogisticOptions, IProgress{LogisticProgress}, CancellationToken)"/>
    public static LogisticModel Fit(Matrix data, ReadOnlySpan<float> labels, LogisticOptions options, CancellationToken ct) => Fit(data, labels, [], options, null, ct);

    private sealed class Problem
    {
        private readonly Matrix _data;
        private readonly float[] _labels;
        private readonly float[] _rowWeights;
        private readonly double _totalWeight;
        private readonly double[] _mean;
        private readonly double[] _inverseDeviation;
        private readonly float[] _shift;
        private readonly float[] _scale;
        private readonly double[] _penalty; // per standardised weight
        private readonly int _columns;
        private readonly int _size; // columns + intercept
        private readonly int _degree;
        private double[] _w; // standardised units, intercept last

        public Problem(Matrix data, float[] labels, float[] rowWeights, LogisticOptions options, int degree)
        {
            (_data, _labels, _rowWeights, _degree) = (data, labels, rowWeights, degree);
            (_columns, _size) = (data.ColumnCount, data.ColumnCount + 1);
            foreach (var w in rowWeights) _totalWeight += w;
            (_mean, _inverseDeviation) = Moments();
            (_shift, _scale) = (Array.ConvertAll(_mean, v => (float)v), Array.ConvertAll(_inverseDeviation, v => (float)v));
            _penalty = Array.ConvertAll(_inverseDeviation, s => options.Standardize ? options.L2 : options.L2 * s * s);
            _w = new double[_size];
            double positives = 0;
            for (var i = 0; i < labels.Length; i++) positives += (double)rowWeights[i] * labels[i];
            _w[_columns] = Math.Log(positives / (_totalWeight - positives));
        }

        public (int Iterations, bool Converged) Solve(LogisticOptions options, IProgress<LogisticProgress>? progress, CancellationToken ct)
        {
            var state = Evaluate(_w, ct);
            for (var iteration = 1; iteration <= options.MaxIterations; iteration++)
            {
                progress?.Report(new LogisticProgress(iteration, state.Loss / _totalWeight));
                var step = NewtonStep(state);
                double decrement = 0;
                for (var j = 0; j < _size; j++) decrement += step[j] * state.Gradient[j];
                if (decrement <= options.Tolerance * _totalWeight) return (iteration, true);
                var accepted = false;
                for (double t = 1; t > 1e-6; t /= 2)
                {
                    var trial = new double[_size];
                    for (var j = 0; j < _size; j++) trial[j] = _w[j] - t * step[j];
                    var next = Evaluate(trial, ct);
                    // float32 logits carry noise of about 1e-7 of the loss: a rise of that size is no reason to halve.
                    if (!(next.Loss <= state.Loss * (1 + 1e-7) + 1e-12)) continue;
                    (_w, state, accepted) = (trial, next, true);
                    break;
                }
                if (!accepted) return (iteration, true); // at the precision of the sums
            }
            return (options.MaxIterations, false);
        }

        public LogisticModel ToModel(int iterations, bool converged)
        {
            var original = new double[_columns];
            var intercept = _w[_columns];
            for (var j = 0; j < _columns; j++)
            {
                original[j] = _w[j] * _inverseDeviation[j];
                intercept -= original[j] * _shift[j];
            }
            return new LogisticModel(original, intercept, (double[])_mean.Clone(), _data.ColumnNames?.ToArray(), iterations, converged);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private (double[] Mean, double[] InverseDeviation) Moments()
        {
            var mean = new double[_columns];
            var variance = new double[_columns];
            for (var i = 0; i < _data.RowCount; i++)
            {
                var row = _data.Row(i);
                var w = (double)_rowWeights[i];
                for (var j = 0; j < row.Length; j++) mean[j] += w * row[j];
            }
            for (var j = 0; j < _columns; j++) mean[j] /= _totalWeight;
            for (var i = 0; i < _data.RowCount; i++)
            {
                var row = _data.Row(i);
                var w = (double)_rowWeights[i];
                for (var j = 0; j < row.Length; j++)
                {
                    var difference = row[j] - mean[j];
                    variance[j] += w * difference * difference;
                }
            }
            var inverse = new double[_columns];
            for (var j = 0; j < _columns; j++)
            {
                var deviation = Math.Sqrt(variance[j] / _totalWeight);
                inverse[j] = deviation > 1e-7 * Math.Abs(mean[j]) && deviation > 1e-30 ? 1 / deviation : 0;
            }
            return (mean, inverse);
        }

        private double[] NewtonStep(State state)
        {
            var scale = 0.0;
            for (var j = 0; j < _size; j++) scale = Math.Max(scale, state.Hessian[j * _size + j]);
            // Without penalty collinear or constant columns leave a flat direction; a ridge at rounding level keeps the step in the others.
            for (var ridge = 1e-12; ; ridge *= 100)
            {
                var hessian = (double[])state.Hessian.Clone();
                for (var j = 0; j < _size; j++) hessian[j * _size + j] += ridge * scale + 1e-290;
                var step = (double[])state.Gradient.Clone();
                if (Cholesky.Solve(hessian, step, _size)) return step;
            }
        }

        private State Evaluate(double[] w, CancellationToken ct)
        {
            var total = new State(_size);
            var chunks = ParallelRanges.ChunkCount(_data.RowCount);
            var partial = new State[Math.Min(_degree, chunks)];
            for (var q = 0; q < partial.Length; q++) partial[q] = new State(_size);
            var wFloat = Array.ConvertAll(w, v => (float)v);
            for (var first = 0; first < chunks; first += partial.Length)
            {
                var count = Math.Min(partial.Length, chunks - first);
                var start = first;
                ParallelRanges.For(count, _degree, q =>
                {
                    partial[q].Clear();
                    EvaluateChunk(start + q, wFloat, partial[q]);
                }, ct);
                for (var q = 0; q < count; q++) total.Add(partial[q]); // in chunk order
            }
            for (var i = 0; i < _size; i++)
            {
                for (var j = 0; j < i; j++) total.Hessian[j * _size + i] = total.Hessian[i * _size + j];
            }
            for (var j = 0; j < _columns; j++)
            {
                total.Loss += 0.5 * _penalty[j] * w[j] * w[j];
                total.Gradient[j] += _penalty[j] * w[j];
                total.Hessian[j * _size + j] += _penalty[j];
            }
            return total;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void EvaluateChunk(int chunk, float[] w, State sums)
        {
            var from = chunk * ParallelRanges.ChunkRows;
            var to = Math.Min(_data.RowCount, from + ParallelRanges.ChunkRows);
            var x = new float[BlockRows * _columns];
            var gram = new float[_columns * _columns];
            var cross = new float[_columns];
            var roots = new float[BlockRows];
            var (logit, loss, p, gradient) = (new float[BlockRows], new float[BlockRows], new float[BlockRows], new float[_columns]);
            for (var start = from; start < to; start += BlockRows)
            {
                var rows = Math.Min(BlockRows, to - start);
                for (var i = 0; i < rows; i++)
                {
                    var row = _data.Row(start + i);
                    var target = x.AsSpan(i * _columns, _columns);
                    Dense.Standardize(row, _shift, _scale, target);
                    logit[i] = Dense.Dot(target, w.AsSpan(0, _columns)) + w[_columns];
                }
                VectorMath.Sigmoid(logit.AsSpan(0, rows), p.AsSpan(0, rows));
                VectorMath.Softplus(logit.AsSpan(0, rows), loss.AsSpan(0, rows));
                Array.Clear(gradient);
                Array.Clear(cross);
                // The intercept's row and column of the Hessian are sums; the matrix product then has no odd last column.
                for (var i = 0; i < rows; i++)
                {
                    var weight = _rowWeights[start + i];
                    sums.Loss += weight * ((double)loss[i] - _labels[start + i] * logit[i]);
                    var residual = weight * (p[i] - _labels[start + i]);
                    var curvature = weight * p[i] * (1 - p[i]);
                    var row = x.AsSpan(i * _columns, _columns);
                    Dense.Axpy(residual, row, gradient);
                    Dense.Axpy(curvature, row, cross);
                    sums.Gradient[_columns] += residual;
                    sums.Hessian[_size * _size - 1] += curvature;
                    roots[i] = MathF.Sqrt(curvature);
                }
                for (var i = 0; i < rows; i++)
                {
                    var row = x.AsSpan(i * _columns, _columns);
                    var root = roots[i];
                    for (var j = 0; j < row.Length; j++) row[j] *= root;
                }
                Gemm.MultiplyTransposedA(x.AsSpan(0, rows * _columns), x.AsSpan(0, rows * _columns), gram, _columns, _columns, rows);
                for (var j = 0; j < _columns; j++)
                {
                    sums.Gradient[j] += gradient[j];
                    sums.Hessian[_columns * _size + j] += cross[j];
                    for (var q = 0; q <= j; q++) sums.Hessian[j * _size + q] += gram[j * _columns + q];
                }
            }
        }
    }

    private sealed class State(int size)
    {
        public double Loss { get; set; }

        public double[] Gradient { get; } = new double[size];

        public double[] Hessian { get; } = new double[size * size];

        public void Clear()
        {
            Loss = 0;
            Array.Clear(Gradient);
            Array.Clear(Hessian);
        }

        public void Add(State other)
        {
            Loss += other.Loss;
            for (var j = 0; j < Gradient.Length; j++) Gradient[j] += other.Gradient[j];
            for (var j = 0; j < Hessian.Length; j++) Hessian[j] += other.Hessian[j];
        }
    }
}
