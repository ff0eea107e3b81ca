using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Settings;

namespace CampaignPortal.Marketing.Campaigns.Scheduling;

/// <summary>Days without marketing that a sending begins on.</summary>
/// <param name="Until">When messages leave instead; null where that differs by country.</param>
public sealed record MetFreeDays(IReadOnlyList<FreeDay> Days, DateTimeOffset? Until)
{
    /// <summary>Null on any other day. The day is that of the shop's clock, or the chosen one where each customer's clock counts.</summary>
    public static MetFreeDays? Of(CampaignSchedule schedule, DateTimeOffset start, SendingCalendar calendar, ShopSettings shop)
    {
        var local = schedule.FollowsCustomers ? start.ToOffset(ScheduleDates.EarliestOffset) : TimeZoneInfo.ConvertTime(start, shop.Zone);
        if (calendar.On(LocalDays.Of(local)).ToArray() is not { Length: > 0 } free) return null;
        var holdsHere = !schedule.FollowsCustomers && calendar.DayAt(start, shop.Zone, shop.Country) is not null;
        return new MetFreeDays(free, holdsHere ? calendar.NextAllowed(start, shop.Zone, shop.Country) : null);
    }
}
