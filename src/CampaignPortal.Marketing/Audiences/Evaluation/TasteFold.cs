using System.Runtime.InteropServices;
using CampaignPortal.Marketing.Audiences.Rules;

namespace CampaignPortal.Marketing.Audiences.Evaluation;

/// <summary>Counts how often each customer chose a category. For a place among the favourites the column is read twice: the other categories count only for those who chose this one at all.</summary>
internal sealed class TasteFold(long capacity, TasteCondition condition, Func<long, string?> categoryOf) : ColumnFold(capacity)
{
    private const int None = -1, Own = 0;

    private readonly int[] _own = new int[capacity + 1], _all = new int[capacity + 1];
    private readonly Dictionary<int, int> _categoryOfItem = [];
    private readonly Dictionary<string, int> _categories = new(StringComparer.Ordinal) { [condition.Category] = Own };
    private readonly Dictionary<(int Customer, int Category), int> _rivals = [];
    private bool _countsRivals;

    /// <summary>Whether the column must be read once more.</summary>
    public bool BeginRivals() => _countsRivals = condition.Operator is TasteOperator.Top;

    public override void Add(EventColumn column, int customer, int row)
    {
        if (CategoryAt(column.ItemAt(row)) is not (var category and not None)) return;
        if (_countsRivals)
        {
            if (category is not Own && _own[customer] > 0) CollectionsMarshal.GetValueRefOrAddDefault(_rivals, (customer, category), out _)++;
            return;
        }
        _all[customer]++;
        if (category is Own) _own[customer]++;
    }

    public override decimal? Of(long customer) => _own[customer];

    public CustomerSet Matching()
    {
        var better = new int[_own.Length];
        foreach (var ((customer, _), count) in _rivals)
        {
            if (count > _own[customer]) better[customer]++;
        }
        var matching = new CustomerSet(Capacity);
        for (var customer = 0; customer < _own.Length; customer++)
        {
            if (condition.Matches(_own[customer], _all[customer], better[customer])) matching.Add(customer);
        }
        return matching;
    }

    private int CategoryAt(int item)
    {
        if (item < 0) return None;
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_categoryOfItem, item, out var isKnown);
        if (isKnown) return known;
        if (categoryOf(item) is not { } name) return known = None;
        if (!_categories.TryGetValue(name, out var category)) _categories[name] = category = _categories.Count;
        return known = category;
    }
}
