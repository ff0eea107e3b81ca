using System.Globalization;
using System.IO.Compression;
using System.Text;
using CampaignPortal.Statistics.Lifetime;

namespace CampaignPortal.Statistics.Tests.Lifetime;

/// <summary>Purchase days of real shops, summed up as the lifetime models want them (weeks).</summary>
internal static class Purchases
{
    public static CustomerHistory[] OnlineRetail(string path)
    {
        var days = new List<(string, DateOnly, double)>();
        foreach (var row in Rows(path))
        {
            if (row[6].Length is 0 || row[0].StartsWith('C')) continue;
            double quantity = Number(row[3]), price = Number(row[5]);
            if (quantity <= 0 || price <= 0) continue;
            days.Add((row[6], DateOnly.ParseExact(row[4][..10], "yyyy-MM-dd", CultureInfo.InvariantCulture), quantity * price));
        }
        return Summarize(days, new DateOnly(2011, 9, 1));
    }

    public static CustomerHistory[] Cdnow(string path, DateOnly until) => Summarize(
        Rows(path).Select(row => (row[0], DateOnly.ParseExact(row[2], "yyyy-MM-dd", CultureInfo.InvariantCulture), Number(row[4])))
            .Where(p => p.Item2 <= until),
        until);

    private static CustomerHistory[] Summarize(IEnumerable<(string Customer, DateOnly Day, double Value)> purchases, DateOnly end) =>
    [
        .. purchases.GroupBy(p => p.Customer).OrderBy(g => g.Key, StringComparer.Ordinal).Select(customer =>
        {
            var days = customer.GroupBy(p => p.Day).OrderBy(d => d.Key).Select(d => (Day: d.Key, Value: d.Sum(p => p.Value))).ToArray();
            int first = days[0].Day.DayNumber, last = days[^1].Day.DayNumber;
            var repeats = days.Skip(1).ToArray();
            return new CustomerHistory(
                PurchaseHistory.Create(repeats.Length, (last - first) / 7.0, (end.DayNumber - first) / 7.0).Value,
                SpendHistory.Create(repeats.Length, repeats.Length is 0 ? 0 : repeats.Average(d => d.Value)).Value);
        }),
    ];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static IEnumerable<string[]> Rows(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress), Encoding.UTF8);
        reader.ReadLine();
        var cells = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var next = reader.Read(); next >= 0; next = reader.Read())
        {
            var c = (char)next;
            if (c is '"')
            {
                if (quoted && reader.Peek() is '"') cell.Append((char)reader.Read());
                else quoted = !quoted;
            }
            else if (!quoted && c is ',' or '\n')
            {
                cells.Add(cell.ToString());
                cell.Clear();
                if (c is ',') continue;
                yield return [.. cells];
                cells.Clear();
            }
            else
            {
                cell.Append(c);
            }
        }
    }
}
