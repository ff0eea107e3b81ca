using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Neighbours;

/// <summary>A Markov chain of items smoothed over a few steps: what tends to be taken soon after an item.</summary>
public static class ItemTransitions
{
    /// <summary>Every ordered pair at distance g ≤ <paramref name="longestGap"/> adds 1/g to m(i, j), which is then divided by √(users of j + <paramref name="shrink"/>).</summary>
    /// <param name="sequences">Items of each user, oldest first.</param>
    /// <param name="itemCount">Number of items.</param>
    /// <param name="longestGap">Largest distance that counts.</param>
    /// <param name="shrink">Keeps rare items from the top.</param>
    /// <returns>A model whose scores are m(i, j) weighted by the values of the history; give it the newest items only.</returns>
    public static ItemKnnModel Fit(IReadOnlyList<int[]> sequences, int itemCount, int longestGap = 3, double shrink = 5)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(longestGap, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shrink);
        var users = new int[itemCount];
        var (from, to, weight) = (new List<int>(), new List<int>(), new List<float>());
        foreach (var sequence in sequences)
        {
            foreach (var item in sequence.Distinct()) users[item]++;
            for (var next = 1; next < sequence.Length; next++)
            {
                for (var gap = 1; gap <= Math.Min(longestGap, next); gap++)
                {
                    if (sequence[next - gap] == sequence[next]) continue;
                    from.Add(sequence[next - gap]);
                    to.Add(sequence[next]);
                    weight.Add(1f / gap);
                }
            }
        }
        var sums = Csr.FromTriplets(itemCount, itemCount, from.ToArray(), to.ToArray(), weight.ToArray());
        var values = sums.Values.ToArray();
        for (var at = 0; at < values.Length; at++) values[at] /= (float)Math.Sqrt(users[sums.Columns[at]] + shrink);
        return new ItemKnnModel(Csr.FromParts(itemCount, sums.Starts.ToArray(), sums.Columns.ToArray(), values), valuesAreWeights: true);
    }
}
