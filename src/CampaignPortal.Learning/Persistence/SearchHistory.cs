using System.Globalization;
using System.Text;
using System.Text.Json;
using CampaignPortal.Learning.Search;

namespace CampaignPortal.Learning.Persistence;

/// <summary>Trials of a search in a file of JSON lines: first the search, then one line per trial, each written when the trial ends.</summary>
/// <param name="path">The file; it is made where it is missing.</param>
public sealed class SearchHistory(string path)
{
    /// <summary>Trials as a table of aligned text: round, candidate, budget, one column per setting, loss, seconds.</summary>
    public static string Table(IReadOnlyList<SearchTrial> trials)
    {
        if (trials.Count == 0) return "";
        var names = trials[0].Settings.Keys.ToArray();
        List<string[]> rows = [["round", "candidate", "budget", .. names, "loss", "seconds"]];
        foreach (var t in trials)
        {
            var settings = names.Select(n => t.Settings[n].ToString("G6", CultureInfo.InvariantCulture));
            rows.Add([Text(t.Round), Text(t.Candidate), Text(t.Budget), .. settings, t.Loss is { } loss ? loss.ToString("G6", CultureInfo.InvariantCulture) : "failed", Text(t.Seconds)]);
        }
        var widths = Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => r[c].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows) text.AppendJoin("  ", row.Select((cell, c) => cell.PadLeft(widths[c]))).Append('\n');
        return text.ToString();
    }

    /// <summary>The trials of an earlier run of the same search; begins the file where there is none. A last line that was cut off is dropped.</summary>
    /// <exception cref="InvalidDataException">The file belongs to another search, or a line is no trial.</exception>
    internal IReadOnlyList<SearchTrial> Open(SearchSpace space, SearchOptions options)
    {
        var title = JsonSerializer.Serialize(new { options.Seed, options.CandidateCount, options.Reduction, options.FirstBudget, space.Names });
        var text = File.Exists(path) ? File.ReadAllText(path) : "";
        text = text[..(text.LastIndexOf('\n') + 1)];
        if (text.Length == 0) text = title + "\n";
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines[0] != title) throw new InvalidDataException($"'{Path.GetFileName(path)}' holds another search: {lines[0]}. Choose another file, or delete it.");
        File.WriteAllText(path, text);
        try
        {
            return lines.Skip(1).Select(l => JsonSerializer.Deserialize<SearchTrial>(l) ?? throw new JsonException("A trial is null.")).ToArray();
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{Path.GetFileName(path)}' holds a line that is no trial.", e);
        }
    }

    internal void Append(SearchTrial trial) => File.AppendAllText(path, JsonSerializer.Serialize(trial) + "\n");

    private static string Text(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
