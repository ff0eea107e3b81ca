using CampaignPortal.Learning.Calibration;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Preprocessing;
using CampaignPortal.Marketing.FeatureStore;
using CalibrationBin = CampaignPortal.Learning.Metrics.CalibrationBin;

namespace CampaignPortal.Marketing.Predictions.Propensity;

/// <summary>Calibrated probabilities from features, with reasons that add up. Immutable and safe for concurrent use.</summary>
public sealed class PropensityModel : IStorable<PropensityModel>
{
    private const int QuantileCount = 101;

    private readonly TransformerPipeline _preparation;
    private readonly Scorer _scorer;
    private readonly PlattCalibrator _calibrator;
    private readonly double[] _scoreQuantiles; // the mean, then quantiles 0 %, 1 % … 100 % of everybody's scores when it was trained
    private readonly InputReference? _inputs; // null in versions that kept none

    internal PropensityModel(FeatureSchema schema, TransformerPipeline preparation, Scorer scorer, PlattCalibrator calibrator, PropensityFacts facts,
        IReadOnlyList<CalibrationBin> curve, double[] scoreQuantiles, InputReference? inputs) =>
        (Schema, _preparation, _scorer, _calibrator, Facts, Curve, _scoreQuantiles, _inputs) = (schema, preparation, scorer, calibrator, facts, curve, scoreQuantiles, inputs);

    /// <summary>The features that it asks for.</summary>
    public FeatureSchema Schema { get; }

    public PropensityFacts Facts { get; }

    /// <summary>Calibration on the test rows.</summary>
    public IReadOnlyList<CalibrationBin> Curve { get; }

    /// <summary>Mean probability of everybody when it was trained: what reasons start from.</summary>
    public double Average => _scoreQuantiles[0];

    public string EstimatorName => _scorer.EstimatorName;

    public static string Kind => "propensity";

    /// <summary>Calibrated probabilities.</summary>
    /// <param name="features">Rows × features of <see cref="Schema"/>, missing values as NaN.</param>
    public double[] Predict(Matrix features) => Array.ConvertAll(_scorer.LogOdds(_preparation.Transform(features)), _calibrator.Calibrate);

    /// <summary>Share of everybody, when it was trained, with a lower probability: for a customer who is scored alone.</summary>
    public double PercentileOf(double probability)
    {
        var quantiles = _scoreQuantiles.AsSpan(1);
        var below = 0;
        while (below < quantiles.Length && quantiles[below] < probability) below++;
        return Math.Clamp((below - 0.5) / (quantiles.Length - 1), 0, 1);
    }

    /// <summary>How inputs lie beside the newest rows that it learnt from; empty where it kept no reference.</summary>
    /// <param name="features">Rows × features of <see cref="Schema"/>, missing values as NaN.</param>
    public IReadOnlyList<InputDrift> DriftOf(Matrix features) => _inputs?.Compare(Schema, features) ?? [];

    /// <summary>The same model that remembers everybody's scores.</summary>
    internal PropensityModel WithScoresOf(Matrix features)
    {
        var scores = Predict(features);
        Array.Sort(scores);
        double[] quantiles = [scores.Length == 0 ? 0 : scores.Average(), .. Enumerable.Range(0, QuantileCount).Select(q => scores.Length == 0 ? 0 : scores[(int)((long)q * (scores.Length - 1) / (QuantileCount - 1))])];
        return new PropensityModel(Schema, _preparation, _scorer, _calibrator, Facts, Curve, quantiles, _inputs);
    }

    /// <summary>What lifts and lowers a probability. All rows add up to it.</summary>
    internal List<ScoreReason> Explain(ReadOnlySpan<float> features, ReadOnlySpan<float> prepared, double probability, int count)
    {
        var average = Average;
        var themes = ThemeContributions(prepared);
        // The chord of the sigmoid between the average and the customer turns log-odds into points of probability, so that the rows add up exactly.
        double distance = LogOdds(probability) - LogOdds(average);
        var slope = Math.Abs(distance) < 1e-9 ? average * (1 - average) : (probability - average) / distance;
        var reasons = new List<ScoreReason> { new(ScoreReason.Average, null, average) };
        var rest = probability - average;
        foreach (var (feature, logOdds) in themes.OrderByDescending(t => Math.Abs(t.LogOdds)).Take(count))
        {
            var value = features[feature];
            reasons.Add(new ScoreReason(Schema.Features[feature].Name, float.IsNaN(value) ? null : value, slope * logOdds));
            rest -= slope * logOdds;
        }
        reasons.Add(new ScoreReason(ScoreReason.EverythingElse, null, rest));
        return reasons;
    }

    /// <summary>What each theme adds to the calibrated log-odds, named by its strongest feature: correlated columns of one theme speak with one voice.</summary>
    internal List<(int Feature, double LogOdds)> ThemeContributions(ReadOnlySpan<float> prepared)
    {
        var columns = _preparation.ToSources(_scorer.Explain(prepared));
        var themeCount = Enum.GetValues<FeatureTheme>().Length;
        var sums = new double[themeCount];
        var strongest = Enumerable.Repeat(-1, themeCount).ToArray();
        for (var j = 0; j < columns.Length; j++) sums[(int)Schema.Features[j].Theme] += columns[j];
        for (var j = 0; j < columns.Length; j++)
        {
            var theme = (int)Schema.Features[j].Theme;
            // The feature that stands for the theme pulls the same way as the theme does.
            if (columns[j] * sums[theme] > 0 && (strongest[theme] < 0 || Math.Abs(columns[j]) > Math.Abs(columns[strongest[theme]]))) strongest[theme] = j;
        }
        List<(int, double)> themes = [];
        for (var theme = 0; theme < themeCount; theme++)
        {
            if (strongest[theme] >= 0) themes.Add((strongest[theme], -_calibrator.A * sums[theme]));
        }
        return themes;
    }

    internal Matrix Prepare(Matrix features) => _preparation.Transform(features);

    internal double[] PredictPrepared(Matrix prepared) => Array.ConvertAll(_scorer.LogOdds(prepared), _calibrator.Calibrate);

    private static double LogOdds(double p)
    {
        p = Math.Clamp(p, 1e-9, 1 - 1e-9);
        return Math.Log(p / (1 - p));
    }

    public void Store(ModelPart part)
    {
        part.Settings["features"] = Schema.ToJson();
        part.Settings["goal"] = Facts.Definition.Goal.ToString();
        part.Settings["window_days"] = Facts.Definition.WindowDays;
        part.Settings["min_tenure_days"] = Facts.Definition.MinTenureDays;
        part.Settings["trained_before"] = Facts.TrainedBeforeDay;
        part.Settings["test_day"] = Facts.TestDay;
        part.Settings["test_rows"] = Facts.TestRowCount;
        part.Settings["test_log_loss"] = Facts.TestLogLoss;
        part.Settings["test_auc"] = Facts.TestAuc;
        part.Put("curve", Curve.SelectMany(b => new[] { b.MeanPredicted, b.PositiveRate, b.Lower, b.Upper, b.RowCount }).ToArray(), Curve.Count, 5);
        part.Put("score_quantiles", _scoreQuantiles);
        part.PutPart("preparation", _preparation);
        part.PutPart("scorer", _scorer);
        part.PutPart("calibrator", _calibrator);
        if (_inputs is not null) part.PutPart("inputs", _inputs);
    }

    public static PropensityModel Restore(ModelPart part)
    {
        if (!Enum.TryParse<PropensityGoal>(part.Setting<string>("goal"), out var goal)) throw new InvalidDataException($"The goal '{part.Setting<string>("goal")}' is not known.");
        var definition = new PropensityDefinition { Goal = goal, WindowDays = part.Setting<int>("window_days"), MinTenureDays = part.Setting<int>("min_tenure_days") };
        var facts = new PropensityFacts(definition, part.Setting<int>("trained_before"), part.Setting<int>("test_day"), part.Setting<int>("test_rows"),
            part.Setting<double>("test_log_loss"), part.Setting<double>("test_auc"));
        var curve = part.Get<double>("curve").Chunk(5).Select(b => b.Length == 5
            ? new CalibrationBin(b[0], b[1], b[2], b[3], (int)b[4])
            : throw new InvalidDataException("The calibration curve of a propensity is damaged.")).ToArray();
        return new PropensityModel(FeatureSchema.FromJson(part.Setting<string>("features")), part.GetPart<TransformerPipeline>("preparation"),
            part.GetPart<Scorer>("scorer"), part.GetPart<PlattCalibrator>("calibrator"), facts, curve, part.Get<double>("score_quantiles", QuantileCount + 1),
            part.KindOf("inputs") is null ? null : part.GetPart<InputReference>("inputs"));
    }
}

/// <summary>What a model must remember for the next one to be compared with it.</summary>
/// <param name="TrainedBeforeDay">Outcomes up to this local day were seen in training.</param>
/// <param name="TestDay">Cut of the test rows, which the tested fit had not seen (the final one has).</param>
public sealed record PropensityFacts(PropensityDefinition Definition, int TrainedBeforeDay, int TestDay, int TestRowCount, double TestLogLoss, double TestAuc);
