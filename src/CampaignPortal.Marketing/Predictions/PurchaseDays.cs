using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.FeatureStore;

namespace CampaignPortal.Marketing.Predictions;

/// <summary>Days on which customers bought, and for how much: what the value models count. Invoices of one day are one purchase.</summary>
public sealed class PurchaseDays
{
    private readonly int[] _start;
    private readonly int[] _days;
    private readonly double[] _values;

    private PurchaseDays(int[] start, int[] days, double[] values, LocalCalendar calendar) =>
        (_start, _days, _values, Calendar) = (start, days, values, calendar);

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
        return new PurchaseDays(start, [.. days], [.. values], calendar);
    }

    /// <summary>Days of one customer before <paramref name="until"/>, ascending, and their values.</summary>
    public (ReadOnlyMemory<int> Days, ReadOnlyMemory<double> Values) Before(int customer, int until)
    {
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
