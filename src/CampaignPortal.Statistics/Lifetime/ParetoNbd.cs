using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Numerics;

namespace CampaignPortal.Statistics.Lifetime;

/// <summary>A customer buys at a rate λ ~ Gamma(r, α) and may drop out at any moment, at a rate μ ~ Gamma(s, β).</summary>
/// <remarks>Schmittlein, Morrison and Colombo 1987; formulas of Fader and Hardie's notes of 2005 with the 2F1 form for both orders of α and β.</remarks>
public sealed record ParetoNbdModel
{
    /// <summary>Checks and keeps the parameters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is not positive.</exception>
    public ParetoNbdModel(double r, double alpha, double s, double beta)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(r);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(alpha);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(s);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        (R, Alpha, S, Beta) = (r, alpha, s, beta);
    }

    /// <summary>Shape of the purchase rates.</summary>
    public double R { get; }

    /// <summary>Rate parameter of the purchase rates, in units of time.</summary>
    public double Alpha { get; }

    /// <summary>Shape of the dropout rates.</summary>
    public double S { get; }

    /// <summary>Rate parameter of the dropout rates, in units of time.</summary>
    public double Beta { get; }

    /// <summary>Probability that the customer has not dropped out by the end of observation.</summary>
    public double ProbabilityAlive(PurchaseHistory history) => 1 / (1 + Math.Exp(LogGoneOdds(history)));

    /// <summary>Expected purchases in the <paramref name="horizon"/> after the end of observation, given the history.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The horizon is negative.</exception>
    public double ExpectedPurchases(PurchaseHistory history, double horizon)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(horizon);
        var rate = (R + history.Frequency) / (Alpha + history.Age);
        return ProbabilityAlive(history) * rate * (Beta + history.Age) * SurvivedShare(horizon / (Beta + history.Age));
    }

    /// <summary>Expected repeat purchases of a new customer in the first <paramref name="horizon"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The horizon is negative.</exception>
    public double ExpectedPurchases(double horizon) => ExpectedPurchases(default, horizon);

    /// <summary>Log-likelihood of independent customers.</summary>
    public double LogLikelihood(IEnumerable<PurchaseHistory> histories) => histories.Sum(LogLikelihood);

    /// <summary>Log-likelihood of one customer.</summary>
    internal double LogLikelihood(PurchaseHistory history)
    {
        var x = history.Frequency;
        var alive = SpecialFunctions.LogGamma(R + x) - SpecialFunctions.LogGamma(R) + R * Math.Log(Alpha / (Alpha + history.Age))
            - x * Math.Log(Alpha + history.Age) + S * Math.Log(Beta / (Beta + history.Age));
        var odds = LogGoneOdds(history);
        return alive + Math.Max(odds, 0) + SpecialFunctions.LogOnePlus(Math.Exp(-Math.Abs(odds)));
    }

    // ln of s/(r+s+x) (α+T)^(r+x) (β+T)^s A₀: the odds of having dropped out between the last purchase and the end.
    private double LogGoneOdds(PurchaseHistory history)
    {
        var shape = R + history.Frequency;
        double atLast = LogTerm(history.Recency), atEnd = LogTerm(history.Age);
        if (atLast <= atEnd) return double.NegativeInfinity;
        return Math.Log(S / (shape + S)) + shape * Math.Log(Alpha + history.Age) + S * Math.Log(Beta + history.Age)
            + atLast + Math.Log(-SpecialFunctions.ExpMinusOne(atEnd - atLast));

        double LogTerm(double time)
        {
            var (large, second) = Alpha >= Beta ? (Alpha, S + 1) : (Beta, shape);
            var series = SpecialFunctions.Hypergeometric2F1(shape + S, second, shape + S + 1, Math.Abs(Alpha - Beta) / (large + time));
            return Math.Log(series) - (shape + S) * Math.Log(large + time);
        }
    }

    // (1 − (1+h)^(1−s))/(s−1), also at s = 1.
    private double SurvivedShare(double relativeHorizon)
    {
        var log = SpecialFunctions.LogOnePlus(relativeHorizon);
        return S is 1 ? log : -SpecialFunctions.ExpMinusOne((1 - S) * log) / (S - 1);
    }
}

/// <summary>A Pareto/NBD model fitted to customers.</summary>
/// <param name="Model">The parameters.</param>
/// <param name="LogLikelihood">Of all customers, natural logarithm.</param>
/// <param name="CustomerCount">Customers that were fitted.</param>
/// <param name="GroupCount">Distinct histories among them.</param>
public sealed record ParetoNbdFit(ParetoNbdModel Model, double LogLikelihood, int CustomerCount, int GroupCount);

/// <summary>Fits Pareto/NBD by maximum likelihood.</summary>
public static class ParetoNbd
{
    /// <summary>Maximum likelihood over the distinct histories; two 2F1 series per group and evaluation make it some hundred times slower than BG/NBD.</summary>
    public static Outcome<ParetoNbdFit> Fit(IReadOnlyCollection<PurchaseHistory> histories)
    {
        if (histories.Count is 0) return Refusal.Insufficient(Reasons.NoUnits);
        if (histories.All(h => h.Frequency is 0)) return Refusal.Insufficient(Reasons.NoRepeatCustomers);
        var groups = histories.GroupBy(h => h).Select(g => (History: g.Key, Weight: (double)g.Count() / histories.Count))
            .OrderBy(g => g.History.Frequency).ThenBy(g => g.History.Age).ThenBy(g => g.History.Recency).ToArray();
        double Negative(double[] point)
        {
            var model = new ParetoNbdModel(Math.Exp(point[0]), Math.Exp(point[1]), Math.Exp(point[2]), Math.Exp(point[3]));
            var terms = new double[groups.Length];
            Parallel.For(0, groups.Length, i => terms[i] = groups[i].Weight * model.LogLikelihood(groups[i].History));
            return -terms.Sum();
        }

        var minimum = Bfgs.Minimize(Bfgs.WithNumericalGradient(Negative), [Math.Log(0.5), Math.Log(10), Math.Log(0.5), Math.Log(10)]);
        if (!minimum.Converged) return Refusal.NotConverged(Reasons.MonotoneLikelihood);
        var p = minimum.Point;
        return new ParetoNbdFit(
            new ParetoNbdModel(Math.Exp(p[0]), Math.Exp(p[1]), Math.Exp(p[2]), Math.Exp(p[3])), -minimum.Value * histories.Count, histories.Count, groups.Length);
    }
}
