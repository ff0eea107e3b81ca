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
        var features = FeatureTable.Build(table, model.Schema, [table.AsOf], degree: settings.Degree, ct: ct);
        var tenure = model.Schema.IndexOf("tenure_days");
        var rows = Enumerable.Range(0, features.RowCount).Where(row => features.Row(row)[tenure] >= model.Facts.Definition.MinTenureDays).ToArray();
        var raw = new Matrix(features.RowCount, features.ColumnCount, features.Values, model.Schema.Vocabulary.Columns).SelectRows(rows);
        var scores = ScoreAndExplain(model, raw, Array.ConvertAll(rows, row => table.CustomerIds[features.Customers[row]]), settings, ct).Scores;
        return isEverybody ? scores : [.. scores.Select(s => s with { Percentile = model.PercentileOf(s.Value) })];
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

    /// <summary>Mean absolute effect of each theme over a spread of customers.</summary>
    private static List<GlobalDriver> Drivers(PropensityModel model, Matrix prepared)
    {
        const int MaxRows = 500;
        var step = Math.Max(1, prepared.RowCount / MaxRows);
        var effects = new Dictionary<FeatureTheme, (double Sum, Dictionary<int, int> Named)>();
        var count = 0;
        for (var i = 0; i < prepared.RowCount; i += step, count++)
        {
            foreach (var (feature, logOdds) in model.ThemeContributions(prepared.Row(i)))
            {
                var theme = model.Schema.Features[feature].Theme;
                if (!effects.TryGetValue(theme, out var known)) known = (0, []);
                known.Named[feature] = known.Named.GetValueOrDefault(feature) + 1;
                effects[theme] = (known.Sum + Math.Abs(logOdds), known.Named);
            }
        }
        return [.. effects.Select(e => new GlobalDriver(
                model.Schema.Features[e.Value.Named.OrderByDescending(n => n.Value).ThenBy(n => n.Key).First().Key].Name, e.Key, e.Value.Sum / Math.Max(1, count)))
            .OrderByDescending(d => d.MeanEffect)];
    }
}
