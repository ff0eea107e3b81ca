using System.Buffers;

namespace CampaignPortal.Marketing.Common;

/// <summary>What passes for an e-mail address: at an import, in a call of the shop, and wherever one must not stand.</summary>
public static class EmailAddress
{
    private static readonly SearchValues<char> NotInside = SearchValues.Create(" \t\r\n\u00a0<>");

    /// <summary>One word with a single @ between characters, and a dot after it that does not end the word.</summary>
    public static bool IsLikely(ReadOnlySpan<char> text)
    {
        var at = text.IndexOf('@');
        return at > 0 && at == text.LastIndexOf('@') && text[at..].IndexOf('.') > 1 && text[^1] is not '.' && !text.ContainsAny(NotInside);
    }
}
