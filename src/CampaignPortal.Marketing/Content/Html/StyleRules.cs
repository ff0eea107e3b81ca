using System.Buffers;
using System.Text;

namespace CampaignPortal.Marketing.Content.Html;

/// <summary>The declarations of a style attribute that a message may keep: what mail programs know, and nothing that loads or runs anything.</summary>
internal static class StyleRules
{
    private const int MaxDeclarations = 60, MaxValueLength = 200;

    private static readonly HashSet<string> Allowed = new(StringComparer.Ordinal)
    {
        "background", "background-color", "border", "border-bottom", "border-bottom-color", "border-bottom-style", "border-bottom-width", "border-collapse", "border-color", "border-left", "border-left-color",
        "border-left-style", "border-left-width", "border-radius", "border-right", "border-right-color", "border-right-style", "border-right-width", "border-spacing", "border-style", "border-top", "border-top-color",
        "border-top-style", "border-top-width", "border-width", "color", "direction", "display", "font", "font-family", "font-size", "font-style", "font-weight", "height", "letter-spacing", "line-height", "list-style-type",
        "margin", "margin-bottom", "margin-left", "margin-right", "margin-top", "max-height", "max-width", "min-height", "min-width", "padding", "padding-bottom", "padding-left", "padding-right", "padding-top",
        "table-layout", "text-align", "text-decoration", "text-indent", "text-transform", "vertical-align", "white-space", "width", "word-break", "word-spacing",
    };

    // No backslash: an escape would spell a forbidden word another way.
    private static readonly SearchValues<char> ValueCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 #%.,()'-+!/");

    /// <summary>The allowed declarations in one form, and whether anything was left out.</summary>
    public static (string Style, bool IsCut) Clean(string style)
    {
        var kept = new StringBuilder(style.Length);
        var (isCut, count) = (false, 0);
        foreach (var part in style.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (IsAllowed(part, out var name, out var value) && count++ < MaxDeclarations)
            {
                if (kept.Length > 0) kept.Append(';');
                kept.Append(name).Append(':').Append(value);
            }
            else isCut = true;
        }
        return (kept.ToString(), isCut);
    }

    /// <summary>The value of a declaration in a cleaned style; null without it.</summary>
    public static string? ValueOf(string style, string name)
    {
        foreach (var part in style.Split(';'))
        {
            var colon = part.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && part.AsSpan(0, colon).SequenceEqual(name)) return part[(colon + 1)..];
        }
        return null;
    }

    private static bool IsAllowed(string declaration, out string name, out string value)
    {
        var colon = declaration.IndexOf(':', StringComparison.Ordinal);
        name = colon > 0 ? declaration[..colon].Trim().ToLowerInvariant() : "";
        value = colon > 0 ? declaration[(colon + 1)..].Trim().Replace('"', '\'') : "";
        if (!Allowed.Contains(name) || value.Length is 0 or > MaxValueLength || value.AsSpan().ContainsAnyExcept(ValueCharacters)) return false;
        foreach (var word in (ReadOnlySpan<string>)["url(", "expression", "import", "javascript", "attr(", "var(", "/*", "//"])
        {
            if (value.Contains(word, StringComparison.OrdinalIgnoreCase)) return false;
        }
        return true;
    }
}
