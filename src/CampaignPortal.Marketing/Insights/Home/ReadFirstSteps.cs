using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Insights;

/// <summary>How far a new portal has come.</summary>
/// <param name="HasData">Something is in the log.</param>
/// <param name="HasModel">A model is in use.</param>
/// <param name="HasRun">A job other than an import went well; an import is the first step already.</param>
/// <param name="HasColleague">There is a second user, or somebody is invited.</param>
public sealed record FirstStepsDone(bool HasData, bool HasModel, bool HasRun, bool HasColleague);

/// <summary>What of the first steps is done, each answered by the first row that proves it.</summary>
public sealed class ReadFirstStepsHandler(IDbContextFactory<PortalDbContext> databases)
{
    public async Task<FirstStepsDone> HandleAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return new FirstStepsDone(
            await db.Events.AsNoTracking().AnyAsync(ct),
            await db.ModelHeads.AsNoTracking().AnyAsync(ct),
            await db.JobRuns.AsNoTracking().AnyAsync(r => r.Status == JobStatus.Succeeded && !r.SingleFlightKey.StartsWith("import"), ct),
            await db.Invitations.AsNoTracking().AnyAsync(i => i.UserId == null, ct) || // a link for a new password invites nobody
            await db.Users.AsNoTracking().CountAsync(ct) > 1);
    }
}
