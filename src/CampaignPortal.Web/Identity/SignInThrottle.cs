using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace CampaignPortal.Web.Identity;

/// <summary>Slows the guessing of passwords down: a delay that grows with every failure, for the account and for the network, never a lock.</summary>
/// <remarks>
/// A hard lock after n failures is a tool to lock people out. Here the owner waits minutes at worst, and not at all on a device that has signed in
/// before, whose failures count on their own. Addresses that nobody has are slowed down alike, so the delay tells nothing. Kept in memory: a restart forgives.
/// </remarks>
public sealed class SignInThrottle(TimeProvider clock)
{
    private const int FreeAccountFailures = 4;
    private const int FreeNetworkFailures = 30;
    private const int MaxEntries = 100_000;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Memory = TimeSpan.FromHours(24);

    private readonly ConcurrentDictionary<string, Failures> _failures = new(StringComparer.Ordinal);

    /// <summary>How long this attempt must wait; zero lets it pass.</summary>
    public TimeSpan DelayFor(SignInAttempt attempt)
    {
        var now = clock.GetUtcNow();
        var account = Remaining(AccountKey(attempt), FreeAccountFailures, now);
        var network = attempt.IsKnownDevice ? TimeSpan.Zero : Remaining(NetworkKey(attempt.Address), FreeNetworkFailures, now);
        return account > network ? account : network;
    }

    public void Failed(SignInAttempt attempt)
    {
        var now = clock.GetUtcNow();
        if (_failures.Count > MaxEntries) Forget(now);
        Add(AccountKey(attempt), now);
        if (!attempt.IsKnownDevice) Add(NetworkKey(attempt.Address), now);
    }

    public void Succeeded(SignInAttempt attempt) => _failures.TryRemove(AccountKey(attempt), out _);

    private void Add(string key, DateTimeOffset now) => _failures.AddOrUpdate(
        key,
        static (_, at) => new Failures(1, at),
        static (_, before, at) => at - before.LastAt > Memory ? new Failures(1, at) : new Failures(before.Count + 1, at),
        now);

    private TimeSpan Remaining(string key, int free, DateTimeOffset now)
    {
        if (!_failures.TryGetValue(key, out var failures) || failures.Count < free || now - failures.LastAt > Memory) return TimeSpan.Zero;
        var doublings = Math.Min(failures.Count - free, 12);
        var delay = TimeSpan.FromSeconds(Math.Min(2 << doublings, LongestDelay.TotalSeconds));
        var left = failures.LastAt + delay - now;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var (key, failures) in _failures)
        {
            if (now - failures.LastAt > LongestDelay) _failures.TryRemove(key, out _);
        }
    }

    private static string AccountKey(SignInAttempt attempt) =>
        (attempt.IsKnownDevice ? "device " : "account ") + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(attempt.Email.Trim().ToUpperInvariant())));

    // One household or office shares a /24, one subscriber a /64.
    private static string NetworkKey(IPAddress? address)
    {
        if (address is null) return "network ?";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        return "network " + Convert.ToHexString(bytes.AsSpan(0, address.AddressFamily is AddressFamily.InterNetwork ? 3 : 8));
    }

    private readonly record struct Failures(int Count, DateTimeOffset LastAt);
}

/// <param name="Email">As typed.</param>
/// <param name="Address">Where it comes from.</param>
/// <param name="IsKnownDevice">The browser has signed in to this account before.</param>
public sealed record SignInAttempt(string Email, IPAddress? Address, bool IsKnownDevice);
