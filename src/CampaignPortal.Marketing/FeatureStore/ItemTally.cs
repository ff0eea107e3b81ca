using System.Runtime.InteropServices;

namespace CampaignPortal.Marketing.FeatureStore;

/// <summary>How often one customer bought each item, with the entropy of the shares kept up to date in O(1) a line.</summary>
/// <remarks>H = ln n − (Σ c ln c) / n, so only Σ c ln c is kept. The dictionary is reused from customer to customer.</remarks>
public sealed class ItemTally
{
    private readonly Dictionary<int, (int FirstOrder, int LineCount)> _items = [];
    private double _sumCountLogCount;
    private int _lineCount;

    public int DistinctCount => _items.Count;

    public int TopCount { get; private set; }

    public double TopShare => _lineCount == 0 ? 0 : (double)TopCount / _lineCount;

    /// <summary>Entropy of the shares of items among the lines, in nats.</summary>
    public double Entropy => _lineCount == 0 ? 0 : Math.Max(0, Math.Log(_lineCount) - _sumCountLogCount / _lineCount);

    public void Clear()
    {
        _items.Clear();
        (_sumCountLogCount, _lineCount, TopCount) = (0, 0, 0);
    }

    /// <summary>Counts one line; true when the item was bought in an earlier order.</summary>
    public bool Add(int item, int order)
    {
        ref var tally = ref CollectionsMarshal.GetValueRefOrAddDefault(_items, item, out var exists);
        if (!exists) tally.FirstOrder = order;
        var before = tally.LineCount++;
        _sumCountLogCount += CountLogCount(before + 1) - CountLogCount(before);
        _lineCount++;
        TopCount = Math.Max(TopCount, tally.LineCount);
        return exists && tally.FirstOrder != order;
    }

    private static double CountLogCount(int count) => count < 2 ? 0 : count * Math.Log(count);
}
