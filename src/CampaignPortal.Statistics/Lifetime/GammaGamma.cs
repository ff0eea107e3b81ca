using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Numerics;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Statistics.Lifetime;

/// <summary>Purchase values are Gamma(p, ν) with the customer's own ν ~ Gamma(q, v), independent of how often the customer buys.</summary>
/// <remarks>Fader and Hardie, "The gamma-gamma model of monetary value", note 025, 2013; Colombo and Jiang 1999.</remarks>
public sealed record GammaGammaModel
{
    /// <summary>Checks and keeps the parameters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is not positive.</exception>
    public GammaGammaModel(double p, double q, double v)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(p);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(q);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(v);
        (P, Q, V) = (p, q, v);
    }

    /// <summary>Shape of a customer's purchase values.</summary>
    public double P { get; }

    /// <summary>Shape of the customers' rates; the population mean exists for q above 1.</summary>
    public double Q { get; }

    /// <summary>Rate of the customers' rates, in money.</summary>
    public double V { get; }

    /// <summary>Expected mean value of a purchase, given the history: p (v + x z̄) / (p x + q − 1).</summary>
    /// <returns>Insufficient data with mean-undefined where p x + q ≤ 1: the mean of such customers is infinite.</returns>
    public Outcome<double> ExpectedSpend(SpendHistory history)
    {
        var denominator = P * history.Frequency + Q - 1;
        if (denominator <= 0) return Refusal.Insufficient(Reasons.MeanUndefined);
        return P * (V + history.Frequency * history.AverageValue) / denominator;
    }

    /// <summary>Log-likelihood of the mean values of independent customers; those without a repeat purchase do not count.</summary>
    public double LogLikelihood(IEnumerable<SpendHistory> histories)
    {
        var likelihood = new SpendLikelihood(histories);
        Span<double> gradient = stackalloc double[3];
        return -likelihood.CustomerCount * likelihood.Negative([Math.Log(P), Math.Log(Q), Math.Log(V)], gradient);
    }

    /// <summary>One possible rate ν of a customer with this history: purchase values are Gamma(p, ν).</summary>
    internal double DrawRate(SpendHistory history, Rng rng) =>
        new GammaDistribution(P * history.Frequency + Q, V + history.Frequency * history.AverageValue).Sample(rng);
}

/// <summary>A spend model fitted to repeat buyers.</summary>
/// <param name="Model">The parameters.</param>
/// <param name="LogLikelihood">Of all customers used, natural logarithm.</param>
/// <param name="CustomerCount">Customers with a repeat purchase of positive value.</param>
/// <param name="IterationCount">Steps of the optimiser.</param>
public sealed record GammaGammaFit(GammaGammaModel Model, double LogLikelihood, int CustomerCount, int IterationCount)
{
    internal ParameterCloud Cloud { get; init; } = ParameterCloud.None;

    /// <summary>Standard errors of ln p, ln q, ln v; null where the likelihood is too flat to have them.</summary>
    public IReadOnlyList<double>? LogStandardErrors => Cloud.StandardErrors;

    /// <summary>A model drawn from the approximate sampling distribution of the estimate.</summary>
    public GammaGammaModel Draw(Rng rng) => Cloud.Draw(rng) is { } p ? new GammaGammaModel(p[0], p[1], p[2]) : Model;
}

/// <summary>Fits the gamma-gamma model by maximum likelihood.</summary>
public static class GammaGamma
{
    /// <summary>Maximum likelihood over customers with at least one repeat purchase of positive value; others are left out.</summary>
    /// <remarks>Note 025, equation 1a; BFGS with analytic gradients on ln p, ln q, ln v; gamma functions once per distinct x. O(customers) per step.</remarks>
    public static Outcome<GammaGammaFit> Fit(IReadOnlyCollection<SpendHistory> histories)
    {
        var likelihood = new SpendLikelihood(histories);
        if (likelihood.CustomerCount is 0) return Refusal.Insufficient(Reasons.NoRepeatCustomers);

        // v carries the unit of money: start it at the size of the values, with p = 2, q = 3 near most shops.
        var minimum = Bfgs.Minimize(likelihood.Negative, [Math.Log(2), Math.Log(3), Math.Log(likelihood.MeanValue)], bound: 25);
        if (!minimum.Converged) return Refusal.NotConverged(Reasons.MonotoneLikelihood);
        var p = minimum.Point;
        return new GammaGammaFit(
            new GammaGammaModel(Math.Exp(p[0]), Math.Exp(p[1]), Math.Exp(p[2])),
            -minimum.Value * likelihood.CustomerCount, likelihood.CustomerCount, minimum.IterationCount)
        {
            Cloud = ParameterCloud.At(likelihood.Negative, p, likelihood.CustomerCount),
        };
    }
}

internal sealed class SpendLikelihood
{
    private readonly SpendHistory[] _customers;
    private readonly (int Frequency, int Weight)[] _counts;
    private readonly double _constant; // Σ x ln x … the parts without parameters

    public SpendLikelihood(IEnumerable<SpendHistory> histories)
    {
        _customers = [.. histories.Where(h => h is { Frequency: > 0, AverageValue: > 0 }).OrderBy(h => h.Frequency).ThenBy(h => h.AverageValue)];
        _counts = [.. _customers.GroupBy(c => c.Frequency).Select(g => (g.Key, g.Count()))];
        _constant = -_customers.Sum(c => Math.Log(c.AverageValue));
        MeanValue = _customers.Length is 0 ? 1 : _customers.Average(c => c.AverageValue);
    }

    public int CustomerCount => _customers.Length;

    public double MeanValue { get; }

    /// <summary>Mean negative log-likelihood at (ln p, ln q, ln v).</summary>
    /// <remarks>ln Γ(px+q) − ln Γ(px) − ln Γ(q) + q ln v + (px−1) ln z + px ln x − (px+q) ln(v + xz).</remarks>
    public double Negative(ReadOnlySpan<double> point, Span<double> gradient)
    {
        double p = Math.Exp(point[0]), q = Math.Exp(point[1]), v = Math.Exp(point[2]), logV = point[2];
        double sum = _constant, dp = 0, dq = 0, dv = 0;
        double logGammaQ = SpecialFunctions.LogGamma(q), digammaQ = SpecialFunctions.Digamma(q);
        foreach (var (x, weight) in _counts)
        {
            double px = p * x, digammaSum = SpecialFunctions.Digamma(px + q);
            sum += weight * (SpecialFunctions.LogGamma(px + q) - SpecialFunctions.LogGamma(px) - logGammaQ + q * logV);
            dp += weight * x * (digammaSum - SpecialFunctions.Digamma(px));
            dq += weight * (digammaSum - digammaQ + logV);
        }
        foreach (var customer in _customers)
        {
            var total = customer.Frequency * customer.AverageValue;
            var logTotal = Math.Log(total);
            var logRate = Math.Log(v + total);
            var px = p * customer.Frequency;
            sum += px * logTotal - (px + q) * logRate;
            dp += customer.Frequency * (logTotal - logRate);
            dq -= logRate;
            dv += q / v - (px + q) / (v + total);
        }
        gradient[0] = -dp * p / CustomerCount;
        gradient[1] = -dq * q / CustomerCount;
        gradient[2] = -dv * v / CustomerCount;
        return -sum / CustomerCount;
    }
}
