using System.Globalization;
using System.Text.Json;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Events.Catalogue;

/// <summary>A property of the events of one name.</summary>
/// <param name="Name">As sent; a column of the log begins with <c>$</c>.</param>
/// <param name="FilledShare">Share of the events that have it.</param>
/// <param name="Samples">A few different values; none of contact data.</param>
public sealed record EventPropertyRow(string Name, PropertyKind Kind, long Count, double FilledShare, DateTimeOffset FirstAt, DateTimeOffset LastAt, IReadOnlyList<string> Samples)
{
    public string? Owner { get; init; }
    public string? Description { get; init; }
    /// <summary>A kind that came newly and that nobody has accepted.</summary>
    public PropertyChange? Change { get; init; }
}

/// <param name="Share">Share of the values that are of the new kind.</param>
public sealed record PropertyChange(PropertyKind To, DateTimeOffset At, long Sequence, double Share);

/// <summary>Reads the properties of one event name, with samples from its newest events.</summary>
public sealed class ReadEventPropertiesHandler(IDbContextFactory<PortalDbContext> databases)
{
    private const int SampleCount = 3, MaxSampleLength = 40;

    /// <summary>Empty for a name that never came.</summary>
    public async Task<IReadOnlyList<EventPropertyRow>> HandleAsync(string name, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var types = await db.EventTypes.AsNoTracking().Where(t => t.Name == name).ToListAsync(ct);
        var properties = await db.EventProperties.AsNoTracking().Where(p => p.EventName == name).ToListAsync(ct);
        var entries = await db.CatalogueEntries.AsNoTracking().Where(e => e.Scope == CatalogueScope.Event && e.Name == name && e.Property != "").ToDictionaryAsync(e => e.Property, StringComparer.Ordinal, ct);
        var sequences = types.SelectMany(t => t.Recent.Split(' ')).Select(n => long.Parse(n, CultureInfo.InvariantCulture)).Concat(properties.Select(p => p.LastSequence)).Distinct().ToArray();
        var recent = await db.Events.AsNoTracking().Where(e => sequences.Contains(e.Sequence)).OrderByDescending(e => e.Sequence).ToListAsync(ct);
        var items = recent.Select(e => e.ItemId).OfType<long>().Distinct().ToArray();
        var itemIds = await db.Items.AsNoTracking().Where(i => items.Contains(i.Id)).ToDictionaryAsync(i => i.Id, i => i.ExternalId, ct);
        var samples = Samples(recent, itemIds);
        var total = Math.Max(1, types.Sum(t => t.Count));
        return [.. properties.OrderByDescending(p => p.Count).ThenBy(p => p.Name, StringComparer.Ordinal).Select(p => Row(p, total, samples, entries.GetValueOrDefault(p.Name)))];
    }

    private static EventPropertyRow Row(EventProperty p, long total, Dictionary<string, List<string>> samples, CatalogueEntry? entry) =>
        new(p.Name, p.Kind, p.Count, (double)p.Count / total, p.FirstAt, p.LastAt, samples.GetValueOrDefault(p.Name) ?? [])
        {
            Owner = entry?.Owner,
            Description = entry?.Description,
            Change = p is { ChangedKind: { } kind, ChangedSequence: { } sequence, ChangedAt: { } at } && sequence > (entry?.AcceptedSequence ?? 0)
                ? new PropertyChange(kind, at, sequence, (double)CountOf(p, kind) / p.Count)
                : null,
        };

    private static long CountOf(EventProperty p, PropertyKind kind) => kind switch
    {
        PropertyKind.Number => p.NumberCount,
        PropertyKind.Flag => p.FlagCount,
        PropertyKind.Moment => p.MomentCount,
        PropertyKind.List => p.ListCount,
        PropertyKind.Structure => p.ObjectCount,
        _ => p.TextCount,
    };

    private static Dictionary<string, List<string>> Samples(List<StoredEvent> recent, Dictionary<long, string> items)
    {
        var samples = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var e in recent)
        {
            if (e.ItemId is { } item && items.TryGetValue(item, out var id)) Add("$item", id);
            if (e.OrderId is { } order) Add("$order", order);
            if (e.Quantity is { } quantity) Add("$quantity", quantity.ToString("0.##", CultureInfo.InvariantCulture));
            if (e.Amount is { } amount) Add("$amount", amount.ToString("0.00", CultureInfo.InvariantCulture));
            if (e.Properties is not { } properties) continue;
            using var document = JsonDocument.Parse(properties);
            var kind = KnownEvents.KindOf(e.Type);
            foreach (var property in EventShape.Visible(kind, document.RootElement))
            {
                if (!SafeProperties.MayBeShown(property.Name, property.Value, ofPerson: kind is EventKind.ProfileUpdated)) continue;
                Add(property.Name, property.Value.ValueKind is JsonValueKind.String ? property.Value.GetString()! : property.Value.GetRawText());
            }
        }
        return samples;

        void Add(string name, string value)
        {
            if (!samples.TryGetValue(name, out var known)) samples[name] = known = [];
            var shown = value.Length > MaxSampleLength ? value[..MaxSampleLength] + "…" : value;
            if (known.Count < SampleCount && !known.Contains(shown)) known.Add(shown);
        }
    }
}
