using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Factorization;

namespace CampaignPortal.Learning.Neighbours;

/// <summary>Where the shrinkage s enters the cosine of two items.</summary>
public enum CosineShrinkage
{
    /// <summary>c = both / √((n_i + s)(n_j + s)): each item is thought to have s users of its own.</summary>
    Counts,

    /// <summary>c = both / (√(n_i·n_j) + s).</summary>
    Denominator,

    /// <summary>c = both / √(n_i·(n_j + s)), j being the item that is scored: only what is suggested must be well known.</summary>
    Target,
}

/// <summary>Choices of the item neighbourhood model.</summary>
public sealed record ItemKnnOptions
{
    /// <summary>s of the shrunk cosine. Rare coincidences count little when it is large.</summary>
    public double Shrink { get; init; } = 10;

    /// <summary>Where s enters.</summary>
    public CosineShrinkage Shrinkage { get; init; }

    /// <summary>How many neighbours an item keeps; null keeps all that share a user with it.</summary>
    public int? NeighbourCount { get; init; }

    /// <summary>A history item weighs 1 + boost·ln(count); 0 counts presence alone.</summary>
    public double CountBoost { get; init; }

    /// <summary>A history item weighs its value as it is, for callers that fade old items; <see cref="CountBoost"/> is then without effect.</summary>
    public bool ValuesAreWeights { get; init; }

    /// <summary>Threads, null for all processors but one. The result does not depend on it.</summary>
    public int? Degree { get; init; }
}

/// <summary>Item neighbourhoods by shrunk cosine (Sarwar, Karypis, Konstan &amp; Riedl 2001; shrinkage as in Bell &amp; Koren 2007).</summary>
/// <remarks>c(i,j) = users with both / √((n_i + s)(n_j + s)), nothing with itself; or s in the other place of <see cref="CosineShrinkage"/>.</remarks>
public static class ItemKnn
{
    /// <summary>Counts the pairs and keeps each item's nearest neighbours. Time grows with Σ over users of (items of the user)².</summary>
    /// <param name="interactions">Users × items; a stored value means "took it", whatever the value.</param>
    /// <param name="options">Shrinkage and number of neighbours.</param>
    /// <param name="cancellationToken">Stops between blocks of items.</param>
    public static ItemKnnModel Fit(Csr interactions, ItemKnnOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.Shrink);
        if (options.NeighbourCount is { } asked) ArgumentOutOfRangeException.ThrowIfLessThan(asked, 1, nameof(options.NeighbourCount));
        var users = interactions.Transpose(); // item → its users
        var itemCount = interactions.ColumnCount;
        var speaker = Roots(users, options.Shrinkage is CosineShrinkage.Counts ? options.Shrink : 0);
        var target = options.Shrinkage is CosineShrinkage.Target ? Roots(users, options.Shrink) : speaker;
        var extra = options.Shrinkage is CosineShrinkage.Denominator ? options.Shrink : 0;

        var neighbours = new int[itemCount][];
        var similarities = new float[itemCount][];
        ParallelRows.Run(itemCount, 32, options.Degree, () => new Scratch(itemCount), (scratch, from, to) =>
        {
            for (var item = from; item < to; item++) (neighbours[item], similarities[item]) = scratch.NeighboursOf(item, users, interactions, speaker[item], target, extra, options.NeighbourCount);
        }, cancellationToken);

        return new ItemKnnModel(Joined(neighbours, similarities), options.CountBoost, options.ValuesAreWeights);
    }

    /// <summary>Neighbours of neighbours: likeness of items that no user took together but that share a neighbour, c²(i,j) = Σ over m of c(i,m)·c(m,j).</summary>
    /// <param name="model">One step.</param>
    /// <param name="nearest">How many neighbours of each item the two steps go through.</param>
    /// <param name="degree">Threads, null for all processors but one. The result does not depend on it.</param>
    public static ItemKnnModel TwoSteps(ItemKnnModel model, int nearest = 30, int? degree = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nearest, 1);
        var itemCount = model.ItemCount;
        var neighbours = new int[itemCount][];
        var similarities = new float[itemCount][];
        ParallelRows.Run(itemCount, 32, degree, () => new Scratch(itemCount), (scratch, from, to) =>
        {
            for (var item = from; item < to; item++) (neighbours[item], similarities[item]) = scratch.NearestOf(model.Similarity.Row(item), nearest);
        }, default);
        var step = Joined(neighbours, similarities);
        ParallelRows.Run(itemCount, 32, degree, () => new Scratch(itemCount), (scratch, from, to) =>
        {
            for (var item = from; item < to; item++) (neighbours[item], similarities[item]) = scratch.TwoStepsFrom(item, step);
        }, default);
        return new ItemKnnModel(Joined(neighbours, similarities), model.CountBoost, model.ValuesAreWeights);
    }

    private static double[] Roots(Csr users, double addend)
    {
        var roots = new double[users.RowCount];
        for (var item = 0; item < roots.Length; item++) roots[item] = Math.Sqrt(users.CountOf(item) + addend);
        return roots;
    }

    // Takes the lists as it goes, so that the largest model is in memory once and a half at most.
    private static Csr Joined(int[][] neighbours, float[][] similarities)
    {
        var starts = new int[neighbours.Length + 1];
        for (var item = 0; item < neighbours.Length; item++) starts[item + 1] = checked(starts[item] + neighbours[item].Length);
        var columns = new int[starts[^1]];
        var values = new float[starts[^1]];
        for (var item = 0; item < neighbours.Length; item++)
        {
            neighbours[item].CopyTo(columns, starts[item]);
            similarities[item].CopyTo(values, starts[item]);
            (neighbours[item], similarities[item]) = ([], []);
        }
        return Csr.FromParts(neighbours.Length, starts, columns, values);
    }

    private sealed class Scratch(int itemCount)
    {
        private readonly float[] _together = new float[itemCount];

        public (int[] Neighbours, float[] Similarities) NeighboursOf(int item, Csr users, Csr interactions, double root, double[] roots, double extra, int? limit)
        {
            var together = _together;
            Array.Clear(together);
            foreach (var user in users.Row(item).Columns)
            {
                foreach (var other in interactions.Row(user).Columns) together[other]++;
            }
            together[item] = 0;
            var count = 0;
            for (var other = 0; other < together.Length; other++)
            {
                if (together[other] == 0) continue;
                together[other] = (float)(together[other] / (root * roots[other] + extra));
                count++;
            }
            return limit is { } k && k < count ? Best(k) : All(count);
        }

        public (int[], float[]) NearestOf(SparseRow row, int limit)
        {
            Array.Clear(_together);
            for (var at = 0; at < row.Count; at++) _together[row.Columns[at]] = row.Values[at];
            return row.Count <= limit ? All(row.Count) : Best(limit);
        }

        public (int[], float[]) TwoStepsFrom(int item, Csr step)
        {
            Array.Clear(_together);
            var first = step.Row(item);
            for (var at = 0; at < first.Count; at++)
            {
                var second = step.Row(first.Columns[at]);
                for (var next = 0; next < second.Columns.Length; next++) _together[second.Columns[next]] += first.Values[at] * second.Values[next];
            }
            _together[item] = 0;
            return All(_together.Length - _together.AsSpan().Count(0f));
        }

        private (int[], float[]) All(int count)
        {
            var neighbours = new int[count];
            var similarities = new float[count];
            var at = 0;
            for (var other = 0; other < _together.Length && at < count; other++)
            {
                if (_together[other] == 0) continue;
                neighbours[at] = other;
                similarities[at++] = _together[other];
            }
            return (neighbours, similarities);
        }

        private (int[], float[]) Best(int k)
        {
            var neighbours = new int[k];
            var similarities = new float[k];
            TopK.Select(_together, null, neighbours, similarities);
            Array.Sort(neighbours); // rows of the matrix are by column
            for (var at = 0; at < k; at++) similarities[at] = _together[neighbours[at]];
            return (neighbours, similarities);
        }
    }
}
