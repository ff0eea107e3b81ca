using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Numerics;

namespace CampaignPortal.Statistics.Lifetime;

/// <summary>What is known of customers who can buy once a period, such as donors of a yearly appeal.</summary>
/// <param name="Frequency">x: periods with a purchase.</param>
/// <param name="Recency">t_x: number of the last of them; 0 without one.</param>
/// <param name="Periods">n: periods observed.</param>
/// <param name="Weight">Customers with this history.</param>
public readonly record struct PeriodHistory(int Frequency, int Recency, int Periods, double Weight = 1)
{
    internal Refusal? Problem =>
        Frequency < 0 || Recency < 0 || Periods < 0 || Weight < 0 ? Refusal.Invalid(Reasons.NegativeCount)
        : Recency > Periods ? Refusal.Invalid(Reasons.RecencyExceedsAge)
        : Frequency > Recency ? Refusal.Invalid(Reasons.SuccessesExceedTrials)
        : Frequency is 0 && Recency > 0 ? Refusal.Invalid(Reasons.RecencyWithoutRepeat)
        : null;
}

/// <summary>A customer buys in a period with probability p ~ Beta(α, β) and drops out at its start with probability θ ~ Beta(γ, δ).</summary>
/// <remarks>BG/BB: Fader, Hardie and Shang, "Customer-base analysis in a discrete-time noncontractual setting", Marketing Science 29(6), 2010.</remarks>
public sealed record BetaBernoulliModel
{
    /// <summary>Checks and keeps the parameters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is not positive.</exception>
    public BetaBernoulliModel(double alpha, double beta, double gamma, double delta)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(alpha);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(gamma);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(delta);
        (Alpha, Beta, Gamma, Delta) = (alpha, beta, gamma, delta);
    }

    /// <summary>First shape of the purchase probabilities.</summary>
    public double Alpha { get; }

    /// <summary>Second shape of the purchase probabilities.</summary>
    public double Beta { get; }

    /// <summary>First shape of the dropout probabilities.</summary>
    public double Gamma { get; }

    /// <summary>Second shape of the dropout probabilities.</summary>
    public double Delta { get; }

    /// <summary>Probability that the customer is still alive in the period after the last one observed.</summary>
    public Outcome<double> ProbabilityAliveNextPeriod(PeriodHistory history)
    {
        if (history.Problem is { } problem) return problem;
        return Math.Exp(LogBought(history.Frequency, history.Periods) + LogSurvived(history.Periods + 1) - LogLikelihood(history));
    }

    /// <summary>Expected purchases in the next <paramref name="futurePeriods"/> periods.</summary>
    public Outcome<double> ExpectedPurchases(PeriodHistory history, int futurePeriods)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(futurePeriods);
        if (history.Problem is { } problem) return problem;
        double sum = 0;
        for (var k = 1; k <= futurePeriods; k++) sum += Math.Exp(LogSurvived(history.Periods + k));
        return sum * Math.Exp(LogBoughtOnceMore(history) - LogLikelihood(history));
    }

    /// <summary>All future purchases, each discounted from its period (DERT).</summary>
    public Outcome<double> DiscountedResidualTransactions(PeriodHistory history, double discountRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(discountRate);
        if (history.Problem is { } problem) return problem;
        var next = Delta + history.Periods + 1;
        var series = SpecialFunctions.Hypergeometric2F1(1, next, Gamma + next, 1 / (1 + discountRate));
        return Math.Exp(LogBoughtOnceMore(history) + LogSurvived(history.Periods + 1) - LogLikelihood(history)) / (1 + discountRate) * series;
    }

    /// <summary>Log-likelihood of one customer with this history.</summary>
    internal double LogLikelihood(PeriodHistory history)
    {
        // Alive to the end, or gone after one of the periods since the last purchase.
        var largest = LogBought(history.Frequency, history.Periods) + LogSurvived(history.Periods);
        double sum = 1;
        for (var last = history.Recency; last < history.Periods; last++)
        {
            var gone = SpecialFunctions.LogBeta(Gamma + 1, Delta + last) - SpecialFunctions.LogBeta(Gamma, Delta);
            sum += Math.Exp(LogBought(history.Frequency, last) + gone - largest);
        }
        return largest + Math.Log(sum);
    }

    private double LogBought(int count, int periods) =>
        SpecialFunctions.LogBeta(Alpha + count, Beta + periods - count) - SpecialFunctions.LogBeta(Alpha, Beta);

    private double LogBoughtOnceMore(PeriodHistory history) =>
        SpecialFunctions.LogBeta(Alpha + history.Frequency + 1, Beta + history.Periods - history.Frequency) - SpecialFunctions.LogBeta(Alpha, Beta);

    private double LogSurvived(int periods) => SpecialFunctions.LogBeta(Gamma, Delta + periods) - SpecialFunctions.LogBeta(Gamma, Delta);
}

/// <summary>A BG/BB model fitted to a cohort.</summary>
/// <param name="Model">The parameters.</param>
/// <param name="LogLikelihood">Of all customers, natural logarithm.</param>
public sealed record BetaBernoulliFit(BetaBernoulliModel Model, double LogLikelihood);

/// <summary>Fits BG/BB by maximum likelihood.</summary>
public static class BetaBernoulli
{
    /// <summary>Maximum likelihood over weighted histories.</summary>
    public static Outcome<BetaBernoulliFit> Fit(IReadOnlyCollection<PeriodHistory> histories)
    {
        foreach (var history in histories) if (history.Problem is { } problem) return problem;
        var total = histories.Sum(h => h.Weight);
        if (total is 0) return Refusal.Insufficient(Reasons.NoUnits);
        if (histories.All(h => h.Frequency is 0 || h.Weight is 0)) return Refusal.Insufficient(Reasons.NoRepeatCustomers);
        double Negative(double[] p)
        {
            var model = new BetaBernoulliModel(Math.Exp(p[0]), Math.Exp(p[1]), Math.Exp(p[2]), Math.Exp(p[3]));
            return -histories.Sum(h => h.Weight * model.LogLikelihood(h)) / total;
        }

        var minimum = Bfgs.Minimize(Bfgs.WithNumericalGradient(Negative), [0, 0, 0, 1]);
        if (!minimum.Converged) return Refusal.NotConverged(Reasons.MonotoneLikelihood);
        var found = minimum.Point;
        return new BetaBernoulliFit(
            new BetaBernoulliModel(Math.Exp(found[0]), Math.Exp(found[1]), Math.Exp(found[2]), Math.Exp(found[3])), -minimum.Value * total);
    }
}
