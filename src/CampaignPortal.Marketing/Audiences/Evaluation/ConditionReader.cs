using System.Data.Common;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Audiences.Evaluation;

/// <summary>Who matches a condition, and when the first fitting event of each customer leaves its window.</summary>
/// <param name="FirstAt">Of conditions with a window that moves: customers and the earliest fitting event; null for the others.</param>
internal sealed record ConditionAnswer(CustomerSet Matching, IReadOnlyList<(long Customer, long FirstAt)>? FirstAt);

/// <summary>Asks the store a condition: runs its statement and, where the statement gives values, asks them.</summary>
internal sealed class ConditionReader(DbConnection connection, CustomerSet everyone, RuleMoment moment)
{
    private const int CheckEvery = 4_096;

    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public ConditionAnswer Read(Rule condition, CancellationToken ct)
    {
        var sql = ConditionSql.Of(condition, moment);
        using var command = connection.Prepare(sql.Text, sql.Values.Count);
        for (var i = 0; i < sql.Values.Count; i++) command.Set(i, sql.Values[i]);
        ct.ThrowIfCancellationRequested();
        using var reader = command.ExecuteReader();
        var expiries = WindowOf(condition)?.LastDays is null ? null : new List<(long, long)>();
        var matching = sql.Shape switch
        {
            ConditionShape.Members => Members(reader, sql.IsComplement, ct),
            ConditionShape.Values => Values(reader, (AttributeCondition)condition, ct),
            ConditionShape.Counts => Counts(reader, TimesOf(condition), expiries, ct),
            _ => Events(reader, condition, expiries, ct),
        };
        return new ConditionAnswer(matching, expiries);
    }

    /// <summary>The window of a condition on events; null for the others.</summary>
    internal static EventWindow? WindowOf(Rule condition) => condition switch
    {
        EventCondition c => c.Event.Window,
        AggregateCondition c => c.Event.Window,
        MessageCondition c => c.Window,
        _ => null,
    };

    internal static NumberTest TimesOf(Rule condition) => condition switch
    {
        EventCondition c => c.Times,
        MessageCondition c => c.Times,
        AggregateCondition c => c.Test,
        _ => throw new ArgumentException($"{condition.GetType().Name} counts nothing.", nameof(condition)),
    };

    private CustomerSet Members(DbDataReader reader, bool isComplement, CancellationToken ct)
    {
        var found = new CustomerSet(everyone.Capacity);
        for (var row = 0; reader.Read(); row++)
        {
            if (row % CheckEvery is 0) ct.ThrowIfCancellationRequested();
            found.Add(reader.GetInt64(0));
        }
        return isComplement ? everyone.Copy().AndNot(found) : found.And(everyone);
    }

    private CustomerSet Values(DbDataReader reader, AttributeCondition condition, CancellationToken ct)
    {
        var figure = RuleFigures.Find(condition.Attribute);
        RuleValue? missing = figure is { IsZeroWithout: true } ? RuleValue.OfNumber(0) : null;
        var matching = condition.Test.Matches(missing, moment) ? everyone.Copy() : new CustomerSet(everyone.Capacity);
        for (var row = 0; reader.Read(); row++)
        {
            if (row % CheckEvery is 0) ct.ThrowIfCancellationRequested();
            if (reader.IsDBNull(1)) continue;
            var value = figure switch
            {
                null => RuleValue.OfText(reader.GetString(1)),
                { Kind: FigureKind.Date } => RuleValue.OfMoment(reader.GetInt64(1)),
                _ => RuleValue.OfNumber(Stored.Amount(reader.GetInt64(1)) / (reader.NumberOrNull(2) ?? 1)),
            };
            if (condition.Test.Matches(value, moment)) matching.Add(reader.GetInt64(0));
            else matching.Remove(reader.GetInt64(0));
        }
        return matching.And(everyone);
    }

    private CustomerSet Counts(DbDataReader reader, NumberTest times, List<(long, long)>? expiries, CancellationToken ct)
    {
        var matching = times.Matches(0) ? everyone.Copy() : new CustomerSet(everyone.Capacity);
        for (var row = 0; reader.Read(); row++)
        {
            if (row % CheckEvery is 0) ct.ThrowIfCancellationRequested();
            Mark(matching, reader.GetInt64(0), times.Matches(reader.GetInt64(1)));
            expiries?.Add((reader.GetInt64(0), reader.GetInt64(2)));
        }
        return matching.And(everyone);
    }

    private CustomerSet Events(DbDataReader reader, Rule condition, List<(long, long)>? expiries, CancellationToken ct)
    {
        var fits = EventFit.Of(condition);
        var matching = fits.Matches(fits.NewTally()) ? everyone.Copy() : new CustomerSet(everyone.Capacity);
        var tally = fits.NewTally();
        long customer = -1;
        for (var row = 0; reader.Read(); row++)
        {
            if (row % CheckEvery is 0) ct.ThrowIfCancellationRequested();
            if (reader.GetInt64(0) != customer)
            {
                Close();
                customer = reader.GetInt64(0);
            }
            var e = new EventRow(
                reader.GetInt64(1), fits.Type, reader.GetInt64(2), reader.TextOrNull(3), reader.NumberOrNull(4), null, reader.NumberOrNull(5), reader.NumberOrNull(6), reader.TextOrNull(7));
            if (fits.PropertiesFit(e, moment)) tally.Add(e);
        }
        Close();
        return matching.And(everyone);

        void Close()
        {
            if (customer >= 0 && tally.FirstAt != long.MaxValue)
            {
                Mark(matching, customer, fits.Matches(tally));
                expiries?.Add((customer, tally.FirstAt));
            }
            tally.Clear();
        }
    }

    private static void Mark(CustomerSet set, long customer, bool isIn)
    {
        if (isIn) set.Add(customer);
        else set.Remove(customer);
    }
}
