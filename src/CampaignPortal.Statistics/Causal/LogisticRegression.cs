using CampaignPortal.Statistics.Numerics;
using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Causal;

/// <summary>A logistic regression without penalty.</summary>
/// <param name="Coefficients">Intercept first.</param>
/// <param name="StandardErrors">From the expected information.</param>
/// <param name="LogLikelihood">At the estimate.</param>
/// <param name="Fitted">Probability of each row.</param>
public sealed record LogisticFit(double[] Coefficients, double[] StandardErrors, double LogLikelihood, double[] Fitted);

/// <summary>Maximum likelihood logistic regression: the propensity model of the weighting estimators.</summary>
/// <remarks>Iteratively reweighted least squares; for prediction with many columns take the penalised one of the learning library. O(n p²) a step.</remarks>
public static class LogisticRegression
{
    private const int MaxIterations = 60;
    private const double StepTolerance = 1e-10;

    /// <summary>Fits with an intercept.</summary>
    /// <param name="features">Rows × columns.</param>
    /// <param name="outcome">0 or 1.</param>
    /// <returns>Not converged with monotone-likelihood where the columns separate the outcomes perfectly.</returns>
    public static Outcome<LogisticFit> Fit(IReadOnlyList<double[]> features, ReadOnlySpan<double> outcome)
    {
        if ((InputChecks.SameLength(features.Count, outcome.Length) ?? InputChecks.Binary(outcome)) is { } problem) return problem;
        foreach (var row in features)
        {
            if (row.Length != features[0].Length) return Refusal.Invalid(Reasons.LengthMismatch);
            if (ArmChecks.Finite(row) is { } values) return values;
        }
        if (features.Count is 0) return Refusal.Insufficient(Reasons.NoUnits);
        var y = outcome.ToArray();
        if (!y.Contains(0) || !y.Contains(1)) return Refusal.Insufficient(Reasons.SingleClass);
        double[][] x = [.. features.Select(row => (double[])[1, .. row])];
        if (x.Length < x[0].Length) return Refusal.Insufficient(Reasons.TooFewObservations);
        if (Enumerable.Range(1, x[0].Length - 1).Any(j => x.All(row => row[j].Equals(x[0][j])))) return Refusal.Insufficient(Reasons.ZeroVariance);

        var beta = new double[x[0].Length];
        for (var iteration = 0; iteration < MaxIterations; iteration++)
        {
            var (score, information, _, _) = Evaluate(x, y, beta);
            if (Cholesky.Of(information) is not { } root) break;
            var step = root.Solve(score);
            for (var j = 0; j < beta.Length; j++) beta[j] += step[j];
            if (step.Max(Math.Abs) > StepTolerance * (1 + beta.Max(Math.Abs))) continue;
            var (_, final, logLikelihood, fitted) = Evaluate(x, y, beta);
            if (Cholesky.Of(final)?.Inverse() is not { } covariance) break;
            double[] errors = [.. Enumerable.Range(0, beta.Length).Select(j => Math.Sqrt(covariance[j, j]))];
            return new LogisticFit(beta, errors, logLikelihood, fitted);
        }
        return Refusal.NotConverged(Reasons.MonotoneLikelihood);
    }

    private static (double[] Score, double[,] Information, double LogLikelihood, double[] Fitted) Evaluate(double[][] x, double[] y, double[] beta)
    {
        var p = beta.Length;
        var score = new double[p];
        var information = new double[p, p];
        var fitted = new double[x.Length];
        double logLikelihood = 0;
        for (var i = 0; i < x.Length; i++)
        {
            double predictor = 0;
            for (var j = 0; j < p; j++) predictor += beta[j] * x[i][j];
            var small = Math.Exp(-Math.Abs(predictor));
            fitted[i] = (predictor > 0 ? 1 : small) / (1 + small);
            logLikelihood += y[i] * predictor - Math.Max(predictor, 0) - Math.Log(1 + small);
            var weight = small / ((1 + small) * (1 + small));
            for (var j = 0; j < p; j++)
            {
                score[j] += (y[i] - fitted[i]) * x[i][j];
                for (var l = 0; l < p; l++) information[j, l] += weight * x[i][j] * x[i][l];
            }
        }
        return (score, information, logLikelihood, fitted);
    }
}
