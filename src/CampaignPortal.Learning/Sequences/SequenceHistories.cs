using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Sequences;

/// <summary>Sequences seen as sets.</summary>
public static class SequenceHistories
{
    /// <summary>Users × items: 1 where the user's sequence holds the item.</summary>
    /// <exception cref="ArgumentException">A sequence names an item outside of 0 … <paramref name="itemCount"/> − 1.</exception>
    public static Csr ToMatrix(IReadOnlyList<int[]> sequences, int itemCount)
    {
        var (starts, columns) = (new int[sequences.Count + 1], new List<int>());
        for (var user = 0; user < sequences.Count; user++)
        {
            var items = sequences[user].ToArray();
            Array.Sort(items);
            for (var at = 0; at < items.Length; at++)
            {
                if (at == 0 || items[at] != items[at - 1]) columns.Add(items[at]);
            }
            starts[user + 1] = columns.Count;
        }
        return Csr.FromParts(itemCount, starts, [.. columns], [.. Enumerable.Repeat(1f, columns.Count)]);
    }
}
