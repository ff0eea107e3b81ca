using System.Text.Json;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Audiences;

/// <summary>The published schema is that of the program, takes every rule that the program writes, and refuses what the program refuses.</summary>
public sealed class RuleSchemaTests
{
    private const string Published = "docs/reference/audience-rule.schema.json";

    /// <summary>CAMPAIGNPORTAL_REWRITE_SCHEMA=1 publishes it anew.</summary>
    [Fact]
    public async Task The_published_schema_is_that_of_the_program()
    {
        var (path, ct) = (Path.Combine(SharedData.RepositoryRoot, Published), TestContext.Current.CancellationToken);
        var schema = RuleJson.Schema().ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable("CAMPAIGNPORTAL_REWRITE_SCHEMA") is "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!); // a file in a folder
            await File.WriteAllTextAsync(path, schema, ct);
        }
        Assert.Equal(schema, (await File.ReadAllTextAsync(path, ct)).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Every_kind_of_rule_is_valid_under_it()
    {
        using var schema = JsonDocument.Parse(RuleJson.Schema());
        var kinds = new HashSet<string>(StringComparer.Ordinal);
        for (var seed = 0; seed < 1_000; seed++)
        {
            using var rule = JsonDocument.Parse(RuleJson.Write(RandomRules.Rule(new Rng(seed))));
            Assert.True(SmallSchema.IsValid(schema.RootElement, schema.RootElement, rule.RootElement), $"Seed {seed}: {rule.RootElement}");
            Gather(rule.RootElement, kinds);
        }
        Assert.Equal(16, kinds.Count(k => k.StartsWith("kind ", StringComparison.Ordinal)));
        Assert.Equal(6, kinds.Count(k => k.StartsWith("test ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("""{"version":1,"who":{"kind":"group","join":"all","rules":[{"kind":"sql","text":"1=1"}]},"leaveOut":[]}""")]
    [InlineData("""{"version":1,"who":{"kind":"group","join":"both","rules":[]},"leaveOut":[]}""")]
    [InlineData("""{"version":"1","who":{"kind":"group","join":"all","rules":[]},"leaveOut":[]}""")]
    [InlineData("""{"version":1,"who":{"kind":"group","join":"all"},"leaveOut":[]}""")]
    [InlineData("""{"version":1,"who":{"kind":"group","join":"all","rules":[],"and":true},"leaveOut":[]}""")]
    public void What_the_program_refuses_is_not_valid(string json)
    {
        using var schema = JsonDocument.Parse(RuleJson.Schema());
        using var rule = JsonDocument.Parse(json);
        Assert.False(SmallSchema.IsValid(schema.RootElement, schema.RootElement, rule.RootElement));
        Assert.False(RuleJson.Read(json).IsOk);
    }

    private static void Gather(JsonElement element, HashSet<string> kinds)
    {
        if (element.ValueKind is JsonValueKind.Array)
        {
            foreach (var inner in element.EnumerateArray()) Gather(inner, kinds);
        }
        if (element.ValueKind is not JsonValueKind.Object) return;
        foreach (var member in element.EnumerateObject())
        {
            if (member.Name is "kind" or "test" && member.Value.ValueKind is JsonValueKind.String) kinds.Add($"{member.Name} {member.Value.GetString()}");
            Gather(member.Value, kinds);
        }
    }
}
