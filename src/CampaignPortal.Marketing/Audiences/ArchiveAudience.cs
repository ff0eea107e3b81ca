using CampaignPortal.Marketing.Audiences.Membership;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Audiences;

/// <summary>Puts an audience away, or takes it back.</summary>
public sealed record ArchiveAudience(long Id, bool IsArchived, long By);

/// <param name="Users">Drafts and past campaigns that still name it; they are told apart from those that act on it, which stand in the way.</param>
public sealed record ArchivedAudience(string Name, IReadOnlyList<string> Users);

/// <summary>Nothing that acts on an audience loses it: whoever uses it is named instead.</summary>
public sealed class ArchiveAudienceHandler(IDbContextFactory<PortalDbContext> databases, AudienceUses uses, AudienceKeeper keeper, TimeProvider clock)
{
    /// <summary>Its name and who still names it, or a problem whose field is one of <see cref="AudienceProblems"/>; the message of <see cref="AudienceProblems.InUse"/> names the users.</summary>
    public async Task<Result<ArchivedAudience>> HandleAsync(ArchiveAudience command, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.Audiences.FirstOrDefaultAsync(a => a.Id == command.Id, ct) is not { } audience) return Problem.At(AudienceProblems.Gone, "The audience does not exist any more.");
        var users = command.IsArchived ? await uses.OfAsync(command.Id, ct) : [];
        if (users.Any(u => u.IsActive)) return Problem.At(AudienceProblems.InUse, string.Join(", ", users.Where(u => u.IsActive).Select(u => u.Name)));
        if (!command.IsArchived && await AudienceNames.ProblemOfAsync(db, audience.Name, audience.Id, ct) is not null) audience.Name = await AudienceNames.FreeAsync(db, audience.Name, ct);
        var now = clock.GetUtcNow();
        audience.ArchivedAt = command.IsArchived ? now : null;
        audience.Revision++;
        db.AuditEntries.Add(AudienceNames.Audit(now, command.By, command.IsArchived ? "archived" : "taken back", audience));
        await db.SaveChangesAsync(ct);
        if (!command.IsArchived) await keeper.TurnAsync(ct);
        return new ArchivedAudience(audience.Name, [.. users.Select(u => u.Name)]);
    }
}

/// <summary>Makes another one with the same rule; of a fixed list, one with the same members.</summary>
/// <param name="Name">Wished name; a number is added where it is taken.</param>
public sealed record DuplicateAudience(long Id, string Name, long By);

public sealed class DuplicateAudienceHandler(IDbContextFactory<PortalDbContext> databases, SaveAudienceHandler save, FixAudienceHandler fix)
{
    public async Task<Result<SavedAudience>> HandleAsync(DuplicateAudience command, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.Audiences.AsNoTracking().FirstOrDefaultAsync(a => a.Id == command.Id, ct) is not { } audience) return Problem.At(AudienceProblems.Gone, "The audience does not exist any more.");
        var name = await AudienceNames.FreeAsync(db, command.Name.Trim(), ct);
        if (audience.Kind is AudienceKind.Fixed)
        {
            var copy = await fix.HandleAsync(new FixAudience(name, null, command.Id, command.By), ct);
            return copy.IsOk ? new SavedAudience(copy.Value, 1) : copy.Problem!; // not ok is a problem
        }
        var rule = RuleJson.Read(audience.RuleJson);
        if (rule.Problem is { } problem) return Problem.At(AudienceProblems.RuleWrong, problem.Message);
        return await save.HandleAsync(new SaveAudience(null, name, audience.Description, AudienceOrder.After(rule.Value, []), null, command.By), ct);
    }
}

/// <summary>Who relies on an audience: other audiences, and whatever features say of themselves.</summary>
public sealed class AudienceUses(IDbContextFactory<PortalDbContext> databases, IEnumerable<IAudienceUser> users)
{
    public async Task<IReadOnlyList<AudienceUse>> OfAsync(long audienceId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var live = await db.Audiences.AsNoTracking().Where(a => a.ArchivedAt == null && a.Kind == AudienceKind.Live && a.Id != audienceId).Select(a => new { a.Id, a.Name, a.RuleJson }).ToListAsync(ct);
        var found = live.Where(a => RuleJson.Read(a.RuleJson) is { IsOk: true } rule && rule.Value.Audiences().Contains(audienceId))
            .Select(a => new AudienceUse("audience", a.Id, a.Name, FormattableString.Invariant($"/audiences/{a.Id}"), true)).ToList();
        foreach (var user in users) found.AddRange(await user.UsesOfAsync(audienceId, ct));
        return found;
    }
}
