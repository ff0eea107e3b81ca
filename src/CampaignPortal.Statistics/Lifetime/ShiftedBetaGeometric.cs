using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Numerics;

namespace CampaignPortal.Statistics.Lifetime;

/// <summary>Contracts that are renewed each period: a customer leaves at a renewal with probability θ ~ Beta(α, β).</summary>
/// <remarks>Fader and Hardie, "How to project customer retention", Journal of Interactive Marketing 21(1), 2007.</remarks>
public sealed record ShiftedBetaGeometricModel
{
    /// <summary>Checks and keeps the parameters.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is not positive.</exception>
    public ShiftedBetaGeometricModel(double alpha, double beta)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(alpha);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        (Alpha, Beta) = (alpha, beta);
    }

    /// <summary>First shape of the probabilities to leave.</summary>
    public double Alpha { get; }

    /// <summary>Second shape of the probabilities to leave.</summary>
    public double Beta { get; }

    /// <summary>Share of a cohort left after each of the first <paramref name="periods"/> renewals.</summary>
    public double[] Survival(int periods)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(periods);
        var survival = new double[periods];
        double left = 1;
        for (var t = 1; t <= periods; t++) survival[t - 1] = left *= (Beta + t - 1) / (Alpha + Beta + t - 1);
        return survival;
    }

    /// <summary>Discounted expected residual lifetime of a customer just before the <paramref name="renewal"/>-th renewal.</summary>
    /// <remarks>Fader and Hardie, "Customer-base valuation in a contractual setting", Marketing Science 29(1), 2010.</remarks>
    /// <param name="renewal">1 for the first.</param>
    /// <param name="discountRate">Per period, positive.</param>
    public double DiscountedResidualLifetime(int renewal, double discountRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(renewal);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(discountRate);
        return (Beta + renewal - 1) / (Alpha + Beta + renewal - 1)
            * SpecialFunctions.Hypergeometric2F1(1, Beta + renewal, Alpha + Beta + renewal, 1 / (1 + discountRate));
    }
}

/// <summary>A retention model fitted to a cohort.</summary>
/// <param name="Model">The parameters.</param>
/// <param name="LogLikelihood">Of all customers, natural logarithm.</param>
public sealed record ShiftedBetaGeometricFit(ShiftedBetaGeometricModel Model, double LogLikelihood);

/// <summary>Fits the retention of a cohort by maximum likelihood.</summary>
public static class ShiftedBetaGeometric
{
    /// <summary>Maximum likelihood from the customers left after each renewal.</summary>
    /// <param name="cohortSize">Customers at the start.</param>
    /// <param name="survivors">Left after the first, second … renewal.</param>
    public static Outcome<ShiftedBetaGeometricFit> Fit(double cohortSize, IReadOnlyList<double> survivors)
    {
        if (!double.IsFinite(cohortSize) || !survivors.All(double.IsFinite)) return Refusal.Invalid(Reasons.NonFiniteValue);
        if (cohortSize < 0 || survivors.Any(s => s < 0)) return Refusal.Invalid(Reasons.NegativeCount);
        double[] left = [cohortSize, .. survivors];
        for (var t = 1; t < left.Length; t++) if (left[t] > left[t - 1]) return Refusal.Invalid(Reasons.SuccessesExceedTrials);
        if (cohortSize is 0) return Refusal.Insufficient(Reasons.NoUnits);
        if (survivors.Count < 2) return Refusal.Insufficient(Reasons.TooFewObservations);
        if (left[^1].Equals(cohortSize)) return Refusal.Insufficient(Reasons.NoEvents);

        double Negative(double[] point)
        {
            double alpha = Math.Exp(point[0]), beta = Math.Exp(point[1]), logLeft = 0, sum = 0;
            for (var t = 1; t < left.Length; t++)
            {
                sum += (left[t - 1] - left[t]) * (logLeft + Math.Log(alpha / (alpha + beta + t - 1)));
                logLeft += Math.Log((beta + t - 1) / (alpha + beta + t - 1));
            }
            return -(sum + left[^1] * logLeft) / cohortSize;
        }

        var minimum = Bfgs.Minimize(Bfgs.WithNumericalGradient(Negative), [0, 0]);
        if (!minimum.Converged) return Refusal.NotConverged(Reasons.MonotoneLikelihood);
        return new ShiftedBetaGeometricFit(
            new ShiftedBetaGeometricModel(Math.Exp(minimum.Point[0]), Math.Exp(minimum.Point[1])), -minimum.Value * cohortSize);
    }
}
