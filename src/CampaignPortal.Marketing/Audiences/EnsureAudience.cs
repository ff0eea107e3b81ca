using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Audiences;

/// <summary>Asks for the audience that follows a rule.</summary>
/// <param name="Name">Of a new one; a number is put behind it where another audience has it.</param>
/// <param name="By">The user who asks.</param>
public sealed record EnsureAudience(string Name, AudienceRule Rule, long By);

/// <summary>Finds the audience that follows exactly this rule, or makes it: whoever begins from the same template twice has one audience, not two.</summary>
public sealed class EnsureAudienceHandler(IDbContextFactory<PortalDbContext> databases, SaveAudienceHandler save)
{
    /// <summary>The audience's number, or a problem whose field is one of <see cref="AudienceProblems"/>.</summary>
    public async Task<Result<long>> HandleAsync(EnsureAudience command, CancellationToken ct)
    {
        var json = RuleJson.Write(command.Rule);
        string name;
        await using (var db = await databases.CreateDbContextAsync(ct))
        {
            var known = await db.Audiences.AsNoTracking().Where(a => a.ArchivedAt == null && a.Kind == AudienceKind.Live && a.RuleJson == json).OrderBy(a => a.Id).FirstOrDefaultAsync(ct);
            if (known is not null) return known.Id;
            name = await AudienceNames.FreeAsync(db, command.Name, ct);
        }
        var saved = await save.HandleAsync(new SaveAudience(null, name, null, command.Rule, null, command.By), ct);
        return saved.Problem is { } problem ? problem : saved.Value.Id;
    }
}
