namespace CampaignPortal.Web.Demo;

/// <summary>How fast the simulated people live: as we do, and after a launch a day every few seconds. Two clocks and the way between them.</summary>
/// <remarks>The portal's own clock is never bent. People's reactions are brought forward instead, and carry the moment at which the portal learns of them.</remarks>
internal sealed class DemoPace
{
    private readonly double _factor;
    private readonly TimeSpan _fastSpan;
    private DateTimeOffset _real, _simulated, _fastUntil;

    /// <param name="real">The portal's clock now.</param>
    /// <param name="simulated">What the simulated people take it for.</param>
    /// <param name="fastDay">How long a day takes after a launch.</param>
    /// <param name="fastDayCount">How many such days follow a launch.</param>
    /// <param name="fastUntil">The simulated end of the fast days that were under way; null when none were.</param>
    public DemoPace(DateTimeOffset real, DateTimeOffset simulated, TimeSpan fastDay, int fastDayCount, DateTimeOffset? fastUntil = null)
    {
        (_real, _simulated, _fastUntil) = (real, simulated, fastUntil > simulated ? fastUntil.Value : simulated);
        (_factor, _fastSpan) = (TimeSpan.FromDays(1) / fastDay, TimeSpan.FromDays(fastDayCount));
    }

    /// <summary>Whether days fly by.</summary>
    public bool IsFast => _simulated < _fastUntil;

    /// <summary>The simulated moment at which the fast days end.</summary>
    public DateTimeOffset FastUntil => _fastUntil;

    /// <summary>The simulated moment up to which people have lived.</summary>
    public DateTimeOffset Simulated => _simulated;

    /// <summary>Somebody sent something: days fly by from now on.</summary>
    public void Launch() => _fastUntil = _simulated + _fastSpan;

    /// <summary>Moves both clocks on; a clock that is set back moves nothing. Answers how to tell the portal's moment of what happened in between.</summary>
    public Func<DateTimeOffset, DateTimeOffset> MoveTo(DateTimeOffset real)
    {
        var (from, simulatedFrom) = (_real, _simulated);
        var passed = real > _real ? real - _real : TimeSpan.Zero;
        var fast = IsFast ? TimeSpan.FromTicks(Math.Min(passed.Ticks, (long)((_fastUntil - _simulated).Ticks / _factor))) : TimeSpan.Zero;
        _simulated += fast * _factor + (passed - fast);
        if (_fastUntil - _simulated < TimeSpan.FromSeconds(1)) _fastUntil = _simulated; // what rounding left over
        _real += passed;
        var span = _simulated - simulatedFrom;
        return at => span <= TimeSpan.Zero ? from : from + passed * Math.Clamp((at - simulatedFrom) / span, 0, 1);
    }
}
