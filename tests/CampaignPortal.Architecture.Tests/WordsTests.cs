using System.Text.RegularExpressions;

namespace CampaignPortal.Architecture.Tests;

/// <summary>Learning is a library that a stranger could use: it knows users, items and rows, and nobody's trade.</summary>
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

    [GeneratedRegex(@"\b(customer|campaign(?!Portal)|marketing|marketer|purchase|shop|audience|churn|coupon|revenue|basket|newsletter)\w*", RegexOptions.IgnoreCase)]
    private static partial Regex MarketingWords();

    [GeneratedRegex(@"DateTime(Offset)?\.(Utc)?Now|Random\.Shared|new Random\(|Thread\.Sleep")]
    private static partial Regex HiddenTimeAndChance();

    [GeneratedRegex(@"NotImplementedException|\bTODO\b|\bFIXME\b|\bHACK\b")]
    private static partial Regex Unfinished();
}
