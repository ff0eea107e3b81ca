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
