using System.Globalization;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Preprocessing;

/// <summary>Options of <see cref="OneHotEncoder"/>.</summary>
public sealed record OneHotOptions
{
    /// <summary>Categories with fewer training rows share the column "other". Default 1: none does.</summary>
    public int MinRowCount { get; init; } = 1;

    /// <summary>At most so many own columns per encoded column, the most frequent ones; the rest is "other". Default 50.</summary>
    public int MaxCategories { get; init; } = 50;
}

/// <summary>Replaces columns of category codes by one 0/1 column per category, "other" last.</summary>
/// <remarks>A code unseen in training is "other"; a missing value gives zeros everywhere. Columns that are not encoded pass through, in front.</remarks>
public sealed class OneHotEncoder : ITransformer, IStorable<OneHotEncoder>
{
    private readonly int[] _encoded;
    private readonly float[][] _categories; // ascending codes of each encoded column
    private readonly int[] _passed;
    private readonly string[] _names;

    private OneHotEncoder(int[] encoded, float[][] categories, string[] names)
    {
        (_encoded, _categories, _names) = (encoded, categories, names);
        _passed = Enumerable.Range(0, names.Length).Except(encoded).ToArray();
        var (output, source) = (new List<string>(), new List<int>());
        foreach (var j in _passed)
        {
            output.Add(names[j]);
            source.Add(j);
        }
        for (var q = 0; q < encoded.Length; q++)
        {
            output.AddRange(categories[q].Select(c => string.Create(CultureInfo.InvariantCulture, $"{names[encoded[q]]} = {c}")));
            output.Add(names[encoded[q]] + " = other");
            source.AddRange(Enumerable.Repeat(encoded[q], categories[q].Length + 1));
        }
        (OutputNames, SourceColumns) = (output, source);
    }

    /// <inheritdoc/>
    public static string Kind => "one-hot";

    /// <inheritdoc/>
    public int InputColumnCount => _names.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string> OutputNames { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> SourceColumns { get; }

    /// <summary>Learns the categories of the given columns.</summary>
    /// <param name="data">Training rows; category codes are numbers, NaN is missing.</param>
    /// <param name="columns">Which columns to encode.</param>
    /// <param name="options">Limits.</param>
    public static OneHotEncoder Fit(Matrix data, IReadOnlyList<int> columns, OneHotOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MinRowCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxCategories);
        var encoded = columns.Distinct().Order().ToArray();
        var categories = Array.ConvertAll(encoded, j => data.Column(j).Where(v => !float.IsNaN(v)).CountBy(v => v)
            .Where(c => c.Value >= options.MinRowCount)
            .OrderByDescending(c => c.Value).ThenBy(c => c.Key)
            .Take(options.MaxCategories).Select(c => c.Key).Order().ToArray());
        return new OneHotEncoder(encoded, categories, ColumnScaler.Names(data));
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
            for (var q = 0; q < _passed.Length; q++) target[q] = source[_passed[q]];
            var start = _passed.Length;
            for (var q = 0; q < _encoded.Length; q++)
            {
                var value = source[_encoded[q]];
                if (!float.IsNaN(value))
                {
                    var found = Array.BinarySearch(_categories[q], value);
                    target[start + (found >= 0 ? found : _categories[q].Length)] = 1;
                }
                start += _categories[q].Length + 1;
            }
        }
        return result;
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["columns"] = StoredLists.Of(_names);
        part.Put("encoded", _encoded);
        part.Put("category_counts", Array.ConvertAll(_categories, c => c.Length));
        part.Put("categories", _categories.SelectMany(c => c).ToArray());
    }

    /// <inheritdoc/>
    public static OneHotEncoder Restore(ModelPart part)
    {
        var names = StoredLists.Strings(part, "columns");
        var encoded = part.Get<int>("encoded");
        var counts = part.Get<int>("category_counts", encoded.Length);
        var all = part.Get<float>("categories");
        if (Array.Exists(encoded, j => j < 0 || j >= names.Length) || counts.Any(c => c < 0) || counts.Sum(c => (long)c) != all.Length)
        {
            throw new InvalidDataException("The lists of a one-hot encoder do not fit together.");
        }
        var categories = new float[encoded.Length][];
        for (int q = 0, start = 0; q < encoded.Length; start += counts[q], q++) categories[q] = all.AsSpan(start, counts[q]).ToArray();
        return new OneHotEncoder(encoded, categories, names);
    }
}
