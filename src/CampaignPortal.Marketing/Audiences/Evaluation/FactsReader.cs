using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Audiences.Evaluation;

/// <summary>Reads <see cref="CustomerFacts"/> of some customers: each table once by its key, events through the index of timelines.</summary>
internal static class FactsReader
{
    private const int ChunkSize = 500;

    /// <param name="eventTypes">The events that the rules ask for, as the log names them; none leaves the log alone.</param>
    public static Dictionary<long, CustomerFacts> Read(DbConnection connection, IReadOnlyCollection<long> customers, IReadOnlyCollection<string> eventTypes, CancellationToken ct)
    {
        var found = customers.Distinct().ToDictionary(id => id, id => new CustomerFacts(id));
        foreach (var chunk in found.Keys.Chunk(ChunkSize))
        {
            ct.ThrowIfCancellationRequested();
            // The portal's own numbers, never a text of somebody.
            var numbers = string.Join(',', chunk.Select(id => id.ToString(CultureInfo.InvariantCulture)));
            ReadState(connection, numbers, found);
            if (eventTypes.Count > 0) ReadEvents(connection, numbers, eventTypes, found);
        }
        return found;
    }

    private static void ReadState(DbConnection connection, string numbers, Dictionary<long, CustomerFacts> found)
    {
        Each(connection, $"select \"Id\" from \"Customers\" where \"ErasedAt\" is null and \"Id\" in ({numbers})", (id, _) => found[id].Exists = true);
        Each(connection, $"select \"CustomerId\", \"Name\", \"Value\" from \"CustomerTraits\" where \"CustomerId\" in ({numbers})", (id, r) => found[id].Traits[r.GetString(1)] = r.GetString(2));
        Each(connection, $"select \"CustomerId\", \"OrderCount\", \"Revenue\", \"ReturnedAmount\", \"FirstOrderAt\", \"LastOrderAt\" from \"CustomerTotals\" where \"CustomerId\" in ({numbers})", ReadTotals);
        Each(connection, $"select \"CustomerId\", \"FirstSeenAt\", \"LastSeenAt\" from \"CustomerProfiles\" where \"CustomerId\" in ({numbers})", (id, r) =>
        {
            found[id].Figures[RuleFigures.FirstSeen] = RuleValue.OfMoment(r.GetInt64(1));
            found[id].Figures[RuleFigures.LastSeen] = RuleValue.OfMoment(r.GetInt64(2));
        });
        Each(connection, $"select \"CustomerId\", \"Channel\", \"Purpose\", \"IsGranted\" from \"Consents\" where \"CustomerId\" in ({numbers})", (id, r) => found[id].Consents[(r.GetString(1), r.GetString(2))] = r.GetBoolean(3));
        Each(connection, $"select \"CustomerId\", \"Channel\" from \"Suppressions\" where \"CustomerId\" in ({numbers})", (id, r) => found[id].Suppressed.Add(r.GetString(1)));
        Each(connection, $"select \"CustomerId\", \"EmailHash\" is not null, \"PhoneHash\" is not null from \"Contacts\" where \"CustomerId\" in ({numbers})", (id, r) => (found[id].HasEmail, found[id].HasPhone) = (r.GetBoolean(1), r.GetBoolean(2)));
        Each(connection, $"select \"CustomerId\", \"Model\", \"Value\", \"Percentile\", \"AsOf\" from \"CustomerScores\" where \"CustomerId\" in ({numbers})", (id, r) => found[id].Scores[r.GetString(1)] = new ScoreFact(r.GetDouble(2), r.GetDouble(3), r.GetInt64(4)));
        Each(connection, $"select \"CustomerId\", \"List\", \"ItemCount\", \"AsOf\" from \"RecommendationLists\" where \"CustomerId\" in ({numbers})", (id, r) => found[id].Recommended[r.GetString(1)] = new ListFact(r.GetInt64(2), r.GetInt64(3)));
        Each(connection, $"select \"CustomerId\", \"AudienceId\" from \"AudienceMembers\" where \"CustomerId\" in ({numbers})", (id, r) => found[id].Audiences.Add(r.GetInt64(1)));

        void ReadTotals(long id, DbDataReader r)
        {
            var figures = found[id].Figures;
            figures[RuleFigures.Orders] = RuleValue.OfNumber(r.GetInt64(1));
            figures[RuleFigures.Spent] = RuleValue.OfNumber(Stored.Amount(r.GetInt64(2) - r.GetInt64(3)));
            figures[RuleFigures.Returned] = RuleValue.OfNumber(Stored.Amount(r.GetInt64(3)));
            if (r.GetInt64(1) > 0) figures[RuleFigures.AverageOrder] = RuleValue.OfNumber(Stored.Amount(r.GetInt64(2)) / r.GetInt64(1));
            if (r.NumberOrNull(4) is { } first) figures[RuleFigures.FirstOrder] = RuleValue.OfMoment(first);
            if (r.NumberOrNull(5) is { } last) figures[RuleFigures.LastOrder] = RuleValue.OfMoment(last);
        }
    }

    private static void ReadEvents(DbConnection connection, string numbers, IReadOnlyCollection<string> types, Dictionary<long, CustomerFacts> found)
    {
        var names = string.Join(", ", types.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"@{i}")));
        const string Columns = "\"Type\", \"OccurredAt\", \"OrderId\", \"ItemId\", \"CampaignId\", \"Amount\", \"Quantity\", \"Properties\"";
        using var command = connection.Prepare(
            $"""
            select "CustomerId", "Sequence", {Columns} from "Events" where "CustomerId" in ({numbers}) and "Type" in ({names})
            union all select j."CustomerId", {JoinedHistory.Place}, {Columns} from {JoinedHistory.From} and j."CustomerId" in ({numbers}) and "Type" in ({names})
            order by "CustomerId", "OccurredAt", "Sequence"
            """,
            types.Count);
        foreach (var (type, i) in types.Select((type, i) => (type, i))) command.Set(i, type);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            found[reader.GetInt64(0)].Events.Add(new EventRow(
                reader.GetInt64(1), reader.GetString(2), reader.GetInt64(3), reader.TextOrNull(4), reader.NumberOrNull(5), reader.TextOrNull(6), reader.NumberOrNull(7), reader.NumberOrNull(8), reader.TextOrNull(9)));
        }
    }

    private static void Each(DbConnection connection, string sql, Action<long, DbDataReader> take)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read()) take(reader.GetInt64(0), reader);
    }
}
