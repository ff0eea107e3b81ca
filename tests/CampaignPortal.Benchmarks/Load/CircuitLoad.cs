using System.Diagnostics;
using System.Net;

namespace CampaignPortal.Benchmarks.Load;

/// <summary>The verb <c>load circuits</c>: people with the portal open, each on another page, and what they cost the server.</summary>
internal static class CircuitLoad
{
    private const int VisitCount = 3;

    /// <param name="BeforeMb">Memory of the server after every page was asked for once.</param>
    /// <param name="OpenMb">The same with all circuits open.</param>
    /// <param name="P50Ms">From the request to the first render batch of the circuit.</param>
    private sealed record Result(
        double PerSecond, double P50Ms, double P95Ms, double P99Ms, double PeakMb, int Circuits, int Alive, double BeforeMb, double OpenMb, double UsedMb, double PerCircuitMb, double PageP50Ms, double PageP95Ms,
        IReadOnlyList<string> Failures);

    public static async Task<object> RunAsync(LargeShopData data, int count, TimeSpan time, CancellationToken ct)
    {
        await using var portal = await PortalClient.StartAsync(data.Path, ct);
        var addresses = new List<string>();
        foreach (var page in await new PageRoutes().FindAsync(a => portal.GetAsync(a, ct)))
        {
            if (page.Name.Contains('?', StringComparison.Ordinal)) continue;
            foreach (var address in page.Addresses.Take(5))
            {
                if ((await portal.GetAsync(address, ct)).Status is HttpStatusCode.OK) addresses.Add(address);
            }
        }
        var before = portal.Program.MemoryMb ?? 0;
        var circuits = new List<Circuit>();
        var (opening, visits, failures) = (new List<double>(), new List<double>(), new List<string>());
        var clock = Stopwatch.StartNew();
        try
        {
            for (var i = 0; i < count; i++)
                await TimeAsync(opening, addresses[i % addresses.Count], failures, async address => circuits.Add(await Circuit.OpenAsync(portal, address, ct)));
            var perSecond = circuits.Count / clock.Elapsed.TotalSeconds;
            var open = portal.Program.MemoryMb ?? 0;

            // Everybody goes on to other pages, one after the other, for as long as was asked for.
            for (var round = 1; round <= VisitCount || clock.Elapsed < time; round++)
            {
                for (var i = 0; i < circuits.Count; i++)
                {
                    if (circuits[i].Failure is null) await TimeAsync(visits, addresses[(i + round * 7) % addresses.Count], failures, address => circuits[i].GoAsync(new Uri(portal.Address, address), ct));
                }
            }
            var used = portal.Program.MemoryMb ?? 0;
            failures.AddRange(circuits.Select(c => c.Failure).OfType<string>());
            return new Result(
                perSecond, Share.Of(opening, 0.5), Share.Of(opening, 0.95), Share.Of(opening, 0.99), portal.Program.PeakMb ?? 0, count, circuits.Count(c => c.Failure is null),
                before, open, used, (used - before) / count, Share.Of(visits, 0.5), Share.Of(visits, 0.95), [.. failures.Distinct(StringComparer.Ordinal).Take(10)]);
        }
        finally
        {
            foreach (var circuit in circuits) await circuit.DisposeAsync();
        }
    }

    private static async Task TimeAsync(List<double> times, string address, List<string> failures, Func<string, Task> run)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            await run(address);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        catch (Exception e) when (e is InvalidDataException or TimeoutException)
        {
            failures.Add($"{address}: {e.Message}");
        }
    }
}

/// <summary>Shares of measured values.</summary>
internal static class Share
{
    /// <summary>The smallest value that this share of all values does not exceed (nearest rank); 0 of none.</summary>
    public static double Of(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length is 0 ? 0 : sorted[Math.Max(0, (int)Math.Ceiling(sorted.Length * share) - 1)];
    }
}
