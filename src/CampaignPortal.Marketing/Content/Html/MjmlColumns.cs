using System.Globalization;
using System.Text.RegularExpressions;
using AngleSharp.Dom;

namespace CampaignPortal.Marketing.Content.Html;

/// <summary>Columns of MJML: below each other in their own styles, side by side by a rule of the style sheet where there is room. The rule is made of the name alone, which is two numbers.</summary>
internal static partial class MjmlColumns
{
    private const int MaxRules = 40;

    public static bool IsName(string name) => Name().IsMatch(name);

    /// <summary>The rules for the columns of a cleaned body; empty without any.</summary>
    public static string RulesOf(IElement body)
    {
        var names = body.QuerySelectorAll("div[class]").Select(div => div.ClassName!).Where(IsName).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(MaxRules); // they have a class
        var rules = string.Concat(names.Select(Rule));
        return rules.Length is 0 ? "" : $"@media only screen and (min-width:480px){{{rules}}}";
    }

    private static string Rule(string name)
    {
        var parts = Name().Match(name);
        var width = string.Create(CultureInfo.InvariantCulture, $"{parts.Groups["whole"].Value}{(parts.Groups["part"].Success ? "." + parts.Groups["part"].Value : "")}{(parts.Groups["unit"].Value is "per" ? "%" : "px")}");
        return $".{name}{{width:{width}!important;max-width:{width}}}";
    }

    [GeneratedRegex("^mj-column-(?<unit>per|px)-(?<whole>[0-9]{1,4})(-(?<part>[0-9]{1,16}))?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}
