using CampaignPortal.Learning.Linear;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tabular;
using CampaignPortal.Learning.Trees;

namespace CampaignPortal.Learning.Uplift;

/// <summary>Ready-made bases of uplift learners. Effects are small beside outcomes, so both are held back strongly.</summary>
public static class UpliftBases
{
    private static readonly GbdtOptions Shallow = new() { MaxRounds = 60, MaxDepth = 3, LearningRate = 0.05, MinChildWeight = 20, ValidationShare = 0 };

    /// <summary>Logistic and ridge regression over straight lines and one-hot categories.</summary>
    public static UpliftBase Linear { get; } = new("linear",
        (training, degree, _, ct) =>
        {
            var design = LinearDesign.Fit(training.Schema, training.Rows, new LinearDesignOptions());
            return new LinearScorer(design, LogisticRegression.Fit(design.TransformDense(training.Rows), training.Labels, training.Weights, new LogisticOptions { L2 = 10, Degree = degree }, null, ct));
        },
        (training, degree, _, ct) =>
        {
            var design = LinearDesign.Fit(training.Schema, training.Rows, new LinearDesignOptions());
            // The penalty counts rows: a hundredth of them leaves strong effects alone and shrinks what is noise.
            var options = new LinearOptions { L2 = 0.01 * (training.Weights?.Sum() ?? training.Labels.Length), Degree = degree };
            return new RegressionScorer(design, LinearRegression.Fit(design.TransformDense(training.Rows), training.Labels, training.Weights, options, ct));
        });

    /// <summary>Boosted trees of depth 3.</summary>
    public static UpliftBase Trees { get; } = new("trees",
        (training, degree, rng, ct) => Grow(training, Shallow with { Degree = degree }, rng, ct),
        (training, degree, rng, ct) => Grow(training, Shallow with { Objective = BoostingObjective.SquaredError, MinChildWeight = 0.01 * (training.Weights?.Sum() ?? training.Labels.Length), Degree = degree }, rng, ct));

    /// <summary>Linear classifiers, and a forest of large leaves for effects: with doubly robust scores a causal forest.</summary>
    public static UpliftBase Forest { get; } = new("forest", Linear.Classify, (training, degree, rng, ct) =>
    {
        var (design, rows) = TabularCandidates.TreeDesign(training, rng.Fork(1));
        var options = new ForestOptions { TreeCount = 200, MaxDepth = 6, MinLeafWeight = 0.02 * (training.Weights?.Sum() ?? training.Labels.Length), Degree = degree };
        return new ForestScorer(design, RandomForest.Fit(new LabelledRows(rows, training.Labels, training.Weights), options, rng.Fork(2), ct).Model, isClassifier: false);
    });

    private static TreeScorer Grow(TabularRows training, GbdtOptions options, Statistics.Random.Rng rng, CancellationToken ct)
    {
        var (design, rows) = TabularCandidates.TreeDesign(training, rng.Fork(1));
        return new TreeScorer(design, GradientBoosting.Fit(new LabelledRows(rows, training.Labels, training.Weights), null, options, rng.Fork(2), null, ct).Model);
    }
}
