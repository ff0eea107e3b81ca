using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Privacy;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Settings;

/// <param name="Version">The version in force.</param>
/// <param name="Earlier">Versions before it, the latest first.</param>
public sealed record ConsentWordingRow(string Channel, string Purpose, int Version, string Text, DateTimeOffset CreatedAt, IReadOnlyList<ConsentWording> Earlier);

/// <summary>The sentences to which people agree, per channel and purpose.</summary>
public sealed class ConsentWordingsHandler(IDbContextFactory<PortalDbContext> databases, AuditTrail audit, TimeProvider clock)
{
    public const int MaxTextLength = 2_000;
    private const int MaxNameLength = 40;

    public async Task<IReadOnlyList<ConsentWordingRow>> ListAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var all = await db.ConsentWordings.AsNoTracking().OrderByDescending(w => w.Version).ToListAsync(ct);
        return
        [
            .. all.GroupBy(w => (w.Channel, w.Purpose)).OrderBy(g => g.Key.Channel, StringComparer.Ordinal).ThenBy(g => g.Key.Purpose, StringComparer.Ordinal)
                .Select(g => g.First() is var last ? new ConsentWordingRow(last.Channel, last.Purpose, last.Version, last.Text, last.CreatedAt, [.. g.Skip(1)]) : null!),
        ];
    }

    /// <summary>The version in force, for whoever records a consent; null where no wording was entered.</summary>
    public async Task<int?> CurrentVersionAsync(string channel, string purpose, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.ConsentWordings.Where(w => w.Channel == channel && w.Purpose == purpose).MaxAsync(w => (int?)w.Version, ct);
    }

    /// <summary>Adds the next version and answers its number. The same text again stays the version that it is.</summary>
    public async Task<Result<int>> AddAsync(string channel, string purpose, string text, Actor actor, CancellationToken ct)
    {
        (channel, purpose, text) = (channel.Trim(), purpose.Trim(), text.Trim());
        if (channel.Length is 0 or > MaxNameLength) return Problem.At(nameof(channel), "A channel has 1 to 40 characters.");
        if (purpose.Length is 0 or > MaxNameLength) return Problem.At(nameof(purpose), "A purpose has 1 to 40 characters.");
        if (text.Length is 0 or > MaxTextLength) return Problem.At(nameof(text), "A wording has 1 to 2,000 characters.");
        await using var db = await databases.CreateDbContextAsync(ct);
        var last = await db.ConsentWordings.AsNoTracking().Where(w => w.Channel == channel && w.Purpose == purpose).OrderByDescending(w => w.Version).FirstOrDefaultAsync(ct);
        if (last?.Text == text) return last.Version;
        var version = (last?.Version ?? 0) + 1;
        var fact = new AuditFact("settings.write consent wording", $"{channel} {purpose}", last?.Text, text, FormattableString.Invariant($"version {version}"));
        var isAdded = await audit.WriteAsync(
            actor,
            [fact],
            transaction => transaction.Execute(
                "insert into \"ConsentWordings\" (\"Channel\", \"Purpose\", \"Version\", \"Text\", \"CreatedAt\") values (@0, @1, @2, @3, @4) on conflict do nothing",
                channel, purpose, version, text, Stored.Ticks(clock.GetUtcNow())) is 1,
            ct);
        return isAdded ? version : Problem.Of("Somebody else added a version at the same moment. Look at it first.");
    }
}
