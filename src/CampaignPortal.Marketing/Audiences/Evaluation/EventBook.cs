using System.Data.Common;
using System.Runtime.InteropServices;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Audiences.Evaluation;

/// <summary>What customers did, in columns by the name of the event: a condition on five million events is answered in milliseconds, where a statement reads the log for seconds.</summary>
/// <remarks>
/// 24 bytes an event, 40 where it has an amount, followed by number from the log. It answers what needs no properties: how often, how much, when, which item, which campaign. It is filled in the background
/// after the start; until then, and for properties, the store itself is asked (<see cref="ConditionReader"/>). A property test holds the two equal.
/// </remarks>
internal sealed class EventBook(PortalDatabase database)
{
    private const int CheckEvery = 0xFFFF;

    private readonly Lock _access = new();
    // Beside what customers did themselves, what their browsers did before: of two events at one moment the one under a name counts as the later one.
    private readonly Dictionary<string, EventColumn> _columns = new(StringComparer.Ordinal), _history = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _campaigns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _starts = new(StringComparer.Ordinal);
    private long _sequence;

    /// <summary>Whether it has been filled.</summary>
    public bool IsReady { get; private set; }

    /// <summary>Reads what the log has more; the first time, all of it.</summary>
    public void Refresh(CancellationToken ct)
    {
        lock (_access)
        {
            using var connection = database.OpenReader();
            var after = _sequence;
            _sequence = Read(connection, "e.\"CustomerId\"", "\"Events\" e where e.\"Sequence\" > @0 and e.\"Sequence\" <= @1 and e.\"CustomerId\" is not null order by e.\"Sequence\"", _columns, after, long.MaxValue, ct) ?? after;
            // What browsers did before, of those that said in these events who they are.
            Read(connection, "j.\"CustomerId\"", $"{JoinedHistory.From} and j.\"Sequence\" > @0 and j.\"Sequence\" <= @1 order by j.\"Sequence\", e.\"Sequence\"", _history, after, _sequence, ct);
            IsReady = true;
        }
    }

    /// <summary>Adds these events; answers the number of the last one.</summary>
    private long? Read(DbConnection connection, string customer, string from, Dictionary<string, EventColumn> columns, long after, long until, CancellationToken ct)
    {
        using var command = connection.Prepare(
            $"""
            select e."Sequence", e."Type", {customer}, e."OccurredAt", e."ItemId", e."OrderId", e."CampaignId", e."Amount", e."Quantity",
              case when e."Type" in ('{KnownEvents.Custom}', '{KnownEvents.MessageOpened}', '{KnownEvents.MessageClicked}') then e."Properties" end
            from {from}
            """,
            2);
        command.Set(0, after);
        command.Set(1, until);
        using var reader = command.ExecuteReader();
        long? last = null;
        for (var row = 0; reader.Read(); row++)
        {
            if ((row & CheckEvery) is 0) ct.ThrowIfCancellationRequested();
            Add(reader, columns);
            last = reader.GetInt64(0);
        }
        return last;
    }

    /// <summary>Forgets everything: events were taken back.</summary>
    public void Clear()
    {
        lock (_access)
        {
            (IsReady, _sequence) = (false, 0);
            _columns.Clear();
            _history.Clear();
            _starts.Clear();
        }
    }

    /// <summary>When the first message of a campaign went out; null while none did.</summary>
    public long? StartOf(string campaign)
    {
        lock (_access) return _starts.TryGetValue(campaign, out var at) ? at : null;
    }

    public static bool CanAnswer(Rule condition) => EventFit.AllOf(condition) is { Count: > 0 } fits && fits.All(fit => fit.Where.Count is 0 && ColumnFold.CanFold(fit));

    /// <param name="itemsOf">The catalogue's items under a filter.</param>
    public ConditionAnswer Read(Rule condition, Func<ItemFilter, IReadOnlySet<long>> itemsOf, CustomerSet everyone, RuleMoment moment, CancellationToken ct)
    {
        if (condition is TasteCondition taste) return Taste(taste, everyone, moment, ct);
        if (condition is RatioCondition ratio) return Ratio(ratio, itemsOf, everyone, moment, ct);
        var fit = EventFit.AllOf(condition)[0];
        var (figures, first) = Fold(fit, itemsOf, everyone, moment, ct);
        var matching = new CustomerSet(everyone.Capacity);
        foreach (var customer in everyone.Members())
        {
            if (fit.Matches(figures.Of(customer))) matching.Add(customer);
        }
        return new ConditionAnswer(matching, first is null ? null : [.. Leaves(fit, first)]);
    }

    private ConditionAnswer Taste(TasteCondition condition, CustomerSet everyone, RuleMoment moment, CancellationToken ct)
    {
        var fit = EventFit.AllOf(condition)[0];
        var (from, until) = condition.Window.Range(moment);
        var query = new ColumnQuery(from, until, null, null, false);
        var fold = new TasteFold(everyone.Capacity, condition, moment.CategoryOf);
        var first = fit.Window.LastDays is null ? null : new long[everyone.Capacity + 1];
        lock (_access)
        {
            FoldAll(fit.Name, query, fold, first, ct);
            if (fold.BeginRivals()) FoldAll(fit.Name, query, fold, null, ct);
        }
        return new ConditionAnswer(fold.Matching().And(everyone), first is null ? null : [.. Leaves(fit, first)]);
    }

    private ConditionAnswer Ratio(RatioCondition condition, Func<ItemFilter, IReadOnlySet<long>> itemsOf, CustomerSet everyone, RuleMoment moment, CancellationToken ct)
    {
        var (part, whole) = (EventFit.Of(condition.Part), EventFit.Of(condition.Whole));
        var (parts, wholes) = (Fold(part, itemsOf, everyone, moment, ct), Fold(whole, itemsOf, everyone, moment, ct));
        var matching = new CustomerSet(everyone.Capacity);
        foreach (var customer in everyone.Members())
        {
            if (condition.Of(parts.Figures.Of(customer), wholes.Figures.Of(customer)) is { } ratio && condition.Test.Matches(ratio)) matching.Add(customer);
        }
        var leaves = new Dictionary<long, long>();
        foreach (var (customer, at) in Leaves(part, parts.First).Concat(Leaves(whole, wholes.First))) ConditionReader.Earliest(leaves, customer, at);
        return new ConditionAnswer(matching, leaves.Count is 0 ? null : [.. leaves.Select(l => (l.Key, l.Value))]);
    }

    private static IEnumerable<(long Customer, long At)> Leaves(EventFit fit, long[]? first)
    {
        for (var customer = 0; customer < (first?.Length ?? 0); customer++)
        {
            if (first![customer] != 0 && fit.Window.Leaves(first[customer]) is { } at) yield return (customer, at); // checked by its length
        }
    }

    private (ColumnFold Figures, long[]? First) Fold(EventFit fit, Func<ItemFilter, IReadOnlySet<long>> itemsOf, CustomerSet everyone, RuleMoment moment, CancellationToken ct)
    {
        var items = fit.Items is { } filter ? itemsOf(filter) : null;
        var (from, until) = fit.Window.Range(moment);
        var fold = ColumnFold.Of(fit, everyone.Capacity);
        var first = fit.Window.LastDays is null ? null : new long[everyone.Capacity + 1];
        lock (_access)
        {
            FoldAll(fit.Name, new ColumnQuery(from, until, items, CampaignsOf(fit), fit.WithoutMachines), fold, first, ct);
        }
        return (fold, first);
    }

    private void FoldAll(string name, ColumnQuery query, ColumnFold fold, long[]? first, CancellationToken ct)
    {
        if (_history.TryGetValue(name, out var history)) history.Fold(query, fold, first, ct);
        if (_columns.TryGetValue(name, out var column)) column.Fold(query, fold, first, ct);
    }

    private HashSet<int>? CampaignsOf(EventFit fit) => fit.Campaigns.Count is 0 ? null : [.. fit.Campaigns.Where(_campaigns.ContainsKey).Select(c => _campaigns[c])];

    private void Add(DbDataReader reader, Dictionary<string, EventColumn> columns)
    {
        var (type, properties) = (reader.GetString(1), reader.TextOrNull(9));
        if (type is KnownEvents.MessageSent && reader.TextOrNull(6) is { } sent) ConditionReader.Earliest(_starts, sent, reader.GetInt64(3));
        var name = type is KnownEvents.Custom ? EventFacts.Property(properties, "name")?.Text ?? type : type;
        ref var column = ref CollectionsMarshal.GetValueRefOrAddDefault(columns, name, out var isKnown);
        if (!isKnown) column = new EventColumn();
        column!.Add(reader.GetInt64(2), reader.GetInt64(3), reader.NumberOrNull(4) ?? -1, TagOf(type, reader, properties), reader.NumberOrNull(7), reader.NumberOrNull(8)); // made above
    }

    // Of an order its number, of a message its campaign; the rest needs none.
    private long TagOf(string type, DbDataReader reader, string? properties)
    {
        if (type is KnownEvents.OrderPlaced or KnownEvents.OrderReturned) return reader.TextOrNull(5) is { } order ? EventColumn.TagOf(order) : EventColumn.NoTag;
        if (reader.TextOrNull(6) is not { } campaign) return EventFacts.IsByMachine(properties) ? EventColumn.MachineBit | EventColumn.NoCampaign : EventColumn.NoCampaign;
        if (!_campaigns.TryGetValue(campaign, out var number)) _campaigns[campaign] = number = _campaigns.Count;
        return EventFacts.IsByMachine(properties) ? EventColumn.MachineBit | (uint)number : (uint)number;
    }
}
