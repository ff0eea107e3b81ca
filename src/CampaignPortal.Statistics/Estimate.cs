namespace CampaignPortal.Statistics;

/// <summary>A figure with the interval that says how sure it is.</summary>
/// <param name="Point">The estimate, in its own unit.</param>
/// <param name="Lower">Lower end of the interval.</param>
/// <param name="Upper">Upper end of the interval.</param>
/// <param name="Confidence">Coverage of the interval, 0.95 for instance.</param>
public readonly record struct Estimate(double Point, double Lower, double Upper, double Confidence)
{
    /// <summary>Whether zero lies outside the interval.</summary>
    public bool ExcludesZero => Lower > 0 || Upper < 0;
}
