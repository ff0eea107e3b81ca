namespace CampaignPortal.Statistics.Summaries;

/// <summary>Mean and sample variance of values at hand, in two passes: no digits are lost where the mean is large beside the spread.</summary>
/// <param name="Count">n.</param>
/// <param name="Mean">NaN without a value.</param>
/// <param name="Variance">With n − 1; NaN below two values.</param>
public readonly record struct Moments(int Count, double Mean, double Variance)
{
    /// <summary>Reads the values twice.</summary>
    public static Moments Of(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty) return new Moments(0, double.NaN, double.NaN);
        var mean = CompensatedSum.Of(values) / values.Length;
        CompensatedSum squares = default;
        foreach (var value in values) squares.Add((value - mean) * (value - mean));
        return new Moments(values.Length, mean, values.Length < 2 ? double.NaN : squares.Value / (values.Length - 1));
    }

    internal Refusal? Problem =>
        Count is 0 ? Refusal.Insufficient(Reasons.EmptyArm)
        : !double.IsFinite(Mean) ? Refusal.Invalid(Reasons.NonFiniteValue)
        : ArmChecks.AtLeastTwo(Count);
}
