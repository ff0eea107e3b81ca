namespace CampaignPortal.Learning.Ranking;

/// <summary>Lists that do not say the same thing ten times.</summary>
public static class Diversity
{
    /// <summary>Maximal marginal relevance (Carbonell &amp; Goldstein 1998): again and again takes the item with the highest λ·relevance − (1 − λ)·(likeness to the most alike item taken).</summary>
    /// <param name="candidates">Items best first, more than are wanted; relevance is the score divided by the highest.</param>
    /// <param name="count">Length of the new list.</param>
    /// <param name="lambda">λ between 0 (only variety) and 1 (the given order).</param>
    /// <param name="similarity">Likeness of two items, at most 1.</param>
    public static ScoredItem[] MaximalMarginalRelevance(ReadOnlySpan<ScoredItem> candidates, int count, double lambda, Func<int, int, float> similarity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lambda, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lambda, 1);
        var left = candidates.ToArray().ToList();
        var likeness = left.ConvertAll(_ => 0.0);
        var scale = left.Count > 0 && left.Max(c => c.Score) is > 0 and var highest ? 1.0 / highest : 1;
        var taken = new List<ScoredItem>(Math.Min(count, left.Count));
        while (taken.Count < count && left.Count > 0)
        {
            var best = 0;
            for (var c = 1; c < left.Count; c++)
            {
                if (Value(c) > Value(best)) best = c;
            }
            var next = left[best];
            taken.Add(next);
            left.RemoveAt(best);
            likeness.RemoveAt(best);
            for (var c = 0; c < left.Count; c++) likeness[c] = taken.Count == 1 ? similarity(next.Item, left[c].Item) : Math.Max(likeness[c], similarity(next.Item, left[c].Item));
        }
        return [.. taken];

        double Value(int c) => lambda * scale * left[c].Score - (1 - lambda) * likeness[c];
    }

    /// <summary>Mean of 1 − likeness over all pairs of a list (intra-list diversity); 0 for fewer than two items.</summary>
    public static double IntraList(ReadOnlySpan<int> items, Func<int, int, float> similarity)
    {
        double sum = 0;
        for (var i = 0; i < items.Length; i++)
        {
            for (var j = 0; j < i; j++) sum += 1 - similarity(items[i], items[j]);
        }
        return items.Length < 2 ? 0 : sum / (items.Length * (items.Length - 1) / 2.0);
    }
}
