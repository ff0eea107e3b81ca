using CampaignPortal.Statistics.Numerics;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Statistics.Lifetime;

/// <summary>A purchase model fitted to customers.</summary>
/// <param name="Model">The parameters; <see cref="BetaGeometricModel.IsNbdLimit"/> tells whether the fit stopped at the NBD limit.</param>
/// <param name="LogLikelihood">Of all customers, natural logarithm.</param>
/// <param name="CustomerCount">Customers that were fitted.</param>
/// <param name="GroupCount">Distinct histories among them.</param>
/// <param name="IterationCount">Steps of the optimiser that led to the answer.</param>
public sealed record BetaGeometricFit(BetaGeometricModel Model, double LogLikelihood, int CustomerCount, int GroupCount, int IterationCount)
{
    internal ParameterCloud Cloud { get; init; } = ParameterCloud.None;

    /// <summary>Standard errors of the logarithms of the parameters (r, α, a, b or r, α); null where the likelihood is too flat to have them.</summary>
    /// <remarks>From the observed information.</remarks>
    public IReadOnlyList<double>? LogStandardErrors => Cloud.StandardErrors;

    /// <summary>A model drawn from the approximate sampling distribution of the estimate: what else the parameters could be.</summary>
    public BetaGeometricModel Draw(Rng rng) => Cloud.Draw(rng) is not { } p ? Model
        : Model.IsNbdLimit ? new BetaGeometricModel(p[0], p[1])
        : new BetaGeometricModel(p[0], p[1], p[2], p[3], Model.Timing);
}

/// <summary>Fits BG/NBD or MBG/NBD by maximum likelihood and stops cleanly at the NBD limit.</summary>
public static class BetaGeometric
{
    /// <summary>A gain of the log-likelihood below this is no evidence of dropout.</summary>
    private const double LeastGain = 0.05;

    /// <summary>A mean dropout probability below this means that b has run away.</summary>
    private const double LeastDropout = 1e-4;

    // Where searches start, as (a, b): the surface can have a ridge towards the limit, and one start may slide along it.
    private static readonly (double A, double B)[] Starts = [(0.3, 2.5), (1, 1), (0.1, 10)];

    /// <summary>Maximum likelihood over the distinct histories.</summary>
    /// <remarks>
    /// Fader, Hardie and Lee 2005, appendix; BFGS with analytic gradients on the logarithms of the parameters. Where the likelihood rises as b grows
    /// without bound, dropout vanishes and the answer is the NBD model, with a and b null. O(groups) per step, some sixty steps.
    /// </remarks>
    /// <param name="histories">One per customer.</param>
    /// <param name="timing">BG/NBD by default.</param>
    public static Outcome<BetaGeometricFit> Fit(IReadOnlyCollection<PurchaseHistory> histories, DropoutTiming timing = DropoutTiming.AfterRepeatPurchase)
    {
        if (histories.Count is 0) return Refusal.Insufficient(Reasons.NoUnits);
        if (histories.All(h => h.Frequency is 0)) return Refusal.Insufficient(Reasons.NoRepeatCustomers);

        var likelihood = PurchaseLikelihood.Of(histories, timing);
        var without = Bfgs.Minimize(likelihood.NegativeWithoutDropout, [Math.Log(0.5), Math.Log(StartingAlpha(histories))]);
        if (WithDropout(likelihood, without) is not { } with)
        {
            if (!without.Converged) return Refusal.NotConverged(Reasons.MonotoneLikelihood);
            return Fitted(new BetaGeometricModel(Math.Exp(without.Point[0]), Math.Exp(without.Point[1])), without, likelihood, likelihood.NegativeWithoutDropout);
        }
        double[] p = [.. with.Point.Select(Math.Exp)];
        return Fitted(new BetaGeometricModel(p[0], p[1], p[2], p[3], timing), with, likelihood, likelihood.NegativeWithDropout);
    }

    // The first search that ends at real dropout; null when all of them slide to the limit.
    private static Minimum? WithDropout(PurchaseLikelihood likelihood, Minimum without)
    {
        var leastLogRatio = Math.Log(LeastDropout);
        foreach (var (a, b) in Starts)
        {
            var minimum = Bfgs.Minimize(
                likelihood.NegativeWithDropout, [without.Point[0], without.Point[1], Math.Log(a), Math.Log(b)],
                leaves: point => point[2] - point[3] < leastLogRatio);
            var gain = (without.Value - minimum.Value) * likelihood.CustomerCount;
            // Not converged but with dropout: the probabilities became equal (a and b grow together), and the last point is as good as that limit.
            if (gain > LeastGain && minimum.Point[2] - minimum.Point[3] >= leastLogRatio) return minimum;
        }
        return null;
    }

    private static BetaGeometricFit Fitted(BetaGeometricModel model, Minimum minimum, PurchaseLikelihood likelihood, Objective objective) =>
        new(model, -minimum.Value * likelihood.CustomerCount, (int)likelihood.CustomerCount, likelihood.GroupCount, minimum.IterationCount)
        {
            Cloud = ParameterCloud.At(objective, minimum.Point, likelihood.CustomerCount),
        };

    // The mean rate is near r/α: a third of the median age puts α where shops have it.
    private static double StartingAlpha(IReadOnlyCollection<PurchaseHistory> histories)
    {
        var ages = histories.Select(h => h.Age).Where(age => age > 0).Order().ToArray();
        return ages.Length is 0 ? 1 : ages[ages.Length / 2] / 3;
    }
}
