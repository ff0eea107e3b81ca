using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Kernels;

namespace CampaignPortal.Learning.Nn;

/// <summary>Losses, averaged over rows, with their gradients. Every method returns the loss and writes the gradient of the mean.</summary>
public static class Losses
{
    /// <summary>Binary cross-entropy on logits; targets in [0, 1].</summary>
    /// <param name="logits">One per row.</param>
    /// <param name="targets">One per row.</param>
    /// <param name="gradient">Gradient of the logits.</param>
    /// <param name="positiveWeight">Factor on the positive part.</param>
    /// <param name="weights">Row weights; the mean is then Σ w·loss / Σ w. Empty for 1 each.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double BinaryCrossEntropy(ReadOnlySpan<float> logits, ReadOnlySpan<float> targets, Span<float> gradient, double positiveWeight = 1, ReadOnlySpan<float> weights = default)
    {
        if (positiveWeight == 1) return LogisticLossKernel.Run(logits, targets, weights, gradient);
        double loss = 0, total = 0;
        for (var i = 0; i < logits.Length; i++)
        {
            double x = logits[i], t = targets[i], w = weights.IsEmpty ? 1 : weights[i];
            var e = Math.Exp(-Math.Abs(x));
            var (softplusMinus, p) = (Math.Log(1 + e) + Math.Max(-x, 0), x >= 0 ? 1 / (1 + e) : e / (1 + e)); // −ln σ(x), σ(x)
            loss += w * (positiveWeight * t * softplusMinus + (1 - t) * (softplusMinus + x));
            gradient[i] = (float)(w * ((1 - t) * p - positiveWeight * t * (1 - p)));
            total += w;
        }
        Scale(gradient, 1 / total);
        return loss / total;
    }

    /// <summary>Mean squared error.</summary>
    public static double MeanSquared(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets, Span<float> gradient) =>
        Elementwise(predictions, targets, gradient, (p, t) => ((p - t) * (p - t), 2 * (p - t)));

    /// <summary>Huber: ½e² inside <paramref name="delta"/>, delta·(|e| − ½·delta) outside.</summary>
    public static double Huber(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets, Span<float> gradient, double delta = 1) =>
        Elementwise(predictions, targets, gradient, (p, t) => Math.Abs(p - t) <= delta
            ? (0.5 * (p - t) * (p - t), p - t)
            : (delta * (Math.Abs(p - t) - 0.5 * delta), delta * Math.Sign(p - t)));

    /// <summary>Poisson with log link: exp(x) − t·x.</summary>
    public static double Poisson(ReadOnlySpan<float> logRates, ReadOnlySpan<float> targets, Span<float> gradient) =>
        Elementwise(logRates, targets, gradient, (x, t) => (Math.Exp(x) - t * x, Math.Exp(x) - t));

    /// <summary>Pinball loss of a quantile in (0, 1).</summary>
    public static double Quantile(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets, Span<float> gradient, double quantile) =>
        Elementwise(predictions, targets, gradient, (p, t) => t >= p ? (quantile * (t - p), -quantile) : ((1 - quantile) * (p - t), 1 - quantile));

    /// <summary>Focal loss −α·(1 − p)^γ·ln p of the true class (Lin et al. 2017), α for class 1 and 1 − α for class 0.</summary>
    public static double Focal(ReadOnlySpan<float> logits, ReadOnlySpan<float> targets, Span<float> gradient, double gamma = 2, double alpha = 0.25) =>
        Elementwise(logits, targets, gradient, (x, t) =>
        {
            var sign = t > 0.5 ? 1 : -1;
            var weight = t > 0.5 ? alpha : 1 - alpha;
            var (p, log) = (Sigmoid(sign * x), LogSigmoid(sign * x));
            var power = Math.Pow(1 - p, gamma);
            return (-weight * power * log, -weight * sign * (power * (1 - p) - gamma * power * p * log));
        });

    /// <summary>Bayesian personalised ranking: −ln σ(positive − negative).</summary>
    public static double Bpr(ReadOnlySpan<float> positive, ReadOnlySpan<float> negative, Span<float> gradPositive, Span<float> gradNegative)
    {
        double loss = 0;
        for (var i = 0; i < positive.Length; i++)
        {
            var difference = (double)positive[i] - negative[i];
            loss -= LogSigmoid(difference);
            gradPositive[i] = (float)(-Sigmoid(-difference) / positive.Length);
            gradNegative[i] = -gradPositive[i];
        }
        return loss / positive.Length;
    }

    /// <summary>Generalised binary cross-entropy (Petrov and Macdonald 2023): −(β·ln σ(pos) + Σ ln σ(−neg)) / (k + 1), k negatives a row.</summary>
    /// <returns>Loss and β = a·(t·(1 − 1/a) + 1/a) with a = k / (items − 1).</returns>
    public static (double Loss, double Beta) Gbce(ReadOnlySpan<float> positive, ReadOnlySpan<float> negatives, Span<float> gradPositive, Span<float> gradNegatives, int itemCount, double t = 0.75)
    {
        var rows = positive.Length;
        var k = negatives.Length / rows;
        var a = (double)k / (itemCount - 1);
        var beta = a * (t * (1 - 1 / a) + 1 / a);
        var scale = 1.0 / (rows * (k + 1));
        double loss = 0;
        for (var i = 0; i < rows; i++)
        {
            loss -= beta * LogSigmoid(positive[i]);
            gradPositive[i] = (float)(-beta * Sigmoid(-positive[i]) * scale);
        }
        for (var i = 0; i < negatives.Length; i++)
        {
            loss -= LogSigmoid(-negatives[i]);
            gradNegatives[i] = (float)(Sigmoid(negatives[i]) * scale);
        }
        return (loss * scale, beta);
    }

    /// <summary>Softmax cross-entropy of one positive against its own k negatives.</summary>
    public static double SampledSoftmax(ReadOnlySpan<float> positive, ReadOnlySpan<float> negatives, Span<float> gradPositive, Span<float> gradNegatives)
    {
        var rows = positive.Length;
        var k = negatives.Length / rows;
        Span<float> row = k < 1024 ? stackalloc float[k + 1] : new float[k + 1];
        double loss = 0;
        for (var i = 0; i < rows; i++)
        {
            row[0] = positive[i];
            negatives.Slice(i * k, k).CopyTo(row[1..]);
            var log = LogSumExp(row);
            loss += log - positive[i];
            gradPositive[i] = (float)((Math.Exp(positive[i] - log) - 1) / rows);
            for (var j = 0; j < k; j++) gradNegatives[i * k + j] = (float)(Math.Exp(row[j + 1] - log) / rows);
        }
        return loss / rows;
    }

    /// <summary>Zero-inflated log-normal (Wang, Liu and Miao 2019): rows of (logit of being positive, μ, raw scale through softplus).</summary>
    /// <param name="logits">rows × 3.</param>
    /// <param name="targets">Amounts, 0 or positive.</param>
    /// <param name="gradient">rows × 3.</param>
    /// <param name="expected">p·exp(μ + σ²/2) per row.</param>
    public static double ZeroInflatedLogNormal(ReadOnlySpan<float> logits, ReadOnlySpan<float> targets, Span<float> gradient, Span<float> expected)
    {
        double loss = 0;
        var rows = targets.Length;
        for (var i = 0; i < rows; i++)
        {
            double x = logits[3 * i], mu = logits[3 * i + 1], raw = logits[3 * i + 2];
            var (p, sigma) = (Sigmoid(x), -LogSigmoid(-raw));
            expected[i] = (float)(p * Math.Exp(mu + sigma * sigma / 2));
            gradient[3 * i] = (float)((p - (targets[i] > 0 ? 1 : 0)) / rows);
            (gradient[3 * i + 1], gradient[3 * i + 2]) = (0, 0);
            loss -= LogSigmoid(targets[i] > 0 ? x : -x);
            if (!(targets[i] > 0)) continue;
            var log = Math.Log(targets[i]);
            var z = (log - mu) / sigma;
            loss += log + Math.Log(sigma) + 0.5 * Math.Log(2 * Math.PI) + 0.5 * z * z;
            gradient[3 * i + 1] = (float)(-z / sigma / rows);
            gradient[3 * i + 2] = (float)((1 - z * z) / sigma * Sigmoid(raw) / rows);
        }
        return loss / rows;
    }

    private static double Elementwise(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets, Span<float> gradient, Func<double, double, (double Loss, double Slope)> rule)
    {
        double loss = 0;
        for (var i = 0; i < predictions.Length; i++)
        {
            var (value, slope) = rule(predictions[i], targets[i]);
            loss += value;
            gradient[i] = (float)(slope / predictions.Length);
        }
        return loss / predictions.Length;
    }

    private static void Scale(Span<float> values, double factor)
    {
        foreach (ref var v in values) v = (float)(v * factor);
    }

    private static double LogSumExp(ReadOnlySpan<float> row)
    {
        double most = double.NegativeInfinity, sum = 0;
        foreach (var v in row) most = Math.Max(most, v);
        foreach (var v in row) sum += Math.Exp(v - most);
        return most + Math.Log(sum);
    }

    private static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    private static double LogSigmoid(double x) => Math.Min(x, 0) - Math.Log(1 + Math.Exp(-Math.Abs(x)));
}
