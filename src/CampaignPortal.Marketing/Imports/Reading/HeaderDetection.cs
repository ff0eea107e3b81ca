using System.Globalization;

namespace CampaignPortal.Marketing.Imports.Reading;

/// <summary>Tells a header from a first row of values, and gives every column a name of its own.</summary>
internal static class HeaderDetection
{
    /// <summary>A header holds no number and no repeated value, and at most a few gaps; when the rows below look just like it, it is a row.</summary>
    public static bool IsHeader(string[] first, IEnumerable<string[]> below)
    {
        var named = first.Where(cell => cell.Length > 0).ToArray();
        if (named.Length is 0 || named.Length * 2 < first.Length) return false;
        if (named.Any(LooksLikeValue)) return false;
        if (named.Any(cell => cell.Length > 120)) return false;
        return !below.Any(row => row.SequenceEqual(first, StringComparer.Ordinal));
    }

    public static string[] Name(string[] first, bool isHeader, out IReadOnlyList<string> repeated)
    {
        var columns = new string[first.Length];
        var counts = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var again = new List<string>();
        for (var i = 0; i < columns.Length; i++)
        {
            var name = isHeader && first[i].Length > 0 ? first[i] : string.Create(CultureInfo.InvariantCulture, $"Column {i + 1}");
            var count = counts[name] = counts.GetValueOrDefault(name) + 1;
            if (count is 2) again.Add(name);
            columns[i] = count is 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name} ({count})");
        }
        repeated = again;
        return columns;
    }

    private static bool LooksLikeValue(string cell) =>
        decimal.TryParse(cell, NumberStyles.Number, CultureInfo.InvariantCulture, out _)
        || (char.IsAsciiDigit(cell[0]) && DateTime.TryParse(cell, CultureInfo.InvariantCulture, out _))
        || cell.Contains('@', StringComparison.Ordinal);
}
