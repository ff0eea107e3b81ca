using System.Globalization;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Insights;

/// <summary>The shop in a few counted figures.</summary>
/// <param name="Stages">Customers by life stage; empty stages are left out.</param>
/// <param name="Months">Money of the last twelve whole months before <paramref name="AsOf"/>, oldest first, in the shop's zone.</param>
public sealed record Overview(
    DateTimeOffset AsOf, long CustomerCount, long OrderCount, decimal Revenue, DateTimeOffset? FirstOrderAt, DateTimeOffset? LastOrderAt, long EventCount, long ItemCount,
    IReadOnlyDictionary<LifeStage, long> Stages, IReadOnlyList<MonthRevenue> Months);

public sealed record MonthRevenue(DateTimeOffset Month, decimal Revenue, long OrderCount);

public sealed class ReadOverviewHandler(PortalDatabase database, ShopSettingsStore shop, PageMoment moment)
{
    private const int MonthCount = 12;

    public Task<Overview> HandleAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult(Read(moment.Read(), shop.Read().Zone));
    }

    private Overview Read(DateTimeOffset now, TimeZoneInfo zone)
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = """
            select (select count(*) from "Customers" where "ErasedAt" is null), count(*), coalesce(sum("Amount" - "ReturnedAmount"), 0), min("PlacedAt"), max("PlacedAt"),
              (select coalesce(max("Sequence"), 0) from "Events"), (select count(*) from "Items" where "IsOffered")
            from "Orders" where "LineCount" > 0
            """;
        using var reader = command.ExecuteReader();
        reader.Read();
        var (customers, orders, revenue, first, last, events, items) = (
            reader.GetInt64(0), reader.GetInt64(1), Stored.Amount(reader.GetInt64(2)), CustomerRowReader.TimeOrNull(reader, 3), CustomerRowReader.TimeOrNull(reader, 4), reader.GetInt64(5), reader.GetInt64(6));
        return new Overview(now, customers, orders, revenue, first, last, events, items, ReadStages(now, customers), ReadMonths(now, zone));
    }

    private Dictionary<LifeStage, long> ReadStages(DateTimeOffset now, long customers)
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = $"""select {LifeStages.Sql(Stored.Ticks(now))}, count(*) from "CustomerTotals" t join "Customers" c on c."Id" = t."CustomerId" and c."ErasedAt" is null group by 1""";
        var stages = new Dictionary<LifeStage, long>();
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read()) stages[(LifeStage)reader.GetInt32(0)] = reader.GetInt64(1);
        }
        var without = customers - stages.Where(s => s.Key is not LifeStage.NoOrder).Sum(s => s.Value);
        if (without > 0) stages[LifeStage.NoOrder] = without;
        return stages;
    }

    // Twelve ranges of the index on the time of orders: months of a zone are no business of SQL.
    private List<MonthRevenue> ReadMonths(DateTimeOffset now, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(now.AddTicks(-1), zone); // the end of an imported day is the midnight after it
        var month = new DateTime(local.Year, local.Month, 1, 0, 0, 0, DateTimeKind.Unspecified);
        var months = new List<MonthRevenue>();
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        for (var i = MonthCount - 1; i >= 0; i--)
        {
            var (from, to) = (At(month.AddMonths(-i), zone), At(month.AddMonths(1 - i), zone));
            command.CommandText = string.Create(CultureInfo.InvariantCulture,
                $"select coalesce(sum(\"Amount\" - \"ReturnedAmount\"), 0), count(*) from \"Orders\" where \"PlacedAt\" >= {Stored.Ticks(from)} and \"PlacedAt\" < {Stored.Ticks(to)}");
            using var reader = command.ExecuteReader();
            reader.Read();
            months.Add(new MonthRevenue(from, Stored.Amount(reader.GetInt64(0)), reader.GetInt64(1)));
        }
        return months;
    }

    private static DateTimeOffset At(DateTime local, TimeZoneInfo zone) => new(local, zone.GetUtcOffset(local));
}
