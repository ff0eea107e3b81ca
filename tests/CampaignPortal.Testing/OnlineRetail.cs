using System.Globalization;
using System.IO.Compression;
using System.Text;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Testing;

/// <summary>The Online Retail file as the log would hold it, without a database: for tests of features, models and recommenders.</summary>
public static class OnlineRetail
{
    public const string RelativePath = "data/online-retail/transactions-2010-12-to-2011-08.csv.gz";

    private static readonly Lazy<EventTable?> Loaded =
        new(() => SharedData.Locate(RelativePath) is { } path ? Load(path) : null, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>The whole file; skips the running test where it is missing. Shared by all tests: it is read only.</summary>
    public static EventTable TableOrSkip()
    {
        SharedData.PathOrSkip(RelativePath);
        return Loaded.Value!; // the line above skips when the file is not here
    }

    private static EventTable Load(string path)
    {
        var builder = new EventTableBuilder(TimeZoneInfo.FindSystemTimeZoneById("Europe/London"));
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress), Encoding.UTF8);
        reader.ReadLine();
        var cells = new List<string>(8);
        while (reader.ReadLine() is { } line)
        {
            Split(line, cells);
            AddLine(builder, cells);
        }
        return builder.Build();
    }

    private static void AddLine(EventTableBuilder builder, List<string> cells)
    {
        var (invoice, code, name, customer, country) = (cells[0], cells[1], cells[2].Trim(), cells[6], cells[7]);
        var quantity = int.Parse(cells[3], CultureInfo.InvariantCulture);
        var price = double.Parse(cells[5], CultureInfo.InvariantCulture);
        var at = DateTime.ParseExact(cells[4], "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        var item = builder.Item(code, name.Length > 0 ? name : null, isOffered: code.Length >= 5 && code.AsSpan(0, 5).IndexOfAnyExceptInRange('0', '9') < 0);
        if (price > 0) builder.SawPrice(item, price);
        if (customer.Length == 0 || price < 0) return;
        var isReturn = invoice.StartsWith('C');
        if (isReturn != quantity < 0) return;
        builder.Add(customer, builder.Utc(at), isReturn ? EventKind.OrderReturned : EventKind.OrderPlaced, item, invoice,
            Math.Abs(quantity), Math.Abs(quantity) * price);
        builder.Trait(customer, builder.Utc(at), "country", country);
    }

    private static void Split(string line, List<string> cells)
    {
        cells.Clear();
        var cell = new StringBuilder();
        var isQuoted = false;
        foreach (var c in line)
        {
            if (c == '"') isQuoted = !isQuoted; // a doubled quote toggles twice; no name of the file needs the quote itself
            else if (c == ',' && !isQuoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else cell.Append(c);
        }
        cells.Add(cell.ToString());
    }
}
