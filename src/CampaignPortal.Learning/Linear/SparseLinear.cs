using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Data;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Linear;

/// <summary>What a linear classifier of sparse rows pays for a row whose score s has the margin m = ±s.</summary>
public enum SparseLoss
{
    /// <summary>ln(1 + e⁻ᵐ): scores are log-odds.</summary>
    Logistic,

    /// <summary>max(0, 1 − m)²: a linear support vector machine; scores have no unit.</summary>
    SquaredHinge,
}

/// <summary>Options of <see cref="SparseLinear"/>.</summary>
public sealed record SparseLinearOptions
{
    /// <summary>Loss of a row. Default <see cref="SparseLoss.Logistic"/>.</summary>
    public SparseLoss Loss { get; init; } = SparseLoss.Logistic;

    /// <summary>Weight λ of the penalty ½·λ·(|w|² + intercept²) beside the weighted sum of losses (1/C elsewhere). Default 1.</summary>
    public double L2 { get; init; } = 1;

    /// <summary>Stops when no row's optimality condition was violated by more than this in a pass; in units of the score. Default 0.01.</summary>
    public double Tolerance { get; init; } = 0.01;

    /// <summary>Most passes over the rows. Default 200; 10 to 40 are usual.</summary>
    public int MaxPasses { get; init; } = 200;

    /// <summary>Seed of the order of rows.</summary>
    public long Seed { get; init; } = 1;
}

/// <summary>Linear classifiers of sparse rows (thousands to millions of columns, few cells a row) by coordinate ascent in the dual: one variable per row, one pass touches each cell twice.</summary>
/// <remarks>
/// The weights are w = Σ αᵢ·yᵢ·xᵢ, y = ±1, and each step sets one αᵢ to its optimum while the others stand still.
/// Squared hinge: Hsieh, Chang, Lin, Keerthi &amp; Sundararajan 2008, algorithm 1. Logistic: Yu, Huang &amp; Lin 2011, algorithm 5, written here with
/// αᵢ = Cᵢ·σ(−uᵢ), so that the condition is one increasing function of a log-odds and needs no care at the ends of the range of αᵢ.
/// <see cref="LogisticRegression"/> takes sparse rows too and leaves the intercept free of the penalty; here a pass is cheaper, and the squared hinge has no second derivative.
/// Rows are visited in a seeded order by one thread: the result is the same whatever the machine does.
/// </remarks>
public static class SparseLinear
{
    /// <summary>Fits a model.</summary>
    /// <param name="rows">Rows × columns.</param>
    /// <param name="labels">0 or 1 per row.</param>
    /// <param name="sampleWeights">Weight per row, or empty for 1 each.</param>
    /// <param name="options">Options.</param>
    /// <param name="ct">Looked at between passes.</param>
    /// <exception cref="ArgumentException">Lengths differ, a label is not 0 or 1, or only one class occurs.</exception>
    public static SparseLinearModel Fit(Csr rows, ReadOnlySpan<float> labels, ReadOnlySpan<float> sampleWeights, SparseLinearOptions options, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.L2, "options.L2");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Tolerance, "options.Tolerance");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxPasses, "options.MaxPasses");
        var costs = BinaryLabels.Weights(rows.RowCount, labels, sampleWeights, balanced: false);
        var dual = new Dual(rows, labels, costs, options);
        return dual.Solve(options, ct);
    }

    private sealed class Dual
    {
        private readonly Csr _rows;
        private readonly double[] _weights; // intercept last
        private readonly double[] _signs;
        private readonly double[] _costs; // Cᵢ = weight / λ
        private readonly double[] _squares; // |xᵢ|² + 1
        private readonly double _precision; // of the root of one condition
        private readonly double[] _state; // logistic: uᵢ; squared hinge: αᵢ

        public Dual(Csr rows, ReadOnlySpan<float> labels, float[] costs, SparseLinearOptions options)
        {
            _rows = rows;
            _precision = 0.1 * options.Tolerance;
            _weights = new double[rows.ColumnCount + 1];
            (_signs, _costs, _squares, _state) = (new double[rows.RowCount], new double[rows.RowCount], new double[rows.RowCount], new double[rows.RowCount]);
            for (var row = 0; row < rows.RowCount; row++)
            {
                _signs[row] = labels[row] == 1 ? 1 : -1;
                _costs[row] = costs[row] / options.L2;
                _squares[row] = 1;
                foreach (var value in rows.Row(row).Values) _squares[row] += (double)value * value;
            }
        }

        public SparseLinearModel Solve(SparseLinearOptions options, CancellationToken ct)
        {
            int[] order = [.. Enumerable.Range(0, _rows.RowCount).Where(row => _costs[row] > 0)];
            if (options.Loss == SparseLoss.Logistic) StartLogistic(order);
            var rng = new Rng(options.Seed);
            var (pass, violation) = (0, double.PositiveInfinity);
            while (pass < options.MaxPasses && violation > options.Tolerance)
            {
                ct.ThrowIfCancellationRequested();
                rng.Shuffle<int>(order);
                violation = options.Loss == SparseLoss.Logistic ? PassLogistic(order) : PassHinge(order);
                pass++;
            }
            return new SparseLinearModel(Array.ConvertAll(_weights[..^1], weight => (float)weight), _weights[^1], pass, violation <= options.Tolerance);
        }

        // α must lie inside (0, C): every row begins at log-odds 3 for its class, where most of them end.
        private void StartLogistic(int[] order)
        {
            foreach (var row in order)
            {
                _state[row] = 3;
                Add(row, _signs[row] * _costs[row] * Sigmoid(-3));
            }
        }

        // Condition of row i with margin m = yᵢ·w·xᵢ: u = m, where α = C·σ(−u). Moving u to v changes m by (α(v) − α(u))·|x|²:
        //   h(v) = v − m − (C·σ(−v) − α)·|x|² = 0,   h'(v) = 1 + C·σ(v)·σ(−v)·|x|²
        private double PassLogistic(int[] order)
        {
            var worst = 0.0;
            foreach (var row in order)
            {
                var (u, cost, square) = (_state[row], _costs[row], _squares[row]);
                var margin = _signs[row] * Score(row);
                worst = Math.Max(worst, Math.Abs(u - margin));
                var alpha = cost * Sigmoid(-u);
                var v = Root(u, margin, alpha, cost, square);
                _state[row] = v;
                Add(row, _signs[row] * (cost * Sigmoid(-v) - alpha));
            }
            return worst;
        }

        // Newton steps, halved into the bracket that σ ∈ (0, 1) gives where they leave it.
        private double Root(double v, double margin, double alpha, double cost, double square)
        {
            var (low, high) = (margin - alpha * square, margin + (cost - alpha) * square);
            for (var step = 0; step < 30; step++)
            {
                var p = Sigmoid(-v);
                var h = v - margin - (cost * p - alpha) * square;
                if (Math.Abs(h) < _precision) break;
                if (h > 0) high = v;
                else low = v;
                v -= h / (1 + cost * p * (1 - p) * square);
                if (v <= low || v >= high) v = (low + high) / 2;
            }
            return v;
        }

        // Gradient of the dual: G = m − 1 + α/(2C); α ≥ 0.
        private double PassHinge(int[] order)
        {
            var worst = 0.0;
            foreach (var row in order)
            {
                var (alpha, diagonal) = (_state[row], 0.5 / _costs[row]);
                var gradient = _signs[row] * Score(row) - 1 + alpha * diagonal;
                var violation = alpha > 0 ? Math.Abs(gradient) : Math.Max(0, -gradient);
                if (violation < 1e-12) continue;
                worst = Math.Max(worst, violation);
                _state[row] = Math.Max(0, alpha - gradient / (_squares[row] + diagonal));
                Add(row, _signs[row] * (_state[row] - alpha));
            }
            return worst;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private unsafe double Score(int row)
        {
            var cells = _rows.Row(row);
            fixed (int* columns = cells.Columns)
            fixed (float* values = cells.Values)
            fixed (double* weights = _weights)
            {
                double even = 0, odd = 0;
                var at = 0;
                for (; at + 2 <= cells.Count; at += 2)
                {
                    even += weights[columns[at]] * values[at];
                    odd += weights[columns[at + 1]] * values[at + 1];
                }
                if (at < cells.Count) even += weights[columns[at]] * values[at];
                return even + odd + weights[_weights.Length - 1];
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private unsafe void Add(int row, double factor)
        {
            var cells = _rows.Row(row);
            fixed (int* columns = cells.Columns)
            fixed (float* values = cells.Values)
            fixed (double* weights = _weights)
            {
                for (var at = 0; at < cells.Count; at++) weights[columns[at]] += factor * values[at];
                weights[_weights.Length - 1] += factor;
            }
        }

        private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
    }
}
