using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Predictions.Segmentation;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Insights;

/// <param name="Name">Empty takes a given name back.</param>
/// <param name="Actor">A user's number, for the audit.</param>
public sealed record RenameSegment(int Number, string Name, string Actor);

public enum RenameProblem
{
    None, TooLong, Taken, NoSuchSegment,
}

public sealed class RenameSegmentHandler(IDbContextFactory<PortalDbContext> databases, ReadSegmentsHandler segments, TimeProvider clock)
{
    public const int MaxLength = 60;

    public async Task<RenameProblem> HandleAsync(RenameSegment command, CancellationToken ct)
    {
        var name = command.Name.Trim();
        if (name.Length > MaxLength) return RenameProblem.TooLong;
        var known = await segments.HandleAsync("en", ct);
        if (known?.Segments.FirstOrDefault(s => s.Number == command.Number) is not { } segment) return RenameProblem.NoSuchSegment;
        if (known.Segments.Any(s => s.Number != command.Number && string.Equals(s.Name, name, StringComparison.OrdinalIgnoreCase))) return RenameProblem.Taken;

        await using var db = await databases.CreateDbContextAsync(ct);
        var key = GivenSegmentNames.KeyOf(command.Number);
        var row = await db.Settings.FirstOrDefaultAsync(s => s.Key == key, ct);
        if (name.Length == 0 && row is not null) db.Settings.Remove(row);
        else if (name.Length > 0 && row is null) db.Settings.Add(new Setting { Key = key, Value = name });
        else if (row is not null) row.Value = name;
        db.AuditEntries.Add(new AuditEntry
        {
            At = clock.GetUtcNow(), Actor = command.Actor, Action = "audiences.write segment renamed",
            Target = FormattableString.Invariant($"segment {command.Number}"), Detail = $"{segment.Name} → {(name.Length == 0 ? "(name of the model)" : name)}",
        });
        await db.SaveChangesAsync(ct);
        return RenameProblem.None;
    }
}
