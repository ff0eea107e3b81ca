using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Calibration;

/// <summary>Isotonic regression by pooling adjacent violators on distinct scores; linear between fitted points, clipped outside.</summary>
/// <remarks>Use it from about 1000 positives upward; with fewer rows <see cref="PlattCalibrator"/> overfits less.</remarks>
public sealed class IsotonicCalibrator : ICalibrator, IStorable<IsotonicCalibrator>
{
    private readonly double[] _scores;
    private readonly double[] _values;

    private IsotonicCalibrator(double[] scores, double[] values) => (_scores, _values) = (scores, values);

    /// <inheritdoc/>
    public static string Kind => "isotonic";

    /// <summary>Fits the rising step function with the least weighted squared error.</summary>
    /// <param name="scores">Raw scores, finite.</param>
    /// <param name="labels">0 or 1 per row, or any numbers to regress on.</param>
    /// <param name="weights">Row weights, or empty for 1 each.</param>
    /// <exception cref="ArgumentException">There is no row, lengths differ, or a score is not finite.</exception>
    public static IsotonicCalibrator Fit(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights = default)
    {
        var pools = Pools(scores, labels, weights);
        // Only both ends of a pool are needed to interpolate.
        var (x, y) = (new List<double>(), new List<double>());
        foreach (var pool in pools)
        {
            x.Add(pool.First);
            y.Add(pool.Mean);
            if (pool.Last <= pool.First) continue;
            x.Add(pool.Last);
            y.Add(pool.Mean);
        }
        return new IsotonicCalibrator([.. x], [.. y]);
    }

    /// <summary>Centred isotonic regression (Oron and Flournoy 2017): each pool becomes one point at its mean score, so that the map rises between them and keeps the order of scores.</summary>
    /// <inheritdoc cref="Fit"/>
    public static IsotonicCalibrator FitCentred(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights = default)
    {
        var pools = Pools(scores, labels, weights);
        // Beyond the middle of the first and the last pool nothing is known but their means: the ends keep the order with the smallest of rises.
        var (lowest, highest) = (pools[0], pools[^1]);
        List<double> x = [.. pools.Select(p => p.Score)], y = [.. pools.Select(p => p.Mean)];
        if (lowest.First < lowest.Score) (x, y) = ([lowest.First, .. x], [lowest.Mean - 0.5 * Math.Min(lowest.Mean, 1e-3), .. y]);
        if (highest.Last > highest.Score) (x, y) = ([.. x, highest.Last], [.. y, highest.Mean + 0.5 * Math.Min(1 - highest.Mean, 1e-3)]);
        return new IsotonicCalibrator([.. x], [.. y]);
    }

    private static List<Pool> Pools(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, ReadOnlySpan<float> weights)
    {
        if (scores.IsEmpty || scores.Length != labels.Length || (!weights.IsEmpty && weights.Length != scores.Length))
        {
            throw new ArgumentException($"Scores, labels and weights must have one length above 0; they have {scores.Length}, {labels.Length} and {weights.Length}.", nameof(scores));
        }
        var keys = scores.ToArray();
        if (!Array.TrueForAll(keys, double.IsFinite)) throw new ArgumentException("Scores must be finite.", nameof(scores));
        var order = Enumerable.Range(0, keys.Length).ToArray();
        Array.Sort(keys, order);

        // One pool per distinct score; pools whose means would fall are joined.
        var pools = new List<Pool>();
        for (var i = 0; i < order.Length;)
        {
            double sum = 0, weight = 0;
            var score = keys[i];
            for (; i < order.Length && keys[i] == score; i++)
            {
                var w = weights.IsEmpty ? 1 : weights[order[i]];
                (sum, weight) = (sum + w * labels[order[i]], weight + w);
            }
            if (weight == 0) continue;
            pools.Add(new Pool(score, score, score, sum / weight, weight));
            while (pools.Count > 1 && pools[^2].Mean >= pools[^1].Mean)
            {
                var joined = pools[^2].With(pools[^1]);
                pools.RemoveAt(pools.Count - 1);
                pools[^1] = joined;
            }
        }
        return pools.Count > 0 ? pools : throw new ArgumentException("All row weights are 0.", nameof(weights));
    }

    /// <inheritdoc/>
    public double Calibrate(double score)
    {
        if (double.IsNaN(score)) return double.NaN;
        var found = Array.BinarySearch(_scores, score);
        if (found >= 0) return _values[found];
        var right = ~found;
        if (right == 0) return _values[0];
        if (right == _scores.Length) return _values[^1];
        var share = (score - _scores[right - 1]) / (_scores[right] - _scores[right - 1]);
        return _values[right - 1] + share * (_values[right] - _values[right - 1]);
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Put("scores", _scores);
        part.Put("values", _values);
    }

    /// <inheritdoc/>
    public static IsotonicCalibrator Restore(ModelPart part)
    {
        var scores = part.Get<double>("scores");
        if (scores.Length == 0) throw new InvalidDataException("An isotonic calibrator has no points.");
        return new IsotonicCalibrator(scores, part.Get<double>("values", scores.Length));
    }

    /// <summary>Neighbouring scores that share one fitted value.</summary>
    private readonly record struct Pool(double First, double Last, double Score, double Mean, double Weight)
    {
        public Pool With(Pool right)
        {
            var total = Weight + right.Weight;
            return new Pool(First, right.Last, (Score * Weight + right.Score * right.Weight) / total, (Mean * Weight + right.Mean * right.Weight) / total, total);
        }
    }
}
