using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Tabular;

/// <summary>Tells whether rows lie in an order, such as that of time.</summary>
internal static class RowOrder
{
    private const double Likeness = 0.5;

    /// <summary>Whether in some column neighbours are far more alike than rows at random: von Neumann's ratio Σ(xᵢ − xᵢ₊₁)² / Σ(xᵢ − mean)² is 2 for rows at random (von Neumann 1941).</summary>
    public static bool IsOrdered(Matrix rows)
    {
        for (var j = 0; j < rows.ColumnCount; j++)
        {
            var values = Array.FindAll(rows.Column(j), v => !float.IsNaN(v));
            if (values.Length < 500) continue;
            double mean = values.Average(v => (double)v), spread = 0, steps = 0;
            foreach (var v in values) spread += (v - mean) * (v - mean);
            for (var i = 1; i < values.Length; i++) steps += ((double)values[i] - values[i - 1]) * ((double)values[i] - values[i - 1]);
            if (spread > 0 && 1 - steps / (2 * spread) > Likeness) return true;
        }
        return false;
    }

    /// <summary>Where the newest fifth begins.</summary>
    public static int NewestFrom(int rowCount) => (int)(0.8 * rowCount);
}

/// <summary>Splits rows so that every fold has its share of each class.</summary>
internal static class StratifiedFolds
{
    /// <summary>A fold per row.</summary>
    /// <exception cref="ArgumentException">A class has fewer rows than there are folds.</exception>
    public static int[] Of(float[] labels, int foldCount, Statistics.Random.Rng rng)
    {
        var folds = new int[labels.Length];
        foreach (var label in labels.Distinct().Order())
        {
            var rows = Enumerable.Range(0, labels.Length).Where(i => labels[i] == label).ToArray();
            if (rows.Length < foldCount) throw new ArgumentException($"Only {rows.Length} rows have the label {label}; {foldCount} folds need one each at least.", nameof(labels));
            rng.Shuffle(rows.AsSpan());
            for (var i = 0; i < rows.Length; i++) folds[rows[i]] = i % foldCount;
        }
        return folds;
    }
}
