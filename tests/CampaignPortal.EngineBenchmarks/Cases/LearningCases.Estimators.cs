using CampaignPortal.Learning.Calibration;
using CampaignPortal.Learning.Clustering;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Linear;

namespace CampaignPortal.Benchmarks.Cases;

/// <summary>Cases of classic estimators: groups kmeans, linear-models, calibration.</summary>
public static partial class LearningCases
{
    private static Handler? EstimatorHandler(string group, string stem) => (group, stem) switch
    {
        ("kmeans", "kmeans") => Clusters,
        ("kmeans", "label-agreement") => LabelAgreement,
        ("linear-models", "logistic") => Logistic,
        ("linear-models", "softmax-regression") => SoftmaxProbabilities,
        ("linear-models", "ridge") => c => Regression(c, (_, alpha, _) => new LinearOptions { L2 = alpha }, 2),
        ("linear-models", "lasso") => c => Regression(c, (n, alpha, _) => new LinearOptions { L2 = 0, L1 = n * alpha }, 0.1),
        ("linear-models", "elastic-net") => c => Regression(c, (n, alpha, ratio) => new LinearOptions { L1 = n * alpha * ratio, L2 = n * alpha * (1 - ratio) }, 0.1),
        ("calibration", "isotonic") => Isotonic,
        ("calibration", "platt") => Platt,
        ("calibration", "temperature") => Temperature,
        _ => null,
    };

    private static Dictionary<string, object> Clusters(LearningCase c)
    {
        var data = MatrixOf(c, "x");
        var (centres, labels, inertia) = KMeans.FitFrom(data, c.Floats("start"), 300, CancellationToken.None);
        var clusterCount = c.Shape("start")[0];
        var silhouette = Silhouette.Rows(data, labels, clusterCount);
        return new Dictionary<string, object>
        {
            ["inertia_per_iteration"] = inertia,
            ["centres"] = centres,
            ["labels"] = labels,
            ["silhouette"] = silhouette.Average(),
            ["silhouette_rows"] = silhouette,
            ["davies_bouldin"] = ClusterScores.DaviesBouldin(data, labels),
            ["calinski_harabasz"] = ClusterScores.CalinskiHarabasz(data, labels),
        };
    }

    private static Dictionary<string, object> LabelAgreement(LearningCase c) => new()
    {
        ["adjusted_rand"] = ClusterScores.AdjustedRand(c.Ints("a"), c.Ints("b")),
        ["normalised_mutual_information"] = ClusterScores.NormalisedMutualInformation(c.Ints("a"), c.Ints("b")),
    };

    private static Dictionary<string, object> Logistic(LearningCase c)
    {
        var data = MatrixOf(c, "x");
        var model = LogisticRegression.Fit(data, c.Floats("y"), new LogisticOptions { L2 = 1 / c.Option("C"), Standardize = false, Balanced = c.Flag("balanced") }, CancellationToken.None);
        var probabilities = new float[data.RowCount];
        model.PredictMany(data, probabilities);
        return new Dictionary<string, object> { ["coefficients"] = model.Weights, ["intercept"] = model.Intercept, ["probabilities"] = probabilities };
    }

    private static Dictionary<string, object> SoftmaxProbabilities(LearningCase c)
    {
        var data = MatrixOf(c, "x");
        var options = new LogisticOptions { L2 = 1 / c.Option("C"), Standardize = false, Balanced = c.Flag("balanced"), GradientTolerance = 1e-8 };
        var model = SoftmaxRegression.Fit(data, c.Ints("y"), [], options, CancellationToken.None);
        var probabilities = new float[data.RowCount * model.ClassCount];
        model.PredictMany(data, probabilities);
        return new Dictionary<string, object>
        {
            ["probabilities"] = probabilities, ["intercepts"] = model.Intercepts,
            ["coefficients"] = Enumerable.Range(0, model.ClassCount).SelectMany(k => model.WeightsOf(k).ToArray()).ToArray(),
        };
    }

    /// <summary>The strengths stand in the group's text; a case that names its own wins.</summary>
    private static Dictionary<string, object> Regression(LearningCase c, Func<int, double, double, LinearOptions> options, double alpha)
    {
        var data = MatrixOf(c, "x");
        var own = options(data.RowCount, c.Option("alpha", alpha), c.Option("l1_ratio", 0.5)) with { Standardize = false };
        var model = LinearRegression.Fit(data, c.Floats("y"), [], own, CancellationToken.None);
        return new Dictionary<string, object> { ["coefficients"] = model.Weights, ["intercept"] = model.Intercept };
    }

    private static Dictionary<string, object> Isotonic(LearningCase c)
    {
        var model = IsotonicCalibrator.Fit(c.Doubles("score"), c.Floats("label"));
        return new Dictionary<string, object> { ["fitted"] = Array.ConvertAll(c.Doubles("score"), model.Calibrate), ["at_query"] = Array.ConvertAll(c.Doubles("query"), model.Calibrate) };
    }

    private static Dictionary<string, object> Platt(LearningCase c)
    {
        var model = PlattCalibrator.Fit(c.Doubles("score"), c.Floats("label"));
        return new Dictionary<string, object> { ["a"] = model.A, ["b"] = model.B, ["calibrated"] = Array.ConvertAll(c.Doubles("score"), model.Calibrate) };
    }

    private static Dictionary<string, object> Temperature(LearningCase c)
    {
        var model = TemperatureCalibrator.Fit(MatrixOf(c, "logits"), c.Ints("label"));
        return new Dictionary<string, object> { ["temperature"] = model.Temperature, ["log_loss"] = model.LogLoss };
    }

    private static Matrix MatrixOf(LearningCase c, string name) => new(c.Shape(name)[0], c.Shape(name)[1], c.Floats(name));
}
