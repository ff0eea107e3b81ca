using CampaignPortal.Statistics.Experiments;

namespace CampaignPortal.Marketing.Experiments;

public enum HealthLevel
{
    Fine, Note, Warning,
    /// <summary>The test cannot be trusted: its verdict is hidden until somebody explains it.</summary>
    Invalid,
}

public enum HealthKind
{
    /// <summary>Are the arms as large as planned?</summary>
    Split,
    /// <summary>Did it run as long as planned?</summary>
    Plan,
    /// <summary>Did somebody see two versions?</summary>
    Crossover,
    /// <summary>Openings by mail programs, which are left out.</summary>
    Machines,
    /// <summary>Did as many of each arm get their message?</summary>
    Sending,
}

/// <param name="PValue">Of the check, where it is a test.</param>
/// <param name="Share">What was found, as a share.</param>
/// <param name="Counts">Customers of each arm, where the check compares arms.</param>
public sealed record HealthCheck(HealthKind Kind, HealthLevel Level, double? PValue = null, double? Share = null, IReadOnlyList<long>? Counts = null)
{
    /// <summary>Who answers for reading the result although the check failed; null while nobody does.</summary>
    public Acknowledged? Acknowledged { get; init; }

    /// <summary>It failed, and nobody has explained it yet.</summary>
    public bool Covers => Level is HealthLevel.Invalid && Acknowledged is null;
}

/// <param name="By">Display name.</param>
public sealed record Acknowledged(DateTimeOffset At, string By, string Reason);

/// <summary>An arm with the share of units that it should have.</summary>
public sealed record PlannedArm(ArmSums Sums, double Weight);

/// <summary>The checks before any verdict (EXPERIMENTS.md §12).</summary>
public static class HealthChecks
{
    private const double AlwaysValidThreshold = 0.005, FixedThreshold = 0.001, CrossoverLimit = 0.01;

    // Of what opened at all, and from how many on: a test that opens decide says nothing about people when most were programs.
    private const double MachineLimit = 0.5;
    private const long FewOpens = 50;

    /// <param name="arms">Versions, and the holdout where there is one.</param>
    /// <param name="metric">What decides.</param>
    /// <param name="isEnded">Whether the planned time is over: then the fixed check applies too.</param>
    /// <param name="wasCutShort">Whether somebody decided before the planned time.</param>
    public static IReadOnlyList<HealthCheck> Of(IReadOnlyList<PlannedArm> arms, ResultMetric metric, bool isEnded, bool wasCutShort) =>
    [
        Split(arms, isEnded),
        new HealthCheck(HealthKind.Plan, wasCutShort ? HealthLevel.Warning : isEnded ? HealthLevel.Fine : HealthLevel.Note),
        Crossover(arms),
        Sending(arms),
        Machines(arms, metric),
    ];

    private static HealthCheck Split(IReadOnlyList<PlannedArm> arms, bool isEnded)
    {
        var counts = arms.Select(a => a.Sums.Assigned).ToArray();
        double[] observed = [.. counts.Select(c => (double)c)], weights = [.. arms.Select(a => a.Weight)];
        if (arms.Count < 2 || counts.Sum() is 0) return new HealthCheck(HealthKind.Split, HealthLevel.Note, Counts: counts);
        var sequential = SampleRatioCheck.Sequential(observed, weights, threshold: AlwaysValidThreshold);
        var fixedLook = SampleRatioCheck.Fixed(observed, weights, FixedThreshold);
        if (!sequential.IsOk || !fixedLook.IsOk) return new HealthCheck(HealthKind.Split, HealthLevel.Note, Counts: counts);
        var level = sequential.Value.Mismatch || (isEnded && fixedLook.Value.Mismatch) ? HealthLevel.Invalid : fixedLook.Value.Mismatch ? HealthLevel.Warning : HealthLevel.Fine;
        return new HealthCheck(HealthKind.Split, level, fixedLook.Value.PValue, Counts: counts);
    }

    private static HealthCheck Crossover(IReadOnlyList<PlannedArm> arms)
    {
        var (seen, all) = (arms.Sum(a => a.Sums.SawAnother), arms.Sum(a => a.Sums.Assigned));
        var share = all is 0 ? 0 : (double)seen / all;
        return new HealthCheck(HealthKind.Crossover, share > CrossoverLimit ? HealthLevel.Invalid : seen > 0 ? HealthLevel.Note : HealthLevel.Fine, Share: share, Counts: [seen, all]);
    }

    // Who was drawn but never got a message, compared between the versions; a holdout gets none.
    private static HealthCheck Sending(IReadOnlyList<PlannedArm> arms)
    {
        var versions = arms.Where(a => a.Sums.Sent > 0).Select(a => a.Sums).ToArray();
        long[] unsent = [.. versions.Select(a => Math.Max(0, a.Exposed - a.Sent))];
        if (versions.Length < 2 || unsent.Sum() is 0) return new HealthCheck(HealthKind.Sending, HealthLevel.Fine, Counts: unsent);
        var check = SampleRatioCheck.Fixed([.. unsent.Select(c => (double)c)], [.. versions.Select(a => (double)Math.Max(1, a.Exposed))], FixedThreshold);
        return new HealthCheck(HealthKind.Sending, check.IsOk && check.Value.Mismatch ? HealthLevel.Warning : HealthLevel.Fine, check.IsOk ? check.Value.PValue : null, Counts: unsent);
    }

    private static HealthCheck Machines(IReadOnlyList<PlannedArm> arms, ResultMetric metric)
    {
        var (machines, all) = (arms.Sum(a => a.Sums.OpenedByMachine), arms.Sum(a => a.Sums.OpenedByMachine + a.Sums.Opened));
        var share = all is 0 ? 0 : (double)machines / all;
        var isTooMany = metric is ResultMetric.Opens && all >= FewOpens && share > MachineLimit;
        return new HealthCheck(HealthKind.Machines, isTooMany ? HealthLevel.Invalid : machines > 0 ? HealthLevel.Note : HealthLevel.Fine, Share: share);
    }
}
