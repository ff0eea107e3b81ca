using System.Globalization;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Content.Data;

/// <summary>Customers evenly taken from all, the same ones each time: what is counted on them is an estimate that does not jump.</summary>
internal static class CustomerSample
{
    /// <summary>Everybody when there are no more than <paramref name="size"/>.</summary>
    public static IReadOnlyList<long> Of(IReadOnlyList<long> customers, int size) =>
        customers.Count <= size ? customers : [.. Enumerable.Range(0, size).Select(i => customers[(int)((long)i * customers.Count / size)])];

    /// <summary>The same over all customers of the shop. Their numbers have no gaps to speak of, so nobody needs to be counted.</summary>
    public static IReadOnlyList<long> OfEverybody(PortalDatabase database, int size)
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "select min(\"Id\"), max(\"Id\") from \"Customers\"";
        using (var reader = command.ExecuteReader())
        {
            if (!reader.Read() || reader.IsDBNull(0)) return [];
            var (first, last) = (reader.GetInt64(0), reader.GetInt64(1));
            var step = Math.Max(1, (last - first + 1) / (double)size);
            command.CommandText = string.Join(',', Enumerable.Range(0, size).Select(i => first + (long)(i * step)).Where(id => id <= last).Distinct().Select(id => id.ToString(CultureInfo.InvariantCulture)));
        }
        command.CommandText = $"select \"Id\" from \"Customers\" where \"ErasedAt\" is null and \"Id\" in ({command.CommandText}) order by \"Id\"";
        using var rows = command.ExecuteReader();
        var customers = new List<long>();
        while (rows.Read()) customers.Add(rows.GetInt64(0));
        return customers;
    }
}
