using CampaignPortal.Statistics;

namespace CampaignPortal.Marketing.Insights;

/// <summary>Customers whose first order was of about the same size, and what they spent after it.</summary>
/// <param name="From">Least money of the first order.</param>
/// <param name="To">Most money of the first order.</param>
/// <param name="Later">Mean money of the later orders in the time watched, with its 95 % interval.</param>
/// <param name="ReturnedShare">Share that ordered again in that time.</param>
public sealed record FirstOrderGroup(double From, double To, int CustomerCount, Estimate Later, double ReturnedShare);

/// <param name="Months">Time watched after each first order; only customers whose whole time has passed count.</param>
/// <param name="Groups">Quarters by the size of the first order, the largest first.</param>
/// <param name="CustomerCount">Customers who could be watched so long.</param>
public sealed record FirstOrders(int Months, IReadOnlyList<FirstOrderGroup> Groups, int CustomerCount)
{
    public const int LeastCustomers = 100;

    private static readonly int[] Choices = [12, 6, 3];

    /// <summary>Watches as long as the history allows: 12, 6 or 3 months. Without groups where even three leave too few customers.</summary>
    public static FirstOrders Of(OrderBook book, int endDay)
    {
        foreach (var months in Choices)
        {
            var seen = Watch(book, endDay, months);
            if (seen.Count >= LeastCustomers) return new FirstOrders(months, Quarters(seen), seen.Count);
            if (months == Choices[^1]) return new FirstOrders(months, [], seen.Count);
        }
        return new FirstOrders(Choices[^1], [], 0);
    }

    private static List<(double First, double Later, bool Again)> Watch(OrderBook book, int endDay, int months)
    {
        var seen = new List<(double, double, bool)>();
        for (var customer = 0; customer < book.CustomerCount; customer++)
        {
            var firstDay = book.FirstOrderDay(customer);
            if (firstDay < 0 || DateOnly.FromDayNumber(firstDay).AddMonths(months).DayNumber is var until && until > endDay) continue;
            double first = 0, later = 0;
            var again = false;
            for (var i = book.Start[customer]; i < book.Start[customer + 1] && book.Day[i] < until; i++)
            {
                if (!book.IsOrder[i]) continue;
                if (book.Day[i] == firstDay) first += book.Gross[i] / 10_000.0; // invoices of one day are one purchase
                else (later, again) = (later + book.Gross[i] / 10_000.0, true);
            }
            seen.Add((first, later, again));
        }
        return seen;
    }

    private static List<FirstOrderGroup> Quarters(List<(double First, double Later, bool Again)> seen)
    {
        var sorted = seen.OrderByDescending(s => s.First).ToList();
        return [.. sorted.Chunk((sorted.Count + 3) / 4).Select(members => new FirstOrderGroup(
            members[^1].First, members[0].First, members.Length, MeanOf(members), members.Count(m => m.Again) / (double)members.Length))];
    }

    private static Estimate MeanOf((double First, double Later, bool Again)[] members)
    {
        var mean = members.Average(m => m.Later);
        var error = 1.96 * Math.Sqrt(members.Sum(m => (m.Later - mean) * (m.Later - mean)) / Math.Max(1, members.Length - 1) / members.Length);
        return new Estimate(mean, Math.Max(0, mean - error), mean + error, 0.95);
    }
}
