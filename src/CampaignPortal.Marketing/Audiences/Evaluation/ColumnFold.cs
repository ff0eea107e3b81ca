using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Audiences.Evaluation;

/// <summary>Makes one figure for each customer from the rows of a column.</summary>
internal abstract class ColumnFold(long capacity)
{
    /// <summary>The largest number of a customer.</summary>
    public long Capacity => capacity;

    /// <summary>Whether columns hold what the figure is made of.</summary>
    public static bool CanFold(EventFit fit) => fit.Figure switch
    {
        null or { Aggregate: AggregateKind.Count } => true,
        { Aggregate: AggregateKind.Distinct } measure => measure.Of is "item",
        var measure => measure.Of is "amount" or "quantity",
    };

    public static ColumnFold Of(EventFit fit, long capacity) => fit.Figure switch
    {
        null or { Aggregate: AggregateKind.Count } => new CountFold(capacity, fit.CountsOrders),
        { Aggregate: AggregateKind.Distinct } => new DifferentItemsFold(capacity),
        { Aggregate: AggregateKind.Sum or AggregateKind.Average } measure => new SumFold(capacity, measure),
        var measure => new ChosenFold(capacity, measure),
    };

    public abstract void Add(EventColumn column, int customer, int row);

    /// <summary>Null where the customer has none.</summary>
    public abstract decimal? Of(long customer);

    protected static long NumberAt(EventColumn column, int row, Measure measure) => measure.Of is "amount" ? column.AmountAt(row) : column.QuantityAt(row);
}

/// <summary>How many; lines of one order are one.</summary>
internal sealed class CountFold(long capacity, bool countsOrders) : ColumnFold(capacity)
{
    private readonly int[] _counts = new int[capacity + 1];
    private readonly long[] _newest = countsOrders ? new long[capacity + 1] : [];
    private readonly HashSet<(int, long)>? _orders = countsOrders ? [] : null;

    public override void Add(EventColumn column, int customer, int row)
    {
        if (_orders is null || IsNewOrder(_orders, customer, column.TagAt(row))) _counts[customer]++;
    }

    public override decimal? Of(long customer) => _counts[customer];

    // Lines of one order mostly follow each other: only the first is looked up.
    private bool IsNewOrder(HashSet<(int, long)> orders, int customer, long tag)
    {
        if (tag is EventColumn.NoTag) return true;
        if (_newest[customer] == tag) return false;
        _newest[customer] = tag;
        return orders.Add((customer, tag));
    }
}

/// <summary>How many different items.</summary>
internal sealed class DifferentItemsFold(long capacity) : ColumnFold(capacity)
{
    private readonly int[] _counts = new int[capacity + 1];
    private readonly HashSet<(int, int)> _seen = [];

    public override void Add(EventColumn column, int customer, int row)
    {
        if (column.ItemAt(row) is var item and >= 0 && _seen.Add((customer, item))) _counts[customer]++;
    }

    public override decimal? Of(long customer) => _counts[customer];
}

/// <summary>The sum, or the average.</summary>
internal sealed class SumFold(long capacity, Measure measure) : ColumnFold(capacity)
{
    private readonly int[] _counts = new int[capacity + 1];
    private readonly long[] _sums = new long[capacity + 1];

    public override void Add(EventColumn column, int customer, int row)
    {
        if (NumberAt(column, row, measure) is var number && number is EventColumn.NoNumber) return;
        _sums[customer] = checked(_sums[customer] + number);
        _counts[customer]++;
    }

    public override decimal? Of(long customer)
    {
        if (_counts[customer] is 0) return null;
        return measure.Aggregate is AggregateKind.Sum ? Stored.Amount(_sums[customer]) : Stored.Amount(_sums[customer]) / _counts[customer];
    }
}

/// <summary>One of the numbers: the smallest, the largest, or that of the newest event.</summary>
internal sealed class ChosenFold(long capacity, Measure measure) : ColumnFold(capacity)
{
    private readonly bool[] _has = new bool[capacity + 1];
    private readonly long[] _chosen = new long[capacity + 1];
    private readonly long[] _at = measure.Aggregate is AggregateKind.Last ? new long[capacity + 1] : [];

    public override void Add(EventColumn column, int customer, int row)
    {
        if (NumberAt(column, row, measure) is var number && number is EventColumn.NoNumber) return;
        var isChosen = !_has[customer] || measure.Aggregate switch
        {
            AggregateKind.Smallest => number < _chosen[customer],
            AggregateKind.Largest => number > _chosen[customer],
            _ => column.TimeAt(row) >= _at[customer], // rows stand in the order of the log: of two at one moment the later one counts
        };
        if (!isChosen) return;
        (_has[customer], _chosen[customer]) = (true, number);
        if (_at.Length > 0) _at[customer] = column.TimeAt(row);
    }

    public override decimal? Of(long customer) => _has[customer] ? Stored.Amount(_chosen[customer]) : null;
}
