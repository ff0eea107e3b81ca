using CampaignPortal.Statistics.Descriptive;

namespace CampaignPortal.Marketing.Insights;

public enum RfmLimits
{
    /// <summary>1, 2, 3, 4, 5 and more orders; 30, 90, 180, 365 days.</summary>
    Fixed,
    /// <summary>Fifths of the customers; equal customers stay together.</summary>
    Quantile,
}

/// <summary>A named part of the grid.</summary>
public enum RfmRegion
{
    Champions, Loyal, CannotLose, Promising, NeedsCare, AtRisk, New, Fading, Hibernating, Lost,
}

/// <summary>Customers of about the same number of orders and time since the last one.</summary>
/// <param name="Recency">1 to 5; 5 ordered most recently.</param>
/// <param name="Frequency">1 to 5; 5 ordered most often.</param>
/// <param name="Money">Spent by all of them in the year before the day, ordered less returned.</param>
public sealed record RfmCell(int Recency, int Frequency, RfmRegion Region, int CustomerCount, decimal Money)
{
    public decimal? PerPerson => CustomerCount == 0 ? null : Money / CustomerCount;
}

/// <summary>Least and most of a row or column among the customers in it; null for an empty one.</summary>
public readonly record struct RfmSpan(int From, int To);

/// <summary>Names of the grid's cells.</summary>
public static class RfmRegions
{
    /// <summary>Days since the last order that end the columns of fixed limits, the most recent first.</summary>
    public static IReadOnlyList<int> DayLimits { get; } = [30, 90, 180, 365];

    // Rows from the most orders down, columns from the longest ago on, as the grid is drawn.
    private static readonly RfmRegion[,] Regions =
    {
        { RfmRegion.CannotLose, RfmRegion.CannotLose, RfmRegion.Loyal, RfmRegion.Champions, RfmRegion.Champions },
        { RfmRegion.AtRisk, RfmRegion.AtRisk, RfmRegion.Loyal, RfmRegion.Loyal, RfmRegion.Champions },
        { RfmRegion.AtRisk, RfmRegion.NeedsCare, RfmRegion.NeedsCare, RfmRegion.Promising, RfmRegion.Promising },
        { RfmRegion.Hibernating, RfmRegion.Hibernating, RfmRegion.Fading, RfmRegion.Promising, RfmRegion.New },
        { RfmRegion.Lost, RfmRegion.Lost, RfmRegion.Fading, RfmRegion.New, RfmRegion.New },
    };

    /// <param name="recency">1 to 5.</param>
    /// <param name="frequency">1 to 5.</param>
    public static RfmRegion Of(int recency, int frequency) => Regions[5 - frequency, recency - 1];
}

/// <summary>The rule of the grid: scores, regions, limits. A pure function of orders and a day.</summary>
internal sealed class RfmGrid
{
    private const int MoneyDays = 365;

    private readonly (int Recency, int Frequency)[] _scores; // (0, 0): no order yet
    private readonly int[] _days, _orders;
    private readonly long[] _money;

    private RfmGrid((int Recency, int Frequency)[] scores, int[] days, int[] orders, long[] money) => (_scores, _days, _orders, _money) = (scores, days, orders, money);

    /// <summary>Region of a customer; null before the first order.</summary>
    public RfmRegion? RegionOf(int customer) => _scores[customer] is (> 0 and var recency, var frequency) ? RfmRegions.Of(recency, frequency) : null;

    public int CustomerCount => _scores.Count(s => s.Recency > 0);

    /// <param name="book">All orders.</param>
    /// <param name="day">The day looked at: what happened on it or later is not known.</param>
    /// <param name="limits">How scores are cut.</param>
    public static RfmGrid At(OrderBook book, int day, RfmLimits limits)
    {
        var (days, orders, money) = (new int[book.CustomerCount], new int[book.CustomerCount], new long[book.CustomerCount]);
        for (var customer = 0; customer < book.CustomerCount; customer++)
        {
            for (var i = book.Start[customer]; i < book.Start[customer + 1] && book.Day[i] < day; i++)
            {
                if (book.Day[i] >= day - MoneyDays) money[customer] += book.Net[i];
                if (!book.IsOrder[i]) continue;
                orders[customer]++;
                days[customer] = day - 1 - book.Day[i]; // entries ascend, the last one stays
            }
        }
        var scores = limits is RfmLimits.Fixed ? FixedScores(days, orders) : QuantileScores(days, orders);
        return new RfmGrid(scores, days, orders, money);
    }

    public IReadOnlyList<RfmCell> Cells()
    {
        var (counts, money) = (new int[6, 6], new long[6, 6]);
        for (var customer = 0; customer < _scores.Length; customer++)
        {
            var (recency, frequency) = _scores[customer];
            counts[recency, frequency]++;
            money[recency, frequency] += _money[customer];
        }
        return [.. from frequency in Enumerable.Range(1, 5).Reverse() from recency in Enumerable.Range(1, 5)
            select new RfmCell(recency, frequency, RfmRegions.Of(recency, frequency), counts[recency, frequency], money[recency, frequency] / 10_000m)];
    }

    /// <summary>Days since the last order in each column, 1 to 5.</summary>
    public RfmSpan?[] RecencySpans() => Spans(_days, s => s.Recency);

    /// <summary>Orders in each row, 1 to 5.</summary>
    public RfmSpan?[] FrequencySpans() => Spans(_orders, s => s.Frequency);

    /// <summary>Rows of the customers of a cell, those who spent most first.</summary>
    public IEnumerable<int> CustomersOf(int recency, int frequency) =>
        Enumerable.Range(0, _scores.Length).Where(c => _scores[c] == (recency, frequency)).OrderByDescending(c => _money[c]).ThenBy(c => c);

    private RfmSpan?[] Spans(int[] values, Func<(int Recency, int Frequency), int> part)
    {
        var spans = new RfmSpan?[5];
        for (var customer = 0; customer < values.Length; customer++)
        {
            if (part(_scores[customer]) is 0) continue;
            ref var span = ref spans[part(_scores[customer]) - 1];
            span = span is { } known ? new RfmSpan(Math.Min(known.From, values[customer]), Math.Max(known.To, values[customer])) : new RfmSpan(values[customer], values[customer]);
        }
        return spans;
    }

    internal static (int Recency, int Frequency)[] FixedScores(int[] days, int[] orders)
    {
        var scores = new (int, int)[days.Length];
        for (var c = 0; c < days.Length; c++)
        {
            if (orders[c] > 0) scores[c] = (5 - RfmRegions.DayLimits.Count(limit => days[c] > limit), Math.Min(orders[c], 5));
        }
        return scores;
    }

    private static (int Recency, int Frequency)[] QuantileScores(int[] days, int[] orders)
    {
        var scores = new (int, int)[days.Length];
        int[] known = [.. Enumerable.Range(0, days.Length).Where(c => orders[c] > 0)];
        if (known.Length == 0) return scores;
        double[] recency = [.. known.Select(c => (double)days[c])], frequency = [.. known.Select(c => (double)orders[c])];
        var fifths = Rfm.Quintiles(recency, frequency, frequency).Value; // finite numbers of one length
        for (var i = 0; i < known.Length; i++) scores[known[i]] = (fifths.Recency[i], fifths.Frequency[i]);
        return scores;
    }
}
