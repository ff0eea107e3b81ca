using CampaignPortal.Learning.Factorization;

namespace CampaignPortal.Learning.Ranking;

/// <summary>Lists to learn weights from: each has one relevant row, the first, and rivals; a row holds one score per part on a common scale.</summary>
/// <param name="Scores">Rows × parts, row-major, list after list.</param>
/// <param name="PartCount">Parts per row.</param>
/// <param name="RowsPerList">Rows of every list.</param>
public sealed record BlendLists(float[] Scores, int PartCount, int RowsPerList)
{
    /// <summary>Number of lists.</summary>
    public int ListCount => Scores.Length / (PartCount * RowsPerList);
}

/// <summary>What <see cref="BlendWeights"/> found.</summary>
/// <param name="Weights">One per part, the largest being 1.</param>
/// <param name="Ndcg">Mean NDCG@10 of the lists under these weights.</param>
public sealed record BlendChoice(float[] Weights, double Ndcg);

/// <summary>Weights of a sum of models that put withheld items first, by coordinate ascent on the metric itself (Metzler &amp; Croft 2007).</summary>
/// <remarks>
/// NDCG is a step function of the weights, so there is no gradient: each weight in turn tries a few multiples and keeps the best, until a round gains nothing.
/// The search starts from the best single model and can so never end below it on the lists given.
/// </remarks>
public static class BlendWeights
{
    private const int Cutoff = 10;
    private static readonly float[] Multiples = [0, 0.5f, 0.7f, 0.85f, 1.18f, 1.43f, 2];
    private static readonly float[] Entries = [0.05f, 0.1f, 0.2f, 0.5f, 1];

    /// <summary>Chooses weights.</summary>
    /// <param name="lists">Lists of validation users.</param>
    /// <param name="rounds">Most rounds over all weights.</param>
    /// <param name="degree">Threads, null for all processors but one. The result does not depend on it.</param>
    /// <param name="ct">Stops between weights.</param>
    /// <exception cref="ArgumentException">There is no list, or the scores are no whole number of lists.</exception>
    public static BlendChoice Choose(BlendLists lists, int rounds = 10, int? degree = null, CancellationToken ct = default)
    {
        if (lists.ListCount == 0 || lists.Scores.Length != lists.ListCount * lists.PartCount * lists.RowsPerList)
            throw new ArgumentException($"{lists.Scores.Length} scores are no whole number of lists of {lists.RowsPerList} rows and {lists.PartCount} parts, at least one.", nameof(lists));
        var gains = new double[lists.ListCount];
        var best = new BlendChoice([], -1);
        for (var part = 0; part < lists.PartCount; part++)
        {
            var single = new float[lists.PartCount];
            single[part] = 1;
            Offer(single);
        }
        for (var round = 0; round < rounds; round++)
        {
            var before = best.Ndcg;
            for (var part = 0; part < lists.PartCount; part++) TryPart(part);
            if (best.Ndcg - before < 1e-6) break;
        }
        var largest = best.Weights.Max();
        return best with { Weights = Array.ConvertAll(best.Weights, weight => weight / largest) };

        void TryPart(int part)
        {
            ct.ThrowIfCancellationRequested();
            var from = best.Weights;
            foreach (var factor in from[part] > 0 ? Multiples : Entries)
            {
                var weights = (float[])from.Clone();
                weights[part] = from[part] > 0 ? from[part] * factor : factor;
                if (weights.Max() > 0) Offer(weights);
            }
        }

        void Offer(float[] weights)
        {
            var ndcg = Ndcg(lists, weights, gains, degree, ct);
            if (ndcg > best.Ndcg + 1e-9) best = new BlendChoice(weights, ndcg);
        }
    }

    private static double Ndcg(BlendLists lists, float[] weights, double[] gains, int? degree, CancellationToken ct)
    {
        ParallelRows.Run(gains.Length, 256, degree, () => 0, (_, from, to) =>
        {
            for (var list = from; list < to; list++) gains[list] = Gain(lists.Scores.AsSpan(list * lists.RowsPerList * lists.PartCount, lists.RowsPerList * lists.PartCount), weights);
        }, ct);
        return gains.Sum() / gains.Length;
    }

    // Ties count half against the relevant row.
    private static double Gain(ReadOnlySpan<float> rows, ReadOnlySpan<float> weights)
    {
        var own = Sum(rows[..weights.Length], weights);
        var (above, equal) = (0, 0);
        for (var at = weights.Length; at < rows.Length; at += weights.Length)
        {
            var other = Sum(rows.Slice(at, weights.Length), weights);
            if (other > own) above++;
            else if (other == own) equal++;
        }
        var rank = above + equal / 2;
        return rank < Cutoff ? 1 / Math.Log2(rank + 2) : 0;
    }

    private static float Sum(ReadOnlySpan<float> row, ReadOnlySpan<float> weights)
    {
        var sum = 0f;
        for (var part = 0; part < weights.Length; part++) sum += weights[part] * row[part];
        return sum;
    }
}
