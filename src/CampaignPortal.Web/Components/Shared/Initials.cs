using System.Globalization;

namespace CampaignPortal.Web.Components.Shared;

/// <summary>The one or two letters in a person's disc.</summary>
public static class Initials
{
    public static string Of(string? name)
    {
        var parts = (name ?? "").Split([' ', '.', '@', '-', '_'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0) return "·";
        if (parts.Length > 1 && parts[^1].All(char.IsAsciiDigit)) return parts[^1][^Math.Min(2, parts[^1].Length)..]; // nobody's name: the end of the number tells more
        var first = StringInfo.GetNextTextElement(parts[0]);
        var isChinese = first[0] >= '\u2e80';
        return (parts.Length == 1 || isChinese ? first : first + StringInfo.GetNextTextElement(parts[^1])).ToUpperInvariant();
    }
}
