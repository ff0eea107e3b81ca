using System.Text.RegularExpressions;
using CampaignPortal.Testing;

namespace CampaignPortal.Architecture.Tests;

/// <summary>A promise without a test is a wish: docs/promises.csv and the traits of the tests say the same.</summary>
public sealed partial class PromisesTests
{
    private static readonly Dictionary<string, string> Status = File
        .ReadAllLines(Path.Combine(SharedData.RepositoryRoot, "docs", "promises.csv"))
        .Skip(1)
        .Select(line => Row().Match(line))
        .ToDictionary(m => m.Groups["id"].Value, m => m.Groups["status"].Value.Trim('"'), StringComparer.Ordinal);

    private static readonly HashSet<string> Proven =
        SourceTree.Files("tests").SelectMany(f => Trait().Matches(f.Text)).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.Ordinal);

    [Fact]
    public void A_kept_promise_has_a_test() => Assert.Empty(Status.Where(s => s.Value is "kept" && !Proven.Contains(s.Key)).Select(s => s.Key));

    [Fact]
    public void A_test_names_a_promise_that_exists_and_is_not_called_unkept() =>
        Assert.DoesNotContain(Proven, id => !Status.TryGetValue(id, out var status) || status is "not yet");

    [Fact]
    public void Each_status_is_kept_partly_or_not_yet() => Assert.All(Status, s => Assert.Matches(@"^(kept|not yet|partly \(.+\))$", s.Value));

    [GeneratedRegex("^(?<id>[A-Z]-\\d+),.*,(?<status>[^,\"]+|\"[^\"]+\")$")]
    private static partial Regex Row();

    [GeneratedRegex("Trait\\(\"Promise\", \"([A-Z]-\\d+)\"\\)")]
    private static partial Regex Trait();
}
