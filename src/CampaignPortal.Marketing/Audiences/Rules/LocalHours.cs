namespace CampaignPortal.Marketing.Audiences.Rules;

/// <summary>The customer's own clock shows an hour of these now: in the time zone of the customer, else in that of the shop.</summary>
/// <param name="FromHour">The first hour that counts, 0 to 23.</param>
/// <param name="ToHour">The first hour that counts no longer, 1 to 24; an earlier one than <paramref name="FromHour"/> is that of the next day.</param>
public sealed record LocalHourCondition(int FromHour, int ToHour) : Rule
{
    // Offsets of all zones are whole quarters of an hour: an hour begins with one.
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15), Longest = TimeSpan.FromDays(2);

    /// <param name="zone">Of the customer; null is that of the shop.</param>
    internal bool Matches(RuleMoment moment, TimeZoneInfo? zone) => Includes(Local(moment.Now, zone ?? moment.Zone));

    /// <summary>The next moment at which the answer changes, in UTC ticks; null where every hour counts.</summary>
    internal long? NextChange(RuleMoment moment, TimeZoneInfo? zone)
    {
        var (own, now) = (zone ?? moment.Zone, moment.Now.ToUniversalTime());
        var isNow = Includes(Local(now, own));
        var first = new DateTimeOffset(now.Ticks - now.Ticks % Quarter.Ticks, TimeSpan.Zero) + Quarter;
        for (var at = first; at - now < Longest; at += Quarter)
        {
            if (Includes(Local(at, own)) != isNow) return at.UtcTicks;
        }
        return null;
    }

    private static int Local(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).Hour;

    private bool Includes(int hour) => DateTest.IsWithin(hour, FromHour, ToHour);
}
