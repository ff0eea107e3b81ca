using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Ranking;

namespace CampaignPortal.Benchmarks.Ranking;

/// <summary>Invoice lines cut in time: what was known before a day, and what the customers known by then bought in the days after it.</summary>
internal sealed class OrderSplit
{
    private OrderSplit(Csr counts, Csr histories, Csr truth, ItemContent[] items, int[] lineItems, float[] lineAges) =>
        (Counts, Histories, Truth, Items, LineItems, LineAges) = (counts, histories, truth, items, lineItems, lineAges);

    /// <summary>All customers × items before the cut: invoices that hold the item.</summary>
    public Csr Counts { get; }

    /// <summary>The rows of <see cref="Counts"/> of the customers who buy in the window.</summary>
    public Csr Histories { get; }

    /// <summary>What they buy in the window, among the items that were sold before.</summary>
    public Csr Truth { get; }

    /// <summary>Name and median price of each column's item, as known at the cut.</summary>
    public ItemContent[] Items { get; }

    /// <summary>Column of every (customer, item, invoice) before the cut …</summary>
    public int[] LineItems { get; }

    /// <summary>… and its age at the cut in days.</summary>
    public float[] LineAges { get; }

    public static OrderSplit At(OrderLines orders, DateOnly cut, int windowDays)
    {
        var from = cut.ToDateTime(TimeOnly.MinValue);
        var until = from.AddDays(windowDays);
        var (rows, columns) = (new Dictionary<int, int>(), new Dictionary<int, int>());
        var (users, items, ages) = (new List<int>(), new List<int>(), new List<float>());
        var prices = new List<List<double>>();
        var names = new List<string>();
        var seen = new HashSet<(int, int, int)>();
        foreach (var line in orders.Lines)
        {
            if (line.At >= from || !seen.Add((line.Customer, line.Item, line.Invoice))) continue;
            users.Add(Number(rows, line.Customer));
            var column = Number(columns, line.Item);
            if (column == names.Count)
            {
                names.Add(orders.ItemNames[line.Item]);
                prices.Add([]);
            }
            prices[column].Add(line.Price);
            items.Add(column);
            ages.Add((from - line.At.Date).Days);
        }
        var counts = Csr.FromTriplets(rows.Count, columns.Count, users.ToArray(), items.ToArray(), [.. users.Select(_ => 1f)]);
        var later = orders.Lines.Where(line => line.At >= from && line.At < until && rows.ContainsKey(line.Customer) && columns.ContainsKey(line.Item))
            .Select(line => (Row: rows[line.Customer], Column: columns[line.Item])).Distinct().ToArray();
        var buyers = later.Select(pair => pair.Row).Distinct().Order().ToArray();
        var rank = buyers.Select((row, at) => (row, at)).ToDictionary(pair => pair.row, pair => pair.at);
        var truth = Csr.FromTriplets(buyers.Length, columns.Count, [.. later.Select(pair => rank[pair.Row])], [.. later.Select(pair => pair.Column)], [.. later.Select(_ => 1f)]);
        return new OrderSplit(counts, counts.SelectRows(buyers), truth, [.. names.Zip(prices, (name, of) => new ItemContent(name, null, Median(of)))], [.. items], [.. ages]);
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private static int Number(Dictionary<int, int> numbers, int key)
    {
        if (!numbers.TryGetValue(key, out var number)) numbers[key] = number = numbers.Count;
        return number;
    }
}
