namespace CampaignPortal.Marketing.Common;

/// <summary>Days on somebody's own calendar as moments.</summary>
internal static class LocalDays
{
    /// <summary>The day's first moment in the zone: after the gap where the clock skips midnight, the earlier of the two where it shows midnight twice.</summary>
    public static DateTimeOffset Start(DateOnly day, TimeZoneInfo zone)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(midnight)) midnight = midnight.AddMinutes(1);
        var offset = zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight);
        return new DateTimeOffset(midnight, offset).ToUniversalTime();
    }

    public static DateOnly Of(DateTimeOffset at, TimeZoneInfo zone) => Of(TimeZoneInfo.ConvertTime(at, zone));

    /// <summary>The day that the clock of this moment shows.</summary>
    public static DateOnly Of(DateTimeOffset local) => DateOnly.FromDateTime(local.DateTime);
}
