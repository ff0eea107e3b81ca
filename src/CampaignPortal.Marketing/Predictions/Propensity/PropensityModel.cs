using CampaignPortal.Learning.Calibration;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Preprocessing;
using CampaignPortal.Marketing.FeatureStore;

namespace CampaignPortal.Marketing.Predictions.Propensity;

/// <summary>Calibrated probabilities from features, with reasons that add up. Immutable and safe for concurrent use.</summary>
public sealed class PropensityModel : IStorable<PropensityModel>
{
    private readonly TransformerPipeline _preparation;
    private readonly Scorer _scorer;
    private readonly PlattCalibrator _calibrator;

    internal PropensityModel(FeatureSchema schema, TransformerPipeline preparation, Scorer scorer, PlattCalibrator calibrator, PropensityFacts facts) =>
        (Schema, _preparation, _scorer, _calibrator, Facts) = (schema, preparation, scorer, calibrator, facts);

    /// <summary>The features that it asks for.</summary>
    public FeatureSchema Schema { get; }

    public PropensityFacts Facts { get; }

    public string EstimatorName => _scorer.EstimatorName;

    public static string Kind => "propensity";

    /// <summary>Calibrated probabilities.</summary>
    /// <param name="features">Rows × features of <see cref="Schema"/>, missing values as NaN.</param>
    public double[] Predict(Matrix features) => Array.ConvertAll(_scorer.LogOdds(_preparation.Transform(features)), _calibrator.Calibrate);

    /// <summary>Probabilities with reasons for rows that are to be explained.</summary>
    /// <param name="average">Mean probability of all customers: what the reasons start from.</param>
    internal List<ScoreReason> Explain(ReadOnlySpan<float> features, ReadOnlySpan<float> prepared, double probability, double average, int count)
    {
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
        part.PutPart("preparation", _preparation);
        part.PutPart("scorer", _scorer);
        part.PutPart("calibrator", _calibrator);
    }

    public static PropensityModel Restore(ModelPart part)
    {
        if (!Enum.TryParse<PropensityGoal>(part.Setting<string>("goal"), out var goal)) throw new InvalidDataException($"The goal '{part.Setting<string>("goal")}' is not known.");
        var definition = new PropensityDefinition { Goal = goal, WindowDays = part.Setting<int>("window_days"), MinTenureDays = part.Setting<int>("min_tenure_days") };
        var facts = new PropensityFacts(definition, part.Setting<int>("trained_before"), part.Setting<int>("test_day"), part.Setting<int>("test_rows"),
            part.Setting<double>("test_log_loss"), part.Setting<double>("test_auc"));
        return new PropensityModel(FeatureSchema.FromJson(part.Setting<string>("features")), part.GetPart<TransformerPipeline>("preparation"),
            part.GetPart<Scorer>("scorer"), part.GetPart<PlattCalibrator>("calibrator"), facts);
    }
}

/// <summary>What a model must remember for the next one to be compared with it.</summary>
/// <param name="TrainedBeforeDay">Outcomes up to this local day were seen in training.</param>
/// <param name="TestDay">Cut of the test rows, which the tested fit had not seen (the final one has).</param>
public sealed record PropensityFacts(PropensityDefinition Definition, int TrainedBeforeDay, int TestDay, int TestRowCount, double TestLogLoss, double TestAuc);
