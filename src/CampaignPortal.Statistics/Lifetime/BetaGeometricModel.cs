using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Statistics.Lifetime;

/// <summary>When a customer may drop out.</summary>
public enum DropoutTiming
{
    /// <summary>After each repeat purchase (BG/NBD): who has not bought again is alive for certain.</summary>
    AfterRepeatPurchase,

    /// <summary>After each purchase, the first included (MBG/NBD).</summary>
    AfterEveryPurchase,
}

/// <summary>A customer buys at a rate λ ~ Gamma(r, α) and drops out after a purchase with probability p ~ Beta(a, b).</summary>
/// <remarks>
/// BG/NBD: Fader, Hardie and Lee, "Counting your customers the easy way", Marketing Science 24(2), 2005. MBG/NBD: Batislam, Denizel and
/// Filiztekin 2007; it is the same with one more chance to drop out. Without <see cref="A"/> and <see cref="B"/> nobody drops out: the NBD limit
/// (Ehrenberg 1959). Immutable and thread-safe; each question costs O(1) or one 2F1 series.
/// </remarks>
public sealed record BetaGeometricModel
{
    /// <summary>A model with dropout.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is not positive.</exception>
    public BetaGeometricModel(double r, double alpha, double a, double b, DropoutTiming timing = DropoutTiming.AfterRepeatPurchase)
        : this(r, alpha)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(a);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(b);
        (A, B, Timing) = (a, b, timing);
    }

    /// <summary>The NBD limit: nobody drops out.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is not positive.</exception>
    public BetaGeometricModel(double r, double alpha)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(r);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(alpha);
        (R, Alpha) = (r, alpha);
    }

    /// <summary>Shape of the purchase rates.</summary>
    public double R { get; }

    /// <summary>Rate parameter of the purchase rates, in units of time: the mean rate is r/α.</summary>
    public double Alpha { get; }

    /// <summary>First shape of the dropout probabilities; null at the NBD limit.</summary>
    public double? A { get; }

    /// <summary>Second shape of the dropout probabilities; null at the NBD limit.</summary>
    public double? B { get; }

    /// <summary>When a customer may drop out.</summary>
    public DropoutTiming Timing { get; }

    /// <summary>Whether the model is the NBD limit, without dropout.</summary>
    public bool IsNbdLimit => A is null;

    // Chances to drop out that a customer has survived, if alive.
    private int Survived(int frequency) => Timing is DropoutTiming.AfterEveryPurchase ? frequency + 1 : frequency;

    /// <summary>Probability that the customer has not dropped out by the end of observation.</summary>
    public double ProbabilityAlive(PurchaseHistory history)
    {
        var survived = Survived(history.Frequency);
        if (A is not { } a || B is not { } b || survived is 0) return 1;
        var logOdds = Math.Log(a / (b + survived - 1)) + (R + history.Frequency) * Math.Log((Alpha + history.Age) / (Alpha + history.Recency));
        return 1 / (1 + Math.Exp(logOdds));
    }

    /// <summary>Expected purchases in the <paramref name="horizon"/> after the end of observation, given the history.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The horizon is negative.</exception>
    public double ExpectedPurchases(PurchaseHistory history, double horizon)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(horizon);
        return ProbabilityAlive(history) * ExpectedWhileAlive(history, horizon);
    }

    /// <summary>Expected repeat purchases of a new customer in the first <paramref name="horizon"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The horizon is negative.</exception>
    public double ExpectedPurchases(double horizon) => ExpectedPurchases(default, horizon);

    /// <summary>P(X(t) = n): that a new customer makes <paramref name="count"/> repeat purchases in the first <paramref name="horizon"/>.</summary>
    /// <remarks>Fader, Hardie and Lee 2005, equation 8; the remaining negative binomial tail as an incomplete beta function.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">An argument is negative.</exception>
    public double ProbabilityOfCount(int count, double horizon)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(horizon);
        if (horizon is 0) return count is 0 ? 1 : 0;
        var z = horizon / (Alpha + horizon);
        var logCount = SpecialFunctions.LogGamma(R + count) - SpecialFunctions.LogGamma(R) - SpecialFunctions.LogGamma(count + 1)
            + R * Math.Log(Alpha / (Alpha + horizon)) + count * Math.Log(z);
        if (A is not { } a || B is not { } b) return Math.Exp(logCount);

        var survived = Survived(count);
        var logBeta = SpecialFunctions.LogBeta(a, b);
        var alive = Math.Exp(SpecialFunctions.LogBeta(a, b + survived) - logBeta + logCount);
        if (survived is 0) return alive;
        var atLeast = count is 0 ? 1 : IncompleteBeta.Lower(count, R, z); // NBD probability of count or more
        return alive + Math.Exp(SpecialFunctions.LogBeta(a + 1, b + survived - 1) - logBeta) * atLeast;
    }

    /// <summary>Log-likelihood of independent customers.</summary>
    public double LogLikelihood(IEnumerable<PurchaseHistory> histories) => PurchaseLikelihood.Of(histories, Timing).Value(this);

    /// <summary>One possible future: whether alive, the rate and the dropout probability, then the purchases of each period.</summary>
    /// <param name="history">What is known.</param>
    /// <param name="ends">End of each period from the end of observation, in the unit of the history, ascending.</param>
    /// <param name="counts">Receives the purchases of each period.</param>
    /// <param name="rng">The source of chance.</param>
    internal void Simulate(PurchaseHistory history, ReadOnlySpan<double> ends, Span<int> counts, Rng rng)
    {
        counts.Clear();
        if (rng.NextDouble() >= ProbabilityAlive(history)) return;
        var rate = new GammaDistribution(R + history.Frequency, Alpha + history.Age).Sample(rng);
        var dropout = A is { } a && B is { } b ? new BetaDistribution(a, b + Survived(history.Frequency)).Sample(rng) : 0;
        var period = 0;
        for (var time = NextGap(); time < ends[^1]; time += NextGap())
        {
            while (time >= ends[period]) period++;
            counts[period]++;
            if (dropout > 0 && rng.NextDouble() < dropout) return;
        }

        double NextGap() => -Math.Log(1 - rng.NextDouble()) / rate;
    }

    // Fader, Hardie and Lee 2005, equation 10 without its denominator: λ ~ Gamma(r+x, α+T), p ~ Beta(a, b+survived), mean (1−e^(−λph))/p.
    private double ExpectedWhileAlive(PurchaseHistory history, double horizon)
    {
        var shape = R + history.Frequency;
        var rate = Alpha + history.Age;
        if (A is not { } a || B is not { } b) return shape / rate * horizon;

        const double PoleWidth = 1e-5; // at a = 1 both factors vanish; the mean of two neighbours errs by 1e-10
        if (Math.Abs(a - 1) < PoleWidth) return (Expected(1 - PoleWidth) + Expected(1 + PoleWidth)) / 2;
        return Expected(a);

        double Expected(double dropoutShape)
        {
            var second = b + Survived(history.Frequency);
            var total = dropoutShape + second - 1;
            if (total <= 0) return Expected(dropoutShape + PoleWidth);
            var logShrink = -shape * SpecialFunctions.LogOnePlus(horizon / rate);
            var series = SpecialFunctions.Hypergeometric2F1(shape, second, total, horizon / (rate + horizon));
            return total / (dropoutShape - 1) * (1 - Math.Exp(logShrink) * series);
        }
    }
}
