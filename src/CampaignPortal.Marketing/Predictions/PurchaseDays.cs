using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.FeatureStore;

namespace CampaignPortal.Marketing.Predictions;

/// <summary>Days on which customers bought, and for how much: what the value models count. Invoices of one day are one purchase.</summary>
public sealed class PurchaseDays
{
    private readonly int[] _start;
    private readonly int[] _days;
    private readonly double[] _values;
    // Of customers with purchases that were joined later: each line with the day on which it became known. There are few.
    private readonly Dictionary<int, List<Line>> _joined;

    private PurchaseDays(int[] start, int[] days, double[] values, Dictionary<int, List<Line>> joined, LocalCalendar calendar) =>
        (_start, _days, _values, _joined, Calendar) = (start, days, values, joined, calendar);

    private readonly record struct Line(int Day, int KnownDay, double Value);

    public LocalCalendar Calendar { get; }

    public int CustomerCount => _start.Length - 1;

    /// <summary>First and last day of any purchase; null in a shop without one.</summary>
    public (int First, int Last)? Range => _days.Length == 0 ? null : (_days.Min(), _days.Max());

    public static PurchaseDays Of(EventTable table)
    {
        var calendar = FeatureTable.CalendarOf(table);
        var start = new int[table.CustomerCount + 1];
        List<int> days = [];
        List<double> values = [];
        for (var customer = 0; customer < table.CustomerCount; customer++)
        {
            for (var row = table.Start[customer]; row < table.Start[customer + 1]; row++)
            {
                if (table.Kind[row] is not EventKind.OrderPlaced || !(table.Amount[row] > 0)) continue;
                var day = calendar.Day(table.OccurredAt[row]);
                if (days.Count == start[customer] || days[^1] != day)
                {
                    days.Add(day);
                    values.Add(0);
                }
                values[^1] += table.Amount[row];
            }
            start[customer + 1] = days.Count;
        }
        return new PurchaseDays(start, [.. days], [.. values], JoinedLines(table, calendar), calendar);
    }

    private static Dictionary<int, List<Line>> JoinedLines(EventTable table, LocalCalendar calendar)
    {
        var joined = new Dictionary<int, List<Line>>();
        if (table.KnownAt is null) return joined;
        for (var customer = 0; customer < table.CustomerCount; customer++)
        {
            var rows = Enumerable.Range(table.Start[customer], table.Start[customer + 1] - table.Start[customer]).Where(row => table.Kind[row] is EventKind.OrderPlaced && table.Amount[row] > 0);
            if (!rows.Any(row => table.KnownAt[row] > table.OccurredAt[row])) continue;
            joined[customer] = [.. rows.Select(row => new Line(calendar.Day(table.OccurredAt[row]), calendar.Day(Math.Max(table.OccurredAt[row], table.KnownAt[row])), table.Amount[row]))];
        }
        return joined;
    }

    /// <summary>Days of one customer before <paramref name="until"/>, ascending, and their values: what was known then.</summary>
    public (ReadOnlyMemory<int> Days, ReadOnlyMemory<double> Values) Before(int customer, int until)
    {
        if (_joined.TryGetValue(customer, out var lines))
        {
            var known = lines.Where(l => l.Day < until && l.KnownDay < until).GroupBy(l => l.Day).Select(g => (Day: g.Key, Value: g.Sum(l => l.Value))).ToArray(); // the lines lie in the order of time
            return (Array.ConvertAll(known, k => k.Day), Array.ConvertAll(known, k => k.Value));
        }
        var (from, to) = (_start[customer], _start[customer]);
        while (to < _start[customer + 1] && _days[to] < until) to++;
        return (_days.AsMemory(from, to - from), _values.AsMemory(from, to - from));
    }

    /// <summary>Whether a customer bought on the days from (included) to (excluded).</summary>
    public bool BoughtBetween(int customer, int from, int to)
    {
        for (var i = _start[customer]; i < _start[customer + 1]; i++)
        {
            if (_days[i] >= from) return _days[i] < to;
        }
        return false;
    }

    /// <summary>Money of one customer on the days from (included) to (excluded).</summary>
    public double ValueBetween(int customer, int from, int to)
    {
        double sum = 0;
        for (var i = _start[customer]; i < _start[customer + 1]; i++)
        {
            if (_days[i] >= from && _days[i] < to) sum += _values[i];
        }
        return sum;
    }
}
