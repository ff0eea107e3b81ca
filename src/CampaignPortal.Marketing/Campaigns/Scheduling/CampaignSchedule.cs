using System.Text.Json.Serialization;

namespace CampaignPortal.Marketing.Campaigns.Scheduling;

public enum ScheduleKind
{
    /// <summary>As soon as it is launched.</summary>
    Now,
    Once,
    Recurring,
}

/// <summary>Whose clock the time is read from.</summary>
public enum ScheduleZone
{
    Portal,
    /// <summary>Each customer's own; the portal's where it is not known.</summary>
    Customer,
}

public enum Repetition
{
    /// <summary>Every n days from the first date.</summary>
    Days,
    /// <summary>On the chosen days of the week.</summary>
    Weekdays,
    /// <summary>On one day of each month; the last where the month is shorter.</summary>
    MonthDay,
    /// <summary>On the last of Monday to Friday of each month.</summary>
    LastWorkday,
}

/// <summary>When a campaign is sent.</summary>
public sealed record CampaignSchedule
{
    public ScheduleKind Kind { get; init; } = ScheduleKind.Now;

    public ScheduleZone Zone { get; init; } = ScheduleZone.Portal;

    /// <summary>First (or only) day, on the clock of <see cref="Zone"/>; null while not chosen.</summary>
    public DateOnly? Date { get; init; }

    public TimeOnly Time { get; init; } = new(9, 0);

    public Repetition Repetition { get; init; } = Repetition.Weekdays;

    /// <summary>For <see cref="Repetition.Days"/>.</summary>
    public int EveryDays { get; init; } = 7;

    /// <summary>For <see cref="Repetition.Weekdays"/>.</summary>
    public IReadOnlyList<DayOfWeek> Weekdays { get; init; } = [];

    /// <summary>For <see cref="Repetition.MonthDay"/>.</summary>
    public int MonthDay { get; init; } = 1;

    /// <summary>Last day on which it may begin; null has no end.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>Each customer gets it at their own time of day.</summary>
    [JsonIgnore]
    public bool FollowsCustomers => Kind is not ScheduleKind.Now && Zone is ScheduleZone.Customer;
}
