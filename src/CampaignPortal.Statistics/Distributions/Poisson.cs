using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Statistics.Distributions;

/// <summary>The Poisson distribution.</summary>
public sealed class Poisson
{
    // Above this mean a draw is split into halves, so that e^(−mean) never underflows and the product loop stays short.
    private const double LargestDirectMean = 30;

    /// <summary>Checks and keeps the parameter.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The mean is negative.</exception>
    public Poisson(double mean)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(mean);
        Mean = mean;
    }

    /// <summary>The mean, which is the variance too.</summary>
    public double Mean { get; }

    /// <summary>P(X = <paramref name="count"/>).</summary>
    public double Probability(int count)
    {
        if (count < 0) return 0;
        if (Mean is 0) return count is 0 ? 1 : 0;
        return count is 0 ? Math.Exp(-Mean) : Math.Exp(IncompleteGamma.LogLeading(count, Mean));
    }

    /// <summary>P(X ≤ <paramref name="count"/>).</summary>
    public double Cdf(int count) => count < 0 ? 0 : Mean is 0 ? 1 : IncompleteGamma.Upper(count + 1, Mean);

    /// <summary>One draw.</summary>
    /// <remarks>Large means by the gamma-binomial reduction of Ahrens and Dieter (1974), small ones by Knuth's product of uniforms; O(log mean).</remarks>
    public int Sample(Rng rng)
    {
        var mean = Mean;
        var count = 0;
        while (mean > LargestDirectMean)
        {
            var arrivals = (int)(mean * 7 / 8);
            var arrivalTime = new GammaDistribution(arrivals, 1).Sample(rng);
            if (arrivalTime > mean) return count + Binomial(arrivals - 1, mean / arrivalTime, rng);
            count += arrivals;
            mean -= arrivalTime;
        }
        var limit = Math.Exp(-mean);
        for (var product = 1 - rng.NextDouble(); product > limit; product *= 1 - rng.NextDouble()) count++;
        return count;
    }

    // Splits at the median order statistic (beta distributed) until few trials are left.
    private static int Binomial(int trials, double probability, Rng rng)
    {
        var successes = 0;
        while (trials > 32)
        {
            var rank = 1 + trials / 2;
            var split = new BetaDistribution(rank, trials + 1 - rank).Sample(rng);
            if (split <= probability)
            {
                successes += rank;
                probability = (probability - split) / (1 - split);
                trials -= rank;
            }
            else
            {
                probability /= split;
                trials = rank - 1;
            }
        }
        for (var i = 0; i < trials; i++) if (rng.NextDouble() < probability) successes++;
        return successes;
    }
}
