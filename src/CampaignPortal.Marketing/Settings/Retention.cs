using System.Globalization;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Settings;

/// <summary>How many rows are older than their time.</summary>
public sealed record RetentionCounts(long QuarantineRows, long Sessions, long Invitations)
{
    public long Total => QuarantineRows + Sessions + Invitations;
}

/// <summary>Deletes what has been kept for as long as the settings allow; the clean-up job calls it every night.</summary>
public sealed class RetentionHandler(PortalDatabase database, SettingsHandler settings, AuditTrail audit, TimeProvider clock)
{
    private const int ChunkSize = 5_000;
    private static readonly Actor Self = new("retention", Origin: null);

    // What to delete, with the moment before which it is too old as its only parameter.
    private static readonly (string Key, string Table, string Condition)[] Rules =
    [
        (KnownSettings.QuarantineDays, "Quarantine", "\"ReceivedAt\" < @0"),
        (KnownSettings.SessionDays, "PortalSessions", "\"LastSeenAt\" < @0"),
        (KnownSettings.InvitationDays, "Invitations", "\"ExpiresAt\" < @0"),
    ];

    /// <summary>What <see cref="ApplyAsync"/> would delete now.</summary>
    public async Task<RetentionCounts> PreviewAsync(CancellationToken ct)
    {
        var limits = await LimitsAsync(ct);
        using var reader = database.OpenReader();
        var counts = new long[Rules.Length];
        for (var i = 0; i < Rules.Length; i++)
        {
            using var command = reader.Prepare($"select count(*) from \"{Rules[i].Table}\" where {Rules[i].Condition}", 1);
            counts[i] = command.RunScalar(limits[i]) ?? 0;
        }
        return new RetentionCounts(counts[0], counts[1], counts[2]);
    }

    /// <summary>Deletes it, and notes in the audit log how many rows of what.</summary>
    public async Task<RetentionCounts> ApplyAsync(CancellationToken ct)
    {
        var limits = await LimitsAsync(ct);
        var counts = new long[Rules.Length];
        for (var i = 0; i < Rules.Length; i++) counts[i] = await DeleteAsync(Rules[i].Table, Rules[i].Condition, limits[i], ct);
        var deleted = new RetentionCounts(counts[0], counts[1], counts[2]);
        if (deleted.Total > 0)
        {
            var detail = string.Create(CultureInfo.InvariantCulture, $"quarantine {deleted.QuarantineRows}, sessions {deleted.Sessions}, invitations {deleted.Invitations}");
            await audit.WriteAsync(Self, new AuditFact("retention.write delete", Target: null, Detail: detail), ct);
        }
        return deleted;
    }

    // In chunks, so that other writers get their turn in between.
    private async Task<long> DeleteAsync(string table, string condition, long limit, CancellationToken ct)
    {
        var sum = 0L;
        while (true)
        {
            var deleted = await database.WriteAsync(
                transaction => transaction.Execute($"delete from \"{table}\" where \"Id\" in (select \"Id\" from \"{table}\" where {condition} limit @1)", limit, ChunkSize), ct);
            sum += deleted;
            if (deleted < ChunkSize) return sum;
        }
    }

    private async Task<long[]> LimitsAsync(CancellationToken ct)
    {
        var days = await settings.ReadAsync([.. Rules.Select(r => r.Key)], ct);
        return [.. Rules.Select(r => Stored.Ticks(clock.GetUtcNow().AddDays(-int.Parse(days[r.Key], CultureInfo.InvariantCulture))))];
    }
}
