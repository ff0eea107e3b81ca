using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Clustering;

/// <summary>Agreement of two labelings and internal scores of one.</summary>
public static class ClusterScores
{
    /// <summary>Adjusted Rand index (Hubert and Arabie 1985): 1 for equal partitions, 0 on average for independent ones.</summary>
    public static double AdjustedRand(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        var (table, rows, columns) = Contingency(a, b);
        static double Pairs(double n) => n * (n - 1) / 2;
        double cells = 0, left = 0, right = 0;
        foreach (var count in table.Values) cells += Pairs(count);
        foreach (var count in rows.Values) left += Pairs(count);
        foreach (var count in columns.Values) right += Pairs(count);
        var all = Pairs(a.Length);
        var expected = all > 0 ? left * right / all : 0;
        var most = (left + right) / 2;
        return most == expected ? 1 : (cells - expected) / (most - expected);
    }

    /// <summary>Mutual information over the arithmetic mean of the entropies; 1 when both put everything into one cluster.</summary>
    public static double NormalisedMutualInformation(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        var (table, rows, columns) = Contingency(a, b);
        double n = a.Length;
        var information = table.OrderBy(c => c.Key).Sum(c => c.Value / n * Math.Log(c.Value * n / ((double)rows[c.Key.A] * columns[c.Key.B])));
        double Entropy(SortedDictionary<int, int> counts) => -counts.Values.Sum(c => c / n * Math.Log(c / n));
        var mean = (Entropy(rows) + Entropy(columns)) / 2;
        return mean > 0 ? information / mean : 1;
    }

    /// <summary>Davies-Bouldin index: mean over clusters of the worst ratio of spread to distance of centres; lower is better.</summary>
    public static double DaviesBouldin(Matrix data, ReadOnlySpan<int> labels)
    {
        var (centres, sizes) = Centres(data, labels);
        var spread = new double[sizes.Length];
        for (var i = 0; i < data.RowCount; i++) spread[labels[i]] += Math.Sqrt(SquaredDistance(data.Row(i), centres[labels[i]])) / sizes[labels[i]];
        double sum = 0;
        var used = 0;
        for (var k = 0; k < sizes.Length; k++)
        {
            if (sizes[k] == 0) continue;
            used++;
            double worst = 0;
            for (var other = 0; other < sizes.Length; other++)
            {
                if (other == k || sizes[other] == 0) continue;
                var distance = Math.Sqrt(SquaredDistance(centres[k], centres[other]));
                worst = Math.Max(worst, distance > 0 ? (spread[k] + spread[other]) / distance : double.PositiveInfinity);
            }
            sum += worst;
        }
        return sum / used;
    }

    /// <summary>Calinski-Harabasz index: between-cluster over within-cluster variance; higher is better.</summary>
    public static double CalinskiHarabasz(Matrix data, ReadOnlySpan<int> labels)
    {
        var (centres, sizes) = Centres(data, labels);
        var mean = new double[data.ColumnCount];
        for (var k = 0; k < sizes.Length; k++)
        {
            for (var j = 0; j < mean.Length; j++) mean[j] += centres[k][j] * sizes[k] / data.RowCount;
        }
        double between = 0, within = 0;
        for (var k = 0; k < sizes.Length; k++) between += sizes[k] * SquaredDistance(mean, centres[k]);
        for (var i = 0; i < data.RowCount; i++) within += SquaredDistance(data.Row(i), centres[labels[i]]);
        var used = sizes.Count(s => s > 0);
        return within > 0 ? between / (used - 1) / (within / (data.RowCount - used)) : 1;
    }

    private static (double[][] Centres, int[] Sizes) Centres(Matrix data, ReadOnlySpan<int> labels)
    {
        if (labels.Length != data.RowCount || labels.Length == 0) throw new ArgumentException($"{data.RowCount} rows need as many labels, at least one; got {labels.Length}.", nameof(labels));
        var count = 0;
        foreach (var label in labels) count = Math.Max(count, label + 1);
        var centres = Enumerable.Range(0, count).Select(_ => new double[data.ColumnCount]).ToArray();
        var sizes = new int[count];
        for (var i = 0; i < labels.Length; i++)
        {
            sizes[labels[i]]++;
            for (var j = 0; j < data.ColumnCount; j++) centres[labels[i]][j] += data[i, j];
        }
        for (var k = 0; k < count; k++)
        {
            for (var j = 0; j < data.ColumnCount; j++) centres[k][j] /= Math.Max(1, sizes[k]);
        }
        return (centres, sizes);
    }

    private static double SquaredDistance(ReadOnlySpan<float> row, double[] centre)
    {
        double sum = 0;
        for (var j = 0; j < centre.Length; j++) sum += (row[j] - centre[j]) * (row[j] - centre[j]);
        return sum;
    }

    private static double SquaredDistance(double[] a, double[] b)
    {
        double sum = 0;
        for (var j = 0; j < a.Length; j++) sum += (a[j] - b[j]) * (a[j] - b[j]);
        return sum;
    }

    private static (Dictionary<(int A, int B), int> Table, SortedDictionary<int, int> Rows, SortedDictionary<int, int> Columns) Contingency(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        if (a.Length != b.Length) throw new ArgumentException($"Both labelings must have the same length; they have {a.Length} and {b.Length}.", nameof(b));
        var (table, rows, columns) = (new Dictionary<(int, int), int>(), new SortedDictionary<int, int>(), new SortedDictionary<int, int>());
        for (var i = 0; i < a.Length; i++)
        {
            table[(a[i], b[i])] = table.GetValueOrDefault((a[i], b[i])) + 1;
            rows[a[i]] = rows.GetValueOrDefault(a[i]) + 1;
            columns[b[i]] = columns.GetValueOrDefault(b[i]) + 1;
        }
        return (table, rows, columns);
    }
}
