using CampaignPortal.Learning.Data;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.FeatureStore;

namespace CampaignPortal.Marketing.Recommendations;

/// <summary>Who bought what and when: one entry for each customer, item and order; for a customer by item, then by day.</summary>
/// <remarks>
/// Customers and items are rows of the <see cref="EventTable"/>. Lines of price 0 are no purchases. What was bought before the browser said whose it is counts from the
/// day on which it did: before, nobody could have recommended by it.
/// </remarks>
public sealed class ItemPurchases
{
    private readonly int[] _start;
    private readonly int[] _item;
    private readonly int[] _day;

    private ItemPurchases(int itemCount, int[] start, int[] item, int[] day) => (ItemCount, _start, _item, _day) = (itemCount, start, item, day);

    public int CustomerCount => _start.Length - 1;

    public int ItemCount { get; }

    public int Count => _item.Length;

    /// <summary>Day of the first purchase of anybody; null without one.</summary>
    public int? FirstDay => _day.Length == 0 ? null : _day.Min();

    public ReadOnlySpan<int> ItemsOf(int customer) => _item.AsSpan(_start[customer], _start[customer + 1] - _start[customer]);

    public ReadOnlySpan<int> DaysOf(int customer) => _day.AsSpan(_start[customer], _start[customer + 1] - _start[customer]);

    public static ItemPurchases Of(EventTable table, LocalCalendar calendar)
    {
        var start = new int[table.CustomerCount + 1];
        List<int> items = [], days = [];
        List<(int Item, int Day, int Order)> own = [];
        for (var customer = 0; customer < table.CustomerCount; customer++)
        {
            own.Clear();
            for (var row = table.Start[customer]; row < table.Start[customer + 1]; row++)
            {
                if (table.Kind[row] is EventKind.OrderPlaced && table.Amount[row] > 0 && table.Item[row] >= 0)
                    own.Add((table.Item[row], calendar.Day(Math.Max(table.OccurredAt[row], table.KnownAt?[row] ?? long.MinValue)), table.Order[row] >= 0 ? table.Order[row] : -2 - row));
            }
            own.Sort();
            for (var i = 0; i < own.Count; i++)
            {
                if (i > 0 && own[i].Item == own[i - 1].Item && own[i].Order == own[i - 1].Order) continue; // a second line of the same item
                items.Add(own[i].Item);
                days.Add(own[i].Day);
            }
            start[customer + 1] = items.Count;
        }
        return new ItemPurchases(table.Items.Count, start, [.. items], [.. days]);
    }

    /// <summary>The purchases of one customer, read elsewhere; lines of one order and item count once.</summary>
    public static ItemPurchases OfOne(int itemCount, IEnumerable<(int Item, int Day, int Order)> lines)
    {
        var own = lines.Distinct().Order().ToArray();
        return new ItemPurchases(itemCount, [0, own.Length], Array.ConvertAll(own, l => l.Item), Array.ConvertAll(own, l => l.Day));
    }

    /// <summary>Customers × items: orders before <paramref name="day"/> that held the item.</summary>
    public Csr CountsBefore(int day) => Cells(int.MinValue, day);

    /// <summary>Customers × items: the orders on days from (included) to (excluded).</summary>
    public Csr CountsBetween(int from, int to) => Cells(from, to);

    private Csr Cells(int from, int to)
    {
        var start = new int[CustomerCount + 1];
        var columns = new int[_item.Length];
        var values = new float[_item.Length];
        var next = 0;
        for (var customer = 0; customer < CustomerCount; customer++)
        {
            for (var i = _start[customer]; i < _start[customer + 1]; i++)
            {
                if (_day[i] < from || _day[i] >= to) continue;
                if (next == start[customer] || columns[next - 1] != _item[i])
                {
                    columns[next] = _item[i];
                    values[next++] = 0;
                }
                values[next - 1]++;
            }
            start[customer + 1] = next;
        }
        return Csr.FromParts(ItemCount, start, columns[..next], values[..next]);
    }
}
