using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;

namespace CampaignPortal.Learning.Linear;

/// <summary>How the mean of the target follows from the linear predictor z, each with its likelihood.</summary>
internal enum Link
{
    /// <summary>p = 1 / (1 + exp(−z)): log-loss of 0/1 targets.</summary>
    Logit,

    /// <summary>Mean = exp(z): Poisson loss exp(z) − y·z of counts.</summary>
    Log,

    /// <summary>Mean = z: half the squared error.</summary>
    Identity,
}

/// <summary>What the linear models have in common to be fitted.</summary>
internal sealed record LinearSettings(Link Link, double L1, double L2, bool Standardize, int MaxIterations, double Tolerance, int Degree);

/// <summary>Weights in original units, with what the fit was like.</summary>
internal sealed record LinearFit(double[] Weights, double Intercept, double[] Means, int Iterations, bool Converged);

/// <summary>Generalised linear models with canonical link by Newton steps, with an L1 penalty by proximal Newton steps (Lee, Sun and Saunders 2014).</summary>
/// <remarks>
/// Minimises Σ weight·loss + L1·|w|₁ + ½·L2·|w|²; the intercept is free. Data are float32 and go through in blocks of 240 rows; the weighted Gram matrix of a
/// block is one matrix product, and blocks are added in double in a fixed order. Columns are standardised on the fly (a constant column gets weight 0).
/// Cost per step: rows × columns² + columns³.
/// </remarks>
internal sealed class GeneralizedLinear
{
    private const int BlockRows = 240;
    private const int SampleStride = 10;
    private const int SampleSteps = 5;

    private readonly Matrix _data;
    private readonly float[] _targets;
    private readonly float[] _rowWeights;
    private readonly LinearSettings _settings;
    private readonly ColumnMoments _moments;
    private readonly double[] _l1; // per standardised weight
    private readonly double[] _l2;
    private readonly double _targetShift;
    private readonly int _columns;
    private readonly int _size; // columns + intercept
    private double[] _w; // standardised units, intercept last

    public GeneralizedLinear(Matrix data, float[] targets, float[] rowWeights, LinearSettings settings)
    {
        (_data, _rowWeights, _settings) = (data, rowWeights, settings);
        (_columns, _size) = (data.ColumnCount, data.ColumnCount + 1);
        _moments = ColumnMoments.Of(data, rowWeights);
        _l1 = Array.ConvertAll(_moments.InverseDeviation, s => settings.Standardize ? settings.L1 : settings.L1 * s);
        _l2 = Array.ConvertAll(_moments.InverseDeviation, s => settings.Standardize ? settings.L2 : settings.L2 * s * s);
        double sum = 0;
        for (var i = 0; i < targets.Length; i++) sum += (double)rowWeights[i] * targets[i];
        var mean = sum / _moments.TotalWeight;
        _w = new double[_size];
        // Targets far from zero would cost the digits of float32 that the residuals need.
        _targetShift = settings.Link == Link.Identity ? mean : 0;
        _targets = settings.Link == Link.Identity ? Array.ConvertAll(targets, y => (float)(y - mean)) : targets;
        _w[_columns] = settings.Link switch { Link.Logit => Math.Log(mean / (1 - mean)), Link.Log => Math.Log(mean), _ => 0 };
    }

    public LinearFit Fit(IProgress<LogisticProgress>? progress, CancellationToken ct)
    {
        var (iterations, converged) = Solve(progress, ct);
        var (weights, intercept) = _moments.ToOriginal(_w);
        return new LinearFit(weights, intercept + _targetShift, _moments.Mean, iterations, converged);
    }

    private (int Iterations, bool Converged) Solve(IProgress<LogisticProgress>? progress, CancellationToken ct)
    {
        if (ParallelRanges.ChunkCount(_data.RowCount) >= SampleStride) StartFromSample(ct);
        var state = Evaluate(_w, 1, ct);
        for (var iteration = 1; iteration <= _settings.MaxIterations; iteration++)
        {
            progress?.Report(new LogisticProgress(iteration, state.Loss / _moments.TotalWeight));
            var (step, decrement) = _settings.L1 > 0 ? ProximalStep(state) : NewtonStep(state);
            if (decrement <= _settings.Tolerance * _moments.TotalWeight) return (iteration, true);
            if (_settings.L1 == 0 && decrement <= 0.1 * Math.Sqrt(_settings.Tolerance) * _moments.TotalWeight)
            {
                // Newton's method squares the decrement: after this step it is far below the tolerance, and a pass over all rows would only say so.
                for (var j = 0; j < _size; j++) _w[j] -= step[j];
                return (iteration, true);
            }
            if (!TryMove(step, 1, ref state, ct)) return (iteration, true); // at the precision of the sums
        }
        return (_settings.MaxIterations, false);
    }

    /// <summary>A few steps on every tenth chunk of rows: near enough to the optimum that two steps on all rows remain, for less than one pass.</summary>
    private void StartFromSample(CancellationToken ct)
    {
        var state = Evaluate(_w, SampleStride, ct);
        for (var iteration = 0; iteration < SampleSteps; iteration++)
        {
            var (step, decrement) = _settings.L1 > 0 ? ProximalStep(state) : NewtonStep(state);
            // A sample of thousands of rows says no more than that.
            if (decrement <= 1e-4 * _moments.TotalWeight || !TryMove(step, SampleStride, ref state, ct)) return;
        }
    }

    private bool TryMove(double[] step, int stride, ref State state, CancellationToken ct)
    {
        for (double t = 1; t > 1e-6; t /= 2)
        {
            var trial = new double[_size];
            for (var j = 0; j < _size; j++) trial[j] = _w[j] - t * step[j];
            var next = Evaluate(trial, stride, ct);
            // float32 predictors carry noise of about 1e-7 of the loss: a rise of that size is no reason to halve.
            if (!(next.Loss <= state.Loss + Math.Abs(state.Loss) * 1e-7 + 1e-12)) continue;
            (_w, state) = (trial, next);
            return true;
        }
        return false;
    }

    private (double[] Step, double Decrement) NewtonStep(State state)
    {
        var scale = 0.0;
        for (var j = 0; j < _size; j++) scale = Math.Max(scale, state.Hessian[j * _size + j]);
        // Without penalty collinear or constant columns leave a flat direction; a ridge at rounding level keeps the step in the others.
        for (var ridge = 1e-12; ; ridge *= 100)
        {
            var hessian = (double[])state.Hessian.Clone();
            for (var j = 0; j < _size; j++) hessian[j * _size + j] += ridge * scale + 1e-290;
            var step = (double[])state.Gradient.Clone();
            if (!Cholesky.Solve(hessian, step, _size)) continue;
            double decrement = 0;
            for (var j = 0; j < _size; j++) decrement += step[j] * state.Gradient[j];
            return (step, decrement);
        }
    }

    /// <summary>Minimises the quadratic model plus L1·|w|₁ by coordinate descent (Friedman, Hastie and Tibshirani 2010); twice the model's decrease plays the decrement.</summary>
    private (double[] Step, double Decrement) ProximalStep(State state)
    {
        var w = (double[])_w.Clone();
        var slope = (double[])state.Gradient.Clone(); // of the model at w
        for (var sweep = 0; sweep < 1000; sweep++)
        {
            double largest = 0;
            for (var j = 0; j < _size; j++)
            {
                var curvature = state.Hessian[j * _size + j];
                if (curvature < 1e-30) continue;
                var l1 = j < _columns ? _l1[j] : 0;
                var change = SoftThreshold(curvature * w[j] - slope[j], l1) / curvature - w[j];
                if (change == 0) continue;
                w[j] += change;
                for (var q = 0; q < _size; q++) slope[q] += change * state.Hessian[q * _size + j];
                largest = Math.Max(largest, change * change * curvature);
            }
            if (largest <= 1e-3 * _settings.Tolerance * _moments.TotalWeight) break;
        }
        double decrease = 0;
        var step = new double[_size];
        for (var j = 0; j < _size; j++)
        {
            step[j] = _w[j] - w[j];
            decrease += 0.5 * step[j] * (state.Gradient[j] + slope[j]); // slope − gradient = −H·step
            if (j < _columns) decrease += _l1[j] * (Math.Abs(_w[j]) - Math.Abs(w[j]));
        }
        return (step, 2 * decrease);
    }

    internal static double SoftThreshold(double value, double by) => value > by ? value - by : value < -by ? value + by : 0;

    /// <summary>Loss, gradient and Hessian over every stride-th chunk of rows, scaled up to all rows.</summary>
    private State Evaluate(double[] w, int stride, CancellationToken ct)
    {
        var total = new State(_size);
        var chunks = (ParallelRanges.ChunkCount(_data.RowCount) + stride - 1) / stride;
        var partial = new State[Math.Min(_settings.Degree, chunks)];
        for (var q = 0; q < partial.Length; q++) partial[q] = new State(_size);
        var wFloat = Array.ConvertAll(w, v => (float)v);
        for (var first = 0; first < chunks; first += partial.Length)
        {
            var count = Math.Min(partial.Length, chunks - first);
            var start = first;
            ParallelRanges.For(count, _settings.Degree, q =>
            {
                partial[q].Clear();
                EvaluateChunk((start + q) * stride, wFloat, partial[q]);
            }, ct);
            for (var q = 0; q < count; q++) total.Add(partial[q]); // in chunk order
        }
        if (stride > 1) total.Scale((double)ParallelRanges.ChunkCount(_data.RowCount) / chunks);
        for (var i = 0; i < _size; i++)
        {
            for (var j = 0; j < i; j++) total.Hessian[j * _size + i] = total.Hessian[i * _size + j];
        }
        for (var j = 0; j < _columns; j++)
        {
            total.Loss += 0.5 * _l2[j] * w[j] * w[j] + _l1[j] * Math.Abs(w[j]);
            total.Gradient[j] += _l2[j] * w[j];
            total.Hessian[j * _size + j] += _l2[j];
        }
        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void EvaluateChunk(int chunk, float[] w, State sums)
    {
        var from = chunk * ParallelRanges.ChunkRows;
        var to = Math.Min(_data.RowCount, from + ParallelRanges.ChunkRows);
        var x = new float[BlockRows * _columns];
        var (gram, cross, gradient) = (new float[_columns * _columns], new float[_columns], new float[_columns]);
        var (z, mean, loss) = (new float[BlockRows], new float[BlockRows], new float[BlockRows]);
        var (residual, curvature) = (new float[BlockRows], new float[BlockRows]);
        for (var start = from; start < to; start += BlockRows)
        {
            var rows = Math.Min(BlockRows, to - start);
            var block = x.AsSpan(0, rows * _columns);
            WeightedRows.StandardizeAndPredict(_data.Values.Slice(start * _columns, rows * _columns), _moments.Shift, _moments.Scale, w.AsSpan(0, _columns), w[_columns], block, z.AsSpan(0, rows));
            Means(z.AsSpan(0, rows), _targets.AsSpan(start, rows), mean, loss);
            // The intercept's row and column of the Hessian are sums; the matrix product then has no odd last column.
            for (var i = 0; i < rows; i++)
            {
                var weight = _rowWeights[start + i];
                sums.Loss += weight * (double)loss[i];
                residual[i] = weight * (mean[i] - _targets[start + i]);
                curvature[i] = weight * Curvature(mean[i]);
                sums.Gradient[_columns] += residual[i];
                sums.Hessian[_size * _size - 1] += curvature[i];
            }
            WeightedRows.GradientsAndRoots(block, residual.AsSpan(0, rows), curvature.AsSpan(0, rows), gradient, cross);
            Gemm.LowerGram(block, gram, _columns, rows);
            for (var j = 0; j < _columns; j++)
            {
                sums.Gradient[j] += gradient[j];
                sums.Hessian[_columns * _size + j] += cross[j];
                for (var q = 0; q <= j; q++) sums.Hessian[j * _size + q] += gram[j * _columns + q];
            }
        }
    }

    /// <summary>Mean and loss of each row from its linear predictor.</summary>
    private void Means(ReadOnlySpan<float> z, ReadOnlySpan<float> targets, Span<float> mean, Span<float> loss)
    {
        switch (_settings.Link)
        {
            case Link.Logit:
                VectorMath.Sigmoid(z, mean[..z.Length]);
                VectorMath.Softplus(z, loss[..z.Length]);
                for (var i = 0; i < z.Length; i++) loss[i] -= targets[i] * z[i];
                break;
            case Link.Log:
                VectorMath.Exp(z, mean[..z.Length]);
                for (var i = 0; i < z.Length; i++) loss[i] = mean[i] - targets[i] * z[i];
                break;
            case Link.Identity:
                z.CopyTo(mean);
                for (var i = 0; i < z.Length; i++) loss[i] = 0.5f * (z[i] - targets[i]) * (z[i] - targets[i]);
                break;
            default:
                throw new InvalidOperationException($"Unknown link {_settings.Link}.");
        }
    }

    private float Curvature(float mean) => _settings.Link switch { Link.Logit => mean * (1 - mean), Link.Log => mean, _ => 1 };

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

        public void Scale(double factor)
        {
            Loss *= factor;
            for (var j = 0; j < Gradient.Length; j++) Gradient[j] *= factor;
            for (var j = 0; j < Hessian.Length; j++) Hessian[j] *= factor;
        }

        public void Add(State other)
        {
            Loss += other.Loss;
            for (var j = 0; j < Gradient.Length; j++) Gradient[j] += other.Gradient[j];
            for (var j = 0; j < Hessian.Length; j++) Hessian[j] += other.Hessian[j];
        }
    }
}
