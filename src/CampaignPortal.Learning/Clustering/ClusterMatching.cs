namespace CampaignPortal.Learning.Clustering;

/// <summary>Finds which cluster of a new fit is which of an old one, so that names survive a retrain.</summary>
public static class ClusterMatching
{
    /// <summary>Matches by the distances of centres: the assignment with the least total distance.</summary>
    /// <returns>For each new cluster the old one, or −1 where the old fit had fewer clusters.</returns>
    /// <exception cref="ArgumentException">The models have different columns.</exception>
    public static int[] ByCentres(KMeansModel old, KMeansModel fresh)
    {
        if (old.ColumnCount != fresh.ColumnCount) throw new ArgumentException($"The old model has {old.ColumnCount} columns and the new one {fresh.ColumnCount}; match by membership instead.", nameof(fresh));
        var cost = new double[fresh.ClusterCount, old.ClusterCount];
        for (var i = 0; i < fresh.ClusterCount; i++)
        {
            for (var j = 0; j < old.ClusterCount; j++)
            {
                var (a, b) = (fresh.Centre(i).ToArray(), old.Centre(j).ToArray());
                cost[i, j] = Math.Sqrt(a.Zip(b, (x, y) => ((double)x - y) * ((double)x - y)).Sum());
            }
        }
        return Hungarian.Solve(cost);
    }

    /// <summary>Matches by common members: the assignment with the largest total Jaccard overlap |A∩B| / |A∪B|.</summary>
    /// <param name="oldLabels">Old cluster of each row that both fits know.</param>
    /// <param name="newLabels">New cluster of the same rows.</param>
    /// <param name="oldCount">Number of old clusters.</param>
    /// <param name="newCount">Number of new clusters.</param>
    /// <returns>For each new cluster the old one, or −1 where none is left or no row is shared.</returns>
    public static int[] ByOverlap(ReadOnlySpan<int> oldLabels, ReadOnlySpan<int> newLabels, int oldCount, int newCount)
    {
        if (oldLabels.Length != newLabels.Length) throw new ArgumentException($"Both labelings must have the same length; they have {oldLabels.Length} and {newLabels.Length}.", nameof(newLabels));
        var both = new double[newCount, oldCount];
        var (oldSizes, newSizes) = (new double[oldCount], new double[newCount]);
        for (var i = 0; i < oldLabels.Length; i++)
        {
            both[newLabels[i], oldLabels[i]]++;
            oldSizes[oldLabels[i]]++;
            newSizes[newLabels[i]]++;
        }
        var cost = new double[newCount, oldCount];
        for (var i = 0; i < newCount; i++)
        {
            for (var j = 0; j < oldCount; j++)
            {
                var union = newSizes[i] + oldSizes[j] - both[i, j];
                cost[i, j] = union > 0 ? 1 - both[i, j] / union : 1;
            }
        }
        var match = Hungarian.Solve(cost);
        for (var i = 0; i < newCount; i++)
        {
            if (match[i] >= 0 && both[i, match[i]] == 0) match[i] = -1;
        }
        return match;
    }
}

/// <summary>The assignment problem: rows to columns at the least total cost.</summary>
internal static class Hungarian
{
    /// <summary>Column of each row, −1 for rows left over when there are more rows than columns. Cost: size³.</summary>
    /// <remarks>Shortest augmenting paths with potentials (Jonker and Volgenant 1987) on the matrix padded to a square.</remarks>
    public static int[] Solve(double[,] cost)
    {
        var (rows, columns) = (cost.GetLength(0), cost.GetLength(1));
        var size = Math.Max(rows, columns);
        double At(int i, int j) => i < rows && j < columns ? cost[i, j] : 0;

        var (u, v) = (new double[size + 1], new double[size + 1]);
        var rowOf = new int[size + 1]; // 1-based; column 0 is the virtual start
        for (var i = 1; i <= size; i++)
        {
            rowOf[0] = i;
            var column = 0;
            var least = new double[size + 1];
            Array.Fill(least, double.PositiveInfinity);
            var (previous, used) = (new int[size + 1], new bool[size + 1]);
            do
            {
                used[column] = true;
                var (row, delta, next) = (rowOf[column], double.PositiveInfinity, 0);
                for (var j = 1; j <= size; j++)
                {
                    if (used[j]) continue;
                    var reduced = At(row - 1, j - 1) - u[row] - v[j];
                    if (reduced < least[j]) (least[j], previous[j]) = (reduced, column);
                    if (least[j] < delta) (delta, next) = (least[j], j);
                }
                for (var j = 0; j <= size; j++)
                {
                    if (used[j])
                    {
                        u[rowOf[j]] += delta;
                        v[j] -= delta;
                    }
                    else
                    {
                        least[j] -= delta;
                    }
                }
                column = next;
            }
            while (rowOf[column] != 0);
            while (column != 0)
            {
                rowOf[column] = rowOf[previous[column]];
                column = previous[column];
            }
        }
        var result = new int[rows];
        Array.Fill(result, -1);
        for (var j = 1; j <= columns; j++)
        {
            if (rowOf[j] <= rows) result[rowOf[j] - 1] = j - 1;
        }
        return result;
    }
}
