using System.Globalization;

namespace CampaignPortal.Marketing.Content.Html;

/// <summary>How elements of a body look in a layout. Inline, because most mail programs read no style sheet.</summary>
internal sealed class MessageTheme
{
    private const string Font = "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Helvetica Neue',Arial,'PingFang SC','Microsoft YaHei',sans-serif";

    public const string Text = "#23272f", Muted = "#5c6370", Line = "#e3e5ea";

    private readonly Dictionary<string, string> _styles;

    public MessageTheme(MessageLayout layout, string accent, BodyFormat format)
    {
        Accent = accent;
        OnAccent = MessageColours.IsDark(accent) ? "#ffffff" : "#1b1e24";
        var heading = layout is MessageLayout.Shop ? 30 : 26;
        _styles = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["p"] = $"margin:0 0 16px;font-size:16px;line-height:1.6;color:{Text}",
            ["h1"] = Invariant($"margin:0 0 14px;font-size:{heading}px;line-height:1.25;font-weight:700;color:{Text}"),
            ["h2"] = $"margin:24px 0 10px;font-size:20px;line-height:1.3;font-weight:700;color:{Text}",
            ["h3"] = $"margin:20px 0 8px;font-size:17px;line-height:1.35;font-weight:700;color:{Text}",
            ["h4"] = $"margin:16px 0 8px;font-size:16px;line-height:1.4;font-weight:700;color:{Text}",
            ["ul"] = "margin:0 0 16px;padding:0 0 0 24px", ["ol"] = "margin:0 0 16px;padding:0 0 0 24px",
            ["li"] = $"margin:0 0 6px;font-size:16px;line-height:1.6;color:{Text}",
            ["blockquote"] = $"margin:0 0 16px;padding:0 0 0 16px;border-left:3px solid {Line}",
            ["hr"] = $"margin:24px 0;border:0;border-top:1px solid {Line}",
            ["img"] = "max-width:100%;height:auto;border:0",
            ["code"] = "font-family:Menlo,Consolas,monospace;font-size:14px",
            ["pre"] = "margin:0 0 16px;font-family:Menlo,Consolas,monospace;font-size:14px;white-space:pre-wrap",
            ["a"] = $"color:{LinkColour};text-decoration:underline",
        };
        if (format is not BodyFormat.Markdown) return; // a table of an author's HTML may be its frame
        _styles["table"] = "margin:0 0 16px;border-collapse:collapse;width:100%";
        _styles["th"] = $"padding:8px 10px;border-bottom:2px solid {Line};text-align:left;font-size:14px;color:{Text}";
        _styles["td"] = $"padding:8px 10px;border-bottom:1px solid {Line};font-size:15px;color:{Text}";
    }

    public static string FontStyle => Font;

    public string Accent { get; }

    /// <summary>Text on the accent that can be read.</summary>
    public string OnAccent { get; }

    /// <summary>The accent where it can be read on white, else the colour of text.</summary>
    public string LinkColour => MessageColours.Contrast(Accent, "#ffffff") >= 4.5 ? Accent : Text;

    public string Button => $"display:inline-block;padding:12px 22px;border-radius:6px;background-color:{Accent};color:{OnAccent};font-size:16px;font-weight:600;line-height:1.25;text-decoration:none";

    public string StyleOf(string element) => _styles.GetValueOrDefault(element, "");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Contrast of two colours, by WCAG 2.2.</summary>
internal static class MessageColours
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["black"] = "#000000", ["white"] = "#ffffff", ["red"] = "#ff0000", ["green"] = "#008000", ["blue"] = "#0000ff", ["yellow"] = "#ffff00", ["gray"] = "#808080", ["grey"] = "#808080", ["silver"] = "#c0c0c0",
        ["orange"] = "#ffa500", ["navy"] = "#000080", ["maroon"] = "#800000", ["purple"] = "#800080", ["teal"] = "#008080", ["lightgray"] = "#d3d3d3", ["lightgrey"] = "#d3d3d3", ["darkgray"] = "#a9a9a9",
    };

    public static bool IsDark(string colour) => Contrast(colour, "#ffffff") >= Contrast(colour, "#1b1e24");

    /// <summary>1 to 21; 21 where a colour cannot be told.</summary>
    public static double Contrast(string a, string b)
    {
        if (Luminance(a) is not { } x || Luminance(b) is not { } y) return 21;
        return (Math.Max(x, y) + 0.05) / (Math.Min(x, y) + 0.05);
    }

    private static double? Luminance(string colour)
    {
        colour = Names.GetValueOrDefault(colour.Trim(), colour.Trim());
        if (colour.Length is 4 && colour[0] is '#') colour = string.Create(CultureInfo.InvariantCulture, $"#{colour[1]}{colour[1]}{colour[2]}{colour[2]}{colour[3]}{colour[3]}");
        if (colour.Length < 7 || colour[0] is not '#' || !int.TryParse(colour.AsSpan(1, 6), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var rgb)) return null;
        return 0.2126 * Linear(rgb >> 16) + 0.7152 * Linear((rgb >> 8) & 255) + 0.0722 * Linear(rgb & 255);
    }

    private static double Linear(int channel)
    {
        var c = channel / 255.0;
        return c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4);
    }
}
