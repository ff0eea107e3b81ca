using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Neighbours;

/// <summary>Choices of <see cref="ItemTransitions"/>.</summary>
public sealed record ItemTransitionOptions
{
    /// <summary>Smallest distance that counts; 1 is the next item.</summary>
    public int ShortestGap { get; init; } = 1;

    /// <summary>Largest distance that counts.</summary>
    public int LongestGap { get; init; } = 3;

    /// <summary>Thought users added to each item, so that rare items stay from the top.</summary>
    public double Shrink { get; init; } = 5;

    /// <summary>Counts what was taken before an item instead of after it.</summary>
    public bool Backward { get; init; }
}

/// <summary>A Markov chain of items smoothed over a few steps: what tends to be taken soon after an item.</summary>
public static class ItemTransitions
{
    /// <summary>Every ordered pair at distance g within the options' gaps adds 1/g to m(i, j), which is then divided by √(users of j + shrink).</summary>
    /// <param name="sequences">Items of each user, oldest first.</param>
    /// <param name="itemCount">Number of items.</param>
    /// <param name="options">Gaps, direction and shrinkage.</param>
    /// <returns>A model whose scores are m(i, j) weighted by the values of the history; give it the newest items only.</returns>
    public static ItemKnnModel Fit(IReadOnlyList<int[]> sequences, int itemCount, ItemTransitionOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ShortestGap, 1, nameof(options.ShortestGap));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.LongestGap, options.ShortestGap, nameof(options.LongestGap));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Shrink, nameof(options.Shrink));
        var users = new int[itemCount];
        var (from, to, weight) = (new List<int>(), new List<int>(), new List<float>());
        foreach (var sequence in sequences)
        {
            foreach (var item in sequence.Distinct()) users[item]++;
            for (var next = options.ShortestGap; next < sequence.Length; next++)
            {
                for (var gap = options.ShortestGap; gap <= Math.Min(options.LongestGap, next); gap++)
                {
                    if (sequence[next - gap] == sequence[next]) continue;
                    from.Add(sequence[options.Backward ? next : next - gap]);
                    to.Add(sequence[options.Backward ? next - gap : next]);
                    weight.Add(1f / gap);
                }
            }
        }
        var sums = Csr.FromTriplets(itemCount, itemCount, from.ToArray(), to.ToArray(), weight.ToArray());
        var values = sums.Values.ToArray();
        for (var at = 0; at < values.Length; at++) values[at] /= (float)Math.Sqrt(users[sums.Columns[at]] + options.Shrink);
        return new ItemKnnModel(Csr.FromParts(itemCount, sums.Starts.ToArray(), sums.Columns.ToArray(), values), valuesAreWeights: true);
    }
}
