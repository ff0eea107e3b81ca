using System.Net;
using CampaignPortal.Testing;
using CampaignPortal.Web.Identity;

namespace CampaignPortal.Web.Tests.Identity;

public sealed class SignInThrottleTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void The_delay_for_an_account_grows_with_every_failure_and_ends_at_a_quarter_of_an_hour()
    {
        var throttle = new SignInThrottle(_clock);
        var attempt = From("victim@example.com", "203.0.113.7");
        var delays = new List<double>();
        for (var i = 0; i < 16; i++)
        {
            delays.Add(throttle.DelayFor(attempt).TotalSeconds);
            _clock.Advance(throttle.DelayFor(attempt));
            throttle.Failed(attempt);
        }

        Assert.All(delays.Take(4), delay => Assert.Equal(0, delay));
        Assert.Equal(delays.Order(), delays);
        Assert.Equal(900, delays[^1]);
    }

    [Fact]
    public void Not_more_than_ten_guesses_a_minute_reach_one_account_from_however_many_networks()
    {
        var throttle = new SignInThrottle(_clock);
        var tried = 0;
        for (var second = 0; second < 60; second++)
        {
            var attempt = From("victim@example.com", $"198.51.{second}.9");
            if (throttle.DelayFor(attempt) == TimeSpan.Zero)
            {
                tried++;
                throttle.Failed(attempt);
            }
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.InRange(tried, 1, 10);
    }

    [Fact]
    public void The_owner_gets_in_from_a_known_device_while_strangers_guess()
    {
        var throttle = new SignInThrottle(_clock);
        for (var i = 0; i < 200; i++) throttle.Failed(From("victim@example.com", $"203.0.113.{i}"));

        Assert.True(throttle.DelayFor(From("victim@example.com", "203.0.113.7")) > TimeSpan.FromMinutes(10));
        Assert.Equal(TimeSpan.Zero, throttle.DelayFor(From("victim@example.com", "203.0.113.7", isKnown: true)));
    }

    [Fact]
    public void One_password_tried_on_many_accounts_slows_the_network_down_and_nobody_else()
    {
        var throttle = new SignInThrottle(_clock);
        for (var i = 0; i < 40; i++) throttle.Failed(From($"person{i}@example.com", "203.0.113.7"));

        Assert.True(throttle.DelayFor(From("another@example.com", "203.0.113.250")) > TimeSpan.Zero); // the same /24
        Assert.Equal(TimeSpan.Zero, throttle.DelayFor(From("another@example.com", "198.51.100.1")));
    }

    [Fact]
    public void A_right_password_forgets_the_failures()
    {
        var throttle = new SignInThrottle(_clock);
        var attempt = From("someone@example.com", "203.0.113.7");
        for (var i = 0; i < 8; i++) throttle.Failed(attempt);
        throttle.Succeeded(attempt);
        Assert.Equal(TimeSpan.Zero, throttle.DelayFor(attempt));
    }

    private static SignInAttempt From(string email, string address, bool isKnown = false) => new(email, IPAddress.Parse(address), isKnown);
}
