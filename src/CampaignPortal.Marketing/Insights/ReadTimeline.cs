using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Events.Catalogue;
using CampaignPortal.Marketing.Experiments;

namespace CampaignPortal.Marketing.Insights;

public enum TimelineFilter
{
    All, Orders, Messages, Visits, Consent,
}

/// <summary>Something that happened, as a person would tell it: the lines of an order together, the views of a visit together.</summary>
/// <param name="Type">A name of <see cref="KnownEvents"/>, or <see cref="NotSent"/>.</param>
/// <param name="At">The newest event of the entry.</param>
public sealed record TimelineEntry(string Type, DateTimeOffset At)
{
    /// <summary>A message that has not left: it waits, or something kept it back. Taken from the outbox, because nothing happened that the log could tell.</summary>
    public const string NotSent = "message_not_sent";

    public string? OrderId { get; init; }
    /// <summary>The portal's own message, where it is about one.</summary>
    public long? MessageNumber { get; init; }
    /// <summary>Names of items, without repetition, newest first.</summary>
    public required IReadOnlyList<string> Items { get; init; }
    /// <summary>How many events are gathered here.</summary>
    public int EventCount { get; init; }
    public decimal? Quantity { get; init; }
    public decimal? Amount { get; init; }
    public string? CampaignId { get; init; }
    public string? VariantId { get; init; }
    /// <summary>For a message of the outbox: what followed it.</summary>
    public MessageChain? Chain { get; init; }
    /// <summary>Raw facts of the newest event, as JSON.</summary>
    public string? Properties { get; init; }
}

/// <param name="Entries">Newest first.</param>
/// <param name="Next">Continues into the past; null at the beginning of the log.</param>
public sealed record Timeline(IReadOnlyList<TimelineEntry> Entries, string? Next);

/// <summary>Reads a customer's events backwards through the index on (customer, time).</summary>
public sealed class ReadTimelineHandler(PortalDatabase database, EventPolicies policies)
{
    /// <summary>Events read at a time; they become fewer entries.</summary>
    private const int EventLimit = 200;
    private static readonly TimeSpan VisitGap = TimeSpan.FromMinutes(30);

    /// <summary>What came since: entries newer than <paramref name="sequence"/>, newest first, and how far the log was read. Cheap when little did; <see cref="long.MaxValue"/> asks for the end alone.</summary>
    /// <param name="withPrivate">As for <see cref="HandleAsync(long, TimelineFilter, string?, bool, CancellationToken)"/>.</param>
    public Task<(IReadOnlyList<TimelineEntry> Entries, long Sequence)> NewerAsync(long customerId, TimelineFilter filter, long sequence, bool withPrivate, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult(Newer(customerId, filter, sequence, withPrivate));
    }

    private (IReadOnlyList<TimelineEntry> Entries, long Sequence) Newer(long customerId, TimelineFilter filter, long sequence, bool withPrivate)
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "select max(\"Sequence\") from \"Events\"";
        var until = command.ExecuteScalar() is long newest ? newest : 0;
        return (until <= sequence ? [] : [.. Group(NewestOf(connection, customerId, filter, sequence, until, withPrivate)).Select(Entry)], until);
    }

    private List<Row> NewestOf(DbConnection connection, long customerId, TimelineFilter filter, long sequence, long until, bool withPrivate)
    {
        using var command = connection.CreateCommand();
        var leftOut = LeaveOut(command, withPrivate);
        // From the end of the log, not along the customer: what is new lies there.
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
            select e."Sequence", e."Type", e."OccurredAt", e."OrderId", coalesce(i."Name", i."ExternalId"), e."Quantity", e."Amount", e."CampaignId", e."VariantId", e."Properties"
            from "Events" e left join "Items" i on i."Id" = e."ItemId"
            where e."Sequence" > {sequence} and e."Sequence" <= {until} and +e."CustomerId" = {customerId} {TypesOf(filter)} {leftOut} order by e."OccurredAt" desc, e."Sequence" desc limit {EventLimit}
            """);
        return ReadRows(command);
    }

    /// <summary>For readers who may not see private events.</summary>
    public Task<Timeline> HandleAsync(long customerId, TimelineFilter filter, string? before, CancellationToken ct) => HandleAsync(customerId, filter, before, withPrivate: false, ct);

    /// <param name="withPrivate">Whether the reader may see who a customer is, and so events that the catalogue marks private.</param>
    public Task<Timeline> HandleAsync(long customerId, TimelineFilter filter, string? before, bool withPrivate, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult(Read(customerId, filter, before, withPrivate));
    }

    private Timeline Read(long customerId, TimelineFilter filter, string? before, bool withPrivate)
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        var cursor = Parse(before);
        var leftOut = LeaveOut(command, withPrivate);
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
            select e."Sequence", e."Type", e."OccurredAt", e."OrderId", coalesce(i."Name", i."ExternalId"), e."Quantity", e."Amount", e."CampaignId", e."VariantId", e."Properties"
            from "Events" e left join "Items" i on i."Id" = e."ItemId"
            where {WhoseOf(connection, customerId)} {TypesOf(filter)} {leftOut}
              {(cursor is { } c ? string.Create(CultureInfo.InvariantCulture, $"and (e.\"OccurredAt\", e.\"Sequence\") < ({c.Ticks}, {c.Sequence})") : "")}
            order by e."OccurredAt" desc, e."Sequence" desc limit {EventLimit + 1}
            """);
        var rows = ReadRows(command);
        var groups = Group(rows);
        if (rows.Count <= EventLimit) return new Timeline(WithUnsent(connection, groups, customerId, filter, long.MinValue, cursor?.Ticks ?? long.MaxValue), null);

        // The oldest group may go on beyond what was read. It waits for the next page, unless it is all there is.
        if (groups.Count > 1) groups.RemoveAt(groups.Count - 1);
        var last = groups[^1][^1];
        return new Timeline(
            WithUnsent(connection, groups, customerId, filter, last.Ticks, cursor?.Ticks ?? long.MaxValue), string.Create(CultureInfo.InvariantCulture, $"{last.Ticks}_{last.Sequence}"));
    }

    /// <summary>The entries of these groups, and between them what was meant for the customer in that time but has not left.</summary>
    private static IReadOnlyList<TimelineEntry> WithUnsent(DbConnection connection, List<List<Row>> groups, long customerId, TimelineFilter filter, long from, long before)
    {
        var entries = MessageChains.Add(connection, customerId, [.. groups.Select(Entry)]);
        if (filter is not (TimelineFilter.All or TimelineFilter.Messages)) return entries;
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
            select "Id", coalesce("EndedAt", "PlannedAt"), "CampaignId", "VariantId" from "Messages"
            where "CustomerId" = {customerId} and "State" not in ({(int)MessageState.Accepted}, {(int)MessageState.Rejected})
              and coalesce("EndedAt", "PlannedAt") >= {from} and coalesce("EndedAt", "PlannedAt") < {before} order by 2 desc limit {EventLimit}
            """);
        var unsent = new List<TimelineEntry>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            unsent.Add(new TimelineEntry(TimelineEntry.NotSent, Stored.Time(reader.GetInt64(1)))
            {
                Items = [],
                MessageNumber = reader.GetInt64(0),
                CampaignId = reader.GetInt64(2).ToString(CultureInfo.InvariantCulture),
                VariantId = reader.GetInt64(3).ToString(CultureInfo.InvariantCulture),
            });
        }
        return unsent.Count == 0 ? entries : [.. entries.Concat(unsent).OrderByDescending(e => e.At)];
    }

    /// <summary>The customer's own events, and what their browsers did before they said who they are (DI-15): the log keeps those without a customer, because nobody knew.</summary>
    private static string WhoseOf(DbConnection connection, long customerId)
    {
        using var command = connection.CreateCommand();
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
            select j."VisitorId", j."Sequence" from "Identifications" j where j."CustomerId" = {customerId} and j."TakesHistory"
              and exists(select 1 from "Events" e where e."VisitorId" = j."VisitorId" and e."CustomerId" is null)
            """);
        using var reader = command.ExecuteReader();
        var whose = new StringBuilder().Append(CultureInfo.InvariantCulture, $"(e.\"CustomerId\" = {customerId}");
        while (reader.Read())
            whose.Append(CultureInfo.InvariantCulture, $" or (e.\"CustomerId\" is null and e.\"VisitorId\" = {reader.GetInt64(0)} and e.\"Sequence\" < {reader.GetInt64(1)})");
        return whose.Append(')').ToString();
    }

    /// <summary>A condition without the events that this reader does not see; an event's own name stands first among its properties.</summary>
    private string LeaveOut(DbCommand command, bool withPrivate)
    {
        var condition = "";
        foreach (var name in withPrivate ? policies.HiddenNames : policies.HiddenNames.Union(policies.PrivateNames))
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "@n" + command.Parameters.Count.ToString(CultureInfo.InvariantCulture);
            var isKnown = KnownEvents.Contains(name);
            parameter.Value = isKnown ? name : $"{{\"name\":{System.Text.Json.JsonSerializer.Serialize(name)}";
            command.Parameters.Add(parameter);
            condition += isKnown
                ? $" and e.\"Type\" <> {parameter.ParameterName}"
                : $" and (e.\"Type\" <> '{KnownEvents.Custom}' or e.\"Properties\" is null or substr(e.\"Properties\", 1, length({parameter.ParameterName})) <> {parameter.ParameterName})";
        }
        return condition;
    }

    private static List<Row> ReadRows(DbCommand command)
    {
        var rows = new List<Row>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add(new Row(
                reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.TextOrNull(3), reader.TextOrNull(4), reader.NumberOrNull(5), reader.NumberOrNull(6),
                reader.TextOrNull(7), reader.TextOrNull(8), reader.TextOrNull(9)));
        }
        return rows;
    }

    private static List<List<Row>> Group(List<Row> rows)
    {
        var groups = new List<List<Row>>();
        foreach (var row in rows)
        {
            if (groups.Count > 0 && Belongs(groups[^1][^1], row)) groups[^1].Add(row);
            else groups.Add([row]);
        }
        return groups;
    }

    // The newer one comes first.
    private static bool Belongs(Row newer, Row older)
    {
        if (newer.Type != older.Type) return false;
        return newer.Type switch
        {
            KnownEvents.OrderPlaced or KnownEvents.OrderReturned => newer.OrderId is not null && newer.OrderId == older.OrderId,
            KnownEvents.ItemViewed or KnownEvents.PageViewed or KnownEvents.CartAdded or KnownEvents.CartRemoved or KnownEvents.Searched =>
                newer.Ticks - older.Ticks < VisitGap.Ticks,
            _ => false,
        };
    }

    private static TimelineEntry Entry(List<Row> group)
    {
        var newest = group[0];
        return new TimelineEntry(newest.Type, Stored.Time(newest.Ticks))
        {
            OrderId = newest.OrderId,
            Items = [.. group.Select(r => r.Item).OfType<string>().Distinct(StringComparer.Ordinal)],
            EventCount = group.Count,
            Quantity = Sum(group, r => r.Quantity),
            Amount = Sum(group, r => r.Amount),
            CampaignId = newest.CampaignId,
            VariantId = newest.VariantId,
            Properties = newest.Properties,
            MessageNumber = MessageOf(newest),
        };
    }

    private static long? MessageOf(Row row)
    {
        if (row is not { CampaignId: not null, Properties: { } properties } || !properties.Contains("\"message\"", StringComparison.Ordinal)) return null;
        using var document = JsonDocument.Parse(properties);
        return document.RootElement.TryGetProperty("message", out var message) && message.ValueKind is JsonValueKind.Number ? message.GetInt64() : null;
    }

    private static decimal? Sum(List<Row> group, Func<Row, long?> part) => group.Any(r => part(r) is not null) ? Stored.Amount(group.Sum(r => part(r) ?? 0)) : null;

    private static string TypesOf(TimelineFilter filter) => filter switch
    {
        TimelineFilter.Orders => $"and e.\"Type\" in ('{KnownEvents.OrderPlaced}', '{KnownEvents.OrderReturned}')",
        TimelineFilter.Messages =>
            $"and e.\"Type\" in ('{KnownEvents.MessageSent}', '{KnownEvents.MessageOpened}', '{KnownEvents.MessageClicked}', '{KnownEvents.MessageBounced}', '{KnownEvents.MessageComplained}', '{KnownEvents.ExperimentAssigned}') {ToldOfAssignments}",
        TimelineFilter.Visits =>
            $"and e.\"Type\" in ('{KnownEvents.PageViewed}', '{KnownEvents.ItemViewed}', '{KnownEvents.Searched}', '{KnownEvents.CartAdded}', '{KnownEvents.CartRemoved}')",
        TimelineFilter.Consent => $"and e.\"Type\" in ('{KnownEvents.ConsentChanged}', '{KnownEvents.Unsubscribed}')",
        _ => $"and e.\"Type\" <> '{KnownEvents.ExperimentExposed}' {ToldOfAssignments}",
    };

    // Of being drawn into an arm only the holdout is news: for everybody else the message itself tells it.
    private const string ToldOfAssignments = $"and (e.\"Type\" <> '{KnownEvents.ExperimentAssigned}' or e.\"Properties\" like '%\"arm\":\"{AssignmentFact.Holdout}\"%')";

    private static (long Ticks, long Sequence)? Parse(string? cursor) =>
        cursor?.Split('_') is [var ticks, var sequence] && long.TryParse(ticks, CultureInfo.InvariantCulture, out var t) && long.TryParse(sequence, CultureInfo.InvariantCulture, out var s)
            ? (t, s)
            : null;

    private sealed record Row(
        long Sequence, string Type, long Ticks, string? OrderId, string? Item, long? Quantity, long? Amount, string? CampaignId, string? VariantId, string? Properties);
}
