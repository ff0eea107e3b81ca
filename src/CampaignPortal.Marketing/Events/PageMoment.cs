using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Events;

/// <summary>"Now" for pages: the clock, or the end of an imported history. Remembered for half a minute and, while no event comes, beyond it: finding that end reads the log.</summary>
public sealed class PageMoment(PortalDatabase database, ShopSettingsStore shop, TimeProvider clock)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);
    private Known? _known;

    public DateTimeOffset Read()
    {
        var now = clock.GetUtcNow();
        if (_known is { } known && now >= known.ReadAt && now - known.ReadAt < Memory) return known.IsLive ? now : known.Moment;
        var (zone, sequence) = (shop.Read().Zone, NewestSequence());
        if (_known is { IsLive: false } history && history.Sequence == sequence && history.Zone == zone.Id)
        {
            _known = history with { ReadAt = now };
            return history.Moment;
        }
        var moment = Read(zone, now);
        _known = new Known(now, moment, moment == now, sequence, zone.Id);
        return moment;
    }

    private DateTimeOffset Read(TimeZoneInfo zone, DateTimeOffset now)
    {
        using var connection = database.OpenReader();
        return EventTableReader.AsOf(connection, zone, now);
    }

    private long NewestSequence()
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "select max(\"Sequence\") from \"Events\"";
        return command.ExecuteScalar() is long sequence ? sequence : 0;
    }

    private sealed record Known(DateTimeOffset ReadAt, DateTimeOffset Moment, bool IsLive, long Sequence, string Zone);
}
