using CampaignPortal.Learning.Ctr;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Linear;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Preprocessing;
using CampaignPortal.Learning.Trees;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tabular;

/// <summary>The candidates that compete by default, and those that may be asked for by name.</summary>
public static class TabularCandidates
{
    private const int MostOneHot = 64, MostDenseColumns = 256, MostNetworkColumns = 2048;

    private static readonly double[] Penalties = [300, 100, 30, 10, 3, 1, 0.3];

    /// <summary>Straight lines and one-hot categories.</summary>
    public static TabularCandidate Logistic { get; } = Linear("logistic", new LinearDesignOptions());

    /// <summary>Piecewise linear functions of the numbers.</summary>
    public static TabularCandidate BentLogistic { get; } = Linear("logistic with bends", new LinearDesignOptions { Knots = 8 });

    /// <summary>Boosted trees of depth 4.</summary>
    public static TabularCandidate Trees { get; } = Boosted("boosted trees, depth 4", new GbdtOptions { MaxRounds = 1500, MaxDepth = 4, LearningRate = 0.05, MinChildWeight = 5, RowShare = 0.8, ColumnShare = 0.8, Patience = 40 });

    /// <summary>A multilayer perceptron.</summary>
    public static TabularCandidate Network { get; } = Perceptron("network", new MlpOptions { Dropout = 0.2, MaxEpochs = 40, Patience = 4, WeightDecay = 0.01 });

    /// <summary>Extremely randomised trees. Not among the standard ones: they take ten times as long as boosting and did not lower the validation loss of any stack we saw.</summary>
    public static TabularCandidate ExtraTrees { get; } = Forest("extra trees", new ForestOptions { ClassCount = 2, TreeCount = 200, MaxDepth = 14, RandomCuts = true });

    /// <summary>A factorisation machine beside a network over the same vectors.</summary>
    public static TabularCandidate DeepFm { get; } = Click("DeepFM", new CtrOptions { Dropout = 0.2 });

    /// <summary>All that compete, quick ones first: a time budget cuts off the end.</summary>
    public static IReadOnlyList<TabularCandidate> Standard { get; } =
    [
        Logistic, BentLogistic, Trees,
        Boosted("boosted trees, depth 2", new GbdtOptions { MaxRounds = 2000, MaxDepth = 2, LearningRate = 0.08, MinChildWeight = 5, Patience = 60 }),
        Boosted("boosted trees, leaf-wise", new GbdtOptions
        {
            MaxRounds = 1500, Growth = TreeGrowth.LeafWise, MaxLeaves = 24, MaxDepth = 12, LearningRate = 0.04, MinChildWeight = 10, Lambda = 5, RowShare = 0.8, ColumnShare = 0.6, Patience = 40,
        }),
        DeepFm, Network,
    ];

    private static TabularCandidate Linear(string name, LinearDesignOptions options) => new(name, (training, validation, degree, _, ct) =>
    {
        var design = LinearDesign.Fit(training.Schema, training.Rows, options);
        var best = (Loss: double.PositiveInfinity, Scorer: default(LinearScorer));
        var isDense = design.ColumnCount <= MostDenseColumns;
        var (dense, sparse) = (isDense ? design.TransformDense(training.Rows) : null, isDense ? null : design.Transform(training.Rows));
        foreach (var penalty in Penalties)
        {
            var own = new LogisticOptions { L2 = isDense ? penalty : penalty / 10, Degree = degree, GradientTolerance = 1e-5 };
            var model = dense is not null ? LogisticRegression.Fit(dense, training.Labels, training.Weights, own, null, ct) : LogisticRegression.Fit(sparse!, training.Labels, training.Weights, own, ct); // one of both is there
            var scorer = new LinearScorer(design, model);
            var loss = LossOf(scorer, validation);
            if (loss < best.Loss) best = (loss, scorer);
            else if (loss > best.Loss + 1e-3) break; // the losses have one valley
        }
        return best.Scorer!; // the first penalty has set it
    });

    internal static TabularCandidate Boosted(string name, GbdtOptions options) => new(name, (training, validation, degree, rng, ct) =>
    {
        var (design, rows) = TreeDesign(training, rng.Fork(1));
        var fit = GradientBoosting.Fit(new LabelledRows(rows, training.Labels, training.Weights), new LabelledRows(design.Transform(validation.Rows), validation.Labels), options with { Degree = degree }, rng.Fork(2), null, ct);
        return new TreeScorer(design, fit.Model);
    });

    private static TabularCandidate Forest(string name, ForestOptions options) => new(name, (training, _, degree, rng, ct) =>
    {
        var (design, rows) = TreeDesign(training, rng.Fork(1));
        var own = options with { Degree = degree, ColumnsPerSplit = Math.Max(1, rows.ColumnCount / 3) }; // most one-hot columns say little
        return new ForestScorer(design, RandomForest.Fit(new LabelledRows(rows, training.Labels, training.Weights), own, rng.Fork(2), ct).Model, isClassifier: true);
    });

    private static TabularCandidate Perceptron(string name, MlpOptions options) => new(name, (training, validation, _, rng, ct) =>
    {
        var design = LinearDesign.Fit(training.Schema, training.Rows, new LinearDesignOptions { MinRowCount = 10, Knots = 3 });
        var fit = MlpClassifier.Fit(new LabelledRows(design.TransformDense(training.Rows), training.Labels, training.Weights), new LabelledRows(design.TransformDense(validation.Rows), validation.Labels), options, rng, null, ct);
        return new NetworkScorer(design, fit.Model);
    })
    {
        Refuses = (schema, _) => schema.Columns.Sum(c => c.Categories.Count) > MostNetworkColumns ? "too many categories for one-hot inputs" : null,
    };

    private static TabularCandidate Click(string name, CtrOptions options) => new(name, (training, validation, degree, rng, ct) =>
    {
        var design = FieldDesign.Fit(training.Schema, training.Rows);
        CtrRows Rows(TabularRows rows)
        {
            var (numbers, categories) = design.Transform(rows.Rows);
            return new CtrRows(numbers, categories, rows.Labels);
        }
        var own = options with { Training = options.Training with { Degree = degree, Seed = (long)rng.Fork(1).NextBits() } };
        return new ClickScorer(design, CtrClassifier.Fit(Rows(training), Rows(validation), new CtrInputs(design.NumberCount, design.FieldSizes), own, rng.Fork(2), null, ct).Model);
    });

    /// <summary>Large dictionaries as rates (out of fold for the training rows), small ones one-hot.</summary>
    internal static (TransformerPipeline Design, Matrix Rows) TreeDesign(TabularRows training, Rng rng)
    {
        var categories = training.Schema.Indices(ColumnKind.Category);
        var large = Array.FindAll(categories, j => training.Schema.Columns[j].Categories.Count > MostOneHot);
        var (rates, rows) = TargetEncoder.FitTransform(training.Rows, training.Labels, large, new TargetEncoderOptions(), rng);
        var oneHot = OneHotEncoder.Fit(training.Rows, [.. categories.Except(large)], new OneHotOptions { MinRowCount = 5, MaxCategories = MostOneHot });
        return (new TransformerPipeline(rates, oneHot), oneHot.Transform(rows));
    }

    private static double LossOf(LinearScorer scorer, TabularRows rows)
    {
        var z = new double[rows.Labels.Length];
        scorer.Score(rows.Rows, z);
        return LogOddsLoss.Mean(z, rows.Labels);
    }
}
