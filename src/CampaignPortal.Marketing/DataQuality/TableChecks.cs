using System.Data.Common;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.DataQuality;

/// <summary>Checks of orders, customers and items: one pass over each table.</summary>
internal static class TableChecks
{
    public static IEnumerable<FoundCheck> Of(DbConnection connection, DateTimeOffset now) => [.. Orders(connection, now), .. Customers(connection), .. Items(connection)];

    private static IEnumerable<FoundCheck> Orders(DbConnection connection, DateTimeOffset now)
    {
        var found = Row(connection, "select count(*), count(case when \"CustomerId\" is null then 1 end), count(case when \"Amount\" <= 0 then 1 end), count(case when \"PlacedAt\" > @0 then 1 end) from \"Orders\" where \"LineCount\" > 0", Stored.Ticks(now.AddDays(1)));
        yield return FoundCheck.Share(QualityTables.Orders, "", "customer", QualityRule.Completeness, found[1], found[0], 0.4, 0.9);
        yield return FoundCheck.Share(QualityTables.Orders, "", "amount", QualityRule.Validity, found[2], found[0], 0.02, 0.2);
        yield return FoundCheck.Share(QualityTables.Orders, "", "placed", QualityRule.Validity, found[3], found[0], 0, 0.01);
    }

    private static IEnumerable<FoundCheck> Customers(DbConnection connection)
    {
        var found = Row(
            connection,
            "select count(*), count(case when p.\"CustomerId\" is null then 1 end), count(case when c.\"EmailHash\" is null then 1 end) from \"Customers\" k "
            + "left join \"CustomerProfiles\" p on p.\"CustomerId\" = k.\"Id\" left join \"Contacts\" c on c.\"CustomerId\" = k.\"Id\" where k.\"ErasedAt\" is null");
        var addresses = Row(connection, "select count(\"EmailHash\"), count(\"EmailHash\") - count(distinct \"EmailHash\") from \"Contacts\"");
        yield return FoundCheck.Share(QualityTables.Customers, "", "events", QualityRule.Completeness, found[1], found[0], 0.2);
        yield return FoundCheck.Share(QualityTables.Customers, "", "email", QualityRule.Completeness, found[2], found[0], 0.5);
        yield return FoundCheck.Share(QualityTables.Customers, "", "email", QualityRule.Uniqueness, addresses[1], addresses[0], 0.01);
    }

    private static IEnumerable<FoundCheck> Items(DbConnection connection)
    {
        var found = Row(
            connection,
            "select count(*), count(case when \"Name\" is null then 1 end), count(case when \"Category\" is null then 1 end), count(case when \"Price\" is null then 1 end), "
            + "count(case when \"Price\" <= 0 then 1 end), count(\"Name\") - count(distinct \"Name\") from \"Items\" where \"IsOffered\"");
        yield return FoundCheck.Share(QualityTables.Items, "", "name", QualityRule.Completeness, found[1], found[0], 0.05);
        yield return FoundCheck.Share(QualityTables.Items, "", "category", QualityRule.Completeness, found[2], found[0], 0.5);
        yield return FoundCheck.Share(QualityTables.Items, "", "price", QualityRule.Completeness, found[3], found[0], 0.5);
        yield return FoundCheck.Share(QualityTables.Items, "", "price", QualityRule.Validity, found[4], found[0], 0.02);
        yield return FoundCheck.Share(QualityTables.Items, "", "name", QualityRule.Uniqueness, found[5], found[0], 0.1);
    }

    private static long[] Row(DbConnection connection, string sql, params object[] values)
    {
        using var command = connection.Prepare(sql, values.Length);
        for (var i = 0; i < values.Length; i++) command.Set(i, values[i]);
        using var reader = command.ExecuteReader();
        reader.Read();
        return [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetInt64)];
    }
}
