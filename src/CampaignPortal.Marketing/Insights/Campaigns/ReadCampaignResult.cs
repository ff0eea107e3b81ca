using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Planning;
using CampaignPortal.Marketing.Campaigns.Results;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Experiments;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Insights.Campaigns;

/// <summary>One version with what happened to it.</summary>
/// <param name="Test">Its part of the comparison.</param>
/// <param name="All">Test and rest together.</param>
public sealed record VersionResult(long VariantId, int Position, double Weight, MessageContent Content, ArmSums Test, ArmSums All);

/// <summary>A test of versions, judged.</summary>
/// <param name="Comparisons">By metric, each version against the first.</param>
/// <param name="DecideAt">Fixed end of the test; null before planning.</param>
public sealed record TestResult(
    ResultMetric Metric, TestVerdict Verdict, IReadOnlyList<HealthCheck> Health, IReadOnlyDictionary<ResultMetric, IReadOnlyList<MetricComparison>> Comparisons, DateTimeOffset? StartedAt, DateTimeOffset? DecideAt)
{
    public bool IsValid => Verdict.State is not VerdictState.Invalid;
}

/// <summary>How far sending is.</summary>
/// <param name="Open">Messages that have not ended.</param>
/// <param name="KeptBack">Messages that did not leave, by reason.</param>
public sealed record SendingProgress(long Total, long Accepted, long Open, long InDoubt, IReadOnlyDictionary<string, long> KeptBack)
{
    /// <summary>People whose message came back, by reason and the server's code; the code is 0 where there was none.</summary>
    public IReadOnlyDictionary<(string Reason, int Code), long> Bounces { get; init; } = new Dictionary<(string Reason, int Code), long>();

    /// <summary>Messages a minute, of the last minute; null while that cannot be said.</summary>
    public double? PerMinute { get; init; }

    /// <summary>When the next of the open messages is due; null when none waits.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>Until the open ones have left, at this pace.</summary>
    public TimeSpan? TimeLeft => PerMinute is { } pace && Open > 0 ? TimeSpan.FromMinutes(Open / pace) : null;

    /// <summary>Messages that could not be made, by what went wrong; the most frequent first.</summary>
    public IReadOnlyList<RenderingFailure> Failures { get; init; } = [];
}

/// <param name="By">Display name, or null for the portal itself.</param>
public sealed record CampaignMove(CampaignState From, CampaignState To, DateTimeOffset At, string? By, string? Reason);

/// <summary>Everything of a campaign's result page.</summary>
/// <param name="Run">The newest run; null before the first one.</param>
/// <param name="Reach">Of all runs together.</param>
/// <param name="Effect">Against the holdout; null without one.</param>
/// <param name="AsOf">What is behind the figures is complete up to here.</param>
public sealed record CampaignResult(
    long Id, string Name, CampaignState State, CampaignSettings Settings, DateTimeOffset? NextRunAt, CampaignRun? Run, int RunCount, ReachFunnel Reach, IReadOnlyList<VersionResult> Versions, ArmSums Sent, ArmSums? Holdout,
    TestResult? Test, HoldoutEffect? Effect, SendingProgress Progress, IReadOnlyList<CampaignHour> Hours, IReadOnlyList<CampaignMove> Moves, IReadOnlyList<string> Audiences, DateTimeOffset AsOf)
{
    /// <summary>People who wait for the winner.</summary>
    public long Waiting => Run is { Phase: RunPhase.Testing or RunPhase.Rolling } ? ReachFunnel.FromJson(Run.Funnel).Waiting : 0;
}

/// <summary>Reads a campaign's result from maintained sums: some dozen rows, whatever its size.</summary>
public sealed class ReadCampaignResultHandler(IDbContextFactory<PortalDbContext> databases, CampaignTotalsReader totals, SendingProgressReader progress, TestHealthReader health, TimeProvider clock)
{
    private static readonly ResultMetric[] Metrics = [ResultMetric.Clicks, ResultMetric.Opens, ResultMetric.Orders, ResultMetric.Revenue, ResultMetric.Unsubscribes, ResultMetric.Complaints];

    /// <summary>Null when there is no such campaign.</summary>
    public async Task<CampaignResult?> HandleAsync(long id, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.Campaigns.AsNoTracking().FirstOrDefaultAsync(c => c.Id == id, ct) is not { } campaign) return null;
        var settings = CampaignSettings.FromJson(campaign.Settings);
        var runs = await db.CampaignRuns.AsNoTracking().Where(r => r.CampaignId == id).OrderBy(r => r.Id).ToListAsync(ct);
        var arms = totals.Read(id, null);
        var versions = await VersionsAsync(db, id, arms, ct);
        var holdout = SumOf(arms.Where(a => a.VariantId is CampaignRecipient.Holdout));
        var sent = SumOf(arms.Where(a => a.VariantId > 0)) ?? ArmSums.None;
        var run = runs.Count > 0 ? runs[^1] : null;
        return new CampaignResult(
            id, campaign.Name, campaign.State, settings, campaign.NextRunAt, run, runs.Count, runs.Select(r => ReachFunnel.FromJson(r.Funnel)).Aggregate(new ReachFunnel(), (all, one) => all.Add(one)),
            versions, sent, holdout, versions.Count > 1 && run is not null ? Test(settings, run, versions, arms) : null,
            holdout is { Exposed: > 0 } ? HoldoutEffect.Of(sent, holdout, settings.Costs, settings.Margin) : null,
            progress.Read(id),
            await db.CampaignHours.AsNoTracking().Where(h => h.CampaignId == id && h.VariantId > 0).OrderBy(h => h.Hour).ToListAsync(ct),
            await MovesAsync(db, id, ct),
            await db.Audiences.AsNoTracking().Where(a => settings.Include.Contains(a.Id)).OrderBy(a => a.Name).Select(a => a.Name).ToListAsync(ct),
            clock.GetUtcNow());
    }

    private TestResult Test(CampaignSettings settings, CampaignRun run, IReadOnlyList<VersionResult> versions, IReadOnlyList<ArmTotals> arms)
    {
        var now = clock.GetUtcNow();
        var start = run.DecideAt?.AddHours(-settings.DecisionHours);
        var checks = health.Read(run, settings, [.. versions.Select(v => (v.VariantId, v.Weight))], arms);
        IReadOnlyList<ArmSums> sums = [.. versions.Select(v => v.Test)];
        var hours = (Run: start is { } from ? (now - from).TotalHours : 0, Planned: (double)settings.DecisionHours);
        var verdict = TestJudge.Judge(sums, settings.Metric, checks, hours, ClosedWindows(sums, settings.Metric));
        return new TestResult(settings.Metric, verdict, checks, Metrics.ToDictionary(m => m, m => TestJudge.Compare(sums, m)), start, run.DecideAt);
    }

    private static double ClosedWindows(IReadOnlyList<ArmSums> versions, ResultMetric metric)
    {
        var exposed = versions.Sum(v => v.Exposed);
        return metric switch
        {
            ResultMetric.Orders when exposed > 0 => (double)versions.Sum(v => v.OrderWindowsClosed) / exposed,
            ResultMetric.Revenue when exposed > 0 => (double)versions.Sum(v => v.RevenueWindowsClosed) / exposed,
            _ => 1,
        };
    }

    private static async Task<IReadOnlyList<VersionResult>> VersionsAsync(PortalDbContext db, long id, IReadOnlyList<ArmTotals> arms, CancellationToken ct)
    {
        var variants = await db.CampaignVariants.AsNoTracking().Where(v => v.CampaignId == id).OrderBy(v => v.Position).ToListAsync(ct);
        return
        [
            .. variants.Select(v => new VersionResult(
                v.Id, v.Position, v.Weight, MessageContent.FromJson(v.Content),
                SumOf(arms.Where(a => a.VariantId == v.Id && a.Part is RunPart.Test)) ?? ArmSums.None,
                SumOf(arms.Where(a => a.VariantId == v.Id)) ?? ArmSums.None)),
        ];
    }

    private static async Task<IReadOnlyList<CampaignMove>> MovesAsync(PortalDbContext db, long id, CancellationToken ct)
    {
        var moves = await db.CampaignTransitions.AsNoTracking().Where(t => t.CampaignId == id).OrderByDescending(t => t.Id).Take(100).ToListAsync(ct);
        var numbers = moves.Select(m => long.TryParse(m.By, System.Globalization.CultureInfo.InvariantCulture, out var user) ? user : 0).Distinct().ToList();
        var names = await db.Users.AsNoTracking().Where(u => numbers.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, ct);
        return [.. moves.Select(m => new CampaignMove(m.From, m.To, m.At, long.TryParse(m.By, System.Globalization.CultureInfo.InvariantCulture, out var user) ? names.GetValueOrDefault(user) : null, m.Reason))];
    }

    private static ArmSums? SumOf(IEnumerable<ArmTotals> arms) => arms.Aggregate((ArmSums?)null, (all, arm) => all is null ? arm.Sums : all.Add(arm.Sums));
}
