using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Metrics;

namespace CampaignPortal.Marketing.Predictions.Propensity;

/// <summary>Scores of everybody as of now, with reasons and what drives the model as a whole.</summary>
public static class PropensityScorer
{
    private const int RowsBetweenLooks = 256;

    /// <summary>Scores everybody with a stored model; the features are those of the model's own schema.</summary>
    public static IReadOnlyList<ScoreRow> Score(PropensityModel model, PropensityFeatures features, IReadOnlyList<CalibrationBin> curve, PropensitySettings settings, CancellationToken ct = default)
    {
        if (!model.Schema.Vocabulary.Columns.SequenceEqual(features.Features.Schema.Vocabulary.Columns))
            throw new ArgumentException("The features were made with another schema than the model's.", nameof(features));
        return ScoreAndExplain(model, features, features.RowsOf(model.Facts.Definition, features.Features.Cuts.Count - 1), curve, settings, ct).Scores;
    }

    internal static (List<ScoreRow> Scores, List<GlobalDriver> Drivers) ScoreAndExplain(
        PropensityModel model, PropensityFeatures features, int[] rows, IReadOnlyList<CalibrationBin> curve, PropensitySettings settings, CancellationToken ct)
    {
        var raw = features.MatrixOf(rows);
        var prepared = model.Prepare(raw);
        var probabilities = model.PredictPrepared(prepared);
        var percentiles = Ranks.Percentiles(probabilities);
        var average = probabilities.Length == 0 ? 0 : probabilities.Average();
        var scores = new ScoreRow[rows.Length];
        Parallel.For(0, (rows.Length + RowsBetweenLooks - 1) / RowsBetweenLooks, new ParallelOptions { MaxDegreeOfParallelism = settings.Degree, CancellationToken = ct }, block =>
        {
            for (var i = block * RowsBetweenLooks; i < Math.Min(rows.Length, (block + 1) * RowsBetweenLooks); i++)
            {
                var bin = BinOf(curve, probabilities[i]);
                scores[i] = new ScoreRow(features.Table.CustomerIds[features.Features.Customers[rows[i]]], null, probabilities[i], percentiles[i])
                {
                    Lower = bin?.Lower, Upper = bin?.Upper,
                    Reasons = model.Explain(raw.Row(i), prepared.Row(i), probabilities[i], average, settings.ReasonCount),
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
        var effects = new Dictionary<FeatureStore.FeatureTheme, (double Sum, Dictionary<int, int> Named)>();
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
