using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Statistics;
using CampaignPortal.Statistics.Experiments;
using CampaignPortal.Statistics.Summaries;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Insights.Messages;

public enum MessageSplit
{
    Campaign, Segment, Period,
}

/// <param name="From">First day on which messages were due; null is four weeks before <paramref name="To"/>.</param>
/// <param name="To">Last day; null is today.</param>
/// <param name="CampaignId">One campaign; null for all.</param>
/// <param name="Segment">One segment; null for all.</param>
public sealed record ReadMessageReport(DateOnly? From, DateOnly? To, long? CampaignId, int? Segment, MessageSplit Split);

/// <summary>A line of the report.</summary>
/// <param name="CampaignId">Where it is split by campaigns.</param>
/// <param name="Segment">Where it is split by segments; −1 is without one.</param>
/// <param name="Begin">First day of the line, where it is split by time.</param>
/// <param name="ClickRate">People who clicked of those to whom it was delivered, with its 95 % interval.</param>
/// <param name="ConversionRate">People who ordered after a click of those who clicked.</param>
public sealed record MessageLine(long? CampaignId, string? Campaign, int? Segment, DateOnly? Begin, MessageSums Sums, Estimate? ClickRate, Estimate? ConversionRate);

/// <summary>Recommendations on pages: impressions and clicks are counted as often as they happened.</summary>
/// <param name="Conversions">Clicks that an order of the same customer followed within seven days.</param>
public sealed record RecommendationFigures(long Impressions, long Clicks, long Conversions)
{
    public double? ClickRate => Impressions == 0 ? null : (double)Clicks / Impressions;

    public double? ConversionRate => Clicks == 0 ? null : (double)Conversions / Clicks;
}

/// <param name="All">Everything together.</param>
/// <param name="Campaigns">Campaigns with messages, by number, for the choice.</param>
/// <param name="PeriodDays">Days of a line where it is split by time.</param>
public sealed record MessageReport(
    IReadOnlyList<MessageLine> Lines, MessageLine All, RecommendationFigures Recommendations, IReadOnlyList<KeyValuePair<long, string>> Campaigns, DateOnly From, DateOnly To, int PeriodDays, DateTimeOffset AsOf);

/// <summary>Click and conversion rates by campaign, segment and time, from the maintained results.</summary>
public sealed class ReadMessageReportHandler(IDbContextFactory<PortalDbContext> databases, MessageBooks books, StepBooks steps, CustomerColumnsStore columns, ShopSettingsStore shop, PageMoment moment)
{
    public const int StandardDays = 28;
    private const int LongestOfDays = 31;
    private static readonly TimeSpan ConversionWindow = TimeSpan.FromDays(7);

    public async Task<MessageReport> HandleAsync(ReadMessageReport query, CancellationToken ct)
    {
        var book = await books.ReadAsync(ct);
        var zone = shop.Read().Zone;
        var now = moment.Read();
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        var to = query.To ?? today;
        var from = query.From is { } begun && begun <= to ? begun : to.AddDays(1 - StandardDays);
        var period = to.DayNumber - from.DayNumber + 1 > LongestOfDays ? 7 : 1;
        var cells = book.Cells.Where(c => c.Day >= from && c.Day <= to && (query.CampaignId is not { } id || c.CampaignId == id) && (query.Segment is not { } segment || c.Segment == segment)).ToList();
        await using var db = await databases.CreateDbContextAsync(ct);
        var known = book.Cells.Select(c => c.CampaignId).Distinct().ToList();
        var names = await db.Campaigns.AsNoTracking().Where(c => known.Contains(c.Id)).OrderByDescending(c => c.Id).Select(c => new KeyValuePair<long, string>(c.Id, c.Name)).ToListAsync(ct);
        var recommended = Recommended(await steps.ReadAsync(ct), query.Segment, Of(from, zone), Of(to.AddDays(1), zone));
        return new MessageReport(Lines(cells, query.Split, from, period, names.ToDictionary()), Line(null, null, null, null, cells), recommended, names, from, to, period, now);
    }

    private static IReadOnlyList<MessageLine> Lines(List<MessageCell> cells, MessageSplit split, DateOnly from, int period, Dictionary<long, string> names) => split switch
    {
        MessageSplit.Campaign => [.. cells.GroupBy(c => c.CampaignId).OrderByDescending(g => g.Max(c => c.Day)).ThenByDescending(g => g.Key).Select(g => Line(g.Key, names.GetValueOrDefault(g.Key), null, null, g))],
        MessageSplit.Segment => [.. cells.GroupBy(c => c.Segment).OrderByDescending(g => g.Sum(c => c.Sums.Sent)).Select(g => Line(null, null, g.Key, null, g))],
        _ => [.. cells.GroupBy(c => (c.Day.DayNumber - from.DayNumber) / period).OrderBy(g => g.Key).Select(g => Line(null, null, null, from.AddDays(g.Key * period), g))],
    };

    private static MessageLine Line(long? campaign, string? name, int? segment, DateOnly? begin, IEnumerable<MessageCell> cells)
    {
        var sums = cells.Aggregate(default(MessageSums), (sum, cell) => sum + cell.Sums);
        return new MessageLine(campaign, name, segment, begin, sums, Rate(sums.Clicked, sums.Delivered), Rate(sums.OrderedAfterClick, sums.Clicked));
    }

    /// <summary>A share with its Wilson interval; null of nobody.</summary>
    private static Estimate? Rate(long part, long whole) => whole <= 0 ? null : ProportionInterval.Of(new ProportionStatistic(whole, Math.Min(part, whole))).Value;

    private RecommendationFigures Recommended(StepBook book, int? segment, long from, long to)
    {
        var (shown, clicks, conversions) = (0L, 0L, 0L);
        var customers = columns.Read();
        for (var customer = 0; customer < book.Start.Length - 1; customer++)
        {
            if (segment is { } wanted && (customers.RowOf(book.Customer[customer]) is not (>= 0 and var row) || customers.Segment[row] != wanted)) continue;
            for (var i = book.Start[customer]; i < book.Start[customer + 1]; i++)
            {
                if (book.At[i] < from || book.At[i] >= to) continue;
                if (book.Kind[i] is EventKind.RecommendationShown) shown++;
                if (book.Kind[i] is not EventKind.RecommendationClicked) continue;
                clicks++;
                if (IsFollowedByOrder(book, i, book.Start[customer + 1])) conversions++;
            }
        }
        return new RecommendationFigures(shown, clicks, conversions);
    }

    private static bool IsFollowedByOrder(StepBook book, int click, int end)
    {
        for (var i = click + 1; i < end && book.At[i] < book.At[click] + ConversionWindow.Ticks; i++)
        {
            if (book.Kind[i] is EventKind.OrderPlaced) return true;
        }
        return false;
    }

    private static long Of(DateOnly day, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(15); // a day that begins after the clocks went forward
        return Stored.Ticks(new DateTimeOffset(local, zone.GetUtcOffset(local)));
    }
}
