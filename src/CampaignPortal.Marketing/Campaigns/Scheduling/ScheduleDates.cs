namespace CampaignPortal.Marketing.Campaigns.Scheduling;

/// <summary>Turns a schedule into moments.</summary>
/// <remarks>A local time that the clock skips in spring is moved on by the gap; of one that comes twice in autumn the first is meant.</remarks>
public static class ScheduleDates
{
    /// <summary>The first place on earth where a day begins is this much ahead of UTC.</summary>
    public static readonly TimeSpan EarliestOffset = TimeSpan.FromHours(14);

    private const int MaxDaysAhead = 3 * 366;

    /// <summary>The next moments at which a run begins, after <paramref name="after"/>.</summary>
    /// <param name="zone">The portal's zone.</param>
    public static IReadOnlyList<DateTimeOffset> Next(CampaignSchedule schedule, TimeZoneInfo zone, DateTimeOffset after, int count)
    {
        var found = new List<DateTimeOffset>(count);
        if (schedule.Kind is ScheduleKind.Now || schedule.Date is not { } first) return found;
        if (schedule.Kind is ScheduleKind.Once)
        {
            var only = Start(schedule, first, zone);
            if (only > after) return [only];
            // Over on the first clocks of the earth, not yet on the portal's: it begins at once, and each customer gets it at their own time.
            return schedule.Zone is ScheduleZone.Customer && ToUtc(first.ToDateTime(schedule.Time), zone) > after ? [after] : [];
        }
        // A run for every customer's own clock begins before the portal's day does: look one day back.
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(after, zone).DateTime).AddDays(-1);
        var day = today > first ? today : first;
        for (var i = 0; i < MaxDaysAhead && found.Count < count; i++, day = day.AddDays(1))
        {
            if (schedule.Until is { } last && day > last) break;
            if (!Falls(schedule, first, day)) continue;
            var start = Start(schedule, day, zone);
            if (start > after) found.Add(start);
        }
        return found;
    }

    /// <summary>When planning begins for a day: the moment itself, or the first place on earth where it is that time.</summary>
    public static DateTimeOffset Start(CampaignSchedule schedule, DateOnly day, TimeZoneInfo zone) => schedule.Zone is ScheduleZone.Customer
        ? new DateTimeOffset(day.ToDateTime(schedule.Time), EarliestOffset).ToUniversalTime()
        : ToUtc(day.ToDateTime(schedule.Time), zone);

    /// <summary>The moment from which <see cref="DueFor"/> counts for a run.</summary>
    /// <param name="schedule">Of the campaign.</param>
    /// <param name="begunAt">When the run was to begin: later than the first clocks of the earth where it was launched on the day itself.</param>
    public static DateTimeOffset DueAt(CampaignSchedule schedule, DateTimeOffset begunAt) =>
        schedule is { Kind: ScheduleKind.Once, Zone: ScheduleZone.Customer, Date: { } day } ? Start(schedule, day, TimeZoneInfo.Utc) : begunAt;

    /// <summary>When a customer's message is due.</summary>
    /// <param name="start">As <see cref="DueAt"/> gave it.</param>
    /// <param name="customerZone">The customer's zone, or the portal's where none is known.</param>
    public static DateTimeOffset DueFor(CampaignSchedule schedule, DateTimeOffset start, TimeZoneInfo customerZone)
    {
        return schedule.FollowsCustomers ? ToUtc(start.ToOffset(EarliestOffset).DateTime, customerZone) : start;
    }

    /// <summary>The moment of a local time.</summary>
    public static DateTimeOffset ToUtc(DateTime local, TimeZoneInfo zone)
    {
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(local)) return new DateTimeOffset(local, zone.GetUtcOffset(local.AddDays(-1))).ToUniversalTime(); // by the offset before the gap: later by its length
        if (zone.IsAmbiguousTime(local)) return new DateTimeOffset(local, zone.GetAmbiguousTimeOffsets(local).Max()).ToUniversalTime(); // the larger offset comes first
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }

    /// <summary>Whether the local time of this day is skipped or comes twice.</summary>
    public static bool IsClockChange(CampaignSchedule schedule, DateOnly day, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(schedule.Time);
        return zone.IsInvalidTime(local) || zone.IsAmbiguousTime(local);
    }

    private static bool Falls(CampaignSchedule schedule, DateOnly first, DateOnly day) => schedule.Repetition switch
    {
        Repetition.Days => (day.DayNumber - first.DayNumber) % Math.Max(1, schedule.EveryDays) is 0,
        Repetition.Weekdays => schedule.Weekdays.Count is 0 ? day.DayOfWeek == first.DayOfWeek : schedule.Weekdays.Contains(day.DayOfWeek),
        Repetition.MonthDay => day.Day == Math.Min(schedule.MonthDay, DateTime.DaysInMonth(day.Year, day.Month)),
        Repetition.LastWorkday => day == LastWorkday(day.Year, day.Month),
        _ => throw new ArgumentOutOfRangeException(nameof(schedule), schedule.Repetition, "Unknown repetition."),
    };

    private static DateOnly LastWorkday(int year, int month)
    {
        var day = new DateOnly(year, month, DateTime.DaysInMonth(year, month));
        while (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) day = day.AddDays(-1);
        return day;
    }
}
