using System.Collections;
using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using CampaignPortal.Testing;
using CampaignPortal.Web.Components.Layout;
using CampaignPortal.Web.Features.Settings;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Tests.Pages;

public sealed partial class WordsTests
{
    private static readonly Dictionary<string, string> English = Read("");
    private static readonly Dictionary<string, string> Chinese = Read("zh-Hans");

    [Fact]
    public void Every_sentence_is_there_in_both_languages() => Assert.Equal(English.Keys.Order(StringComparer.Ordinal), Chinese.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Both_languages_name_the_same_places()
    {
        foreach (var (key, sentence) in English)
            Assert.Equal((key, string.Join(' ', Places().Matches(sentence).Select(m => m.Value).Distinct().Order())), (key, string.Join(' ', Places().Matches(Chinese[key]).Select(m => m.Value).Distinct().Order())));
    }

    [Fact]
    public void No_sentence_shouts_and_none_is_empty() =>
        Assert.All(English.Values.Concat(Chinese.Values), sentence => Assert.True(sentence.Trim().Length > 0 && !sentence.Contains('!', StringComparison.Ordinal) && !sentence.Contains('！', StringComparison.Ordinal), sentence));

    [Fact]
    public void Every_icon_that_a_page_names_is_in_the_sprite()
    {
        var web = Path.Combine(SharedData.RepositoryRoot, "src", "CampaignPortal.Web");
        var sprite = File.ReadAllText(Path.Combine(web, "wwwroot", "assets", "icons.svg"));
        var named = Directory.EnumerateFiles(web, "*.razor", SearchOption.AllDirectories)
            .SelectMany(file => IconNames().Matches(File.ReadAllText(file)).Select(m => m.Groups["name"].Value))
            .Concat(NavigationEntry.All.Select(entry => entry.Icon)).Concat(SettingsSection.All.Select(section => section.Icon)).Distinct(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains($"id=\"{name}\"", sprite, StringComparison.Ordinal));
    }

    /// <summary>All sentences of all word files, under "file.key".</summary>
    private static Dictionary<string, string> Read(string culture) => typeof(Words).Assembly.GetTypes()
        .Where(type => type.Namespace == typeof(Words).Namespace && type.Name.EndsWith("Words", StringComparison.Ordinal))
        .SelectMany(type => ((ResourceManager)type.GetProperty(nameof(Words.ResourceManager))!.GetValue(null)!)
            .GetResourceSet(CultureInfo.GetCultureInfo(culture), createIfNotExists: true, tryParents: false)!
            .Cast<DictionaryEntry>().Select(entry => ($"{type.Name}.{entry.Key}", (string)entry.Value!)))
        .ToDictionary(StringComparer.Ordinal);

    [GeneratedRegex(@"\{[a-z]+\}", RegexOptions.None, 1000)]
    private static partial Regex Places();

    [GeneratedRegex("(<Icon Name|Icon)=\"(?<name>[a-z0-9-]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex IconNames();
}
