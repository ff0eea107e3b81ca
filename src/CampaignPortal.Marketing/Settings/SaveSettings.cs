using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Settings;

/// <summary>One setting of a page that is saved as a whole.</summary>
/// <param name="Key">One of <see cref="KnownSettings"/>.</param>
/// <param name="Before">The value that the person saw.</param>
/// <param name="After">The value that the person wants.</param>
public sealed record SettingChange(string Key, string Before, string After);

/// <summary>A setting that somebody else changed in the meantime.</summary>
/// <param name="Current">Its value now.</param>
/// <param name="ChangedBy">Who changed it, when the audit log says so.</param>
/// <param name="ChangedAt">When.</param>
public sealed record SettingConflict(string Key, string Current, string? ChangedBy, DateTimeOffset? ChangedAt);

/// <param name="Conflicts">Empty when everything was saved; otherwise nothing was.</param>
public sealed record SavedSettings(IReadOnlyList<SettingConflict> Conflicts);

/// <summary>Reads and saves settings; each change is an entry of the audit log with the values before and after.</summary>
public sealed class SettingsHandler(IDbContextFactory<PortalDbContext> databases, AuditTrail audit, ShopSettingsStore shop)
{
    /// <summary>The values of these settings, with the standard for what nobody set.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReadAsync(IReadOnlyCollection<string> keys, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var values = await db.Settings.AsNoTracking().Where(s => keys.Contains(s.Key)).ToDictionaryAsync(s => s.Key, s => s.Value, StringComparer.Ordinal, ct);
        return keys.ToDictionary(key => key, key => values.GetValueOrDefault(key) ?? Definition(key).Standard, StringComparer.Ordinal);
    }

    /// <summary>Saves all changes or none: a value that is not allowed, or one that somebody else changed meanwhile, stops them all.</summary>
    public async Task<Result<SavedSettings>> SaveAsync(IReadOnlyList<SettingChange> changes, Actor actor, CancellationToken ct)
    {
        foreach (var change in changes)
        {
            if (KnownSettings.Find(change.Key) is not { } known) return Problem.At(change.Key, $"There is no setting '{change.Key}'.");
            if (!known.IsAllowed(change.After)) return Problem.At(change.Key, $"'{change.After}' is not allowed for {change.Key}.");
        }
        var conflicts = new List<(string Key, string Current)>();
        var facts = changes.Select(c => new AuditFact("settings.write", c.Key, c.Before, c.After)).ToArray();
        await audit.WriteAsync(
            actor,
            facts,
            transaction =>
            {
                conflicts.Clear();
                using var find = transaction.Prepare("select \"Value\" from \"Settings\" where \"Key\" = @0", 1);
                using var save = transaction.Prepare("insert into \"Settings\" (\"Key\", \"Value\") values (@0, @1) on conflict (\"Key\") do update set \"Value\" = excluded.\"Value\"", 2);
                foreach (var change in changes)
                {
                    find.Set(0, change.Key);
                    var current = find.ExecuteScalar() as string ?? Definition(change.Key).Standard;
                    if (current != change.Before && current != change.After) conflicts.Add((change.Key, current));
                }
                if (conflicts.Count > 0) return false;
                foreach (var change in changes) save.Run(change.Key, change.After);
                return true;
            },
            ct);
        shop.Forget();
        return new SavedSettings(await ExplainAsync(conflicts, ct));
    }

    private async Task<IReadOnlyList<SettingConflict>> ExplainAsync(List<(string Key, string Current)> conflicts, CancellationToken ct)
    {
        if (conflicts.Count is 0) return [];
        await using var db = await databases.CreateDbContextAsync(ct);
        var explained = new List<SettingConflict>();
        foreach (var (key, current) in conflicts)
        {
            var last = await db.AuditEntries.AsNoTracking().Where(e => e.Target == key && e.Action == "settings.write").OrderByDescending(e => e.Id).FirstOrDefaultAsync(ct);
            var by = long.TryParse(last?.Actor, System.Globalization.CultureInfo.InvariantCulture, out var id)
                ? await db.Users.AsNoTracking().Where(u => u.Id == id).Select(u => u.DisplayName).SingleOrDefaultAsync(ct)
                : last?.Actor;
            explained.Add(new SettingConflict(key, current, by, last?.At));
        }
        return explained;
    }

    private static SettingDefinition Definition(string key) => KnownSettings.Find(key) ?? throw new ArgumentException($"There is no setting '{key}'.", nameof(key));
}
