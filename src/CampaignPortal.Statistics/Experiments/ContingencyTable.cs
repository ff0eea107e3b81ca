using CampaignPortal.Statistics.Distributions;

namespace CampaignPortal.Statistics.Experiments;

/// <summary>Fisher's exact test of a 2 × 2 table.</summary>
/// <param name="SampleOddsRatio">ad/bc; infinite for bc = 0, null for 0/0.</param>
/// <param name="PTwoSided">Tables that are no more probable than the one seen.</param>
/// <param name="PLess">P(first cell ≤ seen).</param>
/// <param name="PGreater">P(first cell ≥ seen).</param>
public sealed record FisherExactResult(double? SampleOddsRatio, double PTwoSided, double PLess, double PGreater);

/// <summary>Pearson's test of independence.</summary>
/// <param name="ChiSquare">The statistic, with Yates' correction when asked for.</param>
/// <param name="PValue">Upper tail.</param>
/// <param name="DegreesOfFreedom">(rows − 1)(columns − 1).</param>
/// <param name="Expected">Expected counts, rows × columns.</param>
/// <param name="CramersV">Strength in [0, 1], from the uncorrected statistic.</param>
public sealed record IndependenceResult(double ChiSquare, double PValue, int DegreesOfFreedom, double[][] Expected, double CramersV);

/// <summary>Tests of tables of counts.</summary>
public static class ContingencyTable
{
    private const double TieSlack = 1e-7;

    /// <summary>Exact test of the table [[a, b], [c, d]]; O(smallest margin).</summary>
    /// <remarks>Fisher 1935; the two-sided p sums all tables whose probability is no larger, with a relative slack of 1e-7.</remarks>
    public static Outcome<FisherExactResult> FisherExact(long a, long b, long c, long d)
    {
        if (a < 0 || b < 0 || c < 0 || d < 0) return Refusal.Invalid(Reasons.NegativeCount);
        if (a + b is 0 || c + d is 0) return Refusal.Insufficient(Reasons.EmptyArm);
        double ad = (double)a * d, bc = (double)b * c;
        double? odds = bc > 0 ? ad / bc : ad > 0 ? double.PositiveInfinity : null;

        // Hypergeometric weights by their ratios from the mode outwards: no factorial, no cancellation.
        long row = a + b, column = a + c, total = a + b + c + d;
        long low = Math.Max(0, row + column - total), high = Math.Min(row, column);
        var weights = new double[high - low + 1];
        var mode = Math.Clamp((row + 1) * (column + 1) / (total + 2), low, high);
        weights[mode - low] = 1;
        for (var k = mode; k < high; k++) weights[k + 1 - low] = weights[k - low] * ((double)(row - k) * (column - k)) / ((double)(k + 1) * (total - row - column + k + 1));
        for (var k = mode; k > low; k--) weights[k - 1 - low] = weights[k - low] * ((double)k * (total - row - column + k)) / ((double)(row - k + 1) * (column - k + 1));

        double all = 0, less = 0, greater = 0, rare = 0;
        var seen = weights[a - low];
        for (var k = low; k <= high; k++)
        {
            var weight = weights[k - low];
            all += weight;
            if (k <= a) less += weight;
            if (k >= a) greater += weight;
            if (weight <= seen * (1 + TieSlack)) rare += weight;
        }
        return new FisherExactResult(odds, Math.Min(1, rare / all), Math.Min(1, less / all), Math.Min(1, greater / all));
    }

    /// <summary>Pearson's chi-square test of a table of any size.</summary>
    /// <param name="table">Counts, rows × columns, of equal row lengths.</param>
    /// <param name="yatesCorrection">Continuity correction, for 2 × 2 tables only.</param>
    public static Outcome<IndependenceResult> Independence(IReadOnlyList<double[]> table, bool yatesCorrection = false)
    {
        if (table.Count is 0) return Refusal.Insufficient(Reasons.ZeroTotal);
        var columnCount = table[0].Length;
        foreach (var row in table)
        {
            if (row.Length != columnCount) return Refusal.Invalid(Reasons.LengthMismatch);
            if (!row.All(double.IsFinite)) return Refusal.Invalid(Reasons.NonFiniteValue);
            if (row.Any(count => count < 0)) return Refusal.Invalid(Reasons.NegativeCount);
        }
        double[] rows = [.. table.Select(row => row.Sum())], columns = [.. Enumerable.Range(0, columnCount).Select(j => table.Sum(row => row[j]))];
        var total = rows.Sum();
        if (total is 0) return Refusal.Insufficient(Reasons.ZeroTotal);
        if (rows.Contains(0)) return Refusal.Insufficient(Reasons.EmptyArm);
        if (columns.Contains(0)) return Refusal.Insufficient(Reasons.NoVariation);
        if (rows.Length < 2 || columnCount < 2) return Refusal.Insufficient(Reasons.NoVariation);

        double[][] expected = [.. rows.Select(r => columns.Select(c => r * c / total).ToArray())];
        double plain = 0, corrected = 0;
        var correct = yatesCorrection && rows.Length is 2 && columnCount is 2;
        for (var i = 0; i < rows.Length; i++)
        {
            for (var j = 0; j < columnCount; j++)
            {
                var distance = Math.Abs(table[i][j] - expected[i][j]);
                plain += distance * distance / expected[i][j];
                distance -= Math.Min(0.5, distance);
                corrected += distance * distance / expected[i][j];
            }
        }
        var chiSquare = correct ? corrected : plain;
        var df = (rows.Length - 1) * (columnCount - 1);
        var v = Math.Sqrt(plain / (total * (Math.Min(rows.Length, columnCount) - 1)));
        var result = new IndependenceResult(chiSquare, new ChiSquare(df).Survival(chiSquare), df, expected, v);
        return expected.Any(row => row.Any(e => e < 5)) ? Outcome.Ok(result, WarningCodes.SmallExpectedCount) : result;
    }
}
