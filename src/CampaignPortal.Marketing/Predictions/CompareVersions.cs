using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Marketing.Predictions.Propensity;
using CampaignPortal.Statistics;

namespace CampaignPortal.Marketing.Predictions;

/// <summary>Two versions of a model side by side.</summary>
/// <param name="Rows">Figures that both report.</param>
/// <param name="Shared">The two on the same customers; null where what they were tested on is not stored, or was another question.</param>
public sealed record VersionComparison(ModelVersionRow A, ModelVersionRow B, IReadOnlyList<ComparedMetric> Rows, SharedTest? Shared);

/// <summary>One figure of both, each on its own test rows.</summary>
public sealed record ComparedMetric(ModelMetric A, ModelMetric B);

/// <summary>Differences A − B on the same customers and the same outcomes.</summary>
/// <param name="Auc">Above zero: A ranks better.</param>
/// <param name="LogLoss">Below zero: A is nearer to the truth.</param>
public sealed record SharedTest(int CustomerCount, Estimate Auc, Estimate LogLoss);

/// <summary>Compares versions, on the same people wherever both kept what they said of them.</summary>
public sealed class CompareVersionsHandler(ReadModelsHandler models, ModelRegistry registry)
{
    private const double Confidence = 0.95;

    /// <summary>Null when one of the two does not exist.</summary>
    public async Task<VersionComparison?> HandleAsync(string model, int a, int b, CancellationToken ct)
    {
        if (await models.ReadAsync(model, ct) is not { } page) return null;
        if (page.Versions.FirstOrDefault(v => v.Number == a) is not { } first || page.Versions.FirstOrDefault(v => v.Number == b) is not { } second) return null;
        var rows = first.Report.Metrics.Join(second.Report.Metrics, m => m.Name, m => m.Name, (m, n) => new ComparedMetric(m, n), StringComparer.Ordinal).ToArray();
        return new VersionComparison(first, second, rows, await Task.Run(() => Shared(model, a, b), ct));
    }

    private SharedTest? Shared(string model, int a, int b)
    {
        if (Judged(model, a) is not { } first || Judged(model, b) is not { } second || JudgedRows.Shared(first, second) is not var (labels, scoresA, scoresB)) return null;
        var yes = labels.Count(y => y == 1);
        if (Math.Min(yes, labels.Length - yes) < 2) return null;
        var losses = Enumerable.Range(0, labels.Length).Select(i => Loss(labels[i], scoresA[i]) - Loss(labels[i], scoresB[i])).ToArray();
        return new SharedTest(labels.Length, AucInterval.Difference(labels, scoresA, scoresB, Confidence), Mean(losses));
    }

    private JudgedRows? Judged(string model, int version)
    {
        var folder = Path.Combine(registry.FolderOf(model, version), JudgedRows.Folder);
        return Directory.Exists(folder) && registry.IsStored(model, version) ? ModelFolder.Load<JudgedRows>(folder) : null;
    }

    private static double Loss(float label, float p) => -Math.Log(Math.Clamp(label == 1 ? p : 1 - p, 1e-12, 1));

    private static Estimate Mean(double[] differences)
    {
        var mean = differences.Average();
        var error = Math.Sqrt(differences.Sum(d => (d - mean) * (d - mean)) / Math.Max(1, differences.Length - 1) / differences.Length);
        var z = Statistics.Distributions.Normal.Standard.Quantile(0.5 + Confidence / 2);
        return new Estimate(mean, mean - z * error, mean + z * error, Confidence);
    }
}
