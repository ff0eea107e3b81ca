using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Settings;

namespace CampaignPortal.Marketing.Delivery;

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
