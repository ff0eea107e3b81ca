using CampaignPortal.Statistics.Numerics;
using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Survival;

/// <summary>How events at the same time share the risk set.</summary>
public enum TieMethod
{
    /// <summary>Averages over the order of the tied events (Efron 1977).</summary>
    Efron,

    /// <summary>All tied events see the whole risk set (Breslow 1974).</summary>
    Breslow,
}

/// <summary>A proportional hazards model.</summary>
/// <param name="Coefficients">Log hazard ratios.</param>
/// <param name="StandardErrors">From the observed information.</param>
/// <param name="LogLikelihoodNull">Partial log-likelihood without covariates.</param>
/// <param name="LogLikelihood">At the estimate.</param>
/// <param name="Concordance">Share of comparable pairs in the right order; tied predictions count ½. Null without a comparable pair.</param>
public sealed record CoxFit(
    double[] Coefficients, double[] StandardErrors, double LogLikelihoodNull, double LogLikelihood, double? Concordance);

/// <summary>Cox's proportional hazards regression.</summary>
/// <remarks>Cox 1972; Newton's method with step halving. O(n p²) a step, O(n²) for the concordance.</remarks>
public static class CoxRegression
{
    private const int MaxIterations = 60;
    private const double StepTolerance = 1e-9;

    /// <summary>Maximum partial likelihood.</summary>
    /// <param name="time">Event or end of observation.</param>
    /// <param name="occurred">1 for an event.</param>
    /// <param name="covariates">Units × covariates.</param>
    /// <param name="ties">Efron by default.</param>
    /// <returns>Not converged with monotone-likelihood where a covariate separates the events perfectly: no finite hazard ratio exists.</returns>
    public static Outcome<CoxFit> Fit(
        ReadOnlySpan<double> time, ReadOnlySpan<double> occurred, IReadOnlyList<double[]> covariates, TieMethod ties = TieMethod.Efron)
    {
        if ((InputChecks.SameLength(time.Length, occurred.Length, covariates.Count) ?? SurvivalData.Check(time, occurred)) is { } problem) return problem;
        foreach (var row in covariates)
        {
            if (row.Length != covariates[0].Length) return Refusal.Invalid(Reasons.LengthMismatch);
            if (ArmChecks.Finite(row) is { } values) return values;
        }
        if (!occurred.Contains(1)) return Refusal.Insufficient(Reasons.NoEvents);
        var likelihood = new PartialLikelihood(time.ToArray(), occurred.ToArray(), covariates, ties);
        if (likelihood.HasConstantCovariate) return Refusal.Insufficient(Reasons.ZeroVariance);

        var beta = new double[covariates[0].Length];
        var current = likelihood.At(beta);
        var none = current.Value;
        for (var iteration = 0; iteration < MaxIterations; iteration++)
        {
            if (Cholesky.Of(current.Information) is not { } root) break;
            var step = root.Solve(current.Score);
            var next = likelihood.At(Moved(beta, step, 1));
            double share = 1;
            while (!(next.Value >= current.Value - 1e-12 * Math.Abs(current.Value)) && share > 1e-6)
            {
                share /= 2;
                next = likelihood.At(Moved(beta, step, share));
            }
            beta = Moved(beta, step, share);
            current = next;
            // A separating covariate gains a little in every step of size one for ever: only vanishing steps are an end.
            if (step.Max(s => Math.Abs(share * s)) > StepTolerance * (1 + beta.Max(Math.Abs))) continue;
            if (Cholesky.Of(current.Information) is not { } final) break;
            var covariance = final.Inverse();
            double[] errors = [.. Enumerable.Range(0, beta.Length).Select(j => Math.Sqrt(covariance[j, j]))];
            return new CoxFit(beta, errors, none, current.Value, likelihood.Concordance(beta));
        }
        return Refusal.NotConverged(Reasons.MonotoneLikelihood);
    }

    private static double[] Moved(double[] from, double[] step, double share) => [.. from.Zip(step, (f, s) => f + share * s)];
}

internal sealed class PartialLikelihood
{
    private readonly double[] _time;
    private readonly double[] _occurred;
    private readonly double[][] _x; // centred: hazards of order one
    private readonly int[][] _tied; // rows of equal time, latest time first
    private readonly TieMethod _ties;

    public PartialLikelihood(double[] time, double[] occurred, IReadOnlyList<double[]> covariates, TieMethod ties)
    {
        (_time, _occurred, _ties) = (time, occurred, ties);
        double[] means = [.. Enumerable.Range(0, covariates[0].Length).Select(j => covariates.Average(row => row[j]))];
        _x = [.. covariates.Select(row => row.Zip(means, (v, m) => v - m).ToArray())];
        _tied = [.. Enumerable.Range(0, time.Length).GroupBy(i => time[i]).OrderByDescending(g => g.Key).Select(g => g.ToArray())];
    }

    public bool HasConstantCovariate => Enumerable.Range(0, _x[0].Length).Any(j => _x.All(row => Math.Abs(row[j]) <= 1e-12 * (1 + Math.Abs(row[j]))));

    public (double Value, double[] Score, double[,] Information) At(double[] beta)
    {
        var p = beta.Length;
        double value = 0, s0 = 0;
        double[] score = new double[p], s1 = new double[p];
        double[,] information = new double[p, p], s2 = new double[p, p];
        foreach (var rows in _tied)
        {
            double events = 0, d0 = 0;
            double[] d1 = new double[p];
            var d2 = new double[p, p];
            foreach (var i in rows)
            {
                var predictor = Dot(beta, _x[i]);
                var hazard = Math.Exp(predictor);
                Add(hazard, _x[i], ref s0, s1, s2);
                if (_occurred[i] is 0) continue;
                events++;
                value += predictor;
                for (var j = 0; j < p; j++) score[j] += _x[i][j];
                Add(hazard, _x[i], ref d0, d1, d2);
            }
            for (var k = 0; k < events; k++)
            {
                var share = _ties is TieMethod.Efron ? k / events : 0;
                var risk = s0 - share * d0;
                value -= Math.Log(risk);
                for (var j = 0; j < p; j++)
                {
                    var mean = (s1[j] - share * d1[j]) / risk;
                    score[j] -= mean;
                    for (var l = 0; l < p; l++)
                        information[j, l] += (s2[j, l] - share * d2[j, l]) / risk - mean * (s1[l] - share * d1[l]) / risk;
                }
            }
        }
        return (value, score, information);
    }

    public double? Concordance(double[] beta)
    {
        double[] risk = [.. _x.Select(row => Dot(beta, row))];
        double pairs = 0, right = 0;
        for (var i = 0; i < risk.Length; i++)
        {
            if (_occurred[i] is 0) continue;
            for (var j = 0; j < risk.Length; j++)
            {
                // Comparable: j is known to have lasted longer; at an equal time only a unit without the event has.
                if (!(_time[j] > _time[i] || (_time[j].Equals(_time[i]) && _occurred[j] is 0))) continue;
                pairs++;
                right += risk[i] > risk[j] ? 1 : risk[i].Equals(risk[j]) ? 0.5 : 0;
            }
        }
        return pairs > 0 ? right / pairs : null;
    }

    private static void Add(double hazard, double[] x, ref double zeroth, double[] first, double[,] second)
    {
        zeroth += hazard;
        for (var j = 0; j < x.Length; j++)
        {
            first[j] += hazard * x[j];
            for (var l = 0; l < x.Length; l++) second[j, l] += hazard * x[j] * x[l];
        }
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (var j = 0; j < a.Length; j++) sum += a[j] * b[j];
        return sum;
    }
}
