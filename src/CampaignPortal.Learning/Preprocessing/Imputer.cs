using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Preprocessing;

/// <summary>Fills missing values with the training median and adds a 0/1 column "x is missing" for each column that had gaps in training.</summary>
/// <remarks>A column without any present value is filled with 0. Indicators stand behind all original columns.</remarks>
public sealed class Imputer : ITransformer, IStorable<Imputer>
{
    private readonly float[] _medians;
    private readonly int[] _indicators;
    private readonly string[] _names;

    private Imputer(float[] medians, int[] indicators, string[] names)
    {
        (_medians, _indicators, _names) = (medians, indicators, names);
        OutputNames = [.. names, .. indicators.Select(j => names[j] + " is missing")];
        SourceColumns = [.. Enumerable.Range(0, names.Length), .. indicators];
    }

    /// <inheritdoc/>
    public static string Kind => "imputer";

    /// <inheritdoc/>
    public int InputColumnCount => _medians.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string> OutputNames { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> SourceColumns { get; }

    /// <summary>The value that replaces a missing one, per column.</summary>
    public IReadOnlyList<float> Medians => _medians;

    /// <summary>Learns medians and which columns have gaps.</summary>
    /// <param name="data">Training rows; NaN and infinite values count as missing.</param>
    /// <param name="addIndicators">Whether to add the columns "x is missing".</param>
    public static Imputer Fit(Matrix data, bool addIndicators = true)
    {
        var medians = new float[data.ColumnCount];
        var indicators = new List<int>();
        for (var j = 0; j < medians.Length; j++)
        {
            var present = data.Column(j).Where(float.IsFinite).ToArray();
            Array.Sort(present);
            medians[j] = present.Length == 0 ? 0 : (float)(((double)present[(present.Length - 1) / 2] + present[present.Length / 2]) / 2);
            if (addIndicators && present.Length < data.RowCount) indicators.Add(j);
        }
        return new Imputer(medians, indicators.ToArray(), ColumnScaler.Names(data));
    }

    /// <inheritdoc/>
    public Matrix Transform(Matrix input)
    {
        input.RequireColumns(InputColumnCount);
        var result = new Matrix(input.RowCount, OutputNames.Count, OutputNames);
        for (var i = 0; i < input.RowCount; i++)
        {
            var source = input.Row(i);
            var target = result.Row(i);
            for (var j = 0; j < source.Length; j++) target[j] = float.IsFinite(source[j]) ? source[j] : _medians[j];
            for (var q = 0; q < _indicators.Length; q++) target[source.Length + q] = float.IsFinite(source[_indicators[q]]) ? 0 : 1;
        }
        return result;
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["columns"] = StoredLists.Of(_names);
        part.Put("medians", _medians);
        part.Put("indicators", _indicators);
    }

    /// <inheritdoc/>
    public static Imputer Restore(ModelPart part)
    {
        var names = StoredLists.Strings(part, "columns");
        var indicators = part.Get<int>("indicators");
        if (Array.Exists(indicators, j => j < 0 || j >= names.Length)) throw new InvalidDataException("An indicator of an imputer names a column that does not exist.");
        return new Imputer(part.Get<float>("medians", names.Length), indicators, names);
    }
}
