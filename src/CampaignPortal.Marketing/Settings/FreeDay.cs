using System.Globalization;
using CampaignPortal.Marketing.Common;

namespace CampaignPortal.Marketing.Settings;

/// <summary>A day on which nobody is sent marketing, such as a holiday (DE-03).</summary>
/// <param name="Year">Null comes back every year.</param>
/// <param name="Country">ISO 3166 code: holds for customers there alone; null holds for everybody.</param>
public sealed record FreeDay(int? Year, int Month, int Day, string? Country, string Name)
{
    public const int MaxCount = 500, MaxTextLength = 20_000;

    private const int MaxNameLength = 60;
    private static readonly char[] Separators = [',', ';', '\t', '，', '；'];

    public bool FallsOn(DateOnly day) => day.Month == Month && day.Day == Day && (Year is null || Year == day.Year);

    /// <param name="country">Of the customer; null where nobody knows.</param>
    public bool HoldsIn(string? country) => Country is null || Country == country;

    /// <summary>Days as a person enters or pastes them, one a line: <c>12-25, Christmas Day, DE</c> or <c>2026-04-03, Good Friday</c>.</summary>
    /// <param name="wrongLine">The first line that is no day, from 1; 0 when all are.</param>
    /// <returns>What could be read up to there.</returns>
    public static IReadOnlyList<FreeDay> Read(string text, out int wrongLine)
    {
        var days = new List<FreeDay>();
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i])) continue;
            if (days.Count >= MaxCount || ReadLine(lines[i]) is not { } day)
            {
                wrongLine = i + 1;
                return days;
            }
            days.Add(day);
        }
        wrongLine = 0;
        return days;
    }

    private static FreeDay? ReadLine(string line)
    {
        var cells = line.Split(Separators, StringSplitOptions.TrimEntries);
        if (cells.Length is not (2 or 3) || cells[1].Length is 0 or > MaxNameLength || cells[1].Any(char.IsControl)) return null;
        var (date, name, place) = (cells[0], cells[1], cells.Length is 3 ? cells[2] : "");
        var country = place.Length is 0 ? null : Countries.Find(place);
        if (place.Length > 0 && country is null) return null;
        if (DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var once)) return new FreeDay(once.Year, once.Month, once.Day, country, name);
        // A leap year knows every day that a year can have.
        return DateOnly.TryParseExact("2024-" + date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var yearly) ? new FreeDay(null, yearly.Month, yearly.Day, country, name) : null;
    }
}
