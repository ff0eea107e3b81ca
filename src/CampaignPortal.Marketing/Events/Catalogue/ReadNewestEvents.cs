using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Events.Catalogue;

/// <summary>An event as it came in.</summary>
/// <param name="Name">A known name, or the event's own.</param>
/// <param name="Customer">The portal's number of the customer; null for nobody, and for readers who may not know.</param>
/// <param name="ItemId">The shop's own id of the item.</param>
/// <param name="Properties">As stored: without contact data.</param>
public sealed record StreamedEvent(
    long Sequence, string Type, string Name, string Source, DateTimeOffset OccurredAt, DateTimeOffset ReceivedAt, long? Customer, string? Item, string? ItemId, string? OrderId, decimal? Quantity, decimal? Amount, string? Properties);

/// <param name="Name">Only events of this name; null is all.</param>
/// <param name="After">Only events with a larger number.</param>
/// <param name="WithCustomers">Whether the reader may know of which customer it is, by number.</param>
/// <param name="WithPrivate">Whether the reader may see who a customer is, and so events that are marked private.</param>
public sealed record NewestEvents(string? Name, long After, bool WithCustomers, bool WithPrivate);

/// <summary>Reads the newest events of the log, newest first. Looks at a bounded number of rows, however rare the name is.</summary>
public sealed class ReadNewestEventsHandler(PortalDatabase database, EventPolicies policies)
{
    /// <summary>Events of one answer, and rows of the log that are looked at.</summary>
    public const int MaxCount = 100, MaxLook = 5_000;

    public Task<IReadOnlyList<StreamedEvent>> HandleAsync(NewestEvents query, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult<IReadOnlyList<StreamedEvent>>(Read(query));
    }

    private List<StreamedEvent> Read(NewestEvents query)
    {
        using var connection = database.OpenReader();
        using var command = connection.Prepare(
            "select e.\"Sequence\", e.\"Type\", e.\"Source\", e.\"OccurredAt\", e.\"ReceivedAt\", e.\"CustomerId\", coalesce(i.\"Name\", i.\"ExternalId\"), e.\"OrderId\", e.\"Quantity\", e.\"Amount\", e.\"Properties\", i.\"ExternalId\" "
            + "from \"Events\" e left join \"Items\" i on i.\"Id\" = e.\"ItemId\" where e.\"Sequence\" > @0 order by e.\"Sequence\" desc limit @1",
            2);
        command.Set(0, query.After);
        command.Set(1, MaxLook);
        using var reader = command.ExecuteReader();
        var found = new List<StreamedEvent>();
        while (found.Count < MaxCount && reader.Read())
        {
            var (type, properties) = (reader.GetString(1), reader.TextOrNull(10));
            var name = NameOf(type, properties);
            if (query.Name is not null && name != query.Name) continue;
            if (policies.HiddenNames.Contains(name) && query.Name is null) continue;
            if (!query.WithPrivate && policies.PrivateNames.Contains(name)) continue;
            found.Add(new StreamedEvent(
                reader.GetInt64(0), type, name, reader.GetString(2), Stored.Time(reader.GetInt64(3)), Stored.Time(reader.GetInt64(4)), query.WithCustomers ? reader.NumberOrNull(5) : null,
                reader.TextOrNull(6), reader.TextOrNull(11), query.WithCustomers ? reader.TextOrNull(7) : null, Amount(reader.NumberOrNull(8)), Amount(reader.NumberOrNull(9)), properties));
        }
        return found;
    }

    private static string NameOf(string type, string? properties)
    {
        if (type != KnownEvents.Custom || properties is null) return type;
        using var document = System.Text.Json.JsonDocument.Parse(properties);
        return EventShape.NameOf(EventKind.Custom, document.RootElement);
    }

    private static decimal? Amount(long? stored) => stored is { } known ? Stored.Amount(known) : null;
}
