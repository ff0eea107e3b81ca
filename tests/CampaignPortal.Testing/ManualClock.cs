namespace CampaignPortal.Testing;

/// <summary>A clock that stands still until the test moves it. Timers are those of the real clock.</summary>
public class ManualClock(DateTimeOffset now) : TimeProvider
{
    public static DateTimeOffset Noon { get; } = new(2026, 3, 9, 12, 0, 0, TimeSpan.Zero);

    private DateTimeOffset _now = now;

    public ManualClock() : this(Noon)
    {
    }

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan by) => _now += by;

    public void SetTo(DateTimeOffset now) => _now = now;
}
