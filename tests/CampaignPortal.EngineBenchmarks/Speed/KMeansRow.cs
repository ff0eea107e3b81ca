using CampaignPortal.Learning.Clustering;
using CampaignPortal.Learning.Data;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Benchmarks.Speed;

/// <summary>k-means over 100,000 rows: a whole fit with one start.</summary>
/// <param name="job">Name of the row.</param>
/// <param name="rfm">Three columns of customers instead of sixteen of blobs.</param>
/// <param name="clusters">Number of clusters.</param>
/// <param name="fromFirstRows">Begin from the first rows instead of drawn ones.</param>
internal sealed class KMeansRow(string job, bool rfm, int clusters, bool fromFirstRows) : ISpeedRow
{
    private const int Rows = 100_000;

    private Matrix _data = new(0, 0);
    private int _degree;
    private double _inertia;
    private int _iterations;

    public static IReadOnlyList<ISpeedRow> All { get; } =
    [
        new KMeansRow("kmeans-blobs", rfm: false, clusters: 8, fromFirstRows: false), new KMeansRow("kmeans-blobs-fixed-start", rfm: false, clusters: 8, fromFirstRows: true),
        new KMeansRow("kmeans-rfm-fixed-start", rfm: true, clusters: 5, fromFirstRows: true),
    ];

    public string Job => job;

    public void Prepare(int degree)
    {
        _degree = degree;
        _data = rfm ? new Matrix(Rows, 3, Recipes.Rfm(1, Rows)) : new Matrix(Rows, 16, Recipes.Blobs(1, Rows, 16, clusters).X);
    }

    public IReadOnlyList<double> Run() => [Timed.Seconds(Fit)];

    public SpeedOutcome Outcome() => SpeedOutcome.Of(("inertia", _inertia), ("iterations", _iterations));

    private void Fit()
    {
        var options = new KMeansOptions { ClusterCount = clusters, StartCount = 1, Tolerance = 1e-4, MeasureSilhouette = false, Degree = _degree };
        var model = fromFirstRows
            ? KMeans.FitFrom(_data, _data.Values[..(clusters * _data.ColumnCount)], options, CancellationToken.None)
            : KMeans.Fit(_data, options, new Rng(1), CancellationToken.None);
        (_inertia, _iterations) = (model.Inertia, model.Iterations);
    }
}
