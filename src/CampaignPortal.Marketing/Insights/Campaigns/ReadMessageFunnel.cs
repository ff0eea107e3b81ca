using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Predictions;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Insights.Campaigns;

/// <summary>What the lines of the funnel are.</summary>
public enum MessageSplit
{
    Campaign, Segment, Month,
}

/// <param name="Days">Messages that were due within so many days.</param>
public sealed record ReadMessageFunnel(int Days, MessageSplit Split);

/// <summary>One line: people at each step. Rates follow the definitions of the portal.</summary>
/// <param name="Key">Campaign's or segment's number, or months since year 0.</param>
/// <param name="Name">Of the campaign; null for the others.</param>
public sealed record MessageFunnelRow(long Key, string? Name, long Sent, long Delivered, long Opened, long Clicked, long Ordered, long Unsubscribed, decimal Revenue)
{
    /// <summary>People who clicked, of those delivered.</summary>
    public double? ClickRate => Delivered > 0 ? (double)Clicked / Delivered : null;

    /// <summary>People who ordered after a click, of those who clicked.</summary>
    public double? ConversionRate => Clicked > 0 ? (double)Ordered / Clicked : null;
}

/// <param name="AsOf">Messages and what followed are counted up to here.</param>
public sealed record MessageFunnel(IReadOnlyList<MessageFunnelRow> Rows, MessageFunnelRow Total, DateTimeOffset AsOf);

/// <summary>From sent to ordered after a click, by campaign, segment or month. Campaigns and months come from the maintained sums.</summary>
public sealed class ReadMessageFunnelHandler(PortalDatabase database, IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    private const string Figures =
        "sum(\"Sent\"), sum(\"Sent\" - \"Bounced\"), sum(\"Opened\"), sum(\"Clicked\"), sum(\"OrderedAfterClick\"), sum(\"Unsubscribed\"), sum(\"AttributedRevenue\")";

    private const string Days = "from \"CampaignArmDays\" where \"VariantId\" > 0 and \"Day\" >= @0";

    public async Task<MessageFunnel> HandleAsync(ReadMessageFunnel query, CancellationToken ct)
    {
        var window = Window.LastDays(query.Days, clock.GetUtcNow());
        await using var db = await databases.CreateDbContextAsync(ct);
        var names = query.Split is MessageSplit.Campaign ? await db.Campaigns.AsNoTracking().ToDictionaryAsync(c => c.Id, c => c.Name, ct) : [];
        var rows = await Task.Run(() => Read(query.Split, window.From, names), ct);
        var total = rows.Aggregate(new MessageFunnelRow(0, null, 0, 0, 0, 0, 0, 0, 0), Add);
        return new MessageFunnel([.. rows.Where(r => r.Sent > 0).OrderByDescending(r => query.Split is MessageSplit.Month ? r.Key : r.Sent)], total, window.To);
    }

    private List<MessageFunnelRow> Read(MessageSplit split, DateTimeOffset from, Dictionary<long, string> names)
    {
        using var connection = database.OpenReader();
        var sql = split switch
        {
            MessageSplit.Segment => BySegment,
            MessageSplit.Month => $"select \"Day\", {Figures} {Days} group by \"Day\"",
            _ => $"select \"CampaignId\", {Figures} {Days} group by \"CampaignId\"",
        };
        using var command = connection.Prepare(sql, 1);
        command.Set(0, split is MessageSplit.Segment ? Stored.Ticks(from) : from.UtcTicks / TimeSpan.TicksPerDay);
        using var reader = command.ExecuteReader();
        var rows = new List<MessageFunnelRow>();
        while (reader.Read())
        {
            var key = reader.GetInt64(0);
            rows.Add(new MessageFunnelRow(
                split is MessageSplit.Month ? MonthOf(key) : key, names.GetValueOrDefault(key), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6),
                Stored.Amount(reader.GetInt64(7))));
        }
        return split is MessageSplit.Month ? [.. rows.GroupBy(r => r.Key).Select(g => g.Aggregate(Add))] : rows;
    }

    // Segments of today: a customer who moved since counts where he is now.
    private const string BySegment =
        $"select cast(coalesce(s.\"Value\", -1) as integer), count(r.\"SentAt\"), count(r.\"SentAt\") - count(r.\"BouncedAt\"), count(r.\"OpenedAt\"), count(r.\"ClickedAt\"), sum(r.\"OrderedAfterClick\"), "
        + $"count(r.\"UnsubscribedAt\"), sum(r.\"AttributedRevenue\") from \"CampaignRecipients\" r left join \"CustomerScores\" s on s.\"CustomerId\" = r.\"CustomerId\" and s.\"Model\" = '{ModelNames.Segments}' "
        + "where r.\"SentAt\" >= @0 group by 1";

    private static long MonthOf(long day)
    {
        var date = new DateTime(day * TimeSpan.TicksPerDay, DateTimeKind.Utc);
        return date.Year * 12L + date.Month - 1;
    }

    private static MessageFunnelRow Add(MessageFunnelRow a, MessageFunnelRow b) =>
        a with { Key = b.Key, Sent = a.Sent + b.Sent, Delivered = a.Delivered + b.Delivered, Opened = a.Opened + b.Opened, Clicked = a.Clicked + b.Clicked, Ordered = a.Ordered + b.Ordered, Unsubscribed = a.Unsubscribed + b.Unsubscribed, Revenue = a.Revenue + b.Revenue };
}
