using System.Globalization;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Predictions;

/// <summary>A person has read the card of a version and stands by it.</summary>
/// <param name="Actor">The user's number.</param>
public sealed record ReviewModel(string Model, int Version, string Actor);

/// <summary>The last review of a model's card.</summary>
public sealed record ModelReview(int Version, string Name, DateTimeOffset At);

/// <summary>Keeps reviews in the audit log, where they cannot be changed afterwards.</summary>
public sealed class ReviewModelHandler(IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    private const string Action = "models.review";

    public async Task HandleAsync(ReviewModel command, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        db.AuditEntries.Add(new AuditEntry { At = clock.GetUtcNow(), Actor = command.Actor, Action = Action, Target = command.Model, Detail = command.Version.ToString(CultureInfo.InvariantCulture) });
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Null while nobody has reviewed the model.</summary>
    public async Task<ModelReview?> LastAsync(string model, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var entry = await db.AuditEntries.AsNoTracking().Where(e => e.Action == Action && e.Target == model).OrderByDescending(e => e.Id).FirstOrDefaultAsync(ct);
        if (entry is null || !int.TryParse(entry.Detail, CultureInfo.InvariantCulture, out var version)) return null;
        var name = long.TryParse(entry.Actor, CultureInfo.InvariantCulture, out var user) ? await db.Users.Where(u => u.Id == user).Select(u => u.DisplayName).SingleOrDefaultAsync(ct) : null;
        return new ModelReview(version, string.IsNullOrEmpty(name) ? entry.Actor : name, entry.At);
    }
}
