using System.Globalization;

namespace CampaignPortal.Marketing.Content.Checks;

/// <summary>Subject, preheader, plain text, footer.</summary>
public static class TextChecks
{
    /// <summary>Characters that phones show of a subject.</summary>
    public const int ShownSubjectLength = 50;

    internal static IEnumerable<ContentFinding> Of(CompiledMessage message, MailIdentity identity)
    {
        var content = message.Content;
        if (string.IsNullOrWhiteSpace(content.Subject)) yield return Finding.Error(FindingCodes.SubjectEmpty, ContentPlace.Subject);
        else if (LengthOf(content.Subject) is > ShownSubjectLength and var length) yield return Finding.Warning(FindingCodes.SubjectLong, ContentPlace.Subject, ("count", length));
        else yield return Finding.Fine(FindingCodes.SubjectFine, ContentPlace.Subject);
        if (IsLoud(content.Subject)) yield return Finding.Warning(FindingCodes.SubjectLoud, ContentPlace.Subject);
        if (SpamWords.In(content.Subject) is { Count: > 0 } words) yield return Finding.Warning(FindingCodes.SubjectSpam, ContentPlace.Subject, ("words", string.Join(", ", words)));
        if (string.IsNullOrWhiteSpace(content.Preheader)) yield return Finding.Warning(FindingCodes.PreheaderEmpty, ContentPlace.Preheader);
        if (content.IsBehindSource) yield return Finding.Error(FindingCodes.BehindSource, ContentPlace.Body);
        if (!content.HasOwnFooter && identity.PostalAddress.Length == 0) yield return Finding.Warning(FindingCodes.NoPostalAddress, ContentPlace.Message);
        yield return content.PlainText is null ? Finding.Fine(FindingCodes.TextGenerated, ContentPlace.PlainText) : Finding.Warning(FindingCodes.TextByHand, ContentPlace.PlainText);
    }

    /// <summary>Characters as readers count them; a value counts as its default, or as eight.</summary>
    public static int LengthOf(string subject)
    {
        const int UsualValueLength = 8;
        var length = 0;
        for (var at = 0; at < subject.Length;)
        {
            var open = subject.IndexOf("{{", at, StringComparison.Ordinal);
            var close = open < 0 ? -1 : subject.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0) return length + new StringInfo(subject[at..]).LengthInTextElements;
            length += new StringInfo(subject[at..open]).LengthInTextElements + (subject[open + 2] is '#' or '/' or '!' || subject.AsSpan(open + 2).StartsWith("else") ? 0 : UsualValueLength);
            at = close + 2;
        }
        return length;
    }

    // What filters of mail providers dislike, and readers too.
    private static bool IsLoud(string subject)
    {
        var (letters, capitals) = (subject.Count(char.IsLetter), subject.Count(char.IsUpper));
        return subject.Contains("!!", StringComparison.Ordinal) || subject.Contains("！！", StringComparison.Ordinal) || (letters >= 10 && capitals > letters * 0.7);
    }
}
