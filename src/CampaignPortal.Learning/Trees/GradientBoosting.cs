using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Trees;

/// <summary>Gradient-boosted trees with second-order gains (Chen and Guestrin 2016) on histograms of at most 255 bins a column.</summary>
/// <remarks>Missing values need no imputation: each split learns where they go. Cost: rounds × rows × columns × depth / 2.</remarks>
public static class GradientBoosting
{
    /// <summary>Trains an ensemble.</summary>
    /// <param name="training">Training rows; NaN is missing, infinite values are refused.</param>
    /// <param name="validation">Rows that decide when to stop; null takes the options' share of the training rows at random.</param>
    /// <param name="options">Options.</param>
    /// <param name="rng">Source of the validation split and of what trees draw.</param>
    /// <param name="progress">Told after each round; may be null.</param>
    /// <param name="ct">Looked at between trees.</param>
    /// <exception cref="ArgumentException">Lengths differ, a value is infinite (the column is named), labels do not fit the objective, or a binary fit has only one class.</exception>
    /// <exception cref="InvalidOperationException">Training would take more than <see cref="GbdtOptions.MemoryLimit"/>.</exception>
    public static GbdtFit Fit(LabelledRows training, LabelledRows? validation, GbdtOptions options, Rng rng, IProgress<BoostingReport>? progress, CancellationToken ct)
    {
        options.Validate(training.Rows.ColumnCount);
        BoostingRows.Check(training);
        if (options.Objective == BoostingObjective.BinaryLogistic) BinaryLabels.Weights(training.Rows.RowCount, training.Labels, training.Weights, balanced: false);
        var classCount = options.Objective == BoostingObjective.Softmax ? options.ClassCount ?? 1 + (int)training.Labels.Max() : 1;
        if (validation is not null)
        {
            BoostingRows.Check(validation);
            validation.Rows.RequireColumns(training.Rows.ColumnCount);
        }
        else if (options.ValidationShare > 0)
        {
            (training, validation) = BoostingRows.Split(training, options.ValidationShare, rng.Fork(1));
        }
        return new Run(training, validation, options, classCount, rng.Fork(2).NextBits()).ToEnd(progress, ct);
    }

    /// <summary>Bytes that training takes at its peak beside the rows: bins, scores, derivatives, lists of rows and histograms.</summary>
    public static long EstimateMemory(int rowCount, int columnCount, GbdtOptions options) =>
        MemoryOfRows(rowCount, columnCount, options) + WantedHistograms(options) * Histograms.BytesOf(columnCount, options.MaxBins);

    private static long MemoryOfRows(long rowCount, int columnCount, GbdtOptions options)
    {
        var blocks = (columnCount + BinnedMatrix.BlockColumns - 1) / BinnedMatrix.BlockColumns;
        var outputs = options.Objective == BoostingObjective.Softmax ? options.ClassCount ?? 2 : 1;
        var binning = 12 * Math.Min(blocks, ParallelRanges.Degree(options.Degree)); // a column, and twice its sort keys
        return rowCount * (blocks * sizeof(ulong) + binning + outputs * 3 * sizeof(float) + 4 * sizeof(int) + sizeof(float));
    }

    /// <summary>As many as can be of use at a time: of the leaves that wait to be split, and of two children.</summary>
    private static long WantedHistograms(GbdtOptions options) => 2 + (options.Growth == TreeGrowth.LeafWise ? options.MaxLeaves : options.MaxDepth);

    private static int AllowedHistograms(LabelledRows training, GbdtOptions options)
    {
        var limit = options.MemoryLimit ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
        var each = Histograms.BytesOf(training.Rows.ColumnCount, options.MaxBins);
        var rows = MemoryOfRows(training.Rows.RowCount, training.Rows.ColumnCount, options);
        var count = Math.Min(WantedHistograms(options), (limit - rows) / each);
        if (count >= Math.Min(4, WantedHistograms(options))) return (int)count;
        throw new InvalidOperationException(
            $"Boosted trees on {training.Rows.RowCount} rows of {training.Rows.ColumnCount} columns need {(rows + 4 * each) >> 20} MB, the limit is {limit >> 20} MB: raise MemoryLimit, lower MaxBins or give fewer rows.");
    }

    /// <summary>One training from the first to the last round.</summary>
    private sealed class Run
    {
        private readonly LabelledRows _training;
        private readonly LabelledRows? _validation;
        private readonly GbdtOptions _options;
        private readonly ulong _seed;
        private readonly int _degree;
        private readonly BoostingLoss _loss;
        private readonly BoostingLoss? _validationLoss;
        private readonly double[] _constants;
        private readonly float[][] _scores;
        private readonly float[][] _held;
        private readonly float[][] _pairs;
        private readonly List<RegressionTree> _trees = [];
        private readonly int[] _undrawn;
        private int _undrawnCount;

        public Run(LabelledRows training, LabelledRows? validation, GbdtOptions options, int classCount, ulong seed)
        {
            (_training, _validation, _options, _seed, _degree) = (training, validation, options, seed, ParallelRanges.Degree(options.Degree));
            _loss = BoostingLoss.Of(training, options, classCount);
            _validationLoss = validation is null ? null : BoostingLoss.Of(validation, options, classCount);
            _constants = options.BaseScore is { } constant ? Enumerable.Repeat(constant, _loss.OutputCount).ToArray() : _loss.BestConstants();
            _scores = Array.ConvertAll(_constants, c => Filled(training.Labels.Length, c));
            _held = Array.ConvertAll(_constants, c => Filled(validation?.Labels.Length ?? 0, c));
            _pairs = Array.ConvertAll(_constants, _ => new float[2 * training.Labels.Length]);
            _undrawn = new int[options.RowShare < 1 ? training.Labels.Length : 0];
        }

        public GbdtFit ToEnd(IProgress<BoostingReport>? progress, CancellationToken ct)
        {
            var growth = Growth();
            var grower = new TreeGrower(new BinnedMatrix(_training.Rows, _options.MaxBins, _options.CategoricalColumns, _degree, ct), growth, _degree);
            var history = new List<BoostingReport>();
            var (best, bestRound) = (double.PositiveInfinity, 0);
            for (var round = 1; round <= _options.MaxRounds; round++)
            {
                AddRound(grower, round, ct);
                var report = new BoostingReport(round, _loss.Mean(_scores, _degree), _validationLoss?.Mean(_held, _degree));
                if (!double.IsFinite(report.TrainingLoss)) throw new InvalidOperationException($"The training loss is {report.TrainingLoss} after round {round}; lower the learning rate of {_options.LearningRate}, or scale the labels.");
                history.Add(report);
                progress?.Report(report);
                if (report.ValidationLoss is not { } loss) bestRound = round;
                else if (loss < best) (best, bestRound) = (loss, round);
                else if (round - bestRound >= _options.Patience) break;
            }
            var kept = _trees[..(bestRound * _constants.Length)];
            return new GbdtFit(new GbdtModel(kept, _constants, _options.Objective, _training.Rows.ColumnCount, _training.Rows.ColumnNames), history, bestRound);
        }

        private GrowthOptions Growth() => new()
        {
            LeafWise = _options.Growth == TreeGrowth.LeafWise,
            MaxDepth = _options.MaxDepth,
            MaxLeaves = _options.Growth == TreeGrowth.LeafWise ? _options.MaxLeaves : int.MaxValue,
            LearningRate = _options.LearningRate,
            Lambda = _options.Lambda,
            L1 = _options.L1,
            MinChildWeight = _options.MinChildWeight,
            MinGain = _options.MinGain,
            CategorySmoothing = _options.CategorySmoothing,
            TreeColumnShare = _options.ColumnShare,
            Monotone = _options.Monotone,
            Seed = _seed,
            MaxHistograms = AllowedHistograms(_training, _options),
        };

        private void AddRound(TreeGrower grower, int round, CancellationToken ct)
        {
            _loss.Gradients(_scores, _pairs, _degree);
            for (var k = 0; k < _constants.Length; k++)
            {
                ct.ThrowIfCancellationRequested();
                var tree = grower.Grow(_trees.Count, Draw(grower.Rows, round), _pairs[k], _loss.Renewal(_scores));
                _trees.Add(tree);
                foreach (var (rows, value) in grower.Leaves) Add(rows.Span, value, _scores[k]);
                if (_undrawnCount > 0) Score(tree, _training.Rows, _undrawn[.._undrawnCount], _scores[k]);
                if (_validation is not null) Score(tree, _validation.Rows, null, _held[k]);
            }
        }

        /// <summary>The rows of a round, ascending; a row is drawn by its number, so that the trees of a round share them.</summary>
        private int Draw(Span<int> rows, int round)
        {
            var drawn = 0;
            _undrawnCount = 0;
            for (var i = 0; i < rows.Length; i++)
            {
                if (_options.RowShare >= 1 || CounterRng.Uniform(_seed, (ulong)round, (ulong)i) < _options.RowShare) rows[drawn++] = i;
                else _undrawn[_undrawnCount++] = i;
            }
            if (drawn == 0) rows[drawn++] = _undrawn[--_undrawnCount]; // a tree needs a row
            return drawn;
        }

        /// <summary>Adds a tree to the scores of some rows, or of all.</summary>
        private void Score(RegressionTree tree, Matrix rows, int[]? chosen, float[] scores)
        {
            var count = chosen?.Length ?? rows.RowCount;
            Workers.For(ParallelRanges.ChunkCount(count), _degree, c =>
            {
                for (var i = c * ParallelRanges.ChunkRows; i < Math.Min(count, (c + 1) * ParallelRanges.ChunkRows); i++)
                {
                    var row = chosen?[i] ?? i;
                    scores[row] += tree.Value[tree.LeafOf(rows.Row(row))];
                }
            });
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Add(ReadOnlySpan<int> rows, float value, float[] scores)
        {
            foreach (var row in rows) scores[row] += value;
        }

        private static float[] Filled(int length, double value)
        {
            var values = new float[length];
            Array.Fill(values, (float)value);
            return values;
        }
    }
}
