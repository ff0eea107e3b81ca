using System.Collections.Concurrent;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Trees;

/// <summary>Options of <see cref="RandomForest"/>.</summary>
public sealed record ForestOptions
{
    /// <summary>Classes of the labels (0 to classes − 1), or null (default) for a number to predict.</summary>
    public int? ClassCount { get; init; }

    /// <summary>Trees (of every class). Default 200.</summary>
    public int TreeCount { get; init; } = 200;

    /// <summary>Levels of splits per tree. Default 12, at most 16.</summary>
    public int MaxDepth { get; init; } = 12;

    /// <summary>Least weight of the rows in a leaf. Default 5.</summary>
    public double MinLeafWeight { get; init; } = 5;

    /// <summary>Columns that each split chooses among; null (default) is the square root of their number for classes and a third of it for a number.</summary>
    public int? ColumnsPerSplit { get; init; }

    /// <summary>Extremely randomised trees: each column offers one random cut, and every tree sees all rows. Default false.</summary>
    public bool RandomCuts { get; init; }

    /// <summary>Columns that hold category codes 0 to 253; null (default) for none.</summary>
    public IReadOnlyList<int>? CategoricalColumns { get; init; }

    /// <summary>Most value bins per column. Default and most: 255.</summary>
    public int MaxBins { get; init; } = 255;

    /// <summary>Threads; null (the default) means all processors but one. The result does not depend on it.</summary>
    public int? Degree { get; init; }

    internal void Validate(int columnCount)
    {
        GbdtOptions.Require(ClassCount is null or >= 2, nameof(ClassCount), ClassCount ?? 0, "A classifier needs two classes or more.");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(TreeCount, "options.TreeCount");
        GbdtOptions.Require(MaxDepth is >= 1 and <= 16, nameof(MaxDepth), MaxDepth, "The depth must lie in 1 to 16.");
        ArgumentOutOfRangeException.ThrowIfNegative(MinLeafWeight, "options.MinLeafWeight");
        GbdtOptions.Require(ColumnsPerSplit is null or >= 1, nameof(ColumnsPerSplit), ColumnsPerSplit ?? 0, "A split needs a column to choose.");
        GbdtOptions.Require(MaxBins is >= 2 and <= 255, nameof(MaxBins), MaxBins, "The number of bins must lie in 2 to 255.");
        foreach (var c in CategoricalColumns ?? []) GbdtOptions.Require(c >= 0 && c < columnCount, nameof(CategoricalColumns), c, $"Categorical columns must lie in 0 to {columnCount - 1}.");
    }
}

/// <summary>A trained forest and what it says of rows that a tree has not seen.</summary>
/// <param name="Model">The forest.</param>
/// <param name="OutOfBag">Rows × outputs: the mean of the trees whose draw left the row out, NaN where none did; null with random cuts, whose trees see all rows.</param>
public sealed record ForestFit(ForestModel Model, float[]? OutOfBag);

/// <summary>Random forests (Breiman 2001) and extremely randomised trees (Geurts, Ernst and Wehenkel 2006), for classes and numbers.</summary>
/// <remarks>
/// The grower is that of boosting with gradient −w·y and hessian w: the gain is then the fall of the squared error (for a 0/1 label, of the Gini impurity) and a
/// leaf is the mean of its rows. The bootstrap gives every row a Poisson(1) count drawn by (tree, row), which is what drawing with replacement tends to and needs no order.
/// More than two classes grow one tree each against the rest; their shares are scaled to 1.
/// </remarks>
public static class RandomForest
{
    /// <summary>Trains a forest.</summary>
    /// <param name="training">Rows; NaN is missing.</param>
    /// <param name="options">Options.</param>
    /// <param name="rng">Source of all draws.</param>
    /// <param name="ct">Looked at between trees.</param>
    /// <exception cref="ArgumentException">Lengths differ, a value is infinite (the column is named), or a label is no class.</exception>
    public static ForestFit Fit(LabelledRows training, ForestOptions options, Rng rng, CancellationToken ct)
    {
        options.Validate(training.Rows.ColumnCount);
        BoostingRows.Check(training);
        var bad = options.ClassCount is { } classes ? Array.FindIndex(training.Labels, y => !(y >= 0 && y < classes && y == MathF.Floor(y))) : -1;
        if (bad >= 0) throw new ArgumentException($"Labels must be classes of 0 to {options.ClassCount - 1}; row {bad} has {training.Labels[bad]}.", nameof(training));
        return new Run(training, options, rng.NextBits()).ToEnd(ct);
    }

    private sealed class Run(LabelledRows training, ForestOptions options, ulong seed)
    {
        private readonly float[] _weights = BoostingRows.Weights(training);
        private readonly int _degree = ParallelRanges.Degree(options.Degree);
        private readonly int _outputs = options.ClassCount is > 2 and { } classes ? classes : 1;

        public ForestFit ToEnd(CancellationToken ct)
        {
            var columns = training.Rows.ColumnCount;
            var data = new BinnedMatrix(training.Rows, options.MaxBins, options.CategoricalColumns, _degree, ct);
            var growth = new GrowthOptions
            {
                MaxDepth = options.MaxDepth,
                MinChildWeight = options.MinLeafWeight,
                MinGain = 1e-9,
                NodeColumnCount = options.ColumnsPerSplit ?? Math.Max(1, (int)Math.Round(options.ClassCount is null ? columns / 3.0 : Math.Sqrt(columns))),
                RandomCuts = options.RandomCuts,
                Seed = seed,
            };
            var trees = new RegressionTree[options.TreeCount * _outputs];
            var benches = new ConcurrentBag<Bench>();
            ParallelRanges.For(options.TreeCount, _degree, t =>
            {
                if (!benches.TryTake(out var bench)) bench = new Bench(new TreeGrower(data, growth, degree: 1), new float[2 * data.RowCount]);
                for (var k = 0; k < _outputs; k++) trees[t * _outputs + k] = Grow(bench, t, k);
                benches.Add(bench);
            }, ct);
            var model = new ForestModel(trees, _outputs, columns, training.Rows.ColumnNames);
            return new ForestFit(model, options.RandomCuts ? null : OutOfBag(trees));
        }

        private RegressionTree Grow(Bench bench, int t, int k)
        {
            var rows = bench.Grower.Rows;
            var count = 0;
            for (var i = 0; i < _weights.Length; i++)
            {
                var weight = _weights[i] * Drawn(t, i);
                (bench.Pairs[2 * i], bench.Pairs[2 * i + 1]) = (-weight * Target(i, k), weight);
                rows[count] = i;
                if (weight > 0) count++;
            }
            return bench.Grower.Grow(t * _outputs + k, Math.Max(1, count), bench.Pairs);
        }

        private float Target(int row, int k) => _outputs == 1 ? training.Labels[row] : training.Labels[row] == k ? 1 : 0;

        /// <summary>How often a tree draws a row: Poisson(1) by inversion.</summary>
        private int Drawn(int tree, int row)
        {
            if (options.RandomCuts) return 1;
            var (left, chance, count) = (CounterRng.Uniform(seed, (ulong)tree, (ulong)row), Math.Exp(-1), 0);
            for (; left >= chance && count < 12; chance /= count) (left, count) = (left - chance, count + 1);
            return count;
        }

        /// <summary>Row by row, trees in their order: the sums do not depend on threads.</summary>
        private float[] OutOfBag(RegressionTree[] trees)
        {
            var means = new float[_weights.Length * _outputs];
            Workers.For(ParallelRanges.ChunkCount(_weights.Length), _degree, c =>
            {
                for (var i = c * ParallelRanges.ChunkRows; i < Math.Min(_weights.Length, (c + 1) * ParallelRanges.ChunkRows); i++) AddOutOfBag(trees, i, means.AsSpan(i * _outputs, _outputs));
            });
            return means;
        }

        private void AddOutOfBag(RegressionTree[] trees, int row, Span<float> means)
        {
            var count = 0;
            for (var t = 0; t < options.TreeCount; t++)
            {
                if (Drawn(t, row) > 0) continue;
                count++;
                for (var k = 0; k < _outputs; k++) means[k] += trees[t * _outputs + k].Value[trees[t * _outputs + k].LeafOf(training.Rows.Row(row))];
            }
            for (var k = 0; k < _outputs; k++) means[k] /= count; // no tree: 0/0 is NaN
            ForestModel.ScaleToOne(means);
        }

        private sealed record Bench(TreeGrower Grower, float[] Pairs);
    }
}
