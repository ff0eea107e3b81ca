using System.Data.Common;
using System.Text.Json;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Conversion;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Imports.Storage;

/// <summary>Keeps imports from writing again to people who said no, whose mail bounced, who complained, or who were erased (DI-08).</summary>
/// <remarks>It asks the log itself, not a projection, so that a "no" of a second ago counts. One indexed read for each consent that a file grants.</remarks>
internal sealed class ConsentGuard(PortalDatabase database)
{
    /// <summary>Takes the grants that must not be, and all contact data of erased persons, out of the chunk; tells how many for which reason.</summary>
    public IReadOnlyDictionary<string, int> HoldBack(ImportChunk chunk)
    {
        var held = new Dictionary<string, int>(StringComparer.Ordinal);
        if (chunk.Contacts.Count is 0 && chunk.Grants.Count is 0) return held;
        using var connection = database.OpenReader();
        using var findCustomer = connection.Prepare("select \"Id\", \"ErasedAt\" from \"Customers\" where \"ExternalId\" = @0");
        using var findStatements = connection.Prepare(
            "select \"Type\", \"Properties\", \"OccurredAt\" from \"Events\" where \"CustomerId\" = @0 "
            + "and \"Type\" in ('unsubscribed', 'consent_changed', 'message_bounced', 'message_complained') order by \"OccurredAt\", \"Sequence\"");

        foreach (var contact in chunk.Contacts.ToArray())
        {
            if (Find(findCustomer, contact.Customer) is not { IsErased: true }) continue;
            chunk.Contacts.Remove(contact);
            Count(held, "erased");
        }
        var refused = new HashSet<int>();
        foreach (var grant in chunk.Grants)
        {
            if (Find(findCustomer, grant.Customer) is not { } customer) continue; // a new person has said nothing yet
            var reason = customer.IsErased ? "erased" : ReasonAgainst(findStatements, customer.Id, grant.Channel);
            if (reason is null) continue;
            refused.Add(grant.EventIndex);
            Count(held, reason);
        }
        RemoveEvents(chunk, refused);
        return held;
    }

    private static void RemoveEvents(ImportChunk chunk, HashSet<int> refused)
    {
        if (refused.Count is 0) return;
        var kept = Enumerable.Range(0, chunk.Events.Count).Where(i => !refused.Contains(i)).ToArray();
        var newIndexes = kept.Select((old, now) => (old, now)).ToDictionary(x => x.old, x => x.now);
        var corrections = chunk.Corrections.Select(c => c.EventIndex is Correction.OfItem ? c : c with { EventIndex = newIndexes[c.EventIndex] }).ToArray(); // they stand for rows, and only grants go
        for (var i = 0; i < kept.Length; i++) (chunk.Events[i], chunk.StandsForRow[i]) = (chunk.Events[kept[i]], chunk.StandsForRow[kept[i]]);
        chunk.Events.RemoveRange(kept.Length, chunk.Events.Count - kept.Length);
        chunk.StandsForRow.RemoveRange(kept.Length, chunk.StandsForRow.Count - kept.Length);
        chunk.Corrections.Clear();
        chunk.Corrections.AddRange(corrections);
        chunk.Grants.Clear();
    }

    private static (long Id, bool IsErased)? Find(DbCommand command, string externalId)
    {
        command.Set(0, externalId);
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), !reader.IsDBNull(1)) : null;
    }

    /// <summary>What speaks against a grant on the channel: a complaint or a hard bounce at any time, or the latest word of the person being no.</summary>
    private static string? ReasonAgainst(DbCommand command, long customerId, string channel)
    {
        command.Set(0, customerId);
        using var reader = command.ExecuteReader();
        string? against = null;
        while (reader.Read())
        {
            var type = reader.GetString(0);
            using var properties = JsonDocument.Parse(reader.TextOrNull(1) ?? "{}");
            string? Property(string name) => properties.RootElement.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
            if ((Property("channel") ?? "email") != channel) continue;
            if (type is KnownEvents.Unsubscribed or KnownEvents.ConsentChanged && !ConsentProjection.IsOfMarketing(Property("purpose"))) continue;
            switch (type)
            {
                case KnownEvents.MessageComplained: return "complained";
                case KnownEvents.MessageBounced when Property("kind") is not "soft": return "bounced";
                case KnownEvents.Unsubscribed: against = "unsubscribed"; break;
                case KnownEvents.ConsentChanged when Property("state") is not "granted": against = "unsubscribed"; break;
                case KnownEvents.ConsentChanged when Property("origin") is not "import": against = null; break; // the person's own yes
            }
        }
        return against;
    }

    private static void Count(Dictionary<string, int> held, string reason) => held[reason] = held.GetValueOrDefault(reason) + 1;
}

internal static class ReaderCommands
{
    /// <summary>A command with one parameter on a reading connection.</summary>
    public static DbCommand Prepare(this DbConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        var parameter = command.CreateParameter();
        parameter.ParameterName = "@0";
        command.Parameters.Add(parameter);
        return command;
    }
}
