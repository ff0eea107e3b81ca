using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Text;

/// <summary>Smoothed logarithms of the share of each term among all terms of some documents.</summary>
internal static class TermLogs
{
    /// <summary>ln((α + cₜ) / Σ(α + c)) with cₜ the sum of term t over the documents of a class, or over all others.</summary>
    /// <param name="rows">Documents × terms, values not negative.</param>
    /// <param name="labels">Class of each document.</param>
    /// <param name="label">Which class.</param>
    /// <param name="others">Documents of all classes but that one.</param>
    /// <param name="smoothing">α, added to every term.</param>
    public static double[] Of(Csr rows, ReadOnlySpan<int> labels, int label, bool others, double smoothing)
    {
        var sums = new double[rows.ColumnCount];
        Array.Fill(sums, smoothing);
        for (var row = 0; row < labels.Length; row++)
        {
            if ((labels[row] == label) == others) continue;
            for (var at = rows.Starts[row]; at < rows.Starts[row + 1]; at++) sums[rows.Columns[at]] += rows.Values[at];
        }
        var total = sums.Sum();
        for (var term = 0; term < sums.Length; term++) sums[term] = Math.Log(sums[term] / total);
        return sums;
    }

    /// <summary>Log-count ratio of a class against the others (Wang &amp; Manning 2012, section 2.1): above 0 for terms that speak for it, 0 for terms of no document. Cells count 1 whatever they hold.</summary>
    public static float[] Ratio(Csr rows, ReadOnlySpan<int> labels, int label, double smoothing)
    {
        var presence = rows.Map(_ => 1);
        var (own, rest) = (Of(presence, labels, label, others: false, smoothing), Of(presence, labels, label, others: true, smoothing));
        var ratio = new float[own.Length];
        foreach (var term in rows.Columns) ratio[term] = (float)(own[term] - rest[term]);
        return ratio;
    }
}
