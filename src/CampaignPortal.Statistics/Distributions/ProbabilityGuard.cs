namespace CampaignPortal.Statistics.Distributions;

internal static class ProbabilityGuard
{
    /// <summary>Throws for what cannot be a probability, NaN included.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The probability lies outside [0, 1].</exception>
    public static void Check(double probability)
    {
        if (!(probability >= 0 && probability <= 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "Must lie in [0, 1].");
    }
}
