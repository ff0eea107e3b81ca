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
        if (scores.IsEmpty || scores.Length != labels.Length || (!weights.IsEmpty && weights.Length != scores.Length))
        {
            throw new ArgumentException($"Scores, labels and weights must have one length above 0; they have {scores.Length}, {labels.Length} and {weights.Length}.", nameof(scores));
        }
        var keys = scores.ToArray();
        if (!Array.TrueForAll(keys, double.IsFinite)) throw new ArgumentException("Scores must be finite.", nameof(scores));
        var order = Enumerable.Range(0, keys.Length).ToArray();
        Array.Sort(keys, order);

        // One point per distinct score, then pools of points whose means would fall.
        var points = new List<double>();
        var pools = new List<(double Mean, double Weight, int Points)>();
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
            points.Add(score);
            pools.Add((sum / weight, weight, 1));
            while (pools.Count > 1 && pools[^2].Mean >= pools[^1].Mean)
            {
                var (left, right) = (pools[^2], pools[^1]);
                var total = left.Weight + right.Weight;
                pools.RemoveAt(pools.Count - 1);
                pools[^1] = ((left.Mean * left.Weight + right.Mean * right.Weight) / total, total, left.Points + right.Points);
            }
        }
        // Only both ends of a pool are needed to interpolate.
        var (x, y) = (new List<double>(), new List<double>());
        var first = 0;
        foreach (var (mean, _, count) in pools)
        {
            x.Add(points[first]);
            y.Add(mean);
            if (count > 1)
            {
                x.Add(points[first + count - 1]);
                y.Add(mean);
            }
            first += count;
        }
        if (x.Count == 0) throw new ArgumentException("All row weights are 0.", nameof(weights));
        return new IsotonicCalibrator(x.ToArray(), y.ToArray());
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
}
