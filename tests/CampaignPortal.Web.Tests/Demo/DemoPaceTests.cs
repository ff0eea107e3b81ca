using CampaignPortal.Web.Demo;

namespace CampaignPortal.Web.Tests.Demo;

/// <summary>The two clocks of the sample shop.</summary>
public sealed class DemoPaceTests
{
    private static readonly DateTimeOffset Real = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero), Simulated = Real.AddHours(-1);

    private readonly DemoPace _pace = new(Real, Simulated, TimeSpan.FromSeconds(20), fastDayCount: 30);

    [Fact]
    public void While_nothing_is_sent_people_live_as_fast_as_we_do()
    {
        _pace.MoveTo(Real.AddHours(5));
        Assert.Equal(Simulated.AddHours(5), _pace.Simulated);
        Assert.False(_pace.IsFast);
    }

    [Fact]
    public void After_a_launch_a_day_takes_twenty_seconds_for_thirty_days_and_then_life_is_slow_again()
    {
        _pace.Launch();
        _pace.MoveTo(Real.AddSeconds(20));
        Assert.Equal(Simulated.AddDays(1), _pace.Simulated);
        Assert.True(_pace.IsFast);

        _pace.MoveTo(Real.AddSeconds(600 + 90));
        Assert.False(_pace.IsFast);
        Assert.Equal(Simulated.AddDays(30).AddSeconds(90), _pace.Simulated);
    }

    [Fact]
    public void What_happens_carries_a_moment_of_our_clock_between_the_last_look_and_this_one()
    {
        _pace.Launch();
        var momentOf = _pace.MoveTo(Real.AddSeconds(10));
        Assert.Equal(Real, momentOf(Simulated));
        Assert.Equal(Real.AddSeconds(5), momentOf(Simulated.AddHours(6)));
        Assert.Equal(Real.AddSeconds(10), momentOf(Simulated.AddHours(12)));
    }

    [Fact]
    public void A_clock_that_is_set_back_moves_nothing()
    {
        var momentOf = _pace.MoveTo(Real.AddHours(-3));
        Assert.Equal(Simulated, _pace.Simulated);
        Assert.Equal(Real, momentOf(Simulated));
    }
}
