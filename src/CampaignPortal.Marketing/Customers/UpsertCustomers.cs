using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Customers;

/// <summary>Takes in customers with contact data, traits and consents: contact data go to the vault, everything else becomes events.</summary>
public sealed class UpsertCustomersHandler(EventLog log, TimeProvider clock)
{
    public const int MaxCount = 1_000;

    /// <summary>Answers after the commit; null when the log is too busy.</summary>
    public async Task<IngestReport?> HandleAsync(string source, JsonElement customers, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        List<NewEvent> events = [];
        List<ContactDraft> contacts = [];
        List<QuarantineDraft> refused = [];
        List<(string? Id, int EventCount, string? Reason)> rows = [];
        foreach (var customer in customers.EnumerateArray())
        {
            try
            {
                var read = Read(customer, now);
                events.AddRange(read.Events);
                if (read.Contact is { } contact) contacts.Add(contact);
                rows.Add((read.Id, read.Events.Count, null));
            }
            catch (Exception e) when (e is JsonFieldException or InvalidOperationException)
            {
                var (reason, field) = e is JsonFieldException f ? (f.IsRange ? QuarantineReasons.FieldRange : QuarantineReasons.FieldType, f.Field) : (QuarantineReasons.TextEncoding, null);
                refused.Add(new QuarantineDraft(reason, field, e.Message, customer.GetRawText(), rows.Count));
                rows.Add((null, 0, reason));
            }
        }
        if (!log.TryAppend(new EventBatch(source, events) { Contacts = contacts, Quarantine = refused }, out var answer)) return null;
        return Report(rows, await answer.WaitAsync(ct));
    }

    private static (string Id, List<NewEvent> Events, ContactDraft? Contact) Read(JsonElement customer, DateTimeOffset now)
    {
        if (customer.ValueKind is not JsonValueKind.Object) throw new JsonFieldException("customers", $"A customer must be an object; found {customer.ValueKind}.");
        var id = customer.Text("id", 256);
        if (string.IsNullOrWhiteSpace(id)) throw new JsonFieldException("id", "A customer needs id, the shop's own number.");
        if (EmailAddress.IsLikely(id)) throw new JsonFieldException("id", "id must be the shop's own number of the customer, not an e-mail address.");
        var at = customer.Time("updatedAt") ?? now;
        if (at > now) throw new JsonFieldException("updatedAt", "updatedAt lies ahead of the portal's clock.", isRange: true);
        var identity = MessageIdOf(customer);
        List<NewEvent> events =
        [
            new() { MessageId = identity, Type = KnownEvents.ProfileUpdated, Customer = id, OccurredAt = at, StatedAt = customer.Time("updatedAt") ?? DateTimeOffset.UnixEpoch, Properties = TraitsOf(customer) },
        ];
        if (customer.Find("consents") is { } consents)
        {
            if (consents.ValueKind is not JsonValueKind.Array) throw new JsonFieldException("consents", "consents must be a list.");
            foreach (var consent in consents.EnumerateArray())
            {
                events.Add(new NewEvent
                {
                    MessageId = string.Create(CultureInfo.InvariantCulture, $"{identity}/{events.Count}"),
                    Type = KnownEvents.ConsentChanged,
                    Customer = id,
                    OccurredAt = consent.Time("at") ?? at,
                    StatedAt = consent.Time("at") ?? DateTimeOffset.UnixEpoch,
                    Properties = ConsentOf(consent),
                });
            }
        }
        return (id, events, TrackingCallReader.ContactOf(id, customer));
    }

    // The same statement posted again is the same event.
    private static string MessageIdOf(JsonElement customer) =>
        customer.Text("messageId", 64) ?? "c-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(customer.GetRawText())).AsSpan(0, 16));

    private static string? TraitsOf(JsonElement customer) =>
        customer.Find("traits") is { } traits && SafeProperties.Write(traits, EmptyNames, ofPerson: true) is { } kept ? $$"""{"traits":{{kept}}}""" : null;

    private static string ConsentOf(JsonElement consent)
    {
        var state = consent.Text("state");
        if (state is not ("granted" or "withdrawn")) throw new JsonFieldException("consents.state", "state must be granted or withdrawn.");
        return JsonSerializer.Serialize(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["channel"] = consent.Text("channel", 40) ?? ConsentProjection.Email,
            ["purpose"] = consent.Text("purpose", 40) ?? ConsentProjection.Marketing,
            ["state"] = state,
            ["origin"] = consent.Text("origin", 200) ?? "api",
            ["basis"] = consent.Text("basis", 500),
        });
    }

    private static readonly HashSet<string> EmptyNames = [];

    private static IngestReport Report(List<(string? Id, int EventCount, string? Reason)> rows, AppendReport stored)
    {
        var next = 0;
        var answers = rows.ConvertAll(row =>
        {
            var statuses = stored.Statuses.Skip(next).Take(row.EventCount).ToArray();
            next += row.EventCount;
            var (status, reason) = row.Reason is not null ? ("quarantined", row.Reason)
                : statuses.Contains(AppendStatus.Conflict) ? ("quarantined", QuarantineReasons.ConflictPayload)
                : statuses.Contains(AppendStatus.Accepted) ? ("accepted", null)
                : ("duplicate", (string?)null);
            return new IngestRow(row.Id, status, reason);
        });
        return IngestReport.Of(answers);
    }
}
