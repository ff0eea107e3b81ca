using CampaignPortal.Marketing.Common;

namespace CampaignPortal.Marketing.Settings;

/// <summary>How the days of a cap are meant. Chosen by a person, never guessed.</summary>
public enum CapWindow
{
    /// <summary>So many times 24 hours before now, in UTC: a change of the clock or of the zone moves nothing.</summary>
    RollingHours,
    /// <summary>Today and the days before it on the customer's own calendar: the count begins anew at their midnight.</summary>
    CalendarDays,
}

/// <summary>At most so many messages in so many days.</summary>
/// <param name="Count">0 is no cap.</param>
public sealed record FrequencyCap(int Count, int Days, CapWindow Window = CapWindow.RollingHours)
{
    public static FrequencyCap Default { get; } = new(2, 7);

    /// <summary>What was sent after this moment counts.</summary>
    /// <param name="zone">The customer's.</param>
    public DateTimeOffset Since(DateTimeOffset now, TimeZoneInfo zone) => Window is CapWindow.RollingHours
        ? now.AddDays(-Days)
        : LocalDays.Start(LocalDays.Of(now, zone).AddDays(1 - Days), zone).AddTicks(-1);
}
