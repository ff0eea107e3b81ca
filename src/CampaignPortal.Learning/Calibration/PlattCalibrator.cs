using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Calibration;

/// <summary>Platt's sigmoid 1 / (1 + exp(a·score + b)) by maximum likelihood with smoothed targets (n₁+1)/(n₁+2) and 1/(n₀+2) (Platt 1999; Newton steps as in Lin, Lin and Weng 2007).</summary>
/// <remarks>Scores should be unbounded, log-odds for instance. The order of scores is kept when a is negative, which any useful score gives.</remarks>
public sealed class PlattCalibrator : ICalibrator, IStorable<PlattCalibrator>
{
    private PlattCalibrator(double[] parameters) => (A, B) = (parameters[0], parameters[1]);

    /// <inheritdoc/>
    public static string Kind => "platt";

    /// <summary>Slope; negative when higher scores mean class 1.</summary>
    public double A { get; }

    /// <summary>Offset.</summary>
    public double B { get; }

    /// <summary>Fits both parameters.</summary>
    /// <exception cref="ArgumentException">Lengths differ, a label is not 0 or 1, only one class occurs, or a score is not finite.</exception>
    public static PlattCalibrator Fit(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels)
    {
        BinaryLabels.Weights(scores.Length, labels, [], balanced: false);
        double positives = 0;
        foreach (var label in labels) positives += label;
        foreach (var score in scores) if (!double.IsFinite(score)) throw new ArgumentException($"Scores must be finite; found {score}.", nameof(scores));
        var (high, low) = ((positives + 1) / (positives + 2), 1 / (labels.Length - positives + 2));
        var (a, b) = (0.0, Math.Log((labels.Length - positives + 1) / (positives + 1)));
        var loss = Loss(scores, labels, high, low, a, b);
        for (var iteration = 0; iteration < 100; iteration++)
        {
            double ga = 0, gb = 0, haa = 1e-12, hab = 0, hbb = 1e-12;
            for (var i = 0; i < scores.Length; i++)
            {
                var p = 1 / (1 + Math.Exp(a * scores[i] + b));
                var difference = (labels[i] == 1 ? high : low) - p;
                var curvature = p * (1 - p);
                ga += difference * scores[i];
                gb += difference;
                haa += curvature * scores[i] * scores[i];
                hab += curvature * scores[i];
                hbb += curvature;
            }
            if (Math.Abs(ga) < 1e-9 * labels.Length && Math.Abs(gb) < 1e-9 * labels.Length) break;
            var determinant = haa * hbb - hab * hab;
            // Constant scores leave no slope to find: only the offset moves.
            var (da, db) = determinant > 1e-12 * haa * hbb ? (-(hbb * ga - hab * gb) / determinant, -(haa * gb - hab * ga) / determinant) : (0, -gb / hbb);
            var moved = false;
            for (double step = 1; step > 1e-10; step /= 2)
            {
                var next = Loss(scores, labels, high, low, a + step * da, b + step * db);
                if (!(next < loss + 1e-4 * step * (ga * da + gb * db))) continue;
                (a, b, loss, moved) = (a + step * da, b + step * db, next, true);
                break;
            }
            if (!moved) break;
        }
        return new PlattCalibrator([a, b]);
    }

    /// <inheritdoc/>
    public double Calibrate(double score) => 1 / (1 + Math.Exp(A * score + B));

    /// <inheritdoc/>
    public void Store(ModelPart part) => part.Put("parameters", new[] { A, B });

    /// <inheritdoc/>
    public static PlattCalibrator Restore(ModelPart part) => new(part.Get<double>("parameters", 2));

    private static double Loss(ReadOnlySpan<double> scores, ReadOnlySpan<float> labels, double high, double low, double a, double b)
    {
        double loss = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            var z = a * scores[i] + b; // −log-odds
            var target = labels[i] == 1 ? high : low;
            loss += z >= 0 ? target * z + Math.Log(1 + Math.Exp(-z)) : (target - 1) * z + Math.Log(1 + Math.Exp(z));
        }
        return loss;
    }
}
