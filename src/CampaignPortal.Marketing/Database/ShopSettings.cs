using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Database;

/// <summary>What holds for the whole shop.</summary>
/// <param name="Name">Shown at the top of pages.</param>
/// <param name="Currency">ISO 4217 code of the reporting currency.</param>
/// <param name="TimeZone">IANA zone whose midnight begins a day of the shop.</param>
/// <param name="Language">Language of the pages where a user chose none: <c>en</c> or <c>zh-Hans</c>.</param>
public sealed record ShopSettings(string Name, string Currency, string TimeZone, string Language)
{
    public static ShopSettings Default { get; } = new("My shop", "EUR", "UTC", "en");

    /// <summary>The zone; UTC where the machine does not know its name.</summary>
    public TimeZoneInfo Zone => TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone) ? zone : TimeZoneInfo.Utc;
}

/// <summary>Reads and writes <see cref="ShopSettings"/>; remembers them between changes.</summary>
public sealed class ShopSettingsStore(IDbContextFactory<PortalDbContext> databases)
{
    private const string Prefix = "shop.";
    private volatile ShopSettings? _known;

    public async ValueTask<ShopSettings> ReadAsync(CancellationToken ct)
    {
        if (_known is { } known) return known;
        await using var db = await databases.CreateDbContextAsync(ct);
        var values = await db.Settings.AsNoTracking().Where(s => s.Key.StartsWith(Prefix)).ToDictionaryAsync(s => s.Key, s => s.Value, StringComparer.Ordinal, ct);
        string Value(string name, string fallback) => values.GetValueOrDefault(Prefix + name, fallback);
        var standard = ShopSettings.Default;
        return _known = new ShopSettings(
            Value("name", standard.Name), Value("currency", standard.Currency), Value("time-zone", standard.TimeZone), Value("language", standard.Language));
    }

    /// <summary>Whether somebody, or an import, has said what the shop's currency and zone are.</summary>
    public async Task<bool> IsSetAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Settings.AnyAsync(s => s.Key == Prefix + "currency", ct);
    }

    public async Task SaveAsync(ShopSettings settings, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var stored = await db.Settings.Where(s => s.Key.StartsWith(Prefix)).ToDictionaryAsync(s => s.Key, StringComparer.Ordinal, ct);
        void Put(string name, string value)
        {
            if (stored.TryGetValue(Prefix + name, out var setting)) setting.Value = value;
            else db.Settings.Add(new Setting { Key = Prefix + name, Value = value });
        }
        Put("name", settings.Name);
        Put("currency", settings.Currency);
        Put("time-zone", settings.TimeZone);
        Put("language", settings.Language);
        await db.SaveChangesAsync(ct);
        _known = settings;
    }
}
