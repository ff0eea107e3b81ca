namespace CampaignPortal.Statistics.Summaries;

/// <summary>What a comparison needs of an arm: units, mean, variance of one unit. Implementations are immutable and add up with Merge.</summary>
public interface IArmStatistic
{
    /// <summary>Units.</summary>
    double Count { get; }

    /// <summary>The metric of the arm; defined when <see cref="Problem"/> is null.</summary>
    double Mean { get; }

    /// <summary>Variance of the metric per unit, so that Variance/Count is the squared standard error.</summary>
    double Variance { get; }

    /// <summary>Why the arm cannot be compared; null when it can.</summary>
    Refusal? Problem { get; }
}

/// <summary>A mean of one number per unit.</summary>
/// <param name="Count">n.</param>
/// <param name="Sum">Σ y.</param>
/// <param name="SumSquares">Σ y².</param>
public sealed record MeanStatistic(double Count, double Sum, double SumSquares) : IArmStatistic
{
    /// <summary>Sums up values.</summary>
    public static MeanStatistic Of(ReadOnlySpan<double> values)
    {
        CompensatedSum sum = default, squares = default;
        foreach (var value in values)
        {
            sum.Add(value);
            squares.Add(value * value);
        }
        return new MeanStatistic(values.Length, sum.Value, squares.Value);
    }

    /// <inheritdoc/>
    public double Mean => Sum / Count;

    /// <inheritdoc/>
    public double Variance => Math.Max(0, SumSquares - Sum * Sum / Count) / (Count - 1);

    /// <inheritdoc/>
    public Refusal? Problem => ArmChecks.Count(Count) ?? ArmChecks.Finite(Sum, SumSquares) ?? ArmChecks.AtLeastTwo(Count);

    /// <summary>Both sets of units together.</summary>
    public MeanStatistic Merge(MeanStatistic other) => new(Count + other.Count, Sum + other.Sum, SumSquares + other.SumSquares);
}

/// <summary>A share of units: variance p(1−p).</summary>
/// <param name="Count">n.</param>
/// <param name="Sum">Units with the outcome.</param>
public sealed record ProportionStatistic(double Count, double Sum) : IArmStatistic
{
    /// <inheritdoc/>
    public double Mean => Sum / Count;

    /// <inheritdoc/>
    public double Variance => Mean * (1 - Mean);

    /// <inheritdoc/>
    public Refusal? Problem =>
        Sum < 0 ? Refusal.Invalid(Reasons.NegativeCount)
        : Sum > Count && Count >= 0 ? Refusal.Invalid(Reasons.SuccessesExceedTrials)
        : ArmChecks.Count(Count) ?? ArmChecks.Finite(Sum, Count);

    /// <summary>Both sets of units together.</summary>
    public ProportionStatistic Merge(ProportionStatistic other) => new(Count + other.Count, Sum + other.Sum);
}

/// <summary>A ratio of two sums per unit, clicks per message for instance, analysed per unit.</summary>
/// <remarks>Variance by the delta method: Deng, Knoblich and Lu 2018, Applying the delta method in metric analytics.</remarks>
/// <param name="Count">n.</param>
/// <param name="NumeratorSum">Σ m.</param>
/// <param name="NumeratorSumSquares">Σ m².</param>
/// <param name="DenominatorSum">Σ d.</param>
/// <param name="DenominatorSumSquares">Σ d².</param>
/// <param name="SumOfProducts">Σ m d.</param>
public sealed record RatioStatistic(
    double Count, double NumeratorSum, double NumeratorSumSquares, double DenominatorSum, double DenominatorSumSquares, double SumOfProducts) : IArmStatistic
{
    /// <summary>Sums up pairs.</summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static RatioStatistic Of(ReadOnlySpan<double> numerator, ReadOnlySpan<double> denominator)
    {
        if (numerator.Length != denominator.Length) throw new ArgumentException("Numerator and denominator differ in length.", nameof(denominator));
        MeanStatistic m = MeanStatistic.Of(numerator), d = MeanStatistic.Of(denominator);
        CompensatedSum products = default;
        for (var i = 0; i < numerator.Length; i++) products.Add(numerator[i] * denominator[i]);
        return new RatioStatistic(m.Count, m.Sum, m.SumSquares, d.Sum, d.SumSquares, products.Value);
    }

    /// <inheritdoc/>
    public double Mean => NumeratorSum / DenominatorSum;

    /// <inheritdoc/>
    public double Variance
    {
        get
        {
            double m = NumeratorSum / Count, d = DenominatorSum / Count;
            var variances = new MeanStatistic(Count, NumeratorSum, NumeratorSumSquares).Variance / (d * d)
                + new MeanStatistic(Count, DenominatorSum, DenominatorSumSquares).Variance * m * m / (d * d * d * d);
            var covariance = (SumOfProducts - NumeratorSum * DenominatorSum / Count) / (Count - 1);
            return Math.Max(0, variances - 2 * covariance * m / (d * d * d));
        }
    }

    /// <inheritdoc/>
    public Refusal? Problem =>
        ArmChecks.Count(Count) ?? ArmChecks.Finite(NumeratorSum, NumeratorSumSquares, DenominatorSum, DenominatorSumSquares, SumOfProducts)
        ?? ArmChecks.AtLeastTwo(Count) ?? (DenominatorSum is 0 ? Refusal.Insufficient(Reasons.ZeroDenominator) : null);

    /// <summary>Both sets of units together.</summary>
    public RatioStatistic Merge(RatioStatistic other) => new(
        Count + other.Count, NumeratorSum + other.NumeratorSum, NumeratorSumSquares + other.NumeratorSumSquares,
        DenominatorSum + other.DenominatorSum, DenominatorSumSquares + other.DenominatorSumSquares, SumOfProducts + other.SumOfProducts);
}

/// <summary>A quantile of values that cluster within units; its variance comes from an order-statistic interval.</summary>
/// <remarks>The interval's half width over the 97.5 % point of the normal is the standard error; events are scaled to clusters by n*/n.</remarks>
/// <param name="Count">Values.</param>
/// <param name="EffectiveCount">n*: values the interval was computed for.</param>
/// <param name="Level">Of the quantile, 0.9 for instance.</param>
/// <param name="Quantile">The sample quantile.</param>
/// <param name="Lower">Lower end of its 95 % order-statistic interval.</param>
/// <param name="Upper">Upper end of it.</param>
public sealed record QuantileStatistic(double Count, double EffectiveCount, double Level, double Quantile, double Lower, double Upper) : IArmStatistic
{
    private const double LeastVariance = 1e-5;
    private const int LeastVarianceCount = 100;
    private static readonly double Z = Distributions.Normal.Standard.Quantile(0.975);

    /// <inheritdoc/>
    public double Mean => Quantile;

    /// <inheritdoc/>
    public double Variance
    {
        get
        {
            var halfWidth = (Upper - Lower) / (2 * Z);
            var variance = EffectiveCount / Count * (Count - 1) * halfWidth * halfWidth;
            return Count >= LeastVarianceCount ? Math.Max(variance, LeastVariance) : variance;
        }
    }

    /// <inheritdoc/>
    public Refusal? Problem => ArmChecks.Count(Count) ?? ArmChecks.Finite(Quantile, Lower, Upper, EffectiveCount) ?? ArmChecks.AtLeastTwo(Count);
}

internal static class ArmChecks
{
    public static Refusal? Count(double count) =>
        !double.IsFinite(count) ? Refusal.Invalid(Reasons.NonFiniteValue)
        : count < 0 ? Refusal.Invalid(Reasons.NegativeCount)
        : count is 0 ? Refusal.Insufficient(Reasons.EmptyArm)
        : null;

    public static Refusal? Finite(params ReadOnlySpan<double> values)
    {
        foreach (var value in values) if (!double.IsFinite(value)) return Refusal.Invalid(Reasons.NonFiniteValue);
        return null;
    }

    public static Refusal? AtLeastTwo(double count) => count < 2 ? Refusal.Insufficient(Reasons.TooFewObservations) : null;

    public static Refusal? Alpha(double alpha) => alpha is > 0 and < 1 ? null : Refusal.Invalid(Reasons.AlphaOutOfRange);

    /// <summary>The worst problem of both arms: a mistake of the caller before missing data.</summary>
    public static Refusal? Worst(Refusal? first, Refusal? second) =>
        first is { Status: OutcomeStatus.InvalidInput } ? first : second is { Status: OutcomeStatus.InvalidInput } ? second : first ?? second;
}
