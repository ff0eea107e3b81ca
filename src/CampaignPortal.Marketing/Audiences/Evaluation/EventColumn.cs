using System.Runtime.InteropServices;

namespace CampaignPortal.Marketing.Audiences.Evaluation;

/// <summary>What is asked of a column.</summary>
internal readonly record struct ColumnQuery(long From, long Until, IReadOnlySet<long>? Items, HashSet<int>? Campaigns, bool WithoutMachines);

/// <summary>Events of one name, in the order of the log.</summary>
internal sealed class EventColumn
{
    public const long NoTag = 0;
    public const long MachineBit = 1L << 32;
    public const long NoCampaign = int.MaxValue;

    private readonly List<int> _customer = [], _item = [];
    private readonly List<long> _at = [], _tag = [];
    // Only where the event ever has one.
    private List<long>? _amount, _quantity;

    /// <summary>Stands where an event has no amount or no quantity.</summary>
    public const long NoNumber = long.MinValue;

    public long TagAt(int row) => _tag[row];

    public int ItemAt(int row) => _item[row];

    public long TimeAt(int row) => _at[row];

    public long AmountAt(int row) => _amount?[row] ?? NoNumber;

    public long QuantityAt(int row) => _quantity?[row] ?? NoNumber;

    /// <summary>64 bits of a stable hash: two orders of one customer do not meet.</summary>
    public static long TagOf(string order)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in order) hash = (hash ^ letter) * 1099511628211UL;
        return hash is 0 ? 1 : (long)hash;
    }

    public void Add(long customer, long at, long item, long tag, long? amount, long? quantity)
    {
        AddNumber(ref _amount, amount);
        AddNumber(ref _quantity, quantity);
        _customer.Add(checked((int)customer));
        _at.Add(at);
        _item.Add(checked((int)item));
        _tag.Add(tag);
    }

    /// <summary>Hands each fitting row to the fold, and keeps the earliest moment of each customer.</summary>
    public void Fold(in ColumnQuery query, ColumnFold fold, long[]? first, CancellationToken ct)
    {
        var customers = CollectionsMarshal.AsSpan(_customer);
        var ats = CollectionsMarshal.AsSpan(_at);
        var tags = CollectionsMarshal.AsSpan(_tag);
        for (var row = 0; row < customers.Length; row++)
        {
            if ((row & 0xFFFF) is 0) ct.ThrowIfCancellationRequested();
            var customer = customers[row];
            if (customer > fold.Capacity || ats[row] < query.From || ats[row] >= query.Until) continue;
            if (query.Items is { } items && !items.Contains(_item[row])) continue;
            if (query.Campaigns is { } campaigns && !campaigns.Contains((int)(tags[row] & 0xFFFFFFFF))) continue;
            if (query.WithoutMachines && (tags[row] & MachineBit) != 0) continue;
            if (first is not null && (first[customer] is 0 || ats[row] < first[customer])) first[customer] = ats[row];
            fold.Add(this, customer, row);
        }
    }

    private void AddNumber(ref List<long>? column, long? number)
    {
        if (column is null && number is null) return;
        column ??= [.. Enumerable.Repeat(NoNumber, _customer.Count)];
        column.Add(number ?? NoNumber);
    }
}
