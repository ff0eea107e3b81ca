using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Insights;

/// <summary>"Now" for pages: the clock, or the end of an imported history. Remembered for half a minute, because finding that end reads the log.</summary>
public sealed class PageMoment(PortalDatabase database, ShopSettingsStore shop, TimeProvider clock)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);
    private Known? _known;

    public DateTimeOffset Read()
    {
        var now = clock.GetUtcNow();
        if (_known is { } known && now >= known.ReadAt && now - known.ReadAt < Memory) return known.IsLive ? now : known.Moment;
        var moment = Read(shop.Read().Zone, now);
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
