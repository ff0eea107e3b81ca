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
        using var bounds = connection.CreateCommand();
        bounds.CommandText = "select min(\"Id\"), max(\"Id\") from \"Customers\"";
        using var ends = bounds.ExecuteReader();
        if (!ends.Read() || ends.IsDBNull(0)) return [];
        var (first, last) = (ends.GetInt64(0), ends.GetInt64(1));
        var step = Math.Max(1, (last - first + 1) / (double)size);
        long[] wanted = [.. Enumerable.Range(0, size).Select(i => first + (long)(i * step)).TakeWhile(id => id <= last)];
        var customers = new List<long>(wanted.Length);
        CustomerRows.Read(connection, wanted, "select \"Id\" from \"Customers\" where \"ErasedAt\" is null and \"Id\" in ({0})", row => customers.Add(row.GetInt64(0)), CancellationToken.None);
        return customers;
    }
}
