namespace CampaignPortal.Marketing.Database;

/// <summary>What holds for the whole shop.</summary>
/// <param name="Name">Shown at the top of pages.</param>
/// <param name="Currency">ISO 4217 code of the reporting currency.</param>
/// <param name="TimeZone">IANA zone whose midnight begins a day of the shop.</param>
/// <param name="Language">Language of the pages where a user chose none: <c>en</c> or <c>zh-Hans</c>.</param>
public sealed record ShopSettings(string Name, string Currency, string TimeZone, string Language)
{
    /// <summary>ISO 3166 code of the country where the shop is; empty when nobody said so.</summary>
    public string Country { get; init; } = "";

    public static ShopSettings Default { get; } = new("My shop", "EUR", "UTC", "en");

    /// <summary>The zone; UTC where the machine does not know its name.</summary>
    public TimeZoneInfo Zone => TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone) ? zone : TimeZoneInfo.Utc;
}

/// <summary>Reads and writes <see cref="ShopSettings"/>; remembers them between changes.</summary>
/// <remarks>Raw SQL instead of EF Core, whose model a short command would build for these four rows alone.</remarks>
public sealed class ShopSettingsStore(PortalDatabase database)
{
    private volatile ShopSettings? _known;

    /// <summary>What is set, with the defaults for the rest.</summary>
    public ShopSettings Read()
    {
        if (_known is { } known) return known;
        var values = ReadValues();
        var standard = ShopSettings.Default;
        return _known = new ShopSettings(
            values.GetValueOrDefault("shop.name", standard.Name),
            values.GetValueOrDefault("shop.currency", standard.Currency),
            values.GetValueOrDefault("shop.time-zone", standard.TimeZone),
            values.GetValueOrDefault("shop.language", standard.Language))
        {
            Country = values.GetValueOrDefault("shop.country", standard.Country),
        };
    }

    /// <summary>Reads the store again at the next use: somebody wrote past this class.</summary>
    public void Forget() => _known = null;

    /// <summary>The same for callers that await; four rows are read at once or known already.</summary>
    public ValueTask<ShopSettings> ReadAsync(CancellationToken ct) => ct.IsCancellationRequested ? ValueTask.FromCanceled<ShopSettings>(ct) : ValueTask.FromResult(Read());

    /// <summary>Whether somebody, or an import, has said what the shop's currency and zone are.</summary>
    public bool IsSet() => ReadValues().ContainsKey("shop.currency");

    public async Task SaveAsync(ShopSettings settings, CancellationToken ct)
    {
        await database.WriteAsync(
            transaction =>
            {
                using var save = transaction.Prepare("insert into \"Settings\" (\"Key\", \"Value\") values (@0, @1) on conflict (\"Key\") do update set \"Value\" = excluded.\"Value\"", 2);
                save.Run("shop.name", settings.Name);
                save.Run("shop.currency", settings.Currency);
                save.Run("shop.time-zone", settings.TimeZone);
                save.Run("shop.language", settings.Language);
                if (settings.Country.Length > 0) save.Run("shop.country", settings.Country);
            },
            ct);
        _known = settings;
    }

    private Dictionary<string, string> ReadValues()
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "select \"Key\", \"Value\" from \"Settings\" where \"Key\" like 'shop.%'";
        using var reader = command.ExecuteReader();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read()) values[reader.GetString(0)] = reader.GetString(1);
        return values;
    }
}
