using System.Globalization;

namespace CampaignPortal.Benchmarks.Ranking;

/// <summary>One clean invoice line: numbers count the distinct customers, items and invoices in order of appearance.</summary>
internal readonly record struct OrderLine(int Customer, int Item, int Invoice, DateTime At, double Price);

/// <summary>Invoice lines of the Online Retail layout: a customer, positive quantity and price, no cancellation.</summary>
internal sealed class OrderLines
{
    public List<OrderLine> Lines { get; } = [];

    /// <summary>First description seen of each item.</summary>
    public List<string> ItemNames { get; } = [];

    public static OrderLines Read(string path)
    {
        var result = new OrderLines();
        var customers = new Numbering();
        var items = new Numbering();
        var invoices = new Numbering();
        using var rows = new CsvRows(path);
        var (invoice, item, name, quantity) = (rows.Column("InvoiceNo"), rows.Column("StockCode"), rows.Column("Description"), rows.Column("Quantity"));
        var (at, price, customer) = (rows.Column("InvoiceDate"), rows.Column("UnitPrice"), rows.Column("CustomerID"));
        while (rows.Read())
        {
            if (rows[customer].IsEmpty || rows[invoice].StartsWith("C", StringComparison.Ordinal)) continue;
            var unitPrice = double.Parse(rows[price], CultureInfo.InvariantCulture);
            if (!(unitPrice > 0) || long.Parse(rows[quantity], CultureInfo.InvariantCulture) <= 0) continue;
            var when = DateTime.ParseExact(rows[at], "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            var number = items.Of(rows[item]);
            if (number == result.ItemNames.Count) result.ItemNames.Add(rows[name].ToString());
            result.Lines.Add(new OrderLine(customers.Of(rows[customer]), number, invoices.Of(rows[invoice]), when, unitPrice));
        }
        return result;
    }
}

/// <summary>Distinct texts numbered in order of appearance.</summary>
internal sealed class Numbering
{
    private readonly Dictionary<string, int> _numbers = [];
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public Numbering() => _lookup = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();

    public int Count => _numbers.Count;

    public int Of(ReadOnlySpan<char> text)
    {
        if (!_lookup.TryGetValue(text, out var number)) _lookup[text] = number = _numbers.Count;
        return number;
    }

    public int? Find(ReadOnlySpan<char> text) => _lookup.TryGetValue(text, out var number) ? number : null;
}
