using System.Globalization;
using CampaignPortal.Benchmarks.Ranking;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Benchmarks.Text;

/// <summary>Texts with their classes, as a file names them.</summary>
/// <param name="Documents">Texts in file order.</param>
/// <param name="Labels">Class of each, as a number.</param>
internal sealed record LabelledTexts(IReadOnlyList<string> Documents, int[] Labels)
{
    /// <summary>Reads columns of a CSV file; classes that are whole numbers keep their order, others are numbered by their names.</summary>
    public static LabelledTexts[] Read(string text, string label, params IReadOnlyList<string> paths)
    {
        var files = paths.Select(path => ReadCells(path, text, label)).ToArray();
        string[] names = [.. files.SelectMany(file => file.Labels).Distinct().OrderBy(name => int.TryParse(name, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue).ThenBy(name => name, StringComparer.Ordinal)];
        if (names.Length < 2) throw new InvalidDataException($"Column '{label}' holds {names.Length} classes; at least two are needed.");
        return Array.ConvertAll(files, file => new LabelledTexts(file.Texts, [.. file.Labels.Select(name => Array.IndexOf(names, name))]));
    }

    /// <summary>The split of the recipes: row i is a test row when uniform(1, stream 70)[i] ≥ 0.8.</summary>
    public (LabelledTexts Train, LabelledTexts Test) SplitByRecipe()
    {
        var rows = Enumerable.Range(0, Labels.Length).ToLookup(row => CounterRng.Uniform(1, 70, (ulong)row) >= 0.8);
        return (Select(rows[false]), Select(rows[true]));
    }

    /// <summary>Fold <paramref name="fold"/> of <paramref name="count"/>: rows in the order of uniform(1, stream 99) are dealt out in turn.</summary>
    public (LabelledTexts Train, LabelledTexts Test) SplitByFold(int fold, int count)
    {
        var order = Enumerable.Range(0, Labels.Length).OrderBy(row => CounterRng.Uniform(1, 99, (ulong)row)).Select((row, place) => (row, place)).ToLookup(at => at.place % count == fold, at => at.row);
        return (Select(order[false].Order()), Select(order[true].Order()));
    }

    private LabelledTexts Select(IEnumerable<int> rows)
    {
        int[] chosen = [.. rows];
        return new LabelledTexts(Array.ConvertAll(chosen, row => Documents[row]), Array.ConvertAll(chosen, row => Labels[row]));
    }

    private static (List<string> Texts, List<string> Labels) ReadCells(string path, string text, string label)
    {
        using var rows = new CsvRows(path);
        var (textCell, labelCell) = (rows.Column(text), rows.Column(label));
        var (texts, labels) = (new List<string>(), new List<string>());
        while (rows.Read())
        {
            texts.Add(rows[textCell].ToString());
            labels.Add(rows[labelCell].Trim().ToString());
        }
        return (texts, labels);
    }
}
