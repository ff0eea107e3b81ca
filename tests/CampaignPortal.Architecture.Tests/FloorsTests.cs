using System.Text.RegularExpressions;

namespace CampaignPortal.Architecture.Tests;

/// <summary>Inside Marketing a feature uses its own floor and the floors below, never the one above, and no two features use each other.</summary>
public sealed partial class FloorsTests
{
    private const string Root = "src/CampaignPortal.Marketing";

    private static readonly string[][] Floors =
    [
        ["Common", "Database", "Events", "Customers", "Catalog", "Privacy", "Access", "Jobs", "Audit", "Settings", "Drafts"],
        ["Imports", "FeatureStore", "DataQuality", "Audiences", "Content"],
        ["Predictions", "Recommendations", "Experiments", "Delivery"],
        ["Campaigns", "Journeys"],
        ["Insights"],
    ];

    [Fact]
    public void Every_feature_stands_on_a_floor()
    {
        var features = Directory.EnumerateDirectories(Path.Combine(Testing.SharedData.RepositoryRoot, Root)).Select(Path.GetFileName).Where(n => n is not ("bin" or "obj"));
        Assert.Empty(features.Except(Floors.SelectMany(f => f)));
    }

    [Fact]
    public void No_feature_uses_a_floor_above() =>
        Assert.Empty(Edges().Where(e => FloorOf(e.To) > FloorOf(e.From)).Select(e => $"{e.From} uses {e.To} in {e.File}"));

    [Fact]
    public void Features_use_each_other_in_one_direction_only()
    {
        var edges = Edges().Select(e => (e.From, e.To)).ToHashSet();
        Assert.Empty(edges.Where(e => edges.Contains((e.To, e.From)) && string.CompareOrdinal(e.From, e.To) < 0).Select(e => $"{e.From} and {e.To} use each other"));
    }

    // The store is left out: its context names the entities of every feature, and every feature uses the store.
    private static IEnumerable<(string From, string To, string File)> Edges() =>
        from file in SourceTree.Files(Root)
        let user = file.Path[(Root.Length + 1)..].Split('/')[0]
        where user is not "Database" && !user.EndsWith(".cs", StringComparison.Ordinal)
        from Match match in Uses().Matches(file.Code)
        let used = match.Groups[1].Value
        where used != user && used is not "Database"
        select (user, used, file.Path);

    private static int FloorOf(string feature) => Array.FindIndex(Floors, f => f.Contains(feature));

    [GeneratedRegex(@"CampaignPortal\.Marketing\.([A-Z]\w+)")]
    private static partial Regex Uses();
}
