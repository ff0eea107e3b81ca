using System.Data.Common;
using System.Runtime.InteropServices;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Audiences.Evaluation;

/// <summary>Who matches a condition, and when time alone may change that.</summary>
/// <param name="Leaves">Of conditions that time changes: customers and the moment at which their first event leaves the window, or their clock shows another hour; null for the others.</param>
internal sealed record ConditionAnswer(CustomerSet Matching, IReadOnlyList<(long Customer, long At)>? Leaves);

/// <summary>Asks the store a condition: runs its statement and, where the statement gives values, asks them.</summary>
internal sealed class ConditionReader(DbConnection connection, CustomerSet everyone, RuleMoment moment)
{
    private const int CheckEvery = 4_096;

    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public ConditionAnswer Read(Rule condition, CancellationToken ct)
    {
        if (condition is RatioCondition ratio) return Ratio(ratio, ct);
        if (condition is LocalHourCondition hours) return LocalHours(hours);
        var sql = ConditionSql.Of(condition, moment);
        if (condition is TasteCondition taste) return Tastes(taste, sql, ct);
        if (EventFit.AllOf(condition) is [var fit]) return Events(fit, sql, ct);
        using var command = Prepare(sql);
        using var reader = command.ExecuteReader();
        return new ConditionAnswer(
            condition switch
            {
                AttributeCondition { Test: RankTest } c => Ranked(reader, c, ct),
                AttributeCondition c => Values(reader, c, ct),
                PlaceCondition c => Places(reader, c, ct),
                _ => Members(reader, sql.IsComplement, ct),
            },
            null);
    }

    /// <summary>The value of the last customer who is in by rank; null where nobody is ranked.</summary>
    public decimal? BorderOf(AttributeCondition condition, CancellationToken ct)
    {
        using var command = Prepare(ConditionSql.Of(condition, moment));
        using var reader = command.ExecuteReader();
        return ((RankTest)condition.Test).BorderOf([.. Numbers(reader, RuleFigures.Find(condition.Attribute), ct).Select(n => n.Number)]);
    }

    private DbCommand Prepare(ConditionSql sql)
    {
        var command = connection.Prepare(sql.Text, sql.Values.Count);
        for (var i = 0; i < sql.Values.Count; i++) command.Set(i, sql.Values[i]);
        return command;
    }

    private CustomerSet Members(DbDataReader reader, bool isComplement, CancellationToken ct)
    {
        var found = new CustomerSet(everyone.Capacity);
        foreach (var customer in Rows(reader, ct)) found.Add(customer);
        return isComplement ? everyone.Copy().AndNot(found) : found.And(everyone);
    }

    private CustomerSet Values(DbDataReader reader, AttributeCondition condition, CancellationToken ct)
    {
        var figure = RuleFigures.Find(condition.Attribute);
        RuleValue? missing = figure is { IsZeroWithout: true } ? RuleValue.OfNumber(0) : null;
        var matching = condition.Test.Matches(missing, moment) ? everyone.Copy() : new CustomerSet(everyone.Capacity);
        foreach (var customer in Rows(reader, ct))
        {
            if (ValueOf(reader, figure) is { } value) Mark(matching, customer, condition.Test.Matches(value, moment));
        }
        return matching.And(everyone);
    }

    private CustomerSet Ranked(DbDataReader reader, AttributeCondition condition, CancellationToken ct)
    {
        var (figure, test) = (RuleFigures.Find(condition.Attribute), (RankTest)condition.Test);
        var numbers = Numbers(reader, figure, ct).ToList();
        var border = test.BorderOf([.. numbers.Select(n => n.Number)]);
        return CustomerSet.Of(numbers.Where(n => test.Matches(RuleValue.OfNumber(n.Number), border, figure)).Select(n => n.Customer), everyone.Capacity);
    }

    // Those who have a rank.
    private IEnumerable<(long Customer, decimal Number)> Numbers(DbDataReader reader, Figure? figure, CancellationToken ct)
    {
        foreach (var customer in Rows(reader, ct))
        {
            if (everyone.Contains(customer) && ValueOf(reader, figure)?.Number is { } number && RankTest.HasRank(number, figure)) yield return (customer, number);
        }
    }

    private CustomerSet Places(DbDataReader reader, PlaceCondition condition, CancellationToken ct)
    {
        var found = new CustomerSet(everyone.Capacity);
        foreach (var customer in Rows(reader, ct))
        {
            if (condition.Matches(reader.GetString(1), reader.GetString(2))) found.Add(customer);
        }
        return found.And(everyone);
    }

    private ConditionAnswer Events(EventFit fit, ConditionSql sql, CancellationToken ct)
    {
        var matching = fit.Matches(fit.NewTally().Figure()) ? everyone.Copy() : new CustomerSet(everyone.Capacity);
        var leaves = new List<(long, long)>();
        foreach (var (customer, figure, firstAt) in Figures(fit, sql, ct))
        {
            Mark(matching, customer, fit.Matches(figure));
            if (fit.Window.Leaves(firstAt) is { } at) leaves.Add((customer, at));
        }
        return new ConditionAnswer(matching.And(everyone), fit.Window.LastDays is null ? null : leaves);
    }

    private ConditionAnswer LocalHours(LocalHourCondition condition)
    {
        var own = CustomerZones.Read(connection);
        var answers = own.Values.Append(moment.Zone).Distinct().ToDictionary(zone => zone, zone => (IsIn: condition.Matches(moment, zone), Next: condition.NextChange(moment, zone)));
        var matching = new CustomerSet(everyone.Capacity);
        var leaves = new List<(long, long)>();
        foreach (var customer in everyone.Members())
        {
            var (isIn, next) = answers[own.GetValueOrDefault(customer) ?? moment.Zone];
            if (isIn) matching.Add(customer);
            if (next is { } at) leaves.Add((customer, at));
        }
        return new ConditionAnswer(matching, leaves);
    }

    private ConditionAnswer Tastes(TasteCondition condition, ConditionSql sql, CancellationToken ct)
    {
        var (chosen, first) = (new Dictionary<long, Dictionary<string, int>>(), new Dictionary<long, long>());
        using (var command = Prepare(sql))
        using (var reader = command.ExecuteReader())
        {
            foreach (var customer in Rows(reader, ct))
            {
                if (!chosen.TryGetValue(customer, out var categories)) chosen[customer] = categories = new Dictionary<string, int>(StringComparer.Ordinal);
                categories[reader.GetString(1)] = (int)reader.GetInt64(2);
                Earliest(first, customer, reader.GetInt64(3));
            }
        }
        var matching = CustomerSet.Of(chosen.Where(c => condition.Matches(c.Value)).Select(c => c.Key), everyone.Capacity).And(everyone);
        var leaves = first.Select(f => (f.Key, At: condition.Window.Leaves(f.Value))).Where(l => l.At is not null).Select(l => (l.Key, l.At!.Value)); // filtered just before
        return new ConditionAnswer(matching, condition.Window.LastDays is null ? null : [.. leaves]);
    }

    private ConditionAnswer Ratio(RatioCondition condition, CancellationToken ct)
    {
        var leaves = new Dictionary<long, long>();
        var (part, whole) = (FiguresOf(condition.Part, leaves, ct), FiguresOf(condition.Whole, leaves, ct));
        var none = EventFit.Of(condition.Part).NewTally().Figure();
        var matching = new CustomerSet(everyone.Capacity);
        foreach (var (customer, figure) in whole)
        {
            if (condition.Of(part.TryGetValue(customer, out var known) ? known : none, figure) is { } ratio && condition.Test.Matches(ratio)) matching.Add(customer);
        }
        return new ConditionAnswer(matching.And(everyone), leaves.Count is 0 ? null : [.. leaves.Select(l => (l.Key, l.Value))]);
    }

    private Dictionary<long, decimal?> FiguresOf(Measure measure, Dictionary<long, long> leaves, CancellationToken ct)
    {
        var fit = EventFit.Of(measure);
        var figures = new Dictionary<long, decimal?>();
        foreach (var (customer, figure, firstAt) in Figures(fit, ConditionSql.Of(measure, moment), ct))
        {
            figures[customer] = figure;
            if (fit.Window.Leaves(firstAt) is { } at) Earliest(leaves, customer, at);
        }
        return figures;
    }

    /// <summary>Keeps the earlier of two moments.</summary>
    internal static void Earliest<T>(Dictionary<T, long> moments, T of, long at) where T : notnull
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(moments, of, out var isKnown);
        if (!isKnown || at < known) known = at;
    }

    // Customers with at least one fitting event.
    private IEnumerable<(long Customer, decimal? Figure, long FirstAt)> Figures(EventFit fit, ConditionSql sql, CancellationToken ct)
    {
        using var command = Prepare(sql);
        using var reader = command.ExecuteReader();
        if (sql.Shape is ConditionShape.Counts)
        {
            foreach (var customer in Rows(reader, ct)) yield return (customer, reader.GetInt64(1), reader.GetInt64(2));
            yield break;
        }
        var tally = fit.NewTally();
        long last = -1;
        foreach (var customer in Rows(reader, ct))
        {
            if (customer != last)
            {
                if (tally.FirstAt != long.MaxValue) yield return (last, tally.Figure(), tally.FirstAt);
                tally.Clear();
                last = customer;
            }
            var e = new EventRow(
                reader.GetInt64(1), fit.Type, reader.GetInt64(2), reader.TextOrNull(3), reader.NumberOrNull(4), null, reader.NumberOrNull(5), reader.NumberOrNull(6), reader.TextOrNull(7));
            if (fit.PropertiesFit(e, moment)) tally.Add(e);
        }
        if (tally.FirstAt != long.MaxValue) yield return (last, tally.Figure(), tally.FirstAt);
    }

    private static RuleValue? ValueOf(DbDataReader reader, Figure? figure)
    {
        if (reader.IsDBNull(1)) return null;
        return figure switch
        {
            null => RuleValue.OfText(reader.GetString(1)),
            { Kind: FigureKind.Date } => RuleValue.OfMoment(reader.GetInt64(1)),
            _ => RuleValue.OfNumber(Stored.Amount(reader.GetInt64(1)) / (reader.NumberOrNull(2) ?? 1)),
        };
    }

    private static IEnumerable<long> Rows(DbDataReader reader, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        for (var row = 1; reader.Read(); row++)
        {
            if (row % CheckEvery is 0) ct.ThrowIfCancellationRequested();
            yield return reader.GetInt64(0);
        }
    }

    private static void Mark(CustomerSet set, long customer, bool isIn)
    {
        if (isIn) set.Add(customer);
        else set.Remove(customer);
    }
}
