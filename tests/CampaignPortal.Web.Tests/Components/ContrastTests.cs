using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CampaignPortal.Testing;

namespace CampaignPortal.Web.Tests.Components;

/// <summary>The colours of <c>tokens.css</c> keep their contrast (WCAG 2.2, 1.4.3 and 1.4.11), in both themes.</summary>
public sealed partial class ContrastTests
{
    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public void Every_listed_pair_keeps_its_contrast(string theme)
    {
        using var list = JsonDocument.Parse(File.ReadAllText(SharedData.PathOrSkip("design/token-pairs.json")));
        var colours = Colours(theme);
        var pairs = list.RootElement.GetProperty("pairs").EnumerateArray().ToArray();
        Assert.True(pairs.Length > 100);
        Assert.Empty(pairs
            .Select(pair => (Ink: pair.GetProperty("fg").GetString()!, Ground: pair.GetProperty("bg").GetString()!, Least: pair.GetProperty("min").GetDouble()))
            .Where(pair => Contrast(colours[pair.Ink], colours[pair.Ground]) < pair.Least)
            .Select(pair => $"{pair.Ink} on {pair.Ground}: {Contrast(colours[pair.Ink], colours[pair.Ground]):0.00} < {pair.Least}"));
    }

    [Fact]
    public void Contrast_is_that_of_the_standard()
    {
        Assert.Equal(21, Contrast("#000000", "#ffffff"), 6);
        Assert.Equal(1, Contrast("#808080", "#808080"), 6);
        Assert.Equal(4.54, Contrast("#767676", "#ffffff"), 2); // the grey that the standard's commentary names as just enough
    }

    /// <summary>Pages colour by token: a value of its own would not follow the theme.</summary>
    [Fact]
    public void No_style_sheet_but_the_tokens_names_a_colour()
    {
        var folder = Path.Combine(SharedData.RepositoryRoot, "wwwroot-assets", "styles");
        var sheets = Directory.EnumerateFiles(folder, "*.css", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) is not "tokens.css").ToArray();
        Assert.True(sheets.Length > 5);
        Assert.Empty(sheets.SelectMany(file => RawColour().Matches(File.ReadAllText(file)).Select(match => $"{Path.GetFileName(file)}: {match.Value}")));
    }

    /// <summary>Names and values of one theme; dark takes over what it does not say itself.</summary>
    private static Dictionary<string, string> Colours(string theme)
    {
        var text = Comment().Replace(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "wwwroot-assets", "styles", "tokens.css")), "");
        var colours = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var selector in theme is "dark" ? new[] { ":root {", ":root[data-theme=\"dark\"] {" } : [":root {"])
        {
            var at = text.IndexOf(selector, StringComparison.Ordinal);
            Assert.True(at >= 0, selector);
            foreach (Match token in Token().Matches(text[at..text.IndexOf('}', at)])) colours[token.Groups["name"].Value] = token.Groups["value"].Value;
        }
        return colours;
    }

    private static double Contrast(string ink, string ground)
    {
        var (a, b) = (Luminance(ink), Luminance(ground));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    /// <summary>Relative luminance of an sRGB colour (WCAG 2.2, glossary).</summary>
    private static double Luminance(string hex)
    {
        double Part(int at)
        {
            var share = int.Parse(hex.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255d;
            return share <= 0.04045 ? share / 12.92 : Math.Pow((share + 0.055) / 1.055, 2.4);
        }
        return (0.2126 * Part(1)) + (0.7152 * Part(3)) + (0.0722 * Part(5));
    }

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline, 1000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"(?<name>--cp-[a-z0-9-]+):\s*(?<value>#[0-9a-fA-F]{6})\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Token();

    [GeneratedRegex(@"(?<![\w-])(#[0-9a-fA-F]{3,8}\b(?=[;\s,)])|rgba?\(|hsla?\()", RegexOptions.None, 1000)]
    private static partial Regex RawColour();
}
