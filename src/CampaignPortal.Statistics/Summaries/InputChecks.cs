namespace CampaignPortal.Statistics.Summaries;

/// <summary>Checks of columns that several estimators share.</summary>
internal static class InputChecks
{
    public static Refusal? SameLength(int first, params ReadOnlySpan<int> others)
    {
        foreach (var other in others) if (other != first) return Refusal.Invalid(Reasons.LengthMismatch);
        return null;
    }

    public static Refusal? Binary(ReadOnlySpan<double> values)
    {
        foreach (var value in values) if (value is not (0 or 1)) return Refusal.Invalid(double.IsFinite(value) ? Reasons.OutcomeNotBinary : Reasons.NonFiniteValue);
        return null;
    }

    public static Refusal? Probabilities(ReadOnlySpan<double> values)
    {
        foreach (var value in values) if (!(value is >= 0 and <= 1)) return Refusal.Invalid(Reasons.ProbabilityOutOfRange);
        return null;
    }

    /// <summary>Strictly between 0 and 1: a unit that could not have been in the other arm has no weight.</summary>
    public static Refusal? Propensities(ReadOnlySpan<double> values)
    {
        foreach (var value in values) if (!(value is > 0 and < 1)) return Refusal.Invalid(Reasons.PropensityOutOfRange);
        return null;
    }

    public static Refusal? NonNegative(ReadOnlySpan<double> values, string reason)
    {
        foreach (var value in values)
        {
            if (!double.IsFinite(value)) return Refusal.Invalid(Reasons.NonFiniteValue);
            if (value < 0) return Refusal.Invalid(reason);
        }
        return null;
    }
}
