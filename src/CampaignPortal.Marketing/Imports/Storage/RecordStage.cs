using System.Text.Json.Nodes;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Conversion;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Values;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Imports.Storage;

/// <summary>Counts of one chunk of customers or items, compared with what is known.</summary>
/// <param name="Skipped">Rows that the mode leaves out.</param>
/// <param name="Merged">Rows without an id that contact data led to a known customer; they are in the other counts as well.</param>
internal readonly record struct StageReport(int New, int Changed, int Unchanged, int Skipped, int Merged)
{
    /// <summary>The first differences of the chunk, for people to look at.</summary>
    public IReadOnlyList<FieldDifference> Differences { get; init; } = [];

    /// <summary>What the rows overwrite, for an undo.</summary>
    public IReadOnlyList<Overwritten> Overwritten { get; init; } = [];
}

/// <summary>What a row changes of a known customer or item.</summary>
/// <param name="Fields">Before and after of each field; null is empty.</param>
internal sealed record Overwritten(string Kind, string Key, bool IsNew, IReadOnlyDictionary<string, string?[]> Fields);

/// <summary>Decides row by row what an import does to customers and items: one piece of code for the dry run and for the import, so that they cannot differ.</summary>
/// <remarks>Not thread-safe. It sees rows in the order of the file and remembers what earlier ones did.</remarks>
internal sealed class RecordStage(ImportPlan plan, PortalDatabase database, ContactVault vault)
{
    public const int DifferenceCount = 100;

    private readonly CustomerStates _customers = new(database, vault);
    private readonly ItemStates _items = new(database);
    private readonly List<FieldDifference> _differences = [];
    private readonly List<Overwritten> _overwritten = [];

    /// <summary>Finds customers for rows without an id; hears what was written over.</summary>
    public CustomerMatcher? Matcher { get; init; }

    /// <summary>Tells the stage that what it decided is committed.</summary>
    public void Committed(StageReport report)
    {
        Matcher?.Committed(report.Overwritten);
        _customers.Forget();
        _items.Forget();
    }

    /// <summary>Replaces the chunk's records by events and contact data, and takes out what changes nothing.</summary>
    public StageReport Apply(ImportChunk chunk)
    {
        _differences.Clear();
        _overwritten.Clear();
        var report = chunk.ItemsAreRows ? ApplyItems(chunk) : ApplyCustomers(chunk);
        return report with { Differences = [.. _differences], Overwritten = [.. _overwritten] };
    }

    private StageReport ApplyCustomers(ImportChunk chunk)
    {
        if (chunk.Records.Count is 0) return default;
        var states = _customers.Of(chunk.Records.Select(r => r.Customer));
        var eventOf = new int[chunk.Records.Count];
        int added = 0, changed = 0, unchanged = 0, skipped = 0, merged = 0;
        for (var i = 0; i < eventOf.Length; i++)
        {
            var record = chunk.Records[i];
            var state = states[record.Customer];
            eventOf[i] = Correction.OfItem;
            if (record.IsMatched) merged++;
            if (plan.Mode is ImportMode.AddOnly && state.Exists || plan.Mode is ImportMode.UpdateOnly && !state.Exists)
            {
                skipped++;
                continue;
            }
            var isNew = !state.Exists;
            var (traits, contact, consents) = Allowed(record, state);
            if (!isNew && traits.Count is 0 && contact.Count is 0 && consents.Count is 0)
            {
                unchanged++;
                continue;
            }
            eventOf[i] = chunk.Events.Count;
            Write(chunk, record, traits, contact, consents);
            Note(record, state, traits, contact, consents);
            if (isNew) added++;
            else changed++;
        }
        for (var i = 0; i < chunk.Corrections.Count; i++) chunk.Corrections[i] = chunk.Corrections[i] with { EventIndex = eventOf[chunk.Corrections[i].EventIndex] };
        chunk.Records.Clear();
        return new StageReport(added, changed, unchanged, skipped, merged);
    }

    private (List<(string Name, string Value)> Traits, List<(string Name, string Value)> Contact, List<(string Channel, bool IsGranted)> Consents) Allowed(CustomerRecord record, CustomerState state)
    {
        var fills = plan.Mode is ImportMode.FillEmpty && state.Exists;
        bool MayWrite(string field) => !fills || state.Known(field) is null;
        var traits = record.Traits.Where(t => MayWrite(t.Name) && !(state.Traits.TryGetValue(t.Name, out var known) && (known.Value == t.Value || known.At > record.At))).ToList();
        traits.RemoveAll(t => EventTraits.IsRaw(t.Name) && !traits.Exists(own => t.Name.Length == own.Name.Length + EventTraits.RawSuffix.Length && t.Name.StartsWith(own.Name, StringComparison.Ordinal))); // another wording of what is known changes nothing
        var contact = new List<(string Name, string Value)>();
        foreach (var (name, value) in record.ContactFields)
        {
            if (value is not null && MayWrite(name) && state.Contact.GetValueOrDefault(name) != value) contact.Add((name, value));
        }
        if (plan.ClearsEmpty && !fills)
        {
            foreach (var field in record.EmptyFields.Where(f => state.Known(f) is not null))
            {
                if (state.Contact.ContainsKey(field)) contact.Add((field, ""));
                else if (state.Traits[field].At <= record.At) traits.Add((field, ""));
            }
        }
        var consents = record.Consents.Where(c => !state.Consents.TryGetValue(c.Channel, out var known) || (!fills && known != c.IsGranted)).ToList();
        return (traits, contact, consents);
    }

    private void Write(ImportChunk chunk, CustomerRecord record, List<(string Name, string Value)> traits, List<(string Name, string Value)> contact, List<(string Channel, bool IsGranted)> consents)
    {
        var properties = PropertiesOf(traits);
        // What is written depends on what was known: a row that says the same on another day is another event.
        var id = traits.Count == record.Traits.Count ? record.MessageId : $"{record.MessageId}.{QuickHash.Of(properties) & 0xFFFFFFFF:x8}";
        chunk.Add(new NewEvent { MessageId = id, Type = KnownEvents.ProfileUpdated, OccurredAt = At(record.At), Customer = record.Customer, Properties = properties });
        if (contact.Count > 0)
        {
            string? Stated(string name) => contact.Exists(c => c.Name == name) ? contact.Find(c => c.Name == name).Value : null;
            chunk.Contacts.Add(new ContactDraft(record.Customer)
            {
                Email = Stated("email"), Phone = Stated("phone"), Name = Stated("name"), Address = Stated("address"), RawEmail = record.Contact.RawEmail, RawPhone = record.Contact.RawPhone,
            });
        }
        foreach (var (channel, isGranted) in consents) AddConsent(chunk, $"{record.MessageId}.{channel}", record, channel, isGranted);
    }

    private void AddConsent(ImportChunk chunk, string id, CustomerRecord record, string channel, bool isGranted)
    {
        if (isGranted) chunk.Grants.Add(new ConsentGrant(chunk.Events.Count, record.Customer, channel));
        // The origin "import" tells the consent projection that a file said so, not the person.
        var statement = new JsonObject
        {
            ["channel"] = channel, ["state"] = isGranted ? "granted" : "withdrawn", ["origin"] = "import", ["source"] = plan.Consent!.Source, ["basis"] = plan.Consent.Basis, // the preset's check saw it
        };
        chunk.Add(
            new NewEvent { MessageId = id, Type = KnownEvents.ConsentChanged, OccurredAt = At(record.ConsentAt), Customer = record.Customer, Properties = statement.ToJsonString(ImportJson.Options) },
            standsForRow: false);
    }

    private void Note(CustomerRecord record, CustomerState state, List<(string Name, string Value)> traits, List<(string Name, string Value)> contact, List<(string Channel, bool IsGranted)> consents)
    {
        var isNew = !state.Exists;
        foreach (var (name, value) in contact.Concat(traits)) Show(record.Line, record.Customer, name, isNew ? null : state.Known(name), value.Length is 0 ? null : value);
        foreach (var (channel, isGranted) in consents)
        {
            Show(record.Line, record.Customer, "consent_" + channel, state.Consents.TryGetValue(channel, out var known) ? known ? "granted" : "withdrawn" : null, isGranted ? "granted" : "withdrawn");
            if (!isGranted || !state.Consents.TryGetValue(channel, out var was) || was) state.Consents[channel] = isGranted;
        }
        if (!isNew && contact.Count > 0)
        {
            _overwritten.Add(new Overwritten("contact", record.Customer, false, contact.ToDictionary(c => c.Name, c => new[] { state.Contact.GetValueOrDefault(c.Name), c.Value.Length is 0 ? null : c.Value }, StringComparer.Ordinal)));
        }
        state.Exists = true;
        foreach (var (name, value) in traits) state.Traits[name] = (value, record.At);
        foreach (var (name, value) in contact)
        {
            if (value.Length is 0) state.Contact.Remove(name);
            else state.Contact[name] = value;
        }
    }

    private StageReport ApplyItems(ImportChunk chunk)
    {
        int added = 0, changed = 0, unchanged = 0, skipped = 0;
        var kept = new List<ItemDraft>();
        var states = _items.Of(chunk.Items.Select(i => i.ExternalId));
        for (var i = 0; i < chunk.Items.Count; i++)
        {
            var (item, line) = (chunk.Items[i], i < chunk.ItemLines.Count ? chunk.ItemLines[i] : 0);
            var known = states[item.ExternalId];
            if (plan.Mode is ImportMode.AddOnly && known is not null || plan.Mode is ImportMode.UpdateOnly && known is null)
            {
                skipped++;
                continue;
            }
            var changes = ItemStates.Changes(item, known, fillsOnly: plan.Mode is ImportMode.FillEmpty && known is not null);
            if (known is not null && changes.Count is 0)
            {
                unchanged++;
                continue;
            }
            foreach (var (field, value) in changes) Show(line, item.ExternalId, field, known?.GetValueOrDefault(field), value);
            _overwritten.Add(new Overwritten("item", item.ExternalId, known is null, changes.ToDictionary(c => c.Field, c => new[] { known?.GetValueOrDefault(c.Field), c.Value }, StringComparer.Ordinal)));
            kept.Add(known is null ? item : ItemStates.Only(item, changes));
            _items.Note(item.ExternalId, changes);
            if (known is null) added++;
            else changed++;
        }
        chunk.Items.Clear();
        chunk.Items.AddRange(kept);
        return new StageReport(added, changed, unchanged, skipped, 0);
    }

    private void Show(long line, string key, string field, string? before, string? after)
    {
        if (_differences.Count < DifferenceCount) _differences.Add(new FieldDifference(line, key, field, before, after));
    }

    private static string? PropertiesOf(List<(string Name, string Value)> traits)
    {
        if (traits.Count is 0) return null;
        var all = new JsonObject();
        foreach (var (name, value) in traits) all[name] = value;
        return new JsonObject { ["traits"] = all }.ToJsonString(ImportJson.Options);
    }

    private static DateTimeOffset At(long utcTicks) => new(utcTicks - utcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}
