using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>When a message that failed is tried again: between now and min(30 min, 1 min × 2ⁿ), anywhere with equal chance.</summary>
/// <remarks>Full jitter (Brooker 2015): whatever failed together does not come back together.</remarks>
public static class Retries
{
    private static readonly TimeSpan First = TimeSpan.FromMinutes(1), Longest = TimeSpan.FromMinutes(30);

    /// <summary>How long to wait after so many failures (0 for the first).</summary>
    public static TimeSpan PauseAfter(int failures, Rng rng)
    {
        var most = failures >= 5 ? Longest : First * Math.Pow(2, failures); // 2⁵ minutes are more than the longest
        return most * rng.NextDouble();
    }

    /// <summary>How long to wait when the fault is not the message's: half a minute to a minute.</summary>
    public static TimeSpan PauseOfDestination(Rng rng) => TimeSpan.FromSeconds(30) * (1 + rng.NextDouble());
}

/// <summary>Stops hammering a destination that is down: five failures in a row open it, every 30 s one message tries again, one success closes it.</summary>
public sealed class Breaker(TimeProvider clock)
{
    private const int FailuresToOpen = 5;
    private static readonly TimeSpan BetweenProbes = TimeSpan.FromSeconds(30);
    private readonly Lock _turn = new();
    private int _failures;
    private DateTimeOffset _nextProbe;

    public bool IsOpen
    {
        get
        {
            lock (_turn) return _failures >= FailuresToOpen;
        }
    }

    /// <summary>How many messages may be claimed now.</summary>
    public int Allowance(int batch)
    {
        lock (_turn)
        {
            if (_failures < FailuresToOpen) return batch;
            if (clock.GetUtcNow() < _nextProbe) return 0;
            _nextProbe = clock.GetUtcNow() + BetweenProbes;
            return 1;
        }
    }

    public void Failed()
    {
        lock (_turn)
        {
            if (++_failures == FailuresToOpen) _nextProbe = clock.GetUtcNow() + BetweenProbes;
        }
    }

    public void Succeeded()
    {
        lock (_turn) _failures = 0;
    }
}
