using System.Text.RegularExpressions;

namespace CampaignPortal.Architecture.Tests;

/// <summary>What the sources say and what they leave unsaid: nobody's trade in Learning, no banned symbol, no sentence and no icon that nothing shows.</summary>
public sealed partial class WordsTests
{
    [Fact]
    public void Learning_has_no_marketing_word() =>
        Assert.Empty(SourceTree.Files("src/CampaignPortal.Learning").SelectMany(f => MarketingWords().Matches(f.Text).Select(m => $"{f.Path}: {m.Value}")));

    [Fact]
    public void No_source_uses_a_banned_symbol_and_no_project_switches_the_ban_off()
    {
        var banned = File.ReadAllLines(Path.Combine(Testing.SharedData.RepositoryRoot, "BannedSymbols.txt"));
        Assert.Contains(banned, line => line.StartsWith("P:System.DateTimeOffset.UtcNow;", StringComparison.Ordinal));
        Assert.Contains("RS0030.severity = error", File.ReadAllText(Path.Combine(Testing.SharedData.RepositoryRoot, ".editorconfig")), StringComparison.Ordinal);
        // The compiler refuses the symbols themselves; what is left to hold is that nobody silences it.
        Assert.Empty(SourceTree.Files("src", ".cs", ".csproj", ".razor").Where(f => f.Text.Contains("RS0030", StringComparison.Ordinal)).Select(f => f.Path));
        Assert.Empty(SourceTree.Files("src", ".cs", ".razor").SelectMany(f => HiddenTimeAndChance().Matches(f.Code).Select(m => $"{f.Path}: {m.Value}")));
    }

    [Fact]
    public void No_file_is_unfinished() =>
        Assert.Empty(SourceTree.Files("src", ".cs", ".razor", ".js").SelectMany(f => Unfinished().Matches(f.Text).Select(m => $"{f.Path}: {m.Value}")));

    [Fact]
    public void Every_sentence_is_said_somewhere()
    {
        var sources = SourceTree.Files("src/CampaignPortal.Web", ".cs", ".razor");
        var said = sources.SelectMany(f => WordUses().Matches(f.Text).Select(m => m.Value)).ToHashSet(StringComparer.Ordinal);
        // Some sentences are looked up by a name out of the data: a file that does so writes the beginning of their keys down.
        var looked = sources.SelectMany(f => WordLookUps().Matches(f.Text).Select(m => m.Groups["class"].Value).Distinct()
            .SelectMany(words => Beginnings().Matches(f.Text).Select(m => $"{words}.{m.Groups["text"].Value}"))).Distinct().ToList();
        var keys = SourceTree.Files("src/CampaignPortal.Web/Resources", "Words.resx")
            .SelectMany(f => Keys().Matches(f.Text).Select(m => $"{Path.GetFileNameWithoutExtension(f.Path)}.{m.Groups["key"].Value}")).ToList();

        Assert.NotEmpty(keys);
        Assert.DoesNotContain(keys, key => !said.Contains(key) && !looked.Exists(start => key.StartsWith(start, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_icon_of_the_sprite_is_drawn_somewhere()
    {
        var text = string.Concat(SourceTree.Files("src/CampaignPortal.Web", ".cs", ".razor").Concat(SourceTree.Files("wwwroot-assets", ".js").Where(f => !f.Path.EndsWith("icons.js", StringComparison.Ordinal))).Select(f => f.Text));
        var icons = IconLines().Matches(Assert.Single(SourceTree.Files("wwwroot-assets", "icons.js")).Text).Select(m => m.Groups["name"].Value).ToList();

        Assert.NotEmpty(icons);
        Assert.DoesNotContain(icons, icon => !text.Contains($"\"{icon}\"", StringComparison.Ordinal) && !text.Contains($"#{icon}\"", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\b\w*Words\.\w+")]
    private static partial Regex WordUses();

    [GeneratedRegex(@"\b(?<class>\w*Words)\.ResourceManager\b")]
    private static partial Regex WordLookUps();

    [GeneratedRegex("\"(?<text>[A-Z]\\w{3,})\"")]
    private static partial Regex Beginnings();

    [GeneratedRegex("<data name=\"(?<key>\\w+)\"")]
    private static partial Regex Keys();

    [GeneratedRegex("""^  "(?<name>[a-z0-9-]+)",""", RegexOptions.Multiline)]
    private static partial Regex IconLines();

    [GeneratedRegex(@"\b(customer|campaign(?!Portal)|marketing|marketer|purchase|shop|audience|churn|coupon|revenue|basket|newsletter)\w*", RegexOptions.IgnoreCase)]
    private static partial Regex MarketingWords();

    [GeneratedRegex(@"DateTime(Offset)?\.(Utc)?Now|Random\.Shared|new Random\(|Thread\.Sleep")]
    private static partial Regex HiddenTimeAndChance();

    [GeneratedRegex(@"NotImplementedException|\bTODO\b|\bFIXME\b|\bHACK\b")]
    private static partial Regex Unfinished();
}
