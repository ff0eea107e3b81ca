using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Statistics;
using CampaignPortal.Statistics.Experiments;
using CampaignPortal.Statistics.Resampling;
using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Marketing.Insights;

/// <summary>How the steps of a funnel follow each other.</summary>
public enum FunnelOrder
{
    /// <summary>One after the other, whatever else happens in between.</summary>
    Ordered,
    /// <summary>One directly after the other: of all that is recorded nothing else was done in between.</summary>
    Strict,
    /// <summary>All of them within the window, whichever came first.</summary>
    Any,
}

public enum FunnelSplit
{
    None,
    /// <summary>Whether the customer had ordered before entering.</summary>
    Returning,
    /// <summary>Of the customer, now.</summary>
    Segment,
    /// <summary>With which the first step was taken.</summary>
    Device,
    /// <summary>By which the customer first came.</summary>
    Channel,
}

/// <param name="Steps">Two to six kinds, in order; empty chooses what the log has.</param>
/// <param name="From">First day of entries; null is four weeks before <paramref name="To"/>.</param>
/// <param name="To">Last day of entries; null is the newest.</param>
/// <param name="WindowDays">Time from the entry within which all steps must be taken.</param>
public sealed record ReadFunnel(IReadOnlyList<EventKind> Steps, DateOnly? From, DateOnly? To, int WindowDays, FunnelSplit Split)
{
    public FunnelOrder Order { get; init; }

    /// <summary>What must not happen between two steps: whoever does it stops there.</summary>
    public IReadOnlyList<EventKind> Without { get; init; } = [];

    public bool Equals(ReadFunnel? other) => other is not null && Steps.SequenceEqual(other.Steps) && Without.SequenceEqual(other.Without)
        && (From, To, WindowDays, Split, Order) == (other.From, other.To, other.WindowDays, other.Split, other.Order);

    public override int GetHashCode() => HashCode.Combine(Steps.Count, Without.Count, From, To, WindowDays, Split, Order);
}

/// <param name="FromStart">Share of those who entered, with its 95 % interval.</param>
/// <param name="FromBefore">Share of those who took the step before; null for the first.</param>
/// <param name="MedianWait">Time since the step before; null for the first, or without anybody. In any order, the time between the two.</param>
/// <param name="SlowWait">Nine in ten took the step within it.</param>
public sealed record FunnelStep(EventKind Kind, int CustomerCount, Estimate? FromStart, Estimate? FromBefore, TimeSpan? MedianWait, TimeSpan? SlowWait)
{
    /// <summary>Of those who took the step before and not this one: who did what must not happen in between.</summary>
    public int StoppedCount { get; init; }
}

/// <summary>People of a funnel who have something in common.</summary>
/// <param name="Number">By the split: 1 for who had ordered before, a segment's number; <see cref="Unknown"/> or <see cref="Others"/>.</param>
/// <param name="Name">A device or channel as the data name it.</param>
public sealed record FunnelGroup(FunnelSplit Split, int Number, string? Name, IReadOnlyList<FunnelStep> Steps)
{
    public const int Unknown = -1, Others = -2;
}

/// <param name="Groups">By the split, the largest first; everybody without one.</param>
/// <param name="Available">Kinds that the log has, with their number.</param>
/// <param name="Before">The same days before, for the comparison; null where they reach beyond the log.</param>
public sealed record FunnelOverview(
    IReadOnlyList<FunnelGroup> Groups, IReadOnlyList<FunnelStep>? Before, IReadOnlyList<EventKind> Steps, IReadOnlyDictionary<EventKind, int> Available, DateOnly From, DateOnly To, DateTimeOffset AsOf)
{
    /// <summary>Everybody together; null without two kinds of steps.</summary>
    public FunnelGroup? All { get; init; }

    public FunnelOrder Order { get; init; }

    public IReadOnlyList<EventKind> Without { get; init; } = [];

    /// <summary>What the data can be split by.</summary>
    public IReadOnlyList<FunnelSplit> Splits { get; init; } = [FunnelSplit.None];
}

/// <summary>How many customers went through steps within a window.</summary>
public sealed class ReadFunnelHandler(StepBooks books, CustomerColumnsStore columns, ShopSettingsStore shop)
{
    public const int MaxWindowDays = 90, MaxSteps = 6;

    private const int StandardDays = 28, MaxGroups = 12;

    private static readonly EventKind[] Standard = [EventKind.ItemViewed, EventKind.CartAdded, EventKind.OrderPlaced];

    private volatile Made? _made;

    public async Task<FunnelOverview> HandleAsync(ReadFunnel query, CancellationToken ct)
    {
        var book = await books.ReadAsync(ct);
        var customers = columns.Read();
        if (_made is { } made && made.Book == book && made.Customers == customers && made.Query == query) return made.Overview;
        var plan = PlanOf(query, book);
        var (entries, before) = plan.Steps.Length < 2 ? ([], []) : (plan.Walk.Walk(plan.Begin, plan.End), plan.Walk.Walk(plan.BeginBefore, plan.Begin));
        var all = plan.Steps.Length < 2 ? null : new FunnelGroup(FunnelSplit.None, FunnelGroup.Unknown, null, Sum(entries, plan.Steps));
        var overview = new FunnelOverview(all is null ? [] : query.Split is FunnelSplit.None ? [all] : Groups(entries, plan.Steps, query.Split, book, customers), before.Count == 0 ? null : Sum(before, plan.Steps), plan.Steps, book.Counts, plan.From, plan.To, book.AsOf)
        {
            All = all, Order = query.Order, Without = plan.Without, Splits = Splits(book, customers),
        };
        _made = new Made(book, customers, query, overview);
        return overview;
    }

    /// <summary>The customers who took the steps before one and not that one: exactly those whom the funnel counts as lost there.</summary>
    /// <param name="query">The funnel.</param>
    /// <param name="dropped">Index of the step that was not taken.</param>
    /// <param name="ct">Ends the reading.</param>
    public async Task<IReadOnlyList<long>> DroppedAsync(ReadFunnel query, int dropped, CancellationToken ct)
    {
        var book = await books.ReadAsync(ct);
        var plan = PlanOf(query, book);
        return plan.Steps.Length < 2 ? [] : [.. plan.Walk.Walk(plan.Begin, plan.End).Where(e => e.Times.Length == dropped).Select(e => book.Customer[e.Row])];
    }

    private Plan PlanOf(ReadFunnel query, StepBook book)
    {
        var zone = shop.Read().Zone;
        var last = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(book.AsOf.AddTicks(-1), zone).DateTime);
        var to = query.To is { } asked && asked < last ? asked : last;
        var from = query.From is { } begun && begun <= to ? begun : to.AddDays(1 - StandardDays);
        EventKind[] steps = [.. (query.Steps.Count > 0 ? query.Steps : Standard).Where(book.Counts.ContainsKey).Distinct().Take(MaxSteps)];
        EventKind[] without = [.. query.Without.Where(book.Counts.ContainsKey).Except(steps)];
        var days = to.DayNumber - from.DayNumber + 1;
        return new Plan(
            steps, without, from, to, At(from.AddDays(-days), zone), At(from, zone), At(to.AddDays(1), zone), new FunnelWalk(book, steps, query.Order, without, TimeSpan.FromDays(query.WindowDays).Ticks));
    }

    private static List<FunnelSplit> Splits(StepBook book, CustomerColumns customers)
    {
        var splits = new List<FunnelSplit> { FunnelSplit.None, FunnelSplit.Returning };
        if (Array.Exists(customers.Segment, s => s >= 0)) splits.Add(FunnelSplit.Segment);
        if (book.Devices.Count > 1) splits.Add(FunnelSplit.Device);
        if (book.Channels.Count > 1) splits.Add(FunnelSplit.Channel);
        return splits;
    }

    private static List<FunnelGroup> Groups(List<FunnelEntry> entries, EventKind[] steps, FunnelSplit split, StepBook book, CustomerColumns customers)
    {
        if (split is FunnelSplit.Returning) return [.. Enumerable.Range(0, 2).Select(number => new FunnelGroup(split, number, null, Sum([.. entries.Where(e => e.IsReturning == (number == 1))], steps)))];
        var largest = entries.GroupBy(NumberOf).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).ToList();
        var shown = largest.Count > MaxGroups ? MaxGroups - 1 : largest.Count;
        var groups = largest.Take(shown).Select(g => new FunnelGroup(split, g.Key, NameOf(g.Key), Sum([.. g], steps))).ToList();
        if (shown < largest.Count) groups.Add(new FunnelGroup(split, FunnelGroup.Others, null, Sum([.. largest.Skip(shown).SelectMany(g => g)], steps)));
        return groups;

        int NumberOf(FunnelEntry entry) => split switch
        {
            FunnelSplit.Device => entry.Device,
            FunnelSplit.Channel => book.Channel[entry.Row],
            _ => customers.RowOf(book.Customer[entry.Row]) is >= 0 and var row ? customers.Segment[row] : FunnelGroup.Unknown,
        };

        string? NameOf(int number) => number < 0 ? null : split switch
        {
            FunnelSplit.Device => book.Devices[number],
            FunnelSplit.Channel => book.Channels[number],
            _ => null,
        };
    }

    private static List<FunnelStep> Sum(List<FunnelEntry> entries, EventKind[] steps)
    {
        var sums = new List<FunnelStep>();
        var before = entries.Count;
        for (var step = 0; step < steps.Length; step++)
        {
            var reached = entries.Where(e => e.Times.Length > step).ToList();
            var waits = step == 0 ? [] : reached.Select(e => (double)Math.Abs(e.Times[step] - e.Times[step - 1])).Order().ToArray();
            TimeSpan? Wait(double level) => waits.Length == 0 ? null : TimeSpan.FromTicks((long)Quantiles.OfSorted(waits, level));
            sums.Add(new FunnelStep(steps[step], reached.Count, Rate(reached.Count, entries.Count), step == 0 ? null : Rate(reached.Count, before), Wait(0.5), Wait(0.9))
            {
                StoppedCount = entries.Count(e => e.IsStopped && e.Times.Length == step),
            });
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

    private sealed record Plan(EventKind[] Steps, EventKind[] Without, DateOnly From, DateOnly To, long BeginBefore, long Begin, long End, FunnelWalk Walk);

    private sealed record Made(StepBook Book, CustomerColumns Customers, ReadFunnel Query, FunnelOverview Overview);
}
