using CampaignPortal.Learning.Neighbours;

namespace CampaignPortal.Learning.Ranking;

/// <summary>Choices of <see cref="ItemTrend"/>.</summary>
public sealed record ItemTrendOptions
{
    /// <summary>Age, in the unit of the ages given, at which an interaction counts 1/e of a fresh one.</summary>
    public double DecayAge { get; init; } = 14;

    /// <summary>a: how strongly recent demand raises an item.</summary>
    public double RecentExponent { get; init; } = 0.5;

    /// <summary>b: how strongly demand of all time lowers it. 0 ranks by what is in demand now, b = a by what is in demand more than usual.</summary>
    public double PopularityExponent { get; init; } = 0.5;

    /// <summary>Added to recent demand, so that a quiet item keeps a chance.</summary>
    public double RecentPrior { get; init; } = 1;

    /// <summary>Added to the users of all time.</summary>
    public double PopularityPrior { get; init; } = 5;
}

/// <summary>How much in demand items are now: (recent + prior)^a / (users + prior)^b with recent = Σ over interactions of e^(−age / decay age).</summary>
/// <remarks>
/// Seasonal catalogues turn over in weeks while likeness is learnt over months; multiplied into a model's scores, these weights
/// decide between items that suit the user equally well.
/// </remarks>
public static class ItemTrend
{
    /// <summary>One positive weight per item, the highest being 1.</summary>
    /// <param name="items">Item of each interaction.</param>
    /// <param name="ages">Age of each interaction, not negative.</param>
    /// <param name="popularity">Users per item over all time.</param>
    /// <param name="options">Decay and exponents.</param>
    /// <exception cref="ArgumentException">The spans differ in length or an age is negative.</exception>
    public static float[] Weights(ReadOnlySpan<int> items, ReadOnlySpan<float> ages, Popularity popularity, ItemTrendOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.DecayAge);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.RecentPrior);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.PopularityPrior);
        if (items.Length != ages.Length) throw new ArgumentException($"{items.Length} items need as many ages; there are {ages.Length}.", nameof(ages));
        var recent = new double[popularity.ItemCount];
        for (var at = 0; at < items.Length; at++)
        {
            if (!(ages[at] >= 0)) throw new ArgumentException($"Interaction {at} has age {ages[at]}; ages must not be negative.", nameof(ages));
            recent[items[at]] += Math.Exp(-ages[at] / options.DecayAge);
        }
        for (var item = 0; item < recent.Length; item++)
        {
            recent[item] = Math.Pow(recent[item] + options.RecentPrior, options.RecentExponent)
                / Math.Pow(popularity.UserCounts[item] + options.PopularityPrior, options.PopularityExponent);
        }
        var highest = recent.DefaultIfEmpty(1).Max();
        return Array.ConvertAll(recent, weight => (float)(weight / highest));
    }
}
