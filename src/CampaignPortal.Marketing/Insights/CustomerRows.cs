using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Insights;

/// <summary>A model's figure with its range.</summary>
public sealed record ScoreFigure(double Value, double? Lower, double? Upper);

/// <summary>Whether one may write to a customer on a channel.</summary>
public sealed record ChannelConsent(string Channel, bool IsGranted);

/// <summary>A line of the customer list.</summary>
public sealed record CustomerRow(long Id, string ExternalId)
{
    public string? Name { get; init; }
    public string? Email { get; init; }
    public LifeStage LifeStage { get; init; }
    public DateTimeOffset? LastOrderAt { get; init; }
    public DateTimeOffset? FirstOrderAt { get; init; }
    public DateTimeOffset? LastSeenAt { get; init; }
    public string? Country { get; init; }
    /// <summary>The user who looks after the customer.</summary>
    public long? OwnerId { get; init; }
    public int OrderCount { get; init; }
    /// <summary>Ordered less returned.</summary>
    public decimal Spent { get; init; }
    /// <summary>Money within twelve months.</summary>
    public ScoreFigure? Expected { get; init; }
    /// <summary>Chance to buy within 30 days.</summary>
    public ScoreFigure? Purchase { get; init; }
    /// <summary>Chance to leave.</summary>
    public ScoreFigure? Leave { get; init; }
    public int? Segment { get; init; }
    public IReadOnlyList<ChannelConsent> Consents { get; init; } = [];
}

/// <summary>Fills lines of the list for customers whose numbers are known: a handful of look-ups by key for each.</summary>
public sealed class CustomerRowReader(PortalDatabase database, ContactVault vault)
{
    /// <summary>The lines in the order of the numbers; erased and unknown customers are left out.</summary>
    public IReadOnlyList<CustomerRow> Read(IReadOnlyList<long> ids, DateTimeOffset now, CustomerScope scope)
    {
        if (ids.Count == 0) return [];
        using var connection = database.OpenReader();
        var consents = ReadConsents(connection, ids);
        var rows = new Dictionary<long, CustomerRow>(ids.Count);
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            select c."Id", c."ExternalId", t."OrderCount", t."Revenue" - t."ReturnedAmount", t."FirstOrderAt", t."LastOrderAt",
              v."Value", v."Lower", v."Upper", p."Value", p."Lower", p."Upper", l."Value", l."Lower", l."Upper", s."Value", f."LastSeenAt", r."Value", o."UserId"
            from "Customers" c left join "CustomerTotals" t on t."CustomerId" = c."Id"
              left join "CustomerScores" v on v."CustomerId" = c."Id" and v."Model" = '{ModelNames.LifetimeValue}'
              left join "CustomerScores" p on p."CustomerId" = c."Id" and p."Model" = '{ModelNames.Purchase}'
              left join "CustomerScores" l on l."CustomerId" = c."Id" and l."Model" = '{ModelNames.Churn}'
              left join "CustomerScores" s on s."CustomerId" = c."Id" and s."Model" = '{ModelNames.Segments}'
              left join "CustomerProfiles" f on f."CustomerId" = c."Id" left join "CustomerTraits" r on r."CustomerId" = c."Id" and r."Name" = 'country'
              left join "CustomerOwners" o on o."CustomerId" = c."Id"
            where c."ErasedAt" is null and c."Id" in ({Numbers(ids)}){scope.Sql("c.\"Id\"")}
            """;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var id = reader.GetInt64(0);
            var (orders, first, last) = ((int)(reader.NumberOrNull(2) ?? 0), TimeOrNull(reader, 4), TimeOrNull(reader, 5));
            var contact = vault.Read(id);
            rows[id] = new CustomerRow(id, reader.GetString(1))
            {
                Name = contact?.Name,
                Email = contact?.Email,
                LifeStage = LifeStages.Of(orders, first, last, now),
                LastOrderAt = last,
                OrderCount = orders,
                Spent = Stored.Amount(reader.NumberOrNull(3) ?? 0),
                Expected = Figure(reader, 6),
                Purchase = Figure(reader, 9),
                Leave = Figure(reader, 12),
                Segment = reader.IsDBNull(15) ? null : (int)reader.GetDouble(15),
                LastSeenAt = TimeOrNull(reader, 16),
                Country = reader.TextOrNull(17),
                OwnerId = reader.NumberOrNull(18),
                FirstOrderAt = first,
                Consents = consents.GetValueOrDefault(id, []),
            };
        }
        return [.. ids.Where(rows.ContainsKey).Select(id => rows[id])];
    }

    internal static string Numbers(IEnumerable<long> ids) => string.Join(',', ids.Select(id => id.ToString(CultureInfo.InvariantCulture)));

    internal static DateTimeOffset? TimeOrNull(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : Stored.Time(reader.GetInt64(column));

    private static ScoreFigure? Figure(DbDataReader reader, int column) => reader.IsDBNull(column)
        ? null
        : new ScoreFigure(reader.GetDouble(column), DoubleOrNull(reader, column + 1), DoubleOrNull(reader, column + 2));

    private static double? DoubleOrNull(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetDouble(column);

    // Granted for marketing, and nothing that forbids the channel whatever was granted.
    private static Dictionary<long, IReadOnlyList<ChannelConsent>> ReadConsents(DbConnection connection, IReadOnlyList<long> ids)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            select k."CustomerId", k."Channel", k."IsGranted" and not exists (
                select 1 from "Suppressions" x where x."CustomerId" = k."CustomerId" and x."Channel" = k."Channel")
            from "Consents" k where k."Purpose" = '{ConsentProjection.Marketing}' and k."CustomerId" in ({Numbers(ids)}) order by k."CustomerId", k."Channel"
            """;
        var found = new Dictionary<long, List<ChannelConsent>>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var id = reader.GetInt64(0);
            if (!found.TryGetValue(id, out var list)) found[id] = list = [];
            list.Add(new ChannelConsent(reader.GetString(1), reader.GetInt64(2) != 0));
        }
        return found.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<ChannelConsent>)pair.Value);
    }
}
