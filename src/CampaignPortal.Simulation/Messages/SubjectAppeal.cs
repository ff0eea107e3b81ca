namespace CampaignPortal.Simulation.Messages;

/// <summary>What a subject line does to the log-odds of an open. People do not know these figures of themselves; tests of subject lines find them.</summary>
public static class SubjectAppeal
{
    private const int LongLength = 55;

    /// <summary>The sum of what the line has: a figure or a percentage, a question, few words, capitals, exclamation.</summary>
    /// <param name="subject">As sent.</param>
    /// <param name="discountSensitivity">Of the person: bargain hunters like percentages.</param>
    public static double Of(string subject, double discountSensitivity)
    {
        var appeal = 0.0;
        if (subject.Contains('%', StringComparison.Ordinal)) appeal += 0.05 * discountSensitivity;
        else if (subject.Any(char.IsDigit)) appeal += 0.08;
        if (subject.Contains('?', StringComparison.Ordinal) || subject.Contains('？', StringComparison.Ordinal)) appeal += 0.12;
        if (subject.Contains("you", StringComparison.OrdinalIgnoreCase) || subject.Contains('你', StringComparison.Ordinal) || subject.Contains('您', StringComparison.Ordinal)) appeal += 0.15;
        if (subject.Length > LongLength) appeal -= 0.2;
        if (subject.Contains('!', StringComparison.Ordinal) || subject.Contains('！', StringComparison.Ordinal)) appeal -= 0.15;
        if (subject.Count(char.IsUpper) > 12) appeal -= 0.4;
        return appeal;
    }
}
