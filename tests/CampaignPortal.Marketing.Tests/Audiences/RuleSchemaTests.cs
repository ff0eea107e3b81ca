using System.Text.Json;
using CampaignPortal.Marketing.Audiences.Rules;

namespace CampaignPortal.Marketing.Tests.Audiences;

public sealed class RuleSchemaTests
{
    [Fact]
    public void The_schema_is_json_and_names_every_kind_of_condition()
    {
        var schema = RuleJson.Schema();
        using var document = JsonDocument.Parse(schema);
        Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
        foreach (var kind in new[] { "group", "attribute", "consent", "reach", "segment", "prediction", "event", "aggregate", "message", "membership", "list" })
            Assert.Contains($"\"{kind}\"", schema, StringComparison.Ordinal);
    }
}
