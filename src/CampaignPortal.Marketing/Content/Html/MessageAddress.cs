using System.Buffers;

namespace CampaignPortal.Marketing.Content.Html;

/// <summary>Which addresses a message may have.</summary>
internal static class MessageAddress
{
    private const int MaxLength = 2_000;

    private static readonly SearchValues<char> NotInPicture = SearchValues.Create("<>\"' \r\n");

    /// <summary><c>http</c>, <c>https</c>, <c>mailto</c> or <c>tel</c>, absolute, without a character that hides what it is.</summary>
    public static bool IsLink(string address) => IsWeb(address) || IsPlain(address);

    public static bool IsWeb(string address) =>
        IsClean(address) && (address.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || address.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        && Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && uri.UserInfo.Length == 0;

    /// <summary>To write or to call: never rewritten.</summary>
    public static bool IsPlain(string address) =>
        IsClean(address) && (address.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) || address.StartsWith("tel:", StringComparison.OrdinalIgnoreCase));

    /// <summary>From the web, or a small picture inside the message itself.</summary>
    public static bool IsPicture(string address) => IsWeb(address)
        || (address.Length <= 100_000 && address.StartsWith("data:image/", StringComparison.OrdinalIgnoreCase) && !address.StartsWith("data:image/svg", StringComparison.OrdinalIgnoreCase)
            && !address.AsSpan().ContainsAny(NotInPicture));

    /// <summary>A path without a host, as it stands on a web page.</summary>
    public static bool IsRelative(string address) => address.Length > 0 && !address.Contains(':', StringComparison.Ordinal) && !address.StartsWith("//", StringComparison.Ordinal) && address[0] is not '#';

    private static bool IsClean(string address)
    {
        if (address.Length is 0 or > MaxLength) return false;
        foreach (var c in address)
        {
            if (char.IsControl(c) || c is ' ' or '<' or '>' or '"' or '\\') return false;
        }
        return true;
    }
}
