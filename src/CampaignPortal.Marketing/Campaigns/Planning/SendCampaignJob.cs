using System.Text.Json;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Campaigns.Planning;

/// <summary>What the job <c>campaign</c> works on.</summary>
public sealed record SendCampaignParameters(long RunId);

/// <summary>Writes down the messages of a run, or of its rest. The outbox sends them.</summary>
public sealed class SendCampaignJob(RunPlanner planner, RestRoller roller, CampaignEndings endings, IDbContextFactory<PortalDbContext> databases) : IJobHandler
{
    public const string JobKey = "campaign";

    public JobDefinition Definition { get; } = new(JobKey) { MaxAttempts = 6 }; // a crash costs an attempt, and a plan loses nothing by one

    public static string SingleFlightKey(long runId) => FormattableString.Invariant($"{JobKey}.{runId}");

    public string SingleFlightKeyOf(JsonElement parameters) => parameters.TryGetProperty("runId", out var id) && id.TryGetInt64(out var number) ? SingleFlightKey(number) : JobKey;

    public async Task<JobOutcome> RunAsync(JobContext job, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var runId = job.ParametersAs<SendCampaignParameters>().RunId;
        if (await db.CampaignRuns.AsNoTracking().FirstOrDefaultAsync(r => r.Id == runId, ct) is not { } run) throw new JobFailedException(new JobProblem("campaign-missing", "There is no such run any more."));
        try
        {
            return run.Phase switch
            {
                RunPhase.Planning => await PlanAsync(job, run, ct),
                RunPhase.Rolling => await RollAsync(job, run, ct),
                _ => JobOutcome.Skip("campaign-planned", "Everything of this run is planned already."),
            };
        }
        catch (CampaignStoppedException)
        {
            return JobOutcome.Skip("campaign-stopped", "The campaign was stopped.");
        }
    }

    private async Task<JobOutcome> PlanAsync(JobContext job, CampaignRun run, CancellationToken ct)
    {
        job.Report("campaign-plan", 0);
        var planned = await planner.PlanAsync(run, (done, total) => job.Report("campaign-plan", done, total), ct);
        if (planned.Stopped is { } reason)
        {
            if (reason is CampaignReasons.EmptyAudience && await endings.SkipAsync(run, reason, ct)) return JobOutcome.Skip(reason, "Nobody is in the audience this time; the campaign waits for its next date.");
            await endings.FailAsync(run, reason, planned.Detail, ct);
            throw new JobFailedException(new JobProblem(reason, Sentence(reason, planned.Detail)));
        }
        return JobOutcome.Done(new { campaignId = run.CampaignId, planned = planned.Funnel.Planned, waiting = planned.Funnel.Waiting });
    }

    private static string Sentence(string reason, string? detail) => reason switch
    {
        CampaignReasons.EmptyAudience => "Nobody is in the audience, so nothing was sent.",
        CampaignReasons.GoneSegment => $"The rule of an audience names a segment that does not exist any more: {detail}",
        _ => $"The audience is not up to date: {detail}",
    };

    private async Task<JobOutcome> RollAsync(JobContext job, CampaignRun run, CancellationToken ct)
    {
        job.Report("campaign-roll", 0);
        var sent = await roller.RollAsync(run, (done, total) => job.Report("campaign-roll", done, total), ct);
        return JobOutcome.Done(new { campaignId = run.CampaignId, planned = sent });
    }
}
