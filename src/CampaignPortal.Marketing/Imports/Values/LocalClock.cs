using NodaTime;
using NodaTime.TimeZones;

namespace CampaignPortal.Marketing.Imports.Values;

/// <summary>Turns the local times of a file into UTC.</summary>
/// <remarks>
/// A local time that the clocks skipped in spring moves forward by the gap; one that occurred twice in autumn is taken as the first of the
/// two. Both are counted. Not thread-safe.
/// </remarks>
internal sealed class LocalClock(DateTimeZone zone)
{
    // Between two changes of the clocks the offset is one number; the margin keeps the odd hours out.
    private long _from = long.MaxValue, _to = long.MinValue, _offset;

    public long SkippedCount { get; private set; }

    public long DoubledCount { get; private set; }

    /// <summary>The clock of an IANA zone, or null when there is none of that name.</summary>
    public static LocalClock? Find(string zone) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is { } found ? new LocalClock(found) : null;

    /// <summary>UTC ticks of local ticks.</summary>
    public long ToUtc(long localTicks) => localTicks >= _from && localTicks < _to ? localTicks - _offset : Resolve(localTicks);

    private long Resolve(long localTicks)
    {
        var local = LocalDateTime.FromDateTime(new DateTime(localTicks));
        var mapping = zone.MapLocal(local);
        switch (mapping.Count)
        {
            case 0: SkippedCount++; break;
            case 2: DoubledCount++; break;
            default: Remember(mapping.EarlyInterval); break;
        }
        return Resolvers.LenientResolver(mapping).ToInstant().ToDateTimeUtc().Ticks;
    }

    private void Remember(ZoneInterval interval)
    {
        _offset = interval.WallOffset.Ticks;
        _from = interval.HasStart ? interval.IsoLocalStart.ToDateTimeUnspecified().Ticks + TimeSpan.TicksPerDay : DateTime.MinValue.Ticks;
        _to = interval.HasEnd ? interval.IsoLocalEnd.ToDateTimeUnspecified().Ticks - TimeSpan.TicksPerDay : DateTime.MaxValue.Ticks;
    }
}
