using System.Data.Common;
using System.Text.Json;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Imports.Storage;

/// <summary>What is known of a customer at one point of an import.</summary>
internal sealed class CustomerState
{
    public bool Exists { get; set; }

    public Dictionary<string, (string Value, long At)> Traits { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Contact { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, bool> Consents { get; } = new(StringComparer.Ordinal);

    /// <summary>The known value of a trait or contact field; null when there is none.</summary>
    public string? Known(string field) => Contact.TryGetValue(field, out var contact) ? contact : Traits.TryGetValue(field, out var trait) && trait.Value.Length > 0 ? trait.Value : null;
}

/// <summary>Reads what is known of customers from the log and the vault, not from projections, which may lag behind.</summary>
internal sealed class CustomerStates(PortalDatabase database, ContactVault vault)
{
    private readonly Dictionary<string, CustomerState> _known = new(StringComparer.Ordinal);

    /// <summary>Forgets what rows did: they are committed now, and the store says it.</summary>
    public void Forget() => _known.Clear();

    /// <summary>The states of these customers, those that earlier rows of the file changed as they left them.</summary>
    public IReadOnlyDictionary<string, CustomerState> Of(IEnumerable<string> customers)
    {
        var missing = customers.Where(c => !_known.ContainsKey(c)).Distinct(StringComparer.Ordinal).ToArray();
        if (missing.Length is 0) return _known;
        using var connection = database.OpenReader();
        using var find = connection.Prepare("select \"Id\" from \"Customers\" where \"ExternalId\" = @0", 1);
        using var statements = connection.Prepare(
            "select \"Type\", \"Properties\", \"OccurredAt\" from \"Events\" where \"CustomerId\" = @0 "
            + "and (\"Type\" in ('profile_updated', 'consent_changed', 'unsubscribed') or \"Properties\" like '%\"country\"%') order by \"OccurredAt\", \"Sequence\"",
            1);
        foreach (var customer in missing)
        {
            var state = _known[customer] = new CustomerState();
            if (find.RunScalar(customer) is not { } id) continue;
            state.Exists = true;
            ReadStatements(statements, id, state);
            ReadContact(vault.Read(id), state);
        }
        return _known;
    }

    private static void ReadContact(ContactData? data, CustomerState state)
    {
        if (data is null) return;
        foreach (var (name, value) in new[] { ("email", data.Email), ("phone", data.Phone), ("name", data.Name), ("address", data.Address) })
        {
            if (value is not null) state.Contact[name] = value;
        }
    }

    private static void ReadStatements(DbCommand command, long id, CustomerState state)
    {
        command.Set(0, id);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var (kind, properties, at) = (KnownEvents.KindOf(reader.GetString(0)), reader.TextOrNull(1), reader.GetInt64(2));
            if (kind is EventKind.ConsentChanged or EventKind.Unsubscribed) ReadConsent(kind, properties, state);
            else
            {
                foreach (var (name, value) in EventTraits.Of(kind, properties)) state.Traits[name] = (value, at);
            }
        }
    }

    private static void ReadConsent(EventKind kind, string? properties, CustomerState state)
    {
        using var document = JsonDocument.Parse(properties ?? "{}");
        string? Text(string name) => document.RootElement.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
        if (!ConsentProjection.IsOfMarketing(Text("purpose"))) return;
        var channel = Text("channel") ?? ConsentProjection.Email;
        var isGranted = kind is EventKind.ConsentChanged && Text("state") is "granted";
        // A file's grant never undoes a withdrawal (DI-08).
        if (isGranted && Text("origin") is "import" && state.Consents.TryGetValue(channel, out var known) && !known) return;
        state.Consents[channel] = isGranted;
    }
}
