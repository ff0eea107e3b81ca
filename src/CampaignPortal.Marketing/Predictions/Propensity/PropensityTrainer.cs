using System.Globalization;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Preprocessing;
using CampaignPortal.Marketing.FeatureStore;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Marketing.Predictions.Propensity;

/// <summary>One row of the training story: an epoch of the network, or a penalty of the regression.</summary>
/// <param name="Step">Epoch, or number of the penalty.</param>
public sealed record TrainingStep(string Estimator, int Step, string Setting, double? TrainingLoss, double ValidationLoss);

/// <summary>What a theme moves over all customers.</summary>
/// <param name="Feature">The feature that stands for it most often.</param>
/// <param name="MeanEffect">Mean absolute change of the log-odds.</param>
/// <param name="StandardError">Of the mean, over the customers that it was taken of.</param>
public sealed record GlobalDriver(string Feature, FeatureTheme Theme, double MeanEffect, double StandardError);

/// <summary>A trained, tested and refitted propensity.</summary>
/// <param name="Quality">On the newest cut with a whole outcome, by a fit that saw nothing of it.</param>
/// <param name="ByEstimator">The same for every estimator that competed.</param>
/// <param name="ValidationLogLoss">By estimator: what decided.</param>
/// <param name="Baselines">AUC of one simple number alone: <c>recency_days</c>, <c>order_count</c>.</param>
/// <param name="Scores">Everybody who is asked, as of now.</param>
/// <param name="TooEarlyCount">Newcomers who are not asked.</param>
public sealed record TrainedPropensity(
    PropensityModel Model, PropensityQuality Quality, IReadOnlyDictionary<string, PropensityQuality> ByEstimator,
    IReadOnlyDictionary<string, double> ValidationLogLoss, IReadOnlyDictionary<string, double> Baselines, IReadOnlyList<TrainingStep> History,
    IReadOnlyList<GlobalDriver> Drivers, IReadOnlyList<ScoreRow> Scores, int TooEarlyCount, int TrainingRowCount, string ValidationScheme, PromotionDecision Promotion,
    string Fingerprint)
{
    /// <summary>Share of all who say yes that the best-ranked reach, beside the best simple rule.</summary>
    public IReadOnlyList<GainPoint> Gains { get; init; } = [];

    /// <summary>Quality within groups of people.</summary>
    public IReadOnlyList<GroupQuality> Groups { get; init; } = [];

    /// <summary>What the test asked and what came out, for later versions to be compared with.</summary>
    internal JudgedRows? Judged { get; init; }
}

/// <summary>
/// Trains on earlier cuts, lets estimators compete on later (or other) customers, calibrates out of time, tests once on the newest cut with a whole outcome,
/// then fits the winner again with the test rows and scores everybody as of now.
/// </summary>
public static class PropensityTrainer
{
    public const string ByTime = "by-time", ByCustomer = "by-customer";

    /// <summary>Columns that a marketer would rank by without a model.</summary>
    private static readonly string[] SimpleRules = ["recency_days", "order_count"];

    /// <param name="live">The model in service, to be compared on the same rows.</param>
    /// <param name="onStep">Hears each epoch and each tree while estimators learn.</param>
    public static TrainingResult<TrainedPropensity> Train(
        PropensityDefinition definition, PropensityFeatures features, PropensitySettings settings, Rng rng, PropensityModel? live = null, Action<TrainingStep>? onStep = null, CancellationToken ct = default)
    {
        var split = PropensitySplit.Of(definition, features);
        var problems = Missing(definition, features, split);
        if (problems.Count > 0) return TrainingResult.TooLittle<TrainedPropensity>(problems, OwnRates(definition, features));
        if (Unlearnable(definition, features, split!) is { } problem) // the floor is passed, so there is a split
            return TrainingResult.Failed<TrainedPropensity>(problem, OwnRates(definition, features));

        var training = new PreparedRows(features, definition, split!.Training);
        var contest = new Contest(training, split, settings, rng, onStep, ct);
        var test = training.Transform(features, definition, split.Test);
        var scorers = contest.Estimators.ToDictionary(e => e, e => contest.FitOn(training.Rows, training.Labels, e), StringComparer.Ordinal);
        var byEstimator = scorers.ToDictionary(s => s.Key,
            s => PropensityQuality.Of(test.Labels, Array.ConvertAll(s.Value.LogOdds(test.Rows), contest.Calibrators[s.Key].Calibrate)), StringComparer.Ordinal);
        var quality = byEstimator[contest.Winner];
        var probabilities = Array.ConvertAll(scorers[contest.Winner].LogOdds(test.Rows), contest.Calibrators[contest.Winner].Calibrate);
        var modelScores = Array.ConvertAll(probabilities, p => (float)p);
        var rule = Gains.BestRule(features, split.Test, test.Labels, SimpleRules);

        var all = training.With(test.Rows, test.Labels);
        var facts = new PropensityFacts(definition, features.EndDay, split.TestDay, split.Test.Length, quality.LogLoss.Point, quality.Auc.Point);
        var fitted = new PropensityModel(features.Features.Schema, training.Preparation, contest.FitOn(all.Rows, all.Labels, contest.Winner), contest.Calibrators[contest.Winner], facts, quality.Curve, [],
            InputReference.Of(features.MatrixOf(split.Test)));
        var now = features.RowsOf(definition, features.Features.Cuts.Count - 1);
        var model = fitted.WithScoresOf(features.MatrixOf(now));
        var (scores, drivers) = PropensityScorer.ScoreAndExplain(model, features.MatrixOf(now), Array.ConvertAll(now, row => features.Table.CustomerIds[features.Features.Customers[row]]), settings, ct);
        return TrainingResult.Of(new TrainedPropensity(
            model, quality, byEstimator, contest.LogLoss, Baselines(features, split, test.Labels), contest.History, drivers, scores,
            features.Features.RowsOf(features.Features.Cuts.Count - 1) is var (from, to) ? to - from - now.Length : 0,
            all.Labels.Length, split.Scheme, Compare(quality, live, split, features, definition, settings), Fingerprint(features, definition, settings))
        {
            Gains = Gains.Of(test.Labels, modelScores, rule.Scores),
            Groups = GroupReport.Of(features, split.Test, test.Labels, probabilities),
            Judged = new JudgedRows(split.TestDay, Array.ConvertAll(split.Test, row => features.Table.CustomerIds[features.Features.Customers[row]]), test.Labels, modelScores),
        });
    }

    /// <summary>On the same rows: recorded figures where the live model was tested on them, its predictions where it has not seen their outcomes.</summary>
    private static PromotionDecision Compare(
        PropensityQuality challenger, PropensityModel? live, PropensitySplit split, PropensityFeatures features, PropensityDefinition definition, PropensitySettings settings)
    {
        if (live is null) return PromotionDecision.Of(challenger.LogLoss.Point, null, settings.PromotionTolerance);
        if (live.Facts.TestDay == split.TestDay && live.Facts.TestRowCount == split.Test.Length)
            return PromotionDecision.Of(challenger.LogLoss.Point, live.Facts.TestLogLoss, settings.PromotionTolerance);
        var rows = FeatureTable.Build(features.Table, live.Schema, [features.Features.Cuts[split.TestCut]], degree: settings.Degree);
        var asked = split.Test.Select(r => features.Features.Customers[r]).ToHashSet();
        var kept = Enumerable.Range(0, rows.RowCount).Where(r => asked.Contains(rows.Customers[r])).ToArray();
        var matrix = new Matrix(rows.RowCount, rows.ColumnCount, rows.Values, live.Schema.Vocabulary.Columns).SelectRows(kept);
        var labels = Array.ConvertAll(kept, r => definition.Label(features.Purchases, rows.Customers[r], split.TestDay));
        return PromotionDecision.Of(challenger.LogLoss.Point, PropensityQuality.Of(labels, live.Predict(matrix)).LogLoss.Point, settings.PromotionTolerance);
    }

    private static Dictionary<string, double> Baselines(PropensityFeatures features, PropensitySplit split, float[] labels)
    {
        var baselines = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var name in SimpleRules)
        {
            var column = features.Features.Schema.IndexOf(name);
            var auc = Learning.Metrics.BinaryMetrics.Auc(labels, Array.ConvertAll(split.Test, row => features.Features.Row(row)[column]));
            baselines[name] = Math.Max(auc, 1 - auc);
        }
        return baselines;
    }

    private static List<DataProblem> Missing(PropensityDefinition definition, PropensityFeatures features, PropensitySplit? split)
    {
        if (split is null)
        {
            var needed = definition.MinHistoryDays + definition.TestAgeDays + definition.WindowDays;
            var found = features.Purchases.Range is { } range ? features.EndDay - range.First : 0;
            return [Problem("history", $"Needs orders over {needed} days: {definition.MinHistoryDays} to look back, and two windows of {definition.WindowDays} days to learn and to test; there are {found}.", needed, found)];
        }
        var labels = features.LabelsOf(definition, split.Training);
        var yes = (int)labels.Sum();
        List<DataProblem> problems = [];
        if (Math.Min(yes, labels.Length - yes) is var least && least > 0 && least < definition.MinRowsOfEach)
            problems.Add(Problem("rows", $"Needs {definition.MinRowsOfEach} cases of either answer; there are {yes} of yes and {labels.Length - yes} of no.", definition.MinRowsOfEach, least));
        if (labels.Length < 2 * definition.MinRowsOfEach)
            problems.Add(Problem("customers", $"Needs {2 * definition.MinRowsOfEach} observed customers; there are {labels.Length}.", 2 * definition.MinRowsOfEach, labels.Length));
        return problems;
    }

    /// <summary>Data that nothing can be learnt from.</summary>
    private static DataProblem? Unlearnable(PropensityDefinition definition, PropensityFeatures features, PropensitySplit split)
    {
        foreach (var (rows, name) in new[] { (split.Training, "training"), (split.Test, "test"), (split.Folds[^1].Validation, "validation") })
        {
            var yes = features.LabelsOf(definition, rows).Sum();
            if (yes == 0 || yes == rows.Length)
                return new DataProblem("propensity.one-class", $"Every customer of the {name} rows has the same answer ({(yes == 0 ? "no" : "yes")}): there is nothing to tell apart.", name);
        }
        var first = features.Features.Row(split.Training[0]).ToArray();
        return split.Training.All(row => features.Features.Row(row).SequenceEqual(first))
            ? new DataProblem("propensity.constant", "All customers have the same features: there is nothing to tell them apart by.")
            : null;
    }

    private static DataProblem Problem(string code, string text, int needed, int found) =>
        new("propensity." + code, text, needed.ToString(CultureInfo.InvariantCulture), found.ToString(CultureInfo.InvariantCulture));

    private static List<ScoreRow> OwnRates(PropensityDefinition definition, PropensityFeatures features)
    {
        List<(long Id, double Value)> rates = [];
        for (var customer = 0; customer < features.Purchases.CustomerCount; customer++)
        {
            var (days, _) = features.Purchases.Before(customer, features.EndDay);
            if (days.IsEmpty || features.EndDay - days.Span[0] < definition.MinTenureDays) continue;
            rates.Add((features.Table.CustomerIds[customer], definition.OwnRate(days.Length, features.EndDay - days.Span[0])));
        }
        var percentiles = Ranks.Percentiles([.. rates.Select(r => r.Value)]);
        return [.. rates.Select((r, i) => new ScoreRow(r.Id, null, r.Value, percentiles[i]))];
    }

    private static string Fingerprint(PropensityFeatures features, PropensityDefinition definition, PropensitySettings settings) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(
            $"{features.Features.Fingerprint()}|{definition}|{string.Join(',', settings.Penalties)}|{settings.MaxEpochs}|{settings.Dropout}|{settings.LearningRate}|{settings.WeightDecay}")));
}

/// <summary>Rows with labels, ready for an estimator, and the preparation that made them.</summary>
internal sealed class PreparedRows
{
    public PreparedRows(PropensityFeatures features, PropensityDefinition definition, int[] rows)
    {
        var raw = features.MatrixOf(rows);
        var scaler = ColumnScaler.Fit(raw, Scaling.Log1p);
        var scaled = scaler.Transform(raw);
        var imputer = Imputer.Fit(scaled);
        Preparation = new TransformerPipeline(scaler, imputer);
        (Rows, Labels) = (imputer.Transform(scaled), features.LabelsOf(definition, rows));
    }

    public TransformerPipeline Preparation { get; }

    public Matrix Rows { get; }

    public float[] Labels { get; }

    /// <summary>These rows and others behind them. The preparation stays: medians of one more month would be the same to the eye.</summary>
    public (Matrix Rows, float[] Labels) With(Matrix rows, float[] labels)
    {
        float[] values = [.. Rows.Values, .. rows.Values];
        return (new Matrix(Rows.RowCount + rows.RowCount, Rows.ColumnCount, values, Rows.ColumnNames), [.. Labels, .. labels]);
    }

    public (Matrix Rows, float[] Labels) Transform(PropensityFeatures features, PropensityDefinition definition, int[] rows) =>
        (Preparation.Transform(features.MatrixOf(rows)), features.LabelsOf(definition, rows));
}
