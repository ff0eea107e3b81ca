using CampaignPortal.Marketing.Predictions.LifetimeValue;

namespace CampaignPortal.Marketing.Insights;

/// <summary>One month of a cohort's life.</summary>
/// <param name="Money">Per customer, all months so far together.</param>
/// <param name="Orders">Days with an order per customer, all months so far together.</param>
/// <param name="Buying">Share of the customers with an order in this very month.</param>
/// <param name="IsExpected">Not all of it has happened yet.</param>
public readonly record struct CohortValueCell(double Money, double Orders, double Buying, bool IsExpected);

/// <summary>Customers with their first order in one month.</summary>
/// <param name="Cells">Month 0 is that of the first order. Empty where there are too few customers to show.</param>
public sealed record CohortValueRow(MonthNumber Month, int CustomerCount, IReadOnlyList<CohortValueCell> Cells);

/// <summary>What cohorts brought in, continued with what they are expected to bring.</summary>
public static class CohortValues
{
    /// <summary>Fewer customers are not shown.</summary>
    public const int LeastCustomers = 10;

    /// <param name="book">What happened; money is the ordered value before returns, as the model counts it.</param>
    /// <param name="forecast">What is expected; null leaves the future out.</param>
    /// <param name="monthCount">Months of a row beside month 0.</param>
    public static IReadOnlyList<CohortValueRow> Of(OrderBook book, LifetimeForecast? forecast, int monthCount)
    {
        var endDay = forecast?.FromDay ?? book.EndDay;
        var current = MonthNumber.Of(endDay); // the first month of which something is not known
        var happened = Sums.Read(book, endDay);
        var rows = new List<CohortValueRow>();
        foreach (var (month, sums) in happened.OrderBy(pair => pair.Key).TakeLast(monthCount + 1))
        {
            var future = forecast?.Cohorts.FirstOrDefault(c => c.Month == month);
            rows.Add(new CohortValueRow(month, sums.CustomerCount, sums.CustomerCount < LeastCustomers ? [] : Cells(month, sums, future, forecast, current, monthCount)));
        }
        return rows;
    }

    private static List<CohortValueCell> Cells(MonthNumber month, Sums sums, CohortForecast? future, LifetimeForecast? forecast, MonthNumber current, int monthCount)
    {
        var cells = new List<CohortValueCell>();
        double money = 0, orders = 0;
        for (var k = 0; k <= monthCount; k++)
        {
            var at = month + k;
            var isExpected = at >= current;
            if (isExpected && (future is null || forecast is null)) break;
            sums.Months.TryGetValue(at, out var known);
            var (moreMoney, moreOrders, moreBuyers) = isExpected ? Expected(future!, forecast!, at) : default; // checked above
            money += known.Money + moreMoney;
            orders += known.Orders + moreOrders;
            var buyers = Math.Min(sums.CustomerCount, known.Buyers + moreBuyers);
            cells.Add(new CohortValueCell(money / sums.CustomerCount, orders / sums.CustomerCount, buyers / sums.CustomerCount, isExpected));
        }
        return cells;
    }

    private static (double Money, double Orders, double Buyers) Expected(CohortForecast future, LifetimeForecast forecast, MonthNumber at)
    {
        double money = 0, orders = 0;
        for (var part = 0; part < forecast.Parts.Count; part++)
        {
            if (forecast.Parts[part].Month != at) continue;
            money += future.Money[part];
            orders += future.Purchases[part];
        }
        var bucket = at - forecast.FirstMonth;
        return (money, orders, bucket < future.Buyers.Length ? future.Buyers[bucket] : 0);
    }

    private sealed class Sums
    {
        public int CustomerCount { get; private set; }

        public Dictionary<MonthNumber, (double Money, double Orders, double Buyers)> Months { get; } = [];

        public static Dictionary<MonthNumber, Sums> Read(OrderBook book, int endDay)
        {
            var all = new Dictionary<MonthNumber, Sums>();
            for (var customer = 0; customer < book.CustomerCount; customer++)
            {
                var first = book.FirstOrderDay(customer);
                if (first < 0 || first >= endDay) continue;
                var month = MonthNumber.Of(first);
                if (!all.TryGetValue(month, out var sums)) all[month] = sums = new Sums();
                sums.Add(book, customer, endDay);
            }
            return all;
        }

        private void Add(OrderBook book, int customer, int endDay)
        {
            CustomerCount++;
            var (lastDay, lastMonth) = (-1, default(MonthNumber));
            for (var i = book.Start[customer]; i < book.Start[customer + 1] && book.Day[i] < endDay; i++)
            {
                if (!book.IsOrder[i]) continue;
                var month = MonthNumber.Of(book.Day[i]);
                var (money, orders, buyers) = Months.GetValueOrDefault(month);
                Months[month] = (money + book.Gross[i] / 10_000.0, orders + (book.Day[i] != lastDay ? 1 : 0), buyers + (lastDay < 0 || month != lastMonth ? 1 : 0));
                (lastDay, lastMonth) = (book.Day[i], month);
            }
        }
    }
}
