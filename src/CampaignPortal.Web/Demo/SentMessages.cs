using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Simulation;
using CampaignPortal.Simulation.Messages;
using CampaignPortal.Simulation.Shop;

namespace CampaignPortal.Web.Demo;

/// <summary>A message that reached somebody of the sample shop.</summary>
internal sealed record SentMessage(int Customer, MessageFacts Facts);

/// <summary>Reads from the log which messages the portal sent.</summary>
internal sealed class SentMessages(PortalDatabase database, ShopSimulator shop)
{
    private readonly Dictionary<string, int> _people = shop.People.ToDictionary(p => p.Id, p => p.Index, StringComparer.Ordinal);

    /// <summary>Messages behind a place in the log, and how far it was read. What the simulator itself reports is history and none of them.</summary>
    public (IReadOnlyList<SentMessage> Messages, long Sequence) After(long sequence)
    {
        using var connection = database.OpenReader();
        var until = NewestSequence(connection);
        if (until <= sequence) return ([], sequence);
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
            select e."MessageId", c."ExternalId", e."CampaignId", e."VariantId", e."Properties"
            from "Events" e join "Customers" c on c."Id" = e."CustomerId"
            where e."Sequence" > {sequence} and e."Sequence" <= {until} and +e."Type" = '{KnownEvents.MessageSent}' and +e."Source" <> '{ShopEvents.Source}' order by e."Sequence"
            """);
        using var reader = command.ExecuteReader();
        var messages = new List<SentMessage>();
        while (reader.Read())
        {
            if (reader.TextOrNull(1) is { } id && _people.TryGetValue(id, out var customer))
                messages.Add(new SentMessage(customer, FactsOf(reader.GetString(0), reader.TextOrNull(2) ?? "", reader.TextOrNull(3), reader.TextOrNull(4))));
        }
        return (messages, until);
    }

    public static long NewestSequence(PortalDatabase database)
    {
        using var connection = database.OpenReader();
        return NewestSequence(connection);
    }

    private static long NewestSequence(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "select max(\"Sequence\") from \"Events\"";
        return command.ExecuteScalar() is long newest ? newest : 0;
    }

    // What a message says stands with its event as far as its sender wrote it down; people react to the rest as to any message.
    private static MessageFacts FactsOf(string key, string campaign, string? variant, string? properties)
    {
        if (properties is null) return new MessageFacts(key, campaign, variant, "");
        using var document = JsonDocument.Parse(properties);
        var root = document.RootElement;
        var subject = root.TryGetProperty("subject", out var s) && s.ValueKind is JsonValueKind.String ? s.GetString()! : ""; // a string
        return new MessageFacts(key, campaign, variant, subject)
        {
            Discount = root.TryGetProperty("discount", out var d) && d.ValueKind is JsonValueKind.Number ? Math.Clamp(d.GetDouble(), 0, 0.9) : DiscountIn(subject),
            Departments = DepartmentsIn(subject),
        };
    }

    /// <summary>The discount that a subject line promises: "20% off" is 0.2.</summary>
    internal static double DiscountIn(string subject)
    {
        var end = subject.IndexOf('%', StringComparison.Ordinal);
        var start = end;
        while (start > 0 && char.IsAsciiDigit(subject[start - 1])) start--;
        return start < end && int.TryParse(subject.AsSpan(start, end - start), NumberStyles.None, CultureInfo.InvariantCulture, out var percent) ? Math.Clamp(percent / 100.0, 0, 0.9) : 0;
    }

    /// <summary>Departments whose name, or one of whose goods, a subject line names.</summary>
    internal static IReadOnlyList<int> DepartmentsIn(string subject) =>
    [
        .. from i in Enumerable.Range(0, Department.All.Count)
           let department = Department.All[i]
           where department.Name.Split(' ').Where(word => word.Length > 3).Concat(department.Things.Select(t => t.Name)).Any(word => subject.Contains(word.TrimEnd('s'), StringComparison.OrdinalIgnoreCase))
           select i,
    ];
}
