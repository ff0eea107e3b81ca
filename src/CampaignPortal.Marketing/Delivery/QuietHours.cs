namespace CampaignPortal.Marketing.Delivery;

/// <summary>The part of the local day in which nobody is written to: from <paramref name="From"/> (included) to <paramref name="Until"/> (excluded), over midnight when the first is later.</summary>
/// <remarks>Equal ends are no quiet hours.</remarks>
public sealed record QuietHours(TimeOnly From, TimeOnly Until)
{
    public static QuietHours Default { get; } = new(new TimeOnly(21, 0), new TimeOnly(8, 0));

    public static QuietHours None { get; } = new(TimeOnly.MinValue, TimeOnly.MinValue);

    /// <summary>Whether this moment is quiet in the zone.</summary>
    public bool Contains(DateTimeOffset at, TimeZoneInfo zone) => From != Until && IsQuiet(TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime));

    /// <summary>The first moment from <paramref name="at"/> on that is not quiet in the zone.</summary>
    /// <remarks>Where the clock jumps over the end, the first moment after the jump; where it shows the end twice, the first of the two.</remarks>
    public DateTimeOffset NextAllowed(DateTimeOffset at, TimeZoneInfo zone)
    {
        if (!Contains(at, zone)) return at;
        var local = TimeZoneInfo.ConvertTime(at, zone).DateTime;
        var end = local.Date.Add(Until.ToTimeSpan());
        if (end <= local) end = end.AddDays(1);
        while (zone.IsInvalidTime(end)) end = end.AddMinutes(1);
        var offset = zone.IsAmbiguousTime(end) ? zone.GetAmbiguousTimeOffsets(end).Max() : zone.GetUtcOffset(end);
        var next = new DateTimeOffset(end, offset).ToUniversalTime();
        if (next <= at) next = at; // inside an hour that the clock shows twice the earlier end has passed
        while (Contains(next, zone)) next = next.AddMinutes(1); // and a jump may land in the quiet again
        return next;
    }

    private bool IsQuiet(TimeOnly time) => From < Until ? time >= From && time < Until : time >= From || time < Until;
}
