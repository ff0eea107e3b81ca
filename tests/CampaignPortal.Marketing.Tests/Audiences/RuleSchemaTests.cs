using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Audiences;

public sealed class RuleSchemaTests
{
    /// <summary>Rewrites the file when the variable of the schema is set, as the first migration does.</summary>
    [Fact]
    public void The_schema_in_the_docs_is_the_one_that_is_read()
    {
        var file = Path.Combine(SharedData.RepositoryRoot, "docs", "audience-rule.schema.json");
        var schema = RuleJson.Schema().ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable("CAMPAIGNPORTAL_REWRITE_SCHEMA") is "1") File.WriteAllText(file, schema);
        Assert.Equal(schema, File.ReadAllText(file));
    }
}
