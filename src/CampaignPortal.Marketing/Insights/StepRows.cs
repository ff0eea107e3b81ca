using System.Data.Common;
using System.Text.Json;
using CampaignPortal.Marketing.Campaigns.Results;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Insights;

internal readonly record struct StepRow(long Customer, long At, EventKind Kind, sbyte Device);

/// <summary>Events as they are read for a <see cref="StepBook"/>, with what they say of devices and of the channel by which somebody came.</summary>
internal sealed class StepRows
{
    /// <summary>What a shop states of a customer where no visit or order names a channel.</summary>
    private const string SourceTrait = "source";

    private readonly Dictionary<long, (long At, sbyte Channel)> _first = [];

    public List<StepRow> Rows { get; } = [];
    public SmallNames Devices { get; } = new();
    public SmallNames Channels { get; } = new();

    public sbyte ChannelOf(long customer) => _first.TryGetValue(customer, out var first) ? first.Channel : (sbyte)-1;

    /// <summary>Orders come gathered from their projection; everything else in the order of the log, which is the fastest to read.</summary>
    public static StepRows Read(DbConnection connection, CancellationToken ct)
    {
        var rows = new StepRows();
        rows.ReadSources(connection);
        rows.ReadOrders(connection);
        rows.ReadEvents(connection, ct);
        return rows;
    }

    private void ReadSources(DbConnection connection)
    {
        using var command = connection.Prepare("select \"CustomerId\", \"Value\" from \"CustomerTraits\" where \"Name\" = @0", 1);
        command.Set(0, SourceTrait);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (Channels.NumberOf(reader.GetString(1)) is >= 0 and var channel) _first[reader.GetInt64(0)] = (long.MaxValue, channel);
        }
    }

    private void ReadOrders(DbConnection connection)
    {
        using var command = connection.Prepare("select \"CustomerId\", \"PlacedAt\" from \"Orders\" where \"CustomerId\" is not null and \"LineCount\" > 0", 0);
        using var reader = command.ExecuteReader();
        while (reader.Read()) Rows.Add(new StepRow(reader.GetInt64(0), reader.GetInt64(1), EventKind.OrderPlaced, -1));
    }

    // Lines of orders are read for their channel alone; a text of properties crosses over only where something in it is asked for.
    private void ReadEvents(DbConnection connection, CancellationToken ct)
    {
        var names = string.Join(',', StepBook.Steps.Where(kind => kind is not EventKind.OrderPlaced).Select(kind => $"'{KnownEvents.NameOf(kind)}'"));
        const string Tells = "(e.\"Properties\" like '%\"channel\"%' or e.\"Properties\" like '%\"device\"%')";
        const string Columns = $"e.\"OccurredAt\", e.\"Type\", case when e.\"Type\" in ('{KnownEvents.MessageOpened}', '{KnownEvents.MessageClicked}') or {Tells} then e.\"Properties\" end";
        var asked = $"(e.\"Type\" in ({names}) or e.\"Type\" = '{KnownEvents.OrderPlaced}' and {Tells})";
        using var command = connection.Prepare(
            $"""
            select e."CustomerId", {Columns} from "Events" e where e."CustomerId" is not null and {asked}
            union all select j."CustomerId", {Columns} from {JoinedHistory.From} and {asked}
            """, 0);
        using var reader = command.ExecuteReader();
        var (lastText, lastIsVisit, last) = ((string?)null, false, new Said(-1, -1));
        while (reader.Read())
        {
            ct.ThrowIfCancellationRequested();
            var (customer, at, kind, text) = (reader.GetInt64(0), reader.GetInt64(1), KnownEvents.KindOf(reader.GetString(2)), reader.TextOrNull(3));
            if (kind is EventKind.MessageOpened or EventKind.MessageClicked && !Reactions.IsByPerson(text)) continue;
            var isVisit = IsVisitOrOrder(kind);
            if (text != lastText || isVisit != lastIsVisit) (lastText, lastIsVisit, last) = (text, isVisit, SaidBy(text, isVisit)); // neighbours in the log often say the same
            if (last.Channel >= 0) Note(customer, at, last.Channel);
            if (kind is not EventKind.OrderPlaced) Rows.Add(new StepRow(customer, at, kind, last.Device));
        }
    }

    // A message has a channel too, but nobody comes to the shop by being written to.
    private static bool IsVisitOrOrder(EventKind kind) => kind is EventKind.PageViewed or EventKind.ItemViewed or EventKind.Searched or EventKind.CartAdded or EventKind.OrderPlaced;

    private void Note(long customer, long at, sbyte channel)
    {
        if (!_first.TryGetValue(customer, out var known) || at < known.At) _first[customer] = (at, channel);
    }

    private Said SaidBy(string? text, bool isVisit)
    {
        if (text is null) return new Said(-1, -1);
        using var document = JsonDocument.Parse(text);
        return new Said(Devices.NumberOf(document.RootElement, "device"), isVisit ? Channels.NumberOf(document.RootElement, "channel") : (sbyte)-1);
    }

    private readonly record struct Said(sbyte Device, sbyte Channel);
}
