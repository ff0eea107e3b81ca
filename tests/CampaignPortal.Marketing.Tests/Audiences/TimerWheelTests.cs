using CampaignPortal.Marketing.Audiences.Membership;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Marketing.Tests.Audiences;

public sealed class TimerWheelTests
{
    [Fact]
    public void Everybody_fires_once_at_the_first_turn_behind_their_newest_moment()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var rng = new Rng(seed);
            var wheel = new TimerWheel();
            var due = new Dictionary<long, long>();
            var now = 10_000 * TimeSpan.TicksPerDay;
            for (var step = 0; step < 200; step++)
            {
                for (var i = 0; i < 5; i++)
                {
                    var customer = rng.NextInt(40);
                    var at = now + (rng.NextInt(400_000) - 20) * TimeSpan.TicksPerSecond;
                    if (rng.NextInt(6) is 0) (at, _) = (0, due.Remove(customer));
                    else due[customer] = at;
                    wheel.Set(customer, at is 0 ? null : at);
                }
                now += rng.NextInt(rng.NextInt(20) is 0 ? 300_000 : 3_000) * TimeSpan.TicksPerSecond;
                var expected = due.Where(d => d.Value <= now).Select(d => d.Key).Order().ToArray();
                Assert.InRange(wheel.CountDue(now), expected.Length, expected.Length is 0 ? 0 : int.MaxValue); // nobody is due where the wheel says so
                Assert.Equal(expected, wheel.Advance(now).Order());
                foreach (var customer in expected) due.Remove(customer);
                Assert.Equal(due.Count, wheel.Count);
            }
        }
    }
}
