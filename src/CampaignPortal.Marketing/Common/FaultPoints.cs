using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;

namespace CampaignPortal.Marketing.Common;

/// <summary>Named points at which a kill test ends the process, as a power cut would: <c>CAMPAIGNPORTAL_FAULTS="ingest.before-commit@3"</c> dies at the third hit.</summary>
/// <remarks>Does nothing unless the process runs in the environment <c>Testing</c>.</remarks>
public static class FaultPoints
{
    private static readonly FrozenDictionary<string, Countdown> Plan = ReadPlan();

    /// <summary>Dies here when the plan says so.</summary>
    public static void Hit(string name)
    {
        if (Plan.Count is 0 || !Plan.TryGetValue(name, out var countdown)) return;
        if (Interlocked.Decrement(ref countdown.Remaining) is not 0) return;
        using var self = Process.GetCurrentProcess();
        self.Kill(); // SIGKILL: no finally block, no flush
        self.WaitForExit();
    }

    private static FrozenDictionary<string, Countdown> ReadPlan()
    {
        var plan = Environment.GetEnvironmentVariable("CAMPAIGNPORTAL_FAULTS");
        var isTesting = Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") is "Testing" || Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") is "Testing";
        if (!isTesting || string.IsNullOrEmpty(plan)) return FrozenDictionary<string, Countdown>.Empty;
        return plan.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Split('@'))
            .ToFrozenDictionary(
                part => part[0],
                part => new Countdown { Remaining = part.Length > 1 ? int.Parse(part[1], CultureInfo.InvariantCulture) : 1 },
                StringComparer.Ordinal);
    }

    private sealed class Countdown
    {
        public int Remaining;
    }
}
