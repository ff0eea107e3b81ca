namespace CampaignPortal.Marketing.FeatureStore;

/// <summary>Days, hours and months of the shop's own time zone for UTC ticks, without a zone look-up for every event.</summary>
/// <remarks>The zone is asked twice for every UTC day of the range; only days on which the clock changes are converted one by one.</remarks>
public sealed class LocalCalendar
{
    private readonly TimeZoneInfo _zone;
    private readonly int _firstUtcDay;
    private readonly long[] _offsets;
    private readonly bool[] _changes;

    /// <summary>Prepares the range that will be asked often.</summary>
    /// <param name="zone">Zone of the shop.</param>
    /// <param name="fromTicks">Oldest moment that will be asked often (UTC ticks).</param>
    /// <param name="toTicks">Newest moment that will be asked often; others are answered too, slowly.</param>
    public LocalCalendar(TimeZoneInfo zone, long fromTicks, long toTicks)
    {
        _zone = zone;
        _firstUtcDay = (int)(fromTicks / TimeSpan.TicksPerDay);
        var dayCount = Math.Max(0, (int)(toTicks / TimeSpan.TicksPerDay) - _firstUtcDay + 1);
        _offsets = new long[dayCount];
        _changes = new bool[dayCount];
        for (var i = 0; i < dayCount; i++)
        {
            var midnight = (_firstUtcDay + i) * TimeSpan.TicksPerDay;
            _offsets[i] = Offset(midnight);
            _changes[i] = Offset(midnight + TimeSpan.TicksPerDay - 1) != _offsets[i];
        }
    }

    /// <summary>Local ticks of a moment in UTC ticks.</summary>
    public long ToLocal(long utcTicks)
    {
        var index = (int)(utcTicks / TimeSpan.TicksPerDay) - _firstUtcDay;
        var isKnown = (uint)index < (uint)_offsets.Length && !_changes[index];
        return utcTicks + (isKnown ? _offsets[index] : Offset(utcTicks));
    }

    /// <summary>Number of the local day (<see cref="DateOnly.DayNumber"/>).</summary>
    public int Day(long utcTicks) => (int)(ToLocal(utcTicks) / TimeSpan.TicksPerDay);

    /// <summary>The first day that lies wholly after what is known at <paramref name="asOf"/>: of a local midnight the day that begins, of any other moment the day after.</summary>
    public int CutDay(DateTimeOffset asOf) => Day(asOf.UtcTicks - 1) + 1;

    /// <summary>The moment at which a local day begins.</summary>
    public DateTimeOffset StartOf(int day)
    {
        var local = new DateTime(day * TimeSpan.TicksPerDay, DateTimeKind.Unspecified);
        while (_zone.IsInvalidTime(local)) local = local.AddMinutes(15); // some zones spring forward at midnight
        return new DateTimeOffset(local, _zone.GetUtcOffset(local)).ToUniversalTime();
    }

    private long Offset(long utcTicks) =>
        _zone.GetUtcOffset(new DateTime(Math.Clamp(utcTicks, 0, DateTime.MaxValue.Ticks), DateTimeKind.Utc)).Ticks;
}
