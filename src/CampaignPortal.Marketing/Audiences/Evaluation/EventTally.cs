using CampaignPortal.Marketing.Audiences.Rules;

namespace CampaignPortal.Marketing.Audiences.Evaluation;

/// <summary>One event as a condition sees it. Times are UTC ticks, money and pieces ten-thousandths.</summary>
internal readonly record struct EventRow(long Sequence, string Type, long OccurredAt, string? OrderId, long? ItemId, string? CampaignId, long? Amount, long? Quantity, string? Properties);

/// <summary>Gathers the fitting events of one customer, in the order of time: how many, and a figure of one property.</summary>
internal sealed class EventTally(bool countsOrders, Measure? measure)
{
    private readonly HashSet<string> _orders = new(StringComparer.Ordinal), _different = new(StringComparer.Ordinal);
    private int _count, _valueCount;
    private decimal _sum, _smallest, _largest, _last;

    /// <summary>The earliest fitting event; <see cref="long.MaxValue"/> without one.</summary>
    public long FirstAt { get; private set; } = long.MaxValue;

    public void Add(in EventRow e)
    {
        if (e.OccurredAt < FirstAt) FirstAt = e.OccurredAt;
        if (!countsOrders || e.OrderId is null || _orders.Add(e.OrderId)) _count++;
        if (measure is null or { Aggregate: AggregateKind.Count }) return;
        if (measure.Aggregate is AggregateKind.Distinct)
        {
            if (Different(e) is { } text) _different.Add(text);
            return;
        }
        if (EventFacts.Value(measure.Of, e)?.Number is not { } number) return;
        (_smallest, _largest) = _valueCount is 0 ? (number, number) : (Math.Min(_smallest, number), Math.Max(_largest, number));
        (_sum, _last) = (_sum + number, number);
        _valueCount++;
    }

    /// <summary>The figure, or how many where none is asked; null without a value, and 0 different ones.</summary>
    public decimal? Figure() => measure?.Aggregate switch
    {
        null or AggregateKind.Count => _count, // lines of one order are one
        AggregateKind.Distinct => _different.Count,
        _ when _valueCount is 0 => null,
        AggregateKind.Sum => _sum,
        AggregateKind.Average => _sum / _valueCount,
        AggregateKind.Smallest => _smallest,
        AggregateKind.Largest => _largest,
        _ => _last,
    };

    public void Clear()
    {
        _orders.Clear();
        _different.Clear();
        (_count, _valueCount, _sum, FirstAt) = (0, 0, 0, long.MaxValue);
    }

    private string? Different(in EventRow e) => measure!.Of is "item" // asked of a measure alone
        ? e.ItemId?.ToString(System.Globalization.CultureInfo.InvariantCulture)
        : EventFacts.Value(measure.Of, e)?.Text;
}
