using System.Globalization;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Campaigns.Results;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Experiments;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>Sends a version to the rest.</summary>
/// <param name="VariantId">Null sends nothing to the rest: the campaign ends with its test.</param>
/// <param name="By">A user's number.</param>
public sealed record DecideCampaign(long RunId, long? VariantId, string By);

/// <summary>Takes the decision, by a person or by the rule; a second one changes nothing.</summary>
public sealed class DecideCampaignHandler(IDbContextFactory<PortalDbContext> databases, PortalDatabase database, CampaignTotalsReader totals, TestHealthReader health, CampaignStore campaigns, CampaignStarter starter, TimeProvider clock)
{
    /// <summary>Answers whether this decision was the one; false when there was one already.</summary>
    public async Task<Result<bool>> HandleAsync(DecideCampaign command, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.CampaignRuns.AsNoTracking().FirstOrDefaultAsync(r => r.Id == command.RunId, ct) is not { } run) return Problem.Of("There is no such run any more.");
        if (command.VariantId is { } variant && !await db.CampaignVariants.AnyAsync(v => v.Id == variant && v.CampaignId == run.CampaignId, ct)) return Problem.Of("The campaign has no such version.");
        if (!await IsSendingAsync(db, run.CampaignId, ct)) return Problem.Of("The campaign is not being sent; resume it first.");
        var phase = command.VariantId is null ? RunPhase.Sending : RunPhase.Rolling;
        var now = clock.GetUtcNow();
        var isTaken = await database.WriteAsync(
            transaction =>
            {
                if (transaction.Execute(
                    "update \"CampaignRuns\" set \"Phase\" = @1, \"WinnerId\" = @2, \"DecidedAt\" = @3, \"DecidedBy\" = @4 where \"Id\" = @0 and \"Phase\" = 'Testing'",
                    run.Id, phase.ToString(), command.VariantId, Stored.Ticks(now), command.By) is 0) return false;
                transaction.Write(new AuditEntry
                {
                    At = now,
                    Actor = command.By,
                    Action = "experiments.decide",
                    Target = string.Create(CultureInfo.InvariantCulture, $"campaign {run.CampaignId}"),
                    Detail = command.VariantId is { } id ? string.Create(CultureInfo.InvariantCulture, $"version {id} to the rest") : "nothing to the rest",
                });
                return true;
            },
            ct);
        if (isTaken && command.VariantId is not null) await starter.StartAsync(run.Id, command.By, ct);
        return isTaken;
    }

    /// <summary>The rule: the version with the highest expected figure, or the first one when it is too close to call. A failed check that nobody has explained stops it.</summary>
    public async Task DecideAsync(long runId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var run = await db.CampaignRuns.AsNoTracking().FirstAsync(r => r.Id == runId, ct);
        if (await campaigns.ReadAsync(run.CampaignId, ct) is not { } stored) return;
        var sums = totals.Read(run.CampaignId, run.Occurrence);
        // What a person may not read the portal does not act upon: the rest waits until somebody has explained it.
        if (health.Read(run, stored.Draft.Settings, [.. stored.Draft.Variants.Select(v => (v.Id, v.Weight))], sums).Any(c => c.Covers)) return;
        var arms = sums.Where(a => a.Part is RunPart.Test && a.VariantId > 0).ToDictionary(a => a.VariantId, a => a.Sums);
        var choice = WinnerRule.Choose([.. stored.Draft.Variants.Select(v => arms.GetValueOrDefault(v.Id) ?? ArmSums.None)], stored.Draft.Settings.Metric);
        await HandleAsync(new DecideCampaign(runId, stored.Draft.Variants[choice.Position].Id, CampaignEndings.Portal), ct);
    }

    private static Task<bool> IsSendingAsync(PortalDbContext db, long campaignId, CancellationToken ct) => db.Campaigns.AnyAsync(c => c.Id == campaignId && c.State == CampaignState.Sending, ct);
}
