using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Insights;

/// <summary>One person's way through a funnel: of all attempts the one that came furthest, and of these the first.</summary>
/// <param name="Row">Of the customer in the book.</param>
/// <param name="IsReturning">Had ordered before entering.</param>
/// <param name="Device">Of the step of entering; an index into the book's names, or −1.</param>
/// <param name="Times">When each step that was reached was taken, in the order of the funnel.</param>
/// <param name="IsStopped">What must not happen in between ended it.</param>
internal sealed record FunnelEntry(int Row, bool IsReturning, sbyte Device, long[] Times, bool IsStopped);

/// <summary>Follows every customer of a book through the steps of a funnel. Time grows with events × steps.</summary>
/// <param name="book">What customers did.</param>
/// <param name="steps">Two or more different kinds.</param>
/// <param name="order">How the steps follow each other.</param>
/// <param name="without">Kinds that end an attempt.</param>
/// <param name="window">Ticks from the first step to the last.</param>
internal sealed class FunnelWalk(StepBook book, EventKind[] steps, FunnelOrder order, IReadOnlyCollection<EventKind> without, long window)
{
    private readonly bool[] _ends = Marks(without);
    private readonly bool[] _isNoAct = Marks([.. new[] { EventKind.MessageSent, EventKind.RecommendationShown }.Where(kind => !steps.Contains(kind))]);
    private readonly int[] _at = new int[steps.Length];
    private int _stop;

    /// <summary>Everybody who took the first step in the time.</summary>
    /// <param name="from">First moment of entries, in ticks.</param>
    /// <param name="to">First moment after them.</param>
    public List<FunnelEntry> Walk(long from, long to)
    {
        var entries = new List<FunnelEntry>();
        for (var row = 0; row < book.Start.Length - 1; row++)
        {
            if ((order is FunnelOrder.Any ? Gathered(row, from, to) : Furthest(row, from, to)) is { } entry) entries.Add(entry);
        }
        return entries;
    }

    private FunnelEntry? Furthest(int row, long from, long to)
    {
        FunnelEntry? furthest = null;
        var end = book.Start[row + 1];
        Array.Clear(_at);
        _stop = 0;
        for (var i = FirstSince(row, from); i < end && book.At[i] < to; i++)
        {
            if (book.Kind[i] != steps[0]) continue;
            var (reached, isStopped) = order is FunnelOrder.Strict ? Directly(i, end) : InOrder(i, end);
            if (furthest is null || reached > furthest.Times.Length) furthest = new FunnelEntry(row, HadOrdered(row, i), book.Device[i], Times(reached), isStopped);
            if (reached == steps.Length) break;
        }
        return furthest;
    }

    // Each place only moves forward from one attempt to the next, so all attempts of a customer together read the events once for each step.
    private (int Reached, bool IsStopped) InOrder(int entry, int end)
    {
        var reached = 1;
        _at[0] = entry;
        _stop = Math.Max(_stop, entry + 1);
        while (_stop < end && !_ends[(int)book.Kind[_stop]]) _stop++;
        while (reached < steps.Length)
        {
            var next = Math.Max(_at[reached], _at[reached - 1] + 1);
            while (next < end && book.Kind[next] != steps[reached]) next++;
            _at[reached] = next;
            if (next >= end || book.At[next] > book.At[entry] + window || next > _stop) break;
            reached++;
        }
        return (reached, reached < steps.Length && _stop < end && book.At[_stop] <= book.At[entry] + window);
    }

    private (int Reached, bool IsStopped) Directly(int entry, int end)
    {
        var reached = 1;
        _at[0] = entry;
        for (var i = entry + 1; i < end && reached < steps.Length && book.At[i] <= book.At[entry] + window; i++)
        {
            if (_ends[(int)book.Kind[i]]) return (reached, true);
            if (_isNoAct[(int)book.Kind[i]]) continue;
            if (book.Kind[i] != steps[reached]) break;
            _at[reached++] = i;
        }
        return (reached, false);
    }

    /// <summary>Steps in any order: the first so many of them that lie within one window together.</summary>
    private FunnelEntry? Gathered(int row, long from, long to)
    {
        FunnelEntry? furthest = null;
        var end = book.Start[row + 1];
        Array.Fill(_at, -1);
        for (var i = FirstSince(row, from - window); i < end && book.At[i] <= to + window; i++)
        {
            if (_ends[(int)book.Kind[i]])
            {
                if (furthest is not null && furthest.Times.Length < steps.Length && Together(i) == furthest.Times.Length) furthest = furthest with { IsStopped = true };
                Array.Fill(_at, -1);
                continue;
            }
            var step = Array.IndexOf(steps, book.Kind[i]);
            if (step < 0 || step == 0 && (book.At[i] < from || book.At[i] >= to)) continue;
            _at[step] = i;
            var reached = Together(i);
            if (reached > 0 && (furthest is null || reached > furthest.Times.Length)) furthest = new FunnelEntry(row, HadOrdered(row, _at[..reached].Min()), book.Device[_at[0]], Times(reached), IsStopped: false);
            if (reached == steps.Length) break;
        }
        return furthest;
    }

    private int Together(int now)
    {
        var reached = 0;
        while (reached < steps.Length && _at[reached] >= 0 && book.At[now] - book.At[_at[reached]] <= window) reached++;
        return reached;
    }

    private bool HadOrdered(int row, int before) => Array.IndexOf(book.Kind, EventKind.OrderPlaced, book.Start[row], before - book.Start[row]) >= 0;

    /// <summary>The customer's first event at or after a moment: years before it cost nothing.</summary>
    private int FirstSince(int row, long at)
    {
        var (low, high) = (book.Start[row], book.Start[row + 1]);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            if (book.At[middle] < at) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private long[] Times(int reached) => Array.ConvertAll(_at[..reached], i => book.At[i]);

    private static bool[] Marks(IReadOnlyCollection<EventKind> kinds)
    {
        var marks = new bool[KnownEvents.All.Count];
        foreach (var kind in kinds) marks[(int)kind] = true;
        return marks;
    }
}
