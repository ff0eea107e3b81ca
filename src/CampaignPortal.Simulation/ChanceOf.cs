using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Simulation;

/// <summary>What chance is needed for: each purpose has a generator of its own, so that more draws for one never move another.</summary>
internal enum ChanceOf
{
    Catalogue = 1, People, Lives, Messages, Pictures,
}

internal static class Chances
{
    public static Rng Generator(this ChanceOf purpose, long seed) => new Rng(seed).Fork((long)purpose);

    /// <summary>A Poisson draw of a small mean (Knuth): one uniform when it is 0, which it mostly is.</summary>
    public static int NextCount(this Rng rng, double mean)
    {
        var limit = Math.Exp(-mean);
        var count = 0;
        for (var product = rng.NextDouble(); product > limit; product *= rng.NextDouble()) count++;
        return count;
    }

    /// <summary>The chance that belongs to log-odds.</summary>
    public static double Logistic(double logit) => 1 / (1 + Math.Exp(-logit));
}
