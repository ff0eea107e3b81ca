using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Customers;

/// <summary>"Now" for pages: the clock, or the end of an imported history. Remembered for half a minute, because finding that end reads the log.</summary>
public sealed class PageMoment(PortalDatabase database, ShopSettingsStore shop, TimeProvider clock)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);
    private Known? _known;

    public async ValueTask<DateTimeOffset> ReadAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (_known is { } known && now >= known.ReadAt && now - known.ReadAt < Memory) return known.IsLive ? now : known.Moment;
        var zone = (await shop.ReadAsync(ct)).Zone;
        var moment = Read(zone, now);
        _known = new Known(now, moment, moment == now);
        return moment;
    }

    private DateTimeOffset Read(TimeZoneInfo zone, DateTimeOffset now)
    {
        using var connection = database.OpenReader();
        return EventTableReader.AsOf(connection, zone, now);
    }

    private sealed record Known(DateTimeOffset ReadAt, DateTimeOffset Moment, bool IsLive);
}
