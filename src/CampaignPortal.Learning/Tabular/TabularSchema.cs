using System.Globalization;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Tabular;

/// <summary>What the values of a column mean.</summary>
public enum ColumnKind
{
    /// <summary>A quantity: order and distance count.</summary>
    Number,

    /// <summary>A category, stored as its number in the dictionary of the column.</summary>
    Category,
}

/// <summary>A column that models see.</summary>
/// <param name="Source">Number of the cell in a row of texts.</param>
/// <param name="Name">Name of the cell.</param>
/// <param name="Kind">What its values mean.</param>
/// <param name="Categories">Dictionary of a category, ascending by training frequency rank; empty for a number.</param>
public sealed record TabularColumn(int Source, string Name, ColumnKind Kind, IReadOnlyList<string> Categories)
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _codes =
        Categories.Select((text, code) => (text, code)).ToDictionary(c => c.text, c => c.code, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The value of a cell: the number, the category's code, or NaN for a missing, unreadable or unknown one.</summary>
    public float Encode(ReadOnlySpan<char> cell)
    {
        cell = cell.Trim();
        if (TabularSchema.IsMissing(cell)) return float.NaN;
        if (Kind == ColumnKind.Number) return float.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number) ? number : float.NaN;
        return _codes.TryGetValue(cell, out var code) ? code : float.NaN;
    }
}

/// <summary>How rows of texts become rows of a matrix: kinds and dictionaries of columns, learned from training rows alone. Immutable.</summary>
/// <remarks>One float32 a cell: a million rows of 40 columns take 160 MB. Categories that training has not seen are missing values.</remarks>
public sealed class TabularSchema : IStorable<TabularSchema>
{
    internal TabularSchema(IReadOnlyList<TabularColumn> columns, IReadOnlyList<string> dropped) => (Columns, Dropped) = (columns, dropped);

    /// <inheritdoc/>
    public static string Kind => "tabular-schema";

    /// <summary>The columns of the matrix. A source of codes that are numbers may stand in two of them.</summary>
    public IReadOnlyList<TabularColumn> Columns { get; }

    /// <summary>Columns left out, with the reason.</summary>
    public IReadOnlyList<string> Dropped { get; }

    /// <summary>Names of the columns, those of categories distinct from numbers of the same source.</summary>
    public IReadOnlyList<string> Names => [.. Columns.Select((c, j) => Columns.Take(j).Any(o => o.Name == c.Name) ? c.Name + " (code)" : c.Name)];

    /// <summary>Numbers of the columns of one kind.</summary>
    public int[] Indices(ColumnKind kind) => [.. Enumerable.Range(0, Columns.Count).Where(j => Columns[j].Kind == kind)];

    /// <summary>Whether a trimmed cell says "not known".</summary>
    public static bool IsMissing(ReadOnlySpan<char> cell) => cell.IsEmpty || cell is "?" or "NA" or "N/A" or "NaN" or "nan" or "null" or "NULL";

    /// <summary>Writes one row of texts into a row of the matrix.</summary>
    public void Encode(Func<int, ReadOnlySpan<char>> cell, Span<float> row)
    {
        for (var j = 0; j < row.Length; j++) row[j] = Columns[j].Encode(cell(Columns[j].Source));
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["names"] = StoredLists.Of(Columns.Select(c => c.Name));
        part.Settings["kinds"] = StoredLists.Of(Columns.Select(c => c.Kind.ToString()));
        part.Settings["dropped"] = StoredLists.Of(Dropped);
        part.Settings["categories"] = StoredLists.Of(Columns.SelectMany(c => c.Categories));
        part.Put("sources", Columns.Select(c => c.Source).ToArray());
        part.Put("category_counts", Columns.Select(c => c.Categories.Count).ToArray());
    }

    /// <inheritdoc/>
    public static TabularSchema Restore(ModelPart part)
    {
        var (names, kinds, all) = (StoredLists.Strings(part, "names"), StoredLists.Strings(part, "kinds"), StoredLists.Strings(part, "categories"));
        var (sources, counts) = (part.Get<int>("sources", names.Length), part.Get<int>("category_counts", names.Length));
        if (kinds.Length != names.Length || counts.Any(c => c < 0) || counts.Sum(c => (long)c) != all.Length) throw new InvalidDataException("The lists of a tabular schema do not fit together.");
        var (columns, start) = (new TabularColumn[names.Length], 0);
        for (var j = 0; j < columns.Length; start += counts[j++])
        {
            if (!Enum.TryParse<ColumnKind>(kinds[j], out var kind)) throw new InvalidDataException($"'{kinds[j]}' is not a known kind of column.");
            columns[j] = new TabularColumn(sources[j], names[j], kind, all[start..(start + counts[j])]);
        }
        return new TabularSchema(columns, StoredLists.Strings(part, "dropped"));
    }
}
