using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Metrics;

namespace CampaignPortal.Benchmarks.Cases;

/// <summary>Cases of measures: groups classification-metrics, regression-metrics, drift, uplift-metrics.</summary>
public static partial class LearningCases
{
    private static Handler? MetricHandler(string group, string stem) => (group, stem) switch
    {
        ("classification-metrics", "binary") => BinaryScores,
        ("classification-metrics", "multi-class") => MultiClassScores,
        ("regression-metrics", "continuous") => Continuous,
        ("drift", "numeric") => NumericDrift,
        ("drift", "categories") => CategoryDrift,
        ("uplift-metrics", "uplift") => UpliftCurves,
        _ => null,
    };

    private static Dictionary<string, object> BinaryScores(LearningCase c)
    {
        var (label, score, weight) = (c.Floats("label"), c.Floats("score"), c.Floats("weight"));
        var confusion = BinaryMetrics.Confusion(label, score, 0.5, weight);
        return new Dictionary<string, object>
        {
            ["auc"] = BinaryMetrics.Auc(label, score, weight),
            ["average_precision"] = BinaryMetrics.AveragePrecision(label, score, weight),
            ["log_loss"] = BinaryMetrics.LogLoss(label, score, weight),
            ["brier"] = BinaryMetrics.Brier(label, score, weight),
            ["accuracy"] = confusion.Accuracy,
            ["precision"] = confusion.Precision,
            ["recall"] = confusion.Recall,
            ["f1"] = confusion.F1,
            ["matthews"] = confusion.Matthews,
            ["ks"] = BinaryMetrics.KolmogorovSmirnov(label, score, weight),
            ["ece_10"] = CalibrationMetrics.ExpectedError(label, score, 10, weight),
            ["mce_10"] = CalibrationMetrics.MaximumError(label, score, 10, weight),
            ["lift_top_20"] = BinaryMetrics.Lift(label, score, 0.2),
        };
    }

    private static Dictionary<string, object> MultiClassScores(LearningCase c)
    {
        var (label, shape) = (c.Ints("label"), c.Shape("probabilities"));
        var probabilities = new Matrix(shape[0], shape[1], c.Floats("probabilities"));
        var confusion = MultiClassMetrics.Confusion(label, probabilities);
        return new Dictionary<string, object>
        {
            ["log_loss"] = MultiClassMetrics.LogLoss(label, probabilities),
            ["accuracy"] = MultiClassMetrics.Accuracy(confusion),
            ["macro_f1"] = MultiClassMetrics.MacroF1(confusion),
            ["confusion"] = confusion.Cast<int>().ToArray(),
            ["kappa"] = MultiClassMetrics.Kappa(confusion),
            ["auc_one_vs_rest_macro"] = MultiClassMetrics.AucOneVersusRest(label, probabilities),
        };
    }

    private static Dictionary<string, object> Continuous(LearningCase c)
    {
        var (actual, predicted) = (c.Doubles("actual"), c.Doubles("predicted"));
        return new Dictionary<string, object>
        {
            ["rmse"] = RegressionMetrics.Rmse(actual, predicted),
            ["mae"] = RegressionMetrics.Mae(actual, predicted),
            ["r2"] = RegressionMetrics.R2(actual, predicted),
            ["median_absolute_error"] = RegressionMetrics.MedianAbsoluteError(actual, predicted),
            ["spearman"] = RegressionMetrics.Spearman(actual, predicted),
            ["pearson"] = RegressionMetrics.Pearson(actual, predicted),
            ["kendall_tau_b"] = RegressionMetrics.KendallTauB(actual, predicted),
            ["normalised_gini"] = RegressionMetrics.NormalisedGini(actual, predicted),
        };
    }

    private static Dictionary<string, object> NumericDrift(LearningCase c)
    {
        var (reference, current) = (c.Doubles("reference"), c.Doubles("current"));
        var edges = Drift.QuantileEdges(reference);
        var (before, after) = (Drift.Histogram(reference, edges), Drift.Histogram(current, edges));
        var ks = Drift.KolmogorovSmirnov(reference, current);
        return new Dictionary<string, object>
        {
            ["edges"] = edges,
            ["psi"] = Drift.Psi(before, after),
            ["ks"] = ks.Statistic,
            ["ks_p"] = ks.P,
            ["wasserstein"] = Drift.Wasserstein(reference, current),
            ["jensen_shannon_distance"] = Drift.JensenShannonDistance(before, after),
        };
    }

    private static Dictionary<string, object> CategoryDrift(LearningCase c)
    {
        var (before, after) = (c.Doubles("reference"), c.Doubles("current"));
        var test = Drift.ChiSquare(before, after);
        return new Dictionary<string, object> { ["psi"] = Drift.Psi(before, after), ["chi2"] = test.Statistic, ["p"] = test.P, ["cramers_v"] = test.CramersV };
    }

    private static Dictionary<string, object> UpliftCurves(LearningCase c)
    {
        var (treated, outcome, score) = (c.Ints("treated"), c.Doubles("outcome"), c.Doubles("score"));
        var (qini, gain) = (UpliftMetrics.QiniCurve(treated, outcome, score), UpliftMetrics.CumulativeGain(treated, outcome, score));
        return new Dictionary<string, object>
        {
            ["qini_curve"] = qini,
            ["qini_area_over_random"] = UpliftMetrics.AreaOverRandom(qini),
            ["cumulative_gain"] = gain,
            ["auuc_per_row"] = UpliftMetrics.Area(gain) / treated.Length,
            ["gain_area_over_random_per_row"] = UpliftMetrics.AreaOverRandom(gain) / treated.Length,
        };
    }
}
