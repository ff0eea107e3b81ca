using CampaignPortal.Marketing.Customers;

namespace CampaignPortal.Marketing.Insights;

/// <summary>What a finding is about; the page has a sentence for each.</summary>
public enum FindingKind
{
    /// <summary>Customers of the most valuable tenth who are overdue by their own rhythm.</summary>
    ValuableOverdue,
    /// <summary>Customers of the most valuable tenth who probably leave.</summary>
    ValuableLeaving,
    /// <summary>Customers with one order who probably buy again.</summary>
    NewLikelyToReturn,
    /// <summary>The segment that gained most since the scoring before.</summary>
    SegmentGrew,
    /// <summary>How much of what is expected comes from the most valuable tenth.</summary>
    Concentration,
}

/// <param name="Count">Customers.</param>
/// <param name="Money">Expected of them within twelve months; null where it is not the point.</param>
/// <param name="Share">0 to 1, where the finding is a share.</param>
/// <param name="Segment">The segment's number, where it is about one.</param>
/// <param name="Before">What <paramref name="Count"/> was before, where it is about a change.</param>
/// <param name="Filter">The customers it is about; null when it is about all.</param>
public sealed record Finding(FindingKind Kind, long Count, decimal? Money = null, double? Share = null, int? Segment = null, long? Before = null, CustomerFilter? Filter = null);

/// <summary>The largest things that the scores say about all customers, each counted by the very filter that its link opens.</summary>
public sealed class FindingsHandler(CustomerColumnsStore store, SegmentSizesReader sizes)
{
    private const int ProbablyPercent = 50, FairlyPercent = 30;

    private volatile Known? _known;

    public Task<IReadOnlyList<Finding>> HandleAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var columns = store.Read();
        if (_known is not { } known || known.Columns != columns) _known = known = new Known(columns, Find(columns));
        return Task.FromResult(known.Findings);
    }

    private IReadOnlyList<Finding> Find(CustomerColumns columns)
    {
        Finding?[] found =
        [
            Counted(columns, FindingKind.ValuableOverdue, new CustomerFilter { Tenth = 1, Stage = LifeStage.Slipping }),
            Counted(columns, FindingKind.ValuableLeaving, new CustomerFilter { Tenth = 1, LeaveAtLeast = ProbablyPercent }),
            Counted(columns, FindingKind.NewLikelyToReturn, new CustomerFilter { Stage = LifeStage.New, BuyAtLeast = FairlyPercent }),
            Grown(columns),
            Concentrated(columns),
        ];
        return [.. found.OfType<Finding>()];
    }

    private static Finding? Counted(CustomerColumns columns, FindingKind kind, CustomerFilter filter)
    {
        var match = filter.Compile(columns, CustomerScope.Everybody);
        var (count, money) = (0, 0.0);
        for (var row = 0; row < columns.Count; row++)
        {
            if (!match(row)) continue;
            count++;
            if (!double.IsNaN(columns.Expected[row])) money += columns.Expected[row];
        }
        return count == 0 ? null : new Finding(kind, count, (decimal)Math.Round(money), Filter: filter);
    }

    private static Finding? Concentrated(CustomerColumns columns)
    {
        var (top, all, count) = (0.0, 0.0, 0);
        for (var row = 0; row < columns.Count; row++)
        {
            if (double.IsNaN(columns.Expected[row])) continue;
            all += columns.Expected[row];
            if (columns.Tenth[row] != 1) continue;
            top += columns.Expected[row];
            count++;
        }
        return all <= 0 ? null : new Finding(FindingKind.Concentration, count, (decimal)Math.Round(top), top / all, Filter: new CustomerFilter { Tenth = 1 });
    }

    private Finding? Grown(CustomerColumns columns)
    {
        var now = columns.Segment.Where(s => s >= 0).CountBy(s => (int)s).ToDictionary();
        var moves = sizes.ReadMoves();
        var grown = moves.GroupBy(move => move.To).ToDictionary(g => g.Key, g => g.Sum(m => m.Count));
        foreach (var loss in moves.GroupBy(move => move.From)) grown[loss.Key] = grown.GetValueOrDefault(loss.Key) - loss.Sum(m => m.Count);
        var largest = grown.OrderByDescending(g => g.Value).FirstOrDefault();
        if (largest.Value <= 0 || !now.TryGetValue(largest.Key, out var size)) return null;
        return new Finding(FindingKind.SegmentGrew, size, Segment: largest.Key, Before: size - largest.Value, Filter: new CustomerFilter { Segment = largest.Key });
    }

    private sealed record Known(CustomerColumns Columns, IReadOnlyList<Finding> Findings);
}
