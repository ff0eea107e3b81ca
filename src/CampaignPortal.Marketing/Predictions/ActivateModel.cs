using System.Globalization;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Predictions;

/// <summary>Lets another stored version of a model answer: forward is a promotion, backward a roll-back.</summary>
/// <param name="Live">The version that the person saw answering: nobody overrides what they have not seen.</param>
/// <param name="Reason">Why, in the person's words; needed for a version that was judged worse.</param>
/// <param name="Actor">The user's number.</param>
public sealed record ActivateModel(string Model, int Version, int Live, string? Reason, string Actor);

/// <param name="IsRollBack">An earlier version than before answers now.</param>
public sealed record ActivatedModel(string Model, int Version, int Before, bool IsRollBack);

/// <summary>Moves the pointer of a model by hand. Scores follow with the next scoring; pages show the version of each score until then.</summary>
public sealed class ActivateModelHandler(IDbContextFactory<PortalDbContext> databases, ModelRegistry registry, TimeProvider clock)
{
    public const string Gone = "gone", Stale = "stale", NeedsReason = "needs-reason", AlreadyLive = "already-live";

    /// <summary>Problems carry one of the codes above as their message: the page has the words.</summary>
    public async Task<Result<ActivatedModel>> HandleAsync(ActivateModel command, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var live = await db.ModelHeads.AsNoTracking().Where(h => h.Model == command.Model).Select(h => (int?)h.Version).SingleOrDefaultAsync(ct);
        if (live != command.Live) return Problem.Of(Stale);
        if (command.Version == live) return Problem.Of(AlreadyLive);
        var run = await db.TrainingRuns.AsNoTracking().Where(r => r.Model == command.Model && r.Version == command.Version).OrderByDescending(r => r.Id).FirstOrDefaultAsync(ct);
        var reason = string.IsNullOrWhiteSpace(command.Reason) ? null : command.Reason.Trim();
        if (run?.Status is TrainingRun.NotPromoted && reason is null) return Problem.At(nameof(command.Reason), NeedsReason);

        var isRollBack = command.Version < live;
        var entry = new AuditEntry
        {
            At = clock.GetUtcNow(), Actor = command.Actor, Action = isRollBack ? "models.rollback" : "models.activate", Target = command.Model,
            Detail = string.Create(CultureInfo.InvariantCulture, $"v{live} → v{command.Version}{(reason is null ? "" : ": " + reason)}"),
        };
        return await registry.ActivateAsync(command.Model, command.Version, entry, ct)
            ? new ActivatedModel(command.Model, command.Version, command.Live, isRollBack)
            : Problem.Of(Gone);
    }
}
