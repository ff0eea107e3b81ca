using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Simulation;
using MessageFacts = CampaignPortal.Simulation.Messages.MessageFacts;

namespace CampaignPortal.Web.Demo;

/// <summary>A message that reached somebody of the sample shop.</summary>
internal sealed record SentMessage(int Customer, MessageFacts Facts);

/// <summary>Reads from the log which messages the portal sent, and from the campaign and the outbox what they say.</summary>
/// <remarks>A version is frozen once its campaign is launched: it is read once.</remarks>
internal sealed class SentMessages(PortalDatabase database, ReadMessageFactsHandler versions, BodyStore bodies, ShopSimulator shop)
{
    private const string PersonalPart = "recommendations";

    private readonly Dictionary<string, int> _people = shop.People.ToDictionary(p => p.Id, p => p.Index, StringComparer.Ordinal);
    private readonly Dictionary<(string, string?), Version?> _versions = [];
    private readonly MessageReading _reading = new(shop.Catalogue);

    /// <summary>Messages behind a place in the log, and how far it was read. What the simulator itself reports is history and none of them.</summary>
    /// <param name="until">Where to stop; null reads to the end.</param>
    public async Task<(IReadOnlyList<SentMessage> Messages, long Sequence)> AfterAsync(long sequence, long? until, CancellationToken ct)
    {
        var (rows, last) = Read(sequence, until);
        var messages = new List<SentMessage>(rows.Count);
        foreach (var row in rows)
        {
            if (_people.TryGetValue(row.Customer, out var customer)) messages.Add(new SentMessage(customer, await FactsAsync(row, ct)));
        }
        return (messages, last);
    }

    private (List<Row> Rows, long Sequence) Read(long sequence, long? until)
    {
        using var connection = database.OpenReader();
        var last = until ?? NewestSequence(connection);
        if (last <= sequence) return ([], sequence);
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
            select e."MessageId", c."ExternalId", e."CampaignId", e."VariantId", e."Properties"
            from "Events" e join "Customers" c on c."Id" = e."CustomerId"
            where e."Sequence" > {sequence} and e."Sequence" <= {last} and +e."Type" = '{KnownEvents.MessageSent}' and +e."Source" <> '{ShopEvents.Source}' order by e."Sequence"
            """);
        using var reader = command.ExecuteReader();
        var rows = new List<Row>();
        while (reader.Read())
        {
            if (reader.TextOrNull(1) is { } customer) rows.Add(new Row(reader.GetString(0), customer, reader.TextOrNull(2) ?? "", reader.TextOrNull(3), reader.TextOrNull(4)));
        }
        return (rows, last);
    }

    private static long NewestSequence(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "select max(\"Sequence\") from \"Events\"";
        return command.ExecuteScalar() is long newest ? newest : 0;
    }

    private async Task<MessageFacts> FactsAsync(Row row, CancellationToken ct)
    {
        var (number, subject) = Properties(row.Properties);
        var key = number?.ToString(CultureInfo.InvariantCulture) ?? row.MessageId;
        // A message that another system sent says no more than its event does.
        if (await VersionAsync(row.Campaign, row.Variant, ct) is not { } version)
            return new MessageFacts(key, row.Campaign, row.Variant, subject) { Discount = MessageReading.DiscountInSubject(subject), Departments = MessageReading.DepartmentsIn(subject) };
        var mail = version.IsPersonal && number is { } id ? bodies.Read(id) : null;
        return new MessageFacts(key, row.Campaign, row.Variant, mail?.Content.Subject ?? version.Subject)
        {
            Discount = version.Discount,
            Departments = mail is null ? version.Departments : [.. version.Departments.Union(_reading.DepartmentsOfGoodsIn(mail.Content.Text)).Order()],
        };
    }

    private async Task<Version?> VersionAsync(string campaign, string? variant, CancellationToken ct)
    {
        if (_versions.TryGetValue((campaign, variant), out var known)) return known;
        var facts = await versions.HandleAsync(campaign, variant, ct);
        return _versions[(campaign, variant)] = facts is null ? null : Version.Of(facts);
    }

    private static (long? Number, string Subject) Properties(string? properties)
    {
        if (properties is null) return (null, "");
        using var document = JsonDocument.Parse(properties);
        var root = document.RootElement;
        return (
            root.TryGetProperty("message", out var number) && number.ValueKind is JsonValueKind.Number ? number.GetInt64() : null,
            root.TryGetProperty("subject", out var subject) && subject.ValueKind is JsonValueKind.String ? subject.GetString()! : ""); // a string
    }

    private sealed record Row(string MessageId, string Customer, string Campaign, string? Variant, string? Properties);

    /// <summary>What a version says to everybody.</summary>
    /// <param name="IsPersonal">Whether each person reads something else, in the subject or among the goods.</param>
    private sealed record Version(string Subject, double Discount, IReadOnlyList<int> Departments, bool IsPersonal)
    {
        public static Version Of(Marketing.Campaigns.MessageFacts facts)
        {
            var text = facts.Preheader + "\n" + facts.Body;
            return new Version(
                facts.Subject, Math.Max(MessageReading.DiscountInSubject(facts.Subject), MessageReading.DiscountInBody(text)), MessageReading.DepartmentsIn(facts.Subject + "\n" + text),
                facts.Subject.Contains("{{", StringComparison.Ordinal) || facts.Body.Contains(PersonalPart, StringComparison.Ordinal));
        }
    }
}
