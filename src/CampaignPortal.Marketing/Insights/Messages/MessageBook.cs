using CampaignPortal.Marketing.Campaigns.Results;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Insights.Messages;

/// <summary>What became of the messages of one campaign that were due on one day, to the customers of one segment. Openings and clicks are those of people.</summary>
public readonly record struct MessageSums
{
    public long Sent { get; init; }
    public long Bounced { get; init; }
    public long Opened { get; init; }
    public long Clicked { get; init; }
    public long Unsubscribed { get; init; }
    /// <summary>People who ordered within seven days of the message.</summary>
    public long Ordered { get; init; }
    /// <summary>Of these, after a click.</summary>
    public long OrderedAfterClick { get; init; }
    /// <summary>Money ordered after a click, within thirty days of the message.</summary>
    public decimal AttributedRevenue { get; init; }

    public long Delivered => Sent - Bounced;

    public static MessageSums operator +(MessageSums a, MessageSums b) => new()
    {
        Sent = a.Sent + b.Sent,
        Bounced = a.Bounced + b.Bounced,
        Opened = a.Opened + b.Opened,
        Clicked = a.Clicked + b.Clicked,
        Unsubscribed = a.Unsubscribed + b.Unsubscribed,
        Ordered = a.Ordered + b.Ordered,
        OrderedAfterClick = a.OrderedAfterClick + b.OrderedAfterClick,
        AttributedRevenue = a.AttributedRevenue + b.AttributedRevenue,
    };
}

/// <param name="Segment">The customers' segment now; −1 without one.</param>
/// <param name="Day">Of the shop's zone, on which the messages were due.</param>
public sealed record MessageCell(long CampaignId, int Segment, DateOnly Day, MessageSums Sums);

/// <summary>Every message of every campaign, summed by campaign, segment and day: a few thousand cells, whatever the number of customers.</summary>
public sealed record MessageBook(IReadOnlyList<MessageCell> Cells)
{
    public MessageSums Sum(Func<MessageCell, bool> isIn) => Cells.Where(isIn).Aggregate(default(MessageSums), (sum, cell) => sum + cell.Sums);
}

/// <summary>Holds the newest <see cref="MessageBook"/>. It is added up from the people of the campaigns' results, so every figure is the sum of its people.</summary>
public sealed class MessageBooks : IDisposable
{
    private readonly PortalDatabase _database;
    private readonly ShopSettingsStore _shop;
    private readonly CustomerColumnsStore _columns;
    private readonly Snapshot<Key, MessageBook> _snapshot;

    public MessageBooks(PortalDatabase database, ShopSettingsStore shop, CustomerColumnsStore columns, TimeProvider clock)
    {
        (_database, _shop, _columns) = (database, shop, columns);
        _snapshot = new Snapshot<Key, MessageBook>(ReadKey, Build, clock);
    }

    public Task<MessageBook> ReadAsync(CancellationToken ct) => _snapshot.ReadAsync(ct);

    public void Dispose() => _snapshot.Dispose();

    // The results' own checkpoint, not the end of the log: a book of results that lag behind must not pass for a new one.
    private Key ReadKey()
    {
        using var connection = _database.OpenReader();
        using var command = connection.Prepare("select \"Sequence\" from \"ProjectionCheckpoints\" where \"Name\" = 'campaign-results'", 0);
        return new Key(command.RunScalar() ?? 0, _columns.Read(), _shop.Read().Zone.Id);
    }

    private MessageBook Build(Key key, CancellationToken ct)
    {
        var zone = _shop.Read().Zone;
        var cells = new Dictionary<(long Campaign, int Segment, DateOnly Day), MessageSums>();
        using var connection = _database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            select "CampaignId", "CustomerId", "ExposedAt", "SentAt" is not null, "BouncedAt" is not null, "OpenedAt" is not null, "ClickedAt" is not null, "UnsubscribedAt" is not null,
              "OrderedAt" is not null, "OrderedAfterClick", "AttributedRevenue"
            from "CampaignRecipients" where "VariantId" > {CampaignRecipient.Holdout} and "ExposedAt" is not null
            """;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            ct.ThrowIfCancellationRequested();
            var row = key.Columns.RowOf(reader.GetInt64(1));
            var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(Stored.Time(reader.GetInt64(2)), zone).DateTime);
            var cell = (reader.GetInt64(0), row < 0 ? -1 : key.Columns.Segment[row], day);
            cells[cell] = cells.GetValueOrDefault(cell) + Read(reader);
        }
        return new MessageBook([.. cells.Select(c => new MessageCell(c.Key.Campaign, c.Key.Segment, c.Key.Day, c.Value)).OrderBy(c => (c.Day, c.CampaignId, c.Segment))]);
    }

    private static MessageSums Read(System.Data.Common.DbDataReader reader) => new()
    {
        Sent = reader.GetInt64(3),
        Bounced = reader.GetInt64(4),
        Opened = reader.GetInt64(5),
        Clicked = reader.GetInt64(6),
        Unsubscribed = reader.GetInt64(7),
        Ordered = reader.GetInt64(8),
        OrderedAfterClick = reader.GetInt64(9),
        AttributedRevenue = Stored.Amount(reader.GetInt64(10)),
    };

    private readonly record struct Key(long Sequence, CustomerColumns Columns, string Zone);
}
