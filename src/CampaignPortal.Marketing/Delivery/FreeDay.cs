using System.Globalization;
using CampaignPortal.Marketing.Common;

namespace CampaignPortal.Marketing.Delivery;

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

/// <summary>When somebody may be written to: outside the quiet hours, and not on a free day of theirs.</summary>
public sealed record SendingCalendar(QuietHours Hours, IReadOnlyList<FreeDay> Days)
{
    // Longer than any row of free days; a list that leaves no day free ends the search.
    private const int MaxDaysAhead = 400;

    /// <summary>The free day at this moment; null on any other day.</summary>
    public FreeDay? DayAt(DateTimeOffset at, TimeZoneInfo zone, string? country) => Days.Count is 0 ? null : DayOn(LocalDays.Of(at, zone), country);

    /// <summary>What holds on a day, wherever.</summary>
    public IEnumerable<FreeDay> On(DateOnly day) => Days.Where(d => d.FallsOn(day));

    /// <summary>Whether a day between two moments, on any clock of the earth, is free somewhere: otherwise nobody's place needs to be known.</summary>
    public bool HasDayBetween(DateTimeOffset from, DateTimeOffset until)
    {
        if (Days.Count is 0) return false;
        for (var day = DateOnly.FromDateTime(from.UtcDateTime).AddDays(-1); day <= DateOnly.FromDateTime(until.UtcDateTime).AddDays(1); day = day.AddDays(1))
            if (On(day).Any()) return true;
        return false;
    }

    /// <summary>The first moment from <paramref name="at"/> on that is neither quiet nor on a free day.</summary>
    public DateTimeOffset NextAllowed(DateTimeOffset at, TimeZoneInfo zone, string? country)
    {
        for (var i = 0; i < MaxDaysAhead; i++)
        {
            var next = Hours.NextAllowed(at, zone);
            var working = NextWorking(next, zone, country);
            if (working == next) return next;
            at = working;
        }
        return at;
    }

    /// <summary>From an allowed moment on, the first that is not: the quiet hours begin, or a free day does; <paramref name="until"/> where neither comes before.</summary>
    public DateTimeOffset NextForbidden(DateTimeOffset at, DateTimeOffset until, TimeZoneInfo zone, string? country)
    {
        var (local, day) = (TimeZoneInfo.ConvertTime(at, zone).DateTime, LocalDays.Of(at, zone));
        for (var i = 0; i < MaxDaysAhead; i++, day = day.AddDays(1))
        {
            if (i > 0 && LocalDays.Start(day, zone) is var midnight && (midnight >= until || DayOn(day, country) is not null)) return midnight < until ? midnight : until;
            if (Hours.From == Hours.Until || (i is 0 && TimeOnly.FromDateTime(local) >= Hours.From)) continue;
            var quiet = LocalDays.Start(day, zone) + Hours.From.ToTimeSpan();
            while (quiet < until && !Hours.Contains(quiet, zone)) quiet = quiet.AddMinutes(1); // a clock that jumped begins later or earlier than the hours say
            return quiet < until ? quiet : until;
        }
        return until;
    }

    /// <summary>The same moment, or the beginning of the next day that is not free: the quiet hours are not looked at.</summary>
    public DateTimeOffset NextWorking(DateTimeOffset at, TimeZoneInfo zone, string? country)
    {
        if (DayAt(at, zone, country) is null) return at;
        var day = LocalDays.Of(at, zone);
        for (var i = 0; i < MaxDaysAhead && DayOn(day, country) is not null; i++) day = day.AddDays(1);
        return LocalDays.Start(day, zone);
    }

    /// <summary>Until when a message is useful that is due and waits for no longer than <paramref name="within"/>: free days do not count.</summary>
    public DateTimeOffset UsefulUntil(DateTimeOffset due, TimeSpan within, TimeZoneInfo zone, string? country)
    {
        var until = due + within;
        if (Days.Count is 0) return until;
        var day = LocalDays.Of(due, zone);
        for (var i = 0; i < MaxDaysAhead && day <= LocalDays.Of(until, zone); i++, day = day.AddDays(1))
            if (DayOn(day, country) is not null) until = until.AddDays(1);
        return until;
    }

    private FreeDay? DayOn(DateOnly day, string? country) => Days.FirstOrDefault(d => d.FallsOn(day) && d.HoldsIn(country));
}
