using CampaignPortal.Marketing.Common;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Common;

/// <summary>Who waits for figures, and who gets older ones.</summary>
public sealed class SnapshotTests
{
    private readonly MeasuredClock _clock = new();
    private int _key;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_computed_quickly_is_always_fresh_and_computed_once_for_a_state()
    {
        using var snapshot = Of(milliseconds: 100);
        var first = await snapshot.ReadAsync(Ct);
        Assert.Same(first, await snapshot.ReadAsync(Ct));
        _key++;
        Assert.Equal("1", await snapshot.ReadAsync(Ct));
    }

    [Fact]
    public async Task Half_a_second_is_waited_for_after_a_pause_but_not_at_every_change()
    {
        using var snapshot = Of(milliseconds: 500);
        Assert.Equal("0", await snapshot.ReadAsync(Ct));
        _key++;
        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal("0", await snapshot.ReadAsync(Ct));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("1", await snapshot.ReadAsync(Ct));
    }

    [Fact]
    public async Task What_takes_long_is_computed_beside_the_page_that_shows_the_last_one()
    {
        using var snapshot = Of(milliseconds: 3_000);
        Assert.Equal("0", await snapshot.ReadAsync(Ct));
        _key++;
        _clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal("0", await snapshot.ReadAsync(Ct));
        for (var i = 0; i < 3_000 && await snapshot.ReadAsync(Ct) is "0"; i++) await Task.Delay(1, Ct);
        Assert.Equal("1", await snapshot.ReadAsync(Ct));
    }

    private Snapshot<int, string> Of(int milliseconds) => new(
        () => _key,
        (key, _) =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
            return key.ToString(System.Globalization.CultureInfo.InvariantCulture);
        },
        _clock);

    // What the test says, it also measures.
    private sealed class MeasuredClock : ManualClock
    {
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => GetUtcNow().Ticks;
    }
}
