using System.Text;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Imports.Reading;
using CampaignPortal.Marketing.Imports.Values;

namespace CampaignPortal.Marketing.Imports.Mapping;

/// <summary>A proposed target.</summary>
/// <param name="Confidence">0 to 1: 1 is a known name whose cells fit.</param>
public sealed record FieldSuggestion(string Column, string Field, double Confidence);

/// <summary>Proposes a field for each column by the likeness of names and of contents.</summary>
internal static class FieldSuggestions
{
    private const double LeastConfidence = 0.5;
    private const double NameWeight = 0.75;

    /// <summary>The best pairs first, each column and each field once.</summary>
    public static IReadOnlyList<FieldSuggestion> For(FilePreview preview, IReadOnlyList<ImportField> fields)
    {
        var pairs = new List<FieldSuggestion>();
        for (var i = 0; i < preview.Columns.Count; i++)
        {
            var column = preview.Columns[i];
            var cells = preview.Sample.Where(row => i < row.Length && row[i].Length > 0).Select(row => row[i]).Take(200).ToArray();
            var key = Normalise(column);
            foreach (var field in fields)
            {
                var name = Math.Max(Likeness(key, Normalise(field.Name)), field.Synonyms.Select(s => Likeness(key, Normalise(s))).DefaultIfEmpty().Max());
                var content = cells.Length is 0 ? 0.5 : ContentFit.Of(field.Kind, cells);
                // A cell pattern that hardly occurs by chance speaks for itself; a name alone must not win over cells that cannot be right.
                var speaks = field.Kind is FieldKind.Email && content > 0.9 ? 0.6 : 0;
                var confidence = content < 0.2 && name < 1 ? 0 : Math.Max(speaks, NameWeight * name + (1 - NameWeight) * content);
                if (confidence >= LeastConfidence && (name > 0.5 || speaks > 0)) pairs.Add(new FieldSuggestion(column, field.Name, Math.Round(confidence, 3)));
            }
        }
        var chosen = new List<FieldSuggestion>();
        foreach (var pair in pairs.OrderByDescending(p => p.Confidence)) // stable: of equals the earlier column and field
        {
            if (!chosen.Exists(c => c.Column == pair.Column || c.Field == pair.Field)) chosen.Add(pair);
        }
        return chosen;
    }

    /// <summary>Letters and digits in lower case: <c>Customer ID</c>, <c>customer_id</c> and <c>customerId</c> are one name.</summary>
    internal static string Normalise(string name)
    {
        var key = new StringBuilder(name.Length);
        foreach (var c in name.Normalize(NormalizationForm.FormKC))
        {
            if (char.IsLetterOrDigit(c)) key.Append(char.ToLowerInvariant(c));
        }
        return key.ToString();
    }

    /// <summary>1 for equal names, else the share of common letter pairs (Dice 1945).</summary>
    private static double Likeness(string a, string b)
    {
        if (a.Length is 0 || b.Length is 0) return 0;
        if (a == b) return 1;
        if (a.Length < 2 || b.Length < 2) return 0;
        var pairs = new Dictionary<(char, char), int>();
        for (var i = 0; i + 1 < a.Length; i++) pairs[(a[i], a[i + 1])] = pairs.GetValueOrDefault((a[i], a[i + 1])) + 1;
        var common = 0;
        for (var i = 0; i + 1 < b.Length; i++)
        {
            if (pairs.GetValueOrDefault((b[i], b[i + 1])) is var count and > 0)
            {
                common++;
                pairs[(b[i], b[i + 1])] = count - 1;
            }
        }
        return 0.95 * 2 * common / (a.Length + b.Length - 2);
    }
}

/// <summary>Whether cells look like what a field holds.</summary>
internal static class ContentFit
{
    /// <summary>Share of cells, 0 to 1, that fit the kind.</summary>
    public static double Of(FieldKind kind, IReadOnlyList<string> cells) => kind switch
    {
        FieldKind.Number or FieldKind.Money => Share(cells, IsNumber),
        FieldKind.Moment or FieldKind.Day => (DateFormat.Detect(cells) with { Numbers = true }).ShareOf(cells),
        FieldKind.Flag => Share(cells, cell => Flags.TryParse(cell, out _)),
        FieldKind.Email => Share(cells, cell => EmailAddress.IsLikely(cell)),
        FieldKind.Phone => Share(cells, cell => cell.Count(char.IsAsciiDigit) is >= 6 and <= 15 && cell.All(c => char.IsAsciiDigit(c) || c is '+' or ' ' or '-' or '(' or ')' or '.' or '/')),
        FieldKind.Currency => Share(cells, cell => cell.Length is 3 && cell.All(char.IsAsciiLetter)),
        FieldKind.Url => Share(cells, cell => cell.StartsWith("http", StringComparison.OrdinalIgnoreCase) || cell.StartsWith('/')),
        FieldKind.Json => Share(cells, cell => cell is ['{', .., '}']),
        FieldKind.Country => Share(cells, cell => cell.All(c => char.IsLetter(c) || c is ' ' or '.' or '-' or '\'')),
        FieldKind.Identifier => Share(cells, cell => cell.Length <= 64),
        FieldKind.Text => 0.8, // anything is text; a closer fit of another field should win
        _ => 0,
    };

    private static bool IsNumber(string cell) => NumberFormat.Point.TryParse(cell, out _) || NumberFormat.Comma.TryParse(cell, out _);

    private static double Share(IReadOnlyList<string> cells, Func<string, bool> fits) => (double)cells.Count(fits) / cells.Count;
}
