using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Statistics;
using CampaignPortal.Statistics.Experiments;
using CampaignPortal.Statistics.Resampling;
using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Marketing.Insights;

public enum FunnelSplit
{
    None,
    /// <summary>Whether the customer had ordered before entering.</summary>
    Returning,
}

/// <param name="Steps">Two to six kinds, in order; empty chooses what the log has.</param>
/// <param name="From">First day of entries; null is four weeks before <paramref name="To"/>.</param>
/// <param name="To">Last day of entries; null is the newest.</param>
/// <param name="WindowDays">Time from the entry within which all steps must be taken.</param>
public sealed record ReadFunnel(IReadOnlyList<EventKind> Steps, DateOnly? From, DateOnly? To, int WindowDays, FunnelSplit Split)
{
    public bool Equals(ReadFunnel? other) => other is not null && Steps.SequenceEqual(other.Steps) && (From, To, WindowDays, Split) == (other.From, other.To, other.WindowDays, other.Split);

    public override int GetHashCode() => HashCode.Combine(Steps.Count, From, To, WindowDays, Split);
}

/// <param name="FromStart">Share of those who entered, with its 95 % interval.</param>
/// <param name="FromBefore">Share of those who took the step before; null for the first.</param>
/// <param name="MedianWait">Time since the step before; null for the first, or without anybody.</param>
/// <param name="SlowWait">Nine in ten took the step within it.</param>
public sealed record FunnelStep(EventKind Kind, int CustomerCount, Estimate? FromStart, Estimate? FromBefore, TimeSpan? MedianWait, TimeSpan? SlowWait);

/// <param name="IsReturning">Null without a split.</param>
public sealed record FunnelGroup(bool? IsReturning, IReadOnlyList<FunnelStep> Steps);

/// <param name="Available">Kinds that the log has, with their number.</param>
/// <param name="Before">The same days before, for the comparison; null where they reach beyond the log.</param>
public sealed record FunnelOverview(
    IReadOnlyList<FunnelGroup> Groups, IReadOnlyList<FunnelStep>? Before, IReadOnlyList<EventKind> Steps, IReadOnlyDictionary<EventKind, int> Available, DateOnly From, DateOnly To, DateTimeOffset AsOf);

/// <summary>How many customers went through steps in order within a window.</summary>
public sealed class ReadFunnelHandler(StepBooks books, ShopSettingsStore shop)
{
    public const int MaxWindowDays = 90;

    private const int StandardDays = 28;

    private static readonly EventKind[] Standard = [EventKind.ItemViewed, EventKind.CartAdded, EventKind.OrderPlaced];

    private volatile Made? _made;

    public async Task<FunnelOverview> HandleAsync(ReadFunnel query, CancellationToken ct)
    {
        var book = await books.ReadAsync(ct);
        if (_made is { } made && made.Book == book && made.Query == query) return made.Overview;
        var zone = shop.Read().Zone;
        var last = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(book.AsOf.AddTicks(-1), zone).DateTime);
        var to = query.To is { } asked && asked < last ? asked : last;
        var from = query.From is { } begun && begun <= to ? begun : to.AddDays(1 - StandardDays);
        EventKind[] steps = [.. (query.Steps.Count > 0 ? query.Steps : Standard).Where(book.Counts.ContainsKey).Distinct().Take(6)];
        var length = to.DayNumber - from.DayNumber + 1;
        var entries = steps.Length < 2 ? [] : Walk(book, steps, At(from, zone), At(to.AddDays(1), zone), query.WindowDays);
        var before = steps.Length < 2 ? [] : Walk(book, steps, At(from.AddDays(-length), zone), At(from, zone), query.WindowDays);
        var overview = new FunnelOverview(Groups(entries, steps, query.Split), before.Count == 0 ? null : Sum(before, steps), steps, book.Counts, from, to, book.AsOf);
        _made = new Made(book, query, overview);
        return overview;
    }

    private static List<FunnelGroup> Groups(List<Entry> entries, EventKind[] steps, FunnelSplit split)
    {
        if (steps.Length < 2) return [];
        return split is FunnelSplit.None
            ? [new FunnelGroup(null, Sum(entries, steps))]
            : [new FunnelGroup(false, Sum([.. entries.Where(e => !e.IsReturning)], steps)), new FunnelGroup(true, Sum([.. entries.Where(e => e.IsReturning)], steps))];
    }

    /// <summary>The first entry of each customer in the time, and when each later step was first taken after the one before it.</summary>
    private static List<Entry> Walk(StepBook book, EventKind[] steps, long from, long to, int windowDays)
    {
        var entries = new List<Entry>();
        var window = TimeSpan.FromDays(windowDays).Ticks;
        for (var customer = 0; customer < book.Start.Length - 1; customer++)
        {
            var (begin, end) = (book.Start[customer], book.Start[customer + 1]);
            var entry = begin;
            var isReturning = false;
            for (; entry < end && book.At[entry] < to; entry++)
            {
                if (book.At[entry] >= from && book.Kind[entry] == steps[0]) break;
                isReturning |= book.Kind[entry] is EventKind.OrderPlaced;
            }
            if (entry >= end || book.At[entry] >= to) continue;
            var times = new List<long> { book.At[entry] };
            for (var i = entry + 1; i < end && times.Count < steps.Length && book.At[i] <= times[0] + window; i++)
            {
                if (book.Kind[i] == steps[times.Count]) times.Add(book.At[i]);
            }
            entries.Add(new Entry(isReturning, [.. times]));
        }
        return entries;
    }

    private static List<FunnelStep> Sum(List<Entry> entries, EventKind[] steps)
    {
        var sums = new List<FunnelStep>();
        var before = entries.Count;
        for (var step = 0; step < steps.Length; step++)
        {
            var reached = entries.Where(e => e.Times.Length > step).ToList();
            var waits = step == 0 ? [] : reached.Select(e => (double)(e.Times[step] - e.Times[step - 1])).Order().ToArray();
            TimeSpan? Wait(double level) => waits.Length == 0 ? null : TimeSpan.FromTicks((long)Quantiles.OfSorted(waits, level));
            sums.Add(new FunnelStep(steps[step], reached.Count, Rate(reached.Count, entries.Count), step == 0 ? null : Rate(reached.Count, before), Wait(0.5), Wait(0.9)));
            before = reached.Count;
        }
        return sums;
    }

    private static Estimate? Rate(int part, int whole) => whole == 0 ? null : ProportionInterval.Of(new ProportionStatistic(whole, part)).Value;

    private static long At(DateOnly day, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(15);
        return Stored.Ticks(new DateTimeOffset(local, zone.GetUtcOffset(local)));
    }

    private sealed record Entry(bool IsReturning, long[] Times);

    private sealed record Made(StepBook Book, ReadFunnel Query, FunnelOverview Overview);
}
