using CampaignPortal.Learning.Data;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.FeatureStore;
using CalibrationBin = CampaignPortal.Learning.Metrics.CalibrationBin;

namespace CampaignPortal.Marketing.Predictions.Propensity;

/// <summary>Scores of everybody as of now, with reasons and what drives the model as a whole.</summary>
public static class PropensityScorer
{
    private const int RowsBetweenLooks = 256;

    /// <summary>Scores everybody of a table as of its "now", or a few customers alone whose percentile is then that of the training's scores.</summary>
    /// <param name="isEverybody">False when the table holds a few customers only.</param>
    public static IReadOnlyList<ScoreRow> Score(PropensityModel model, EventTable table, PropensitySettings settings, bool isEverybody = true, CancellationToken ct = default)
    {
        var (rows, raw) = AskedRows(model, table, settings, ct);
        var scores = ScoreAndExplain(model, raw, rows, settings, ct).Scores;
        return isEverybody ? scores : [.. scores.Select(s => s with { Percentile = model.PercentileOf(s.Value) })];
    }

    /// <summary>The same, and how the inputs lie beside those that the model learnt from.</summary>
    public static (IReadOnlyList<ScoreRow> Scores, IReadOnlyList<InputDrift> Drift) ScoreWithDrift(PropensityModel model, EventTable table, PropensitySettings settings, CancellationToken ct = default)
    {
        var (customers, raw) = AskedRows(model, table, settings, ct);
        return (ScoreAndExplain(model, raw, customers, settings, ct).Scores, model.DriftOf(raw));
    }

    /// <summary>Customers whom the definition asks, and their features as of the table's "now".</summary>
    private static (long[] Customers, Matrix Raw) AskedRows(PropensityModel model, EventTable table, PropensitySettings settings, CancellationToken ct)
    {
        var features = FeatureTable.Build(table, model.Schema, [table.AsOf], degree: settings.Degree, ct: ct);
        var tenure = model.Schema.IndexOf("tenure_days");
        var rows = Enumerable.Range(0, features.RowCount).Where(row => features.Row(row)[tenure] >= model.Facts.Definition.MinTenureDays).ToArray();
        var raw = new Matrix(features.RowCount, features.ColumnCount, features.Values, model.Schema.Vocabulary.Columns).SelectRows(rows);
        return (Array.ConvertAll(rows, row => table.CustomerIds[features.Customers[row]]), raw);
    }

    internal static (List<ScoreRow> Scores, List<GlobalDriver> Drivers) ScoreAndExplain(
        PropensityModel model, Matrix raw, long[] customerIds, PropensitySettings settings, CancellationToken ct)
    {
        var prepared = model.Prepare(raw);
        var probabilities = model.PredictPrepared(prepared);
        var percentiles = Ranks.Percentiles(probabilities);
        var scores = new ScoreRow[raw.RowCount];
        Parallel.For(0, (scores.Length + RowsBetweenLooks - 1) / RowsBetweenLooks, new ParallelOptions { MaxDegreeOfParallelism = settings.Degree, TaskScheduler = TaskScheduler.Current, CancellationToken = ct }, block =>
        {
            for (var i = block * RowsBetweenLooks; i < Math.Min(scores.Length, (block + 1) * RowsBetweenLooks); i++)
            {
                var bin = BinOf(model.Curve, probabilities[i]);
                scores[i] = new ScoreRow(customerIds[i], null, probabilities[i], percentiles[i])
                {
                    // Where reality lay beside the promise, the range spans both.
                    Lower = bin is null ? null : Math.Min(bin.Lower, probabilities[i]), Upper = bin is null ? null : Math.Max(bin.Upper, probabilities[i]),
                    Reasons = model.Explain(raw.Row(i), prepared.Row(i), probabilities[i], settings.ReasonCount),
                };
            }
        });
        return ([.. scores], Drivers(model, prepared));
    }

    /// <summary>The bin of the calibration curve that a probability is nearest to: such customers said yes at a rate within its interval.</summary>
    private static CalibrationBin? BinOf(IReadOnlyList<CalibrationBin> curve, double probability) =>
        curve.Count == 0 ? null : curve.MinBy(bin => Math.Abs(bin.MeanPredicted - probability));

    /// <summary>Mean absolute effect of each theme over a spread of customers, with its standard error.</summary>
    private static List<GlobalDriver> Drivers(PropensityModel model, Matrix prepared)
    {
        const int MaxRows = 500;
        var step = Math.Max(1, prepared.RowCount / MaxRows);
        var effects = new Dictionary<FeatureTheme, (double Sum, double Squares, Dictionary<int, int> Named)>();
        var count = 0;
        for (var i = 0; i < prepared.RowCount; i += step, count++)
        {
            foreach (var (feature, logOdds) in model.ThemeContributions(prepared.Row(i)))
            {
                var theme = model.Schema.Features[feature].Theme;
                if (!effects.TryGetValue(theme, out var known)) known = (0, 0, []);
                known.Named[feature] = known.Named.GetValueOrDefault(feature) + 1;
                effects[theme] = (known.Sum + Math.Abs(logOdds), known.Squares + logOdds * logOdds, known.Named);
            }
        }
        return [.. effects.Select(e => new GlobalDriver(
                model.Schema.Features[e.Value.Named.OrderByDescending(n => n.Value).ThenBy(n => n.Key).First().Key].Name, e.Key, e.Value.Sum / Math.Max(1, count),
                StandardError(e.Value.Sum, e.Value.Squares, count)))
            .OrderByDescending(d => d.MeanEffect)];
    }

    private static double StandardError(double sum, double squares, int count) =>
        count < 2 ? 0 : Math.Sqrt(Math.Max(0, squares - sum * sum / count) / (count - 1) / count);
}
