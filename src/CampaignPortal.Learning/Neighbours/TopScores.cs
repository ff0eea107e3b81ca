using CampaignPortal.Learning.Kernels;

namespace CampaignPortal.Learning.Neighbours;

/// <summary>The k items with the largest dot products for many users at once, exactly.</summary>
/// <remarks>
/// Blocks of 128 users × 4096 items: a product makes their scores, <see cref="TopK"/> keeps the best, and the lists of blocks are merged. A whole matrix of
/// scores never exists. Every score is one chain over the coordinates, so a user gets the same list alone or among others, for every degree.
/// </remarks>
public static unsafe class TopScores
{
    private const int BlockUsers = 128, BlockItems = 4096;

    /// <summary>Writes the best items of every user, best first; equal scores keep the order of the items.</summary>
    /// <param name="users">Users × dimension.</param>
    /// <param name="items">Items × dimension.</param>
    /// <param name="dimension">Length of a factor row.</param>
    /// <param name="count">k; items beyond the last one are −1 with a score of −∞.</param>
    /// <param name="best">Receives users × k items.</param>
    /// <param name="scores">Receives their scores.</param>
    /// <param name="degree">Most threads.</param>
    /// <exception cref="ArgumentException">Lengths do not agree.</exception>
    public static void Select(ReadOnlySpan<float> users, ReadOnlySpan<float> items, int dimension, int count, Span<int> best, Span<float> scores, int degree = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        int userCount = RowShape.Rows(dimension, users.Length, users.Length), itemCount = RowShape.Rows(dimension, items.Length, items.Length);
        RowShape.Require(checked(userCount * count), best.Length, nameof(best));
        RowShape.Require(best.Length, scores.Length, nameof(scores));
        best.Fill(-1);
        scores.Fill(float.NegativeInfinity);
        var byCoordinate = new float[items.Length]; // dimension × items: blocks of items are then columns
        for (var item = 0; item < itemCount; item++)
        {
            for (var k = 0; k < dimension; k++) byCoordinate[k * itemCount + item] = items[item * dimension + k];
        }
        fixed (float* u = users, i = byCoordinate, s = scores)
        fixed (int* b = best)
        {
            var job = new Job { Users = u, Items = i, Best = b, Scores = s, UserCount = userCount, ItemCount = itemCount, Dimension = dimension, Count = count };
            Workers.For((userCount + BlockUsers - 1) / BlockUsers, degree, &SelectBlock, &job);
        }
    }

    private static void SelectBlock(void* state, int block)
    {
        ref readonly var job = ref *(Job*)state;
        int from = block * BlockUsers, users = Math.Min(BlockUsers, job.UserCount - from);
        Span<int> found = stackalloc int[Math.Min(job.Count, 256)];
        if (found.Length < job.Count) found = new int[job.Count];
        Span<float> values = stackalloc float[Math.Min(job.Count, 256)];
        if (values.Length < job.Count) values = new float[job.Count];
        for (var first = 0; first < job.ItemCount; first += BlockItems)
        {
            var items = Math.Min(BlockItems, job.ItemCount - first);
            var scores = ThreadBuffers.Scores(BlockUsers * BlockItems);
            Gemm.Run(
                new(job.Users + (long)from * job.Dimension, users * job.Dimension), job.Dimension, 1, new(job.Items + first, job.Dimension * job.ItemCount - first), job.ItemCount, 1,
                new(scores, users * items), users, items, job.Dimension, accumulate: false, Dense.VectorBits);
            for (var user = 0; user < users; user++)
            {
                var count = TopK.Select(new(scores + (long)user * items, items), null, found, values);
                for (var i = 0; i < count; i++) found[i] += first;
                var at = ((long)from + user) * job.Count;
                Merge(found[..count], values[..count], new(job.Best + at, job.Count), new(job.Scores + at, job.Count));
            }
        }
    }

    /// <summary>Merges a sorted list into another one that is full; entries of the other one win ties, since its items come first.</summary>
    private static void Merge(ReadOnlySpan<int> items, ReadOnlySpan<float> scores, Span<int> best, Span<float> bestScores)
    {
        var taken = 0;
        for (var rank = 0; rank < best.Length && taken < items.Length; rank++)
        {
            if (!(scores[taken] > bestScores[rank])) continue;
            best[rank..^1].CopyTo(best[(rank + 1)..]);
            bestScores[rank..^1].CopyTo(bestScores[(rank + 1)..]);
            (best[rank], bestScores[rank]) = (items[taken], scores[taken]);
            taken++;
        }
    }

    private struct Job
    {
        public float* Users, Items, Scores;
        public int* Best;
        public int UserCount, ItemCount, Dimension, Count;
    }
}
