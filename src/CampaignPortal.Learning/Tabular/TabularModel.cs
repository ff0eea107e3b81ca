using System.Globalization;
using CampaignPortal.Learning.Calibration;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Tabular;

/// <summary>A calibrated classifier over mixed columns: one candidate or a join of several, each the mean of its folds. Immutable and safe for concurrent use.</summary>
public sealed class TabularModel : IStorable<TabularModel>
{
    private readonly IReadOnlyList<IReadOnlyList<ITabularScorer>> _members;
    private readonly double[] _weights; // per member, then the intercept
    private readonly ICalibrator _calibrator;

    internal TabularModel(TabularSchema schema, IReadOnlyList<IReadOnlyList<ITabularScorer>> members, double[] weights, ICalibrator calibrator) =>
        (Schema, _members, _weights, _calibrator) = (schema, members, weights, calibrator);

    /// <inheritdoc/>
    public static string Kind => "tabular-model";

    /// <summary>How texts become rows.</summary>
    public TabularSchema Schema { get; }

    /// <summary>Calibrated probability of class 1 for each row.</summary>
    public void PredictMany(Matrix rows, Span<float> probabilities)
    {
        rows.RequireColumns(Schema.Columns.Count);
        if (probabilities.Length != rows.RowCount) throw new ArgumentException($"{rows.RowCount} rows need as many results; got room for {probabilities.Length}.", nameof(probabilities));
        var sum = new double[rows.RowCount];
        Array.Fill(sum, _weights[^1]);
        var own = new double[rows.RowCount];
        for (var m = 0; m < _members.Count; m++)
        {
            foreach (var scorer in _members[m])
            {
                scorer.Score(rows, own);
                for (var i = 0; i < sum.Length; i++) sum[i] += _weights[m] / _members[m].Count * own[i];
            }
        }
        for (var i = 0; i < sum.Length; i++) probabilities[i] = (float)_calibrator.Calibrate(sum[i]);
    }

    /// <summary>Calibrated probability of class 1 of one row.</summary>
    public double Predict(ReadOnlySpan<float> row)
    {
        Span<float> result = stackalloc float[1];
        PredictMany(new Matrix(1, row.Length, row.ToArray()), result);
        return result[0];
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.PutPart("schema", Schema);
        part.Put("weights", _weights);
        part.Put("fold_counts", _members.Select(m => m.Count).ToArray());
        if (_calibrator is IsotonicCalibrator isotonic) part.PutPart("calibrator", isotonic);
        else part.PutPart("calibrator", (PlattCalibrator)_calibrator);
        for (var m = 0; m < _members.Count; m++)
        {
            for (var f = 0; f < _members[m].Count; f++) ScorerParts.Put(part, PartName(m, f), _members[m][f]);
        }
    }

    /// <inheritdoc/>
    public static TabularModel Restore(ModelPart part)
    {
        var counts = part.Get<int>("fold_counts");
        if (counts.Length is 0 or > 100 || counts.Any(c => c is < 1 or > 100)) throw new InvalidDataException("A tabular model has 1 to 100 members of 1 to 100 fits.");
        var members = new ITabularScorer[counts.Length][];
        for (var m = 0; m < members.Length; m++) members[m] = [.. Enumerable.Range(0, counts[m]).Select(f => ScorerParts.Get(part, PartName(m, f)))];
        ICalibrator calibrator = part.KindOf("calibrator") == IsotonicCalibrator.Kind ? part.GetPart<IsotonicCalibrator>("calibrator") : part.GetPart<PlattCalibrator>("calibrator");
        return new TabularModel(part.GetPart<TabularSchema>("schema"), members, part.Get<double>("weights", counts.Length + 1), calibrator);
    }

    private static string PartName(int member, int fold) => string.Create(CultureInfo.InvariantCulture, $"member{member}.fold{fold}");
}
