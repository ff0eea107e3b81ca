using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Kernels;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Trees;

/// <summary>A trained ensemble of trees. Immutable and safe for concurrent use.</summary>
public sealed class GbdtModel : IStorable<GbdtModel>
{
    private readonly RegressionTree[] _trees; // round by round, one per output
    private readonly double[] _constants;
    private readonly Lazy<TreeShap>[] _shap; // explaining needs lists of all paths; scoring does not
    private readonly FlatTrees _flat;

    internal GbdtModel(IReadOnlyList<RegressionTree> trees, IReadOnlyList<double> constants, BoostingObjective objective, int columnCount, IReadOnlyList<string>? columnNames)
    {
        (_trees, _constants, Objective, ColumnCount, ColumnNames) = (trees.ToArray(), constants.ToArray(), objective, columnCount, columnNames);
        _shap = Enumerable.Range(0, OutputCount).Select(k => new Lazy<TreeShap>(() => new TreeShap(TreesOf(k), columnCount))).ToArray();
        _flat = new FlatTrees(_trees, columnCount);
        AverageRaw = AverageOf(0);
    }

    /// <inheritdoc/>
    public static string Kind => "gbdt";

    /// <summary>Number of columns that rows must have.</summary>
    public int ColumnCount { get; }

    /// <summary>Names of the columns, or null.</summary>
    public IReadOnlyList<string>? ColumnNames { get; }

    internal IReadOnlyList<RegressionTree> Trees => _trees;

    /// <summary>Number of trees, over all outputs.</summary>
    public int TreeCount => _trees.Length;

    /// <summary>What the raw score means.</summary>
    public BoostingObjective Objective { get; }

    /// <summary>Raw scores per row: one, or one per class.</summary>
    public int OutputCount => _constants.Length;

    /// <summary>Raw score before the first tree, of the first output.</summary>
    public double BaseScore => _constants[0];

    /// <summary>Mean raw score of the training rows, weighted by cover: what explanations start from.</summary>
    public double AverageRaw { get; }

    /// <summary>The same of one output.</summary>
    public double AverageOf(int output) => _constants[output] + TreesOf(output).Sum(t => t.Expected[0]);

    /// <summary>Raw score: log-odds of class 1, the predicted number, its logarithm, or a score that orders.</summary>
    /// <exception cref="InvalidOperationException">The model has one score per class.</exception>
    public double Raw(ReadOnlySpan<float> row)
    {
        RequireOneOutput();
        return Raw(row, 0);
    }

    /// <summary>Raw score of one output (the logit of a class).</summary>
    public double Raw(ReadOnlySpan<float> row, int output)
    {
        RequireWidth(row);
        var sum = _constants[output];
        for (var t = output; t < _trees.Length; t += OutputCount) sum += _trees[t].Value[_trees[t].LeafOf(row)];
        return sum;
    }

    /// <summary>Probability of class 1, the predicted number, or a score that orders.</summary>
    /// <exception cref="InvalidOperationException">The model has several classes.</exception>
    public double Predict(ReadOnlySpan<float> row) => Meaning(Raw(row));

    /// <summary>Probability of each class.</summary>
    /// <param name="row">One value per column.</param>
    /// <param name="probabilities">Room for one per class.</param>
    public void PredictClasses(ReadOnlySpan<float> row, Span<float> probabilities)
    {
        PredictMany(new Matrix(1, row.Length, row.ToArray()), probabilities);
    }

    /// <summary>Predictions for many rows, as <see cref="Predict"/> makes them; with several classes, the probabilities of a row one behind the other.</summary>
    /// <param name="rows">Rows × <see cref="ColumnCount"/>.</param>
    /// <param name="predictions">Room for rows × <see cref="OutputCount"/> values.</param>
    /// <param name="degree">Threads; the result does not depend on it.</param>
    public void PredictMany(Matrix rows, Span<float> predictions, int degree = 1)
    {
        rows.RequireColumns(ColumnCount);
        if (predictions.Length != rows.RowCount * OutputCount) throw new ArgumentException($"{rows.RowCount} rows need {rows.RowCount * OutputCount} results; got room for {predictions.Length}.", nameof(predictions));
        _flat.Score(rows, _constants, predictions, degree);
        if (Objective == BoostingObjective.Softmax) Softmax.Forward(predictions, predictions, OutputCount);
        else foreach (ref var prediction in predictions) prediction = (float)Meaning(prediction);
    }

    /// <summary>Exact path-dependent SHAP values of one row; they add up to raw(row) − <see cref="AverageOf"/>.</summary>
    public double[] Explain(ReadOnlySpan<float> row, int output = 0)
    {
        RequireWidth(row);
        var contributions = new double[ColumnCount];
        _shap[output].Value.Explain(row, contributions);
        return contributions;
    }

    /// <summary>SHAP values of many rows, in float32 within a tree: some twenty times as fast as one by one.</summary>
    /// <param name="rows">Rows × <see cref="ColumnCount"/>.</param>
    /// <param name="contributions">Room for rows × columns values.</param>
    /// <param name="output">Which raw score to explain.</param>
    /// <param name="degree">Threads; the result does not depend on it.</param>
    public void ExplainMany(Matrix rows, Span<float> contributions, int output = 0, int degree = 1)
    {
        rows.RequireColumns(ColumnCount);
        if (contributions.Length != rows.Values.Length) throw new ArgumentException($"{rows.RowCount} rows of {ColumnCount} columns need as many results; got room for {contributions.Length}.", nameof(contributions));
        _shap[output].Value.Kernel.Explain(rows, contributions, degree);
    }

    /// <summary>SHAP interaction values of one row, columns × columns: each row of the matrix adds up to the SHAP value of its column.</summary>
    public double[,] ExplainInteractions(ReadOnlySpan<float> row, int output = 0)
    {
        RequireWidth(row);
        return _shap[output].Value.Interactions(row);
    }

    /// <summary>Approximate contributions by the change of the expected value along the path (Saabas 2014): cheaper, but unfair to splits far down.</summary>
    public double[] ExplainByPath(ReadOnlySpan<float> row, int output = 0)
    {
        RequireWidth(row);
        var contributions = new double[ColumnCount];
        foreach (var tree in TreesOf(output))
        {
            for (var node = 0; !tree.IsLeaf(node);)
            {
                var child = tree.GoesLeft(node, row[tree.Feature[node]]) ? tree.Left[node] : tree.Right[node];
                contributions[tree.Feature[node]] += tree.Expected[child] - tree.Expected[node];
                node = child;
            }
        }
        return contributions;
    }

    /// <summary>What the splits of each column gained in training, as shares that add up to 1 (0 each where nothing was split).</summary>
    public double[] GainImportance() => Importance(static (tree, n) => tree.Gain[n]);

    /// <summary>Training weight that passed the splits of each column, as shares that add up to 1.</summary>
    public double[] CoverImportance() => Importance(static (tree, n) => tree.Cover[n]);

    /// <summary>Number of the leaf that each tree puts the row into.</summary>
    public int[] Leaves(ReadOnlySpan<float> row)
    {
        RequireWidth(row);
        var leaves = new int[_trees.Length];
        for (var t = 0; t < leaves.Length; t++) leaves[t] = _trees[t].LeafOf(row);
        return leaves;
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["objective"] = Objective.ToString();
        part.Settings["column_count"] = ColumnCount;
        if (ColumnNames is not null) part.Settings["columns"] = StoredLists.Of(ColumnNames);
        part.Put("base_scores", _constants);
        StoredTrees.Store(part, _trees);
    }

    /// <inheritdoc/>
    public static GbdtModel Restore(ModelPart part)
    {
        if (!Enum.TryParse<BoostingObjective>(part.Setting<string>("objective"), out var objective)) throw new InvalidDataException("The objective of a stored ensemble is not known.");
        var columns = part.Setting<int>("column_count");
        var names = part.Settings.ContainsKey("columns") ? StoredLists.Strings(part, "columns") : null;
        if (columns < 1 || (names is not null && names.Length != columns)) throw new InvalidDataException("A stored ensemble has another number of columns than of names.");
        var constants = part.Get<double>("base_scores");
        var trees = StoredTrees.Restore(part, columns);
        if (constants.Length == 0 || trees.Length % constants.Length != 0 || (constants.Length > 1) != (objective == BoostingObjective.Softmax))
            throw new InvalidDataException($"A stored ensemble of {trees.Length} trees has {constants.Length} outputs.");
        return new GbdtModel(trees, constants, objective, columns, names);
    }

    private IEnumerable<RegressionTree> TreesOf(int output)
    {
        for (var t = output; t < _trees.Length; t += OutputCount) yield return _trees[t];
    }

    private double[] Importance(Func<RegressionTree, int, double> amount)
    {
        var sums = new double[ColumnCount];
        foreach (var tree in _trees) for (var n = 0; n < tree.Feature.Length; n++) if (!tree.IsLeaf(n)) sums[tree.Feature[n]] += amount(tree, n);
        var total = sums.Sum();
        return total > 0 ? Array.ConvertAll(sums, s => s / total) : sums;
    }

    private double Meaning(double raw) => Objective switch
    {
        BoostingObjective.BinaryLogistic => 1 / (1 + Math.Exp(-raw)),
        BoostingObjective.Poisson => Math.Exp(raw),
        _ => raw,
    };

    private void RequireOneOutput()
    {
        if (OutputCount > 1) throw new InvalidOperationException($"The model has {OutputCount} classes; ask for one output or for PredictClasses.");
    }

    private void RequireWidth(ReadOnlySpan<float> row)
    {
        if (row.Length != ColumnCount) throw new ArgumentException($"The model was fitted on {ColumnCount} columns; this row has {row.Length}.", nameof(row));
    }
}
