using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Customers.Attributes;

/// <param name="Value">As stored: numbers and dates in the invariant form, lists and maps as JSON.</param>
/// <param name="Said">How the source wrote it, where it is kept in another spelling.</param>
public sealed record AttributeLine(string Name, AttributeKind Kind, string Value, DateTimeOffset ChangedAt, string? Said = null);

/// <param name="Value">Null when the attribute was removed.</param>
/// <param name="Author">Display name of the colleague; null when a source said so.</param>
/// <param name="Said">How it was written, where it is kept in another spelling.</param>
public sealed record AttributeChange(string Name, string? Value, DateTimeOffset At, string Source, string? Author, string? Said = null);

/// <param name="Kind">Null leaves the kind as it is known.</param>
public sealed record SetCustomerTrait(long CustomerId, string Name, AttributeKind? Kind, string Value, long By);

/// <summary>What is known of a customer beside orders and contact data: typed, editable, and with the history that the log keeps.</summary>
public sealed partial class CustomerAttributes(IDbContextFactory<PortalDbContext> databases, EventLog log, ProjectionHost projections, TimeProvider clock)
{
    private const int HistoryLimit = 200;

    public async Task<IReadOnlyList<AttributeLine>> ListAsync(long customerId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var kinds = await db.AttributeDefinitions.AsNoTracking().ToDictionaryAsync(d => d.Name, d => d.Kind, StringComparer.Ordinal, ct);
        var traits = await db.CustomerTraits.AsNoTracking().Where(t => t.CustomerId == customerId).OrderBy(t => t.Name).ToListAsync(ct);
        var said = traits.Where(t => EventTraits.IsRaw(t.Name)).ToDictionary(t => t.Name, StringComparer.Ordinal);
        // An older wording belongs to a value that is gone.
        string? SaidOf(CustomerTrait trait) => said.GetValueOrDefault(trait.Name + EventTraits.RawSuffix) is { } raw && raw.ChangedAt >= trait.ChangedAt ? raw.Value : null;
        return [.. traits.Where(t => t.Value.Length > 0 && !EventTraits.IsRaw(t.Name)).Select(t => new AttributeLine(t.Name, kinds.TryGetValue(t.Name, out var kind) ? kind : AttributeValue.KindOf(t.Value), t.Value, t.ChangedAt, SaidOf(t)))];
    }

    /// <summary>Every statement about attributes, newest first, with who made it: read from the log, which forgets nothing.</summary>
    public async Task<IReadOnlyList<AttributeChange>> HistoryAsync(long customerId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var events = await db.Events.AsNoTracking().Where(e => e.CustomerId == customerId && e.Type == KnownEvents.ProfileUpdated && e.Properties != null)
            .OrderByDescending(e => e.OccurredAt).ThenByDescending(e => e.Sequence).Take(HistoryLimit)
            .Select(e => new { e.OccurredAt, e.Source, e.Properties }).ToListAsync(ct);
        var users = await db.Users.AsNoTracking().ToDictionaryAsync(u => u.Id, u => u.DisplayName, ct);
        var changes = new List<AttributeChange>();
        foreach (var e in events)
        {
            var author = ActorOf(e.Properties!) is { } user ? users.GetValueOrDefault(user) : null; // filtered above
            var traits = EventTraits.Of(EventKind.ProfileUpdated, e.Properties);
            string? SaidOf(string name) => traits.Where(t => t.Name == name + EventTraits.RawSuffix).Select(t => t.Value).FirstOrDefault();
            foreach (var (name, value) in traits.Where(t => !EventTraits.IsRaw(t.Name)))
                changes.Add(new AttributeChange(name, value.Length == 0 ? null : value, e.OccurredAt, e.Source, author, SaidOf(name)));
        }
        return changes;
    }

    /// <summary>States a value; it stands in the projections when the answer comes.</summary>
    public async Task<Result<string>> SetAsync(SetCustomerTrait command, CultureInfo culture, CancellationToken ct)
    {
        var name = command.Name.Trim();
        if (!Names().IsMatch(name) || SafeProperties.IsContact(name, ofPerson: true))
            return Problem.At(nameof(command.Name), "A name has letters, digits, - and _, at most 60, and is not that of contact data.");
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await ExternalIdAsync(db, command.CustomerId, ct) is not { } customer) return Problem.Of("There is no such customer.");
        var definition = await db.AttributeDefinitions.FirstOrDefaultAsync(d => d.Name == name, ct);
        var kind = command.Kind ?? definition?.Kind ?? AttributeKind.Text;
        var value = AttributeValue.Parse(kind, command.Value, culture);
        if (!value.IsOk) return value;
        if (definition is null) db.Add(new AttributeDefinition { Name = name, Kind = kind });
        else definition.Kind = kind;
        await db.SaveChangesAsync(ct);
        await AppendAsync(customer, name, AttributeValue.ToJson(kind, value.Value), command.By, ct);
        return value;
    }

    /// <summary>Takes a value away; the history keeps what it was.</summary>
    public async Task<Result<string>> RemoveAsync(long customerId, string name, long by, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await ExternalIdAsync(db, customerId, ct) is not { } customer) return Problem.Of("There is no such customer.");
        await AppendAsync(customer, name, "\"\"", by, ct);
        return name;
    }

    private async Task AppendAsync(string customer, string name, string json, long by, CancellationToken ct)
    {
        var properties = string.Create(CultureInfo.InvariantCulture, $$"""{"traits":{{{JsonSerializer.Serialize(name)}}:{{json}}},"actor":{{by}}}""");
        await log.AppendAsync(
            new EventBatch(EventTableReader.PortalSource, [new NewEvent { MessageId = Guid.CreateVersion7().ToString("N"), Type = KnownEvents.ProfileUpdated, Customer = customer, OccurredAt = clock.GetUtcNow(), Properties = properties }]),
            ct);
        await projections.CatchUpAsync(ct);
    }

    private static Task<string?> ExternalIdAsync(PortalDbContext db, long id, CancellationToken ct) =>
        db.Customers.AsNoTracking().Where(c => c.Id == id && c.ErasedAt == null).Select(c => (string?)c.ExternalId).FirstOrDefaultAsync(ct);

    private static long? ActorOf(string properties)
    {
        using var document = JsonDocument.Parse(properties);
        return document.RootElement.TryGetProperty("actor", out var actor) && actor.ValueKind is JsonValueKind.Number && actor.TryGetInt64(out var user) ? user : null;
    }

    [GeneratedRegex(@"^[\p{L}][\p{L}\p{Nd}_-]{0,59}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Names();
}
