
namespace CampaignPortal.Learning.Tabular;

/// <summary>Joins log-odds of several models: intercept + Σ weight·log-odds, weights not negative, by penalised logistic likelihood.</summary>
/// <remarks>
/// Stacking (Wolpert 1992; non-negative after Breiman 1996) on predictions of rows that the models have not seen. The penalty ½·λ·Σ(weight − 1/models)² prefers the plain
/// mean where data say little. Newton steps, each a bounded quadratic problem solved by coordinate descent.
/// </remarks>
internal static class LogOddsStack
{
    /// <param name="logOdds">One array per model.</param>
    /// <param name="labels">0 or 1 per row.</param>
    /// <param name="rowWeights">Weight per row.</param>
    /// <param name="penalty">λ.</param>
    /// <returns>A weight per model, then the intercept.</returns>
    public static double[] Fit(IReadOnlyList<double[]> logOdds, float[] labels, double[] rowWeights, double penalty)
    {
        var (models, prior) = (logOdds.Count, 1.0 / logOdds.Count);
        var w = new double[models + 1];
        w.AsSpan(0, models).Fill(prior);
        var loss = Evaluate(logOdds, labels, rowWeights, w, penalty, prior, null, null);
        for (var iteration = 0; iteration < 50; iteration++)
        {
            var (gradient, hessian) = (new double[w.Length], new double[w.Length * w.Length]);
            Evaluate(logOdds, labels, rowWeights, w, penalty, prior, gradient, hessian);
            var target = Minimum(w, gradient, hessian);
            var (moved, before) = (false, loss);
            for (double t = 1; t > 1e-4 && !moved; t /= 2)
            {
                var trial = new double[w.Length];
                for (var j = 0; j < w.Length; j++) trial[j] = w[j] + t * (target[j] - w[j]);
                var next = Evaluate(logOdds, labels, rowWeights, trial, penalty, prior, null, null);
                if (next < loss) (w, loss, moved) = (trial, next, true);
            }
            if (before - loss < 1e-9 * labels.Length) break;
        }
        return w;
    }

    /// <summary>The joined log-odds of one row.</summary>
    public static double Combine(ReadOnlySpan<double> weights, IReadOnlyList<double[]> logOdds, int row)
    {
        var sum = weights[^1];
        for (var m = 0; m < logOdds.Count; m++) sum += weights[m] * logOdds[m][row];
        return sum;
    }

    private static double Evaluate(IReadOnlyList<double[]> logOdds, float[] labels, double[] rowWeights, double[] w, double penalty, double prior, double[]? gradient, double[]? hessian)
    {
        var models = logOdds.Count;
        var x = new double[models + 1];
        x[models] = 1;
        double loss = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            var z = Combine(w, logOdds, i);
            loss += rowWeights[i] * LogOddsLoss.Of(z, labels[i]);
            if (gradient is null || hessian is null) continue;
            for (var m = 0; m < models; m++) x[m] = logOdds[m][i];
            var p = 1 / (1 + Math.Exp(-z));
            var (residual, curvature) = (rowWeights[i] * (p - labels[i]), rowWeights[i] * p * (1 - p));
            for (var a = 0; a <= models; a++)
            {
                gradient[a] += residual * x[a];
                for (var b = 0; b <= models; b++) hessian[a * (models + 1) + b] += curvature * x[a] * x[b];
            }
        }
        for (var m = 0; m < models; m++)
        {
            loss += 0.5 * penalty * (w[m] - prior) * (w[m] - prior);
            if (gradient is null || hessian is null) continue;
            gradient[m] += penalty * (w[m] - prior);
            hessian[m * (models + 1) + m] += penalty;
        }
        return loss;
    }

    /// <summary>Minimum of the quadratic model over weights that are not negative.</summary>
    private static double[] Minimum(double[] w, double[] gradient, double[] hessian)
    {
        var target = (double[])w.Clone();
        var slope = (double[])gradient.Clone();
        for (var sweep = 0; sweep < 500; sweep++)
        {
            double largest = 0;
            for (var j = 0; j < w.Length; j++)
            {
                var curvature = hessian[j * w.Length + j] + 1e-12;
                var next = target[j] - slope[j] / curvature;
                if (j < w.Length - 1) next = Math.Max(0, next);
                var change = next - target[j];
                target[j] = next;
                for (var q = 0; q < w.Length; q++) slope[q] += change * hessian[q * w.Length + j];
                largest = Math.Max(largest, Math.Abs(change));
            }
            if (largest < 1e-10) break;
        }
        return target;
    }
}
