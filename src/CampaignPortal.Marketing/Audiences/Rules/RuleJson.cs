using System.Text.Json;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using CampaignPortal.Marketing.Common;

namespace CampaignPortal.Marketing.Audiences.Rules;

/// <summary>Rules as JSON: <c>{"version": 1, "who": …, "leaveOut": […], "added": […], "removed": […]}</c>, the last two where somebody chose customers by hand. Reading is strict: what is unknown, too large or wrong is refused with its place.</summary>
public static class RuleJson
{
    public const int Version = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
        MaxDepth = 64,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    public static string Write(AudienceRule rule) => JsonSerializer.Serialize(new Document(Version, rule.Who, rule.LeaveOut, ListOrNull(rule.Added), ListOrNull(rule.Removed)), Json);

    /// <summary>The rule, or what is wrong and where: <see cref="Problem.Field"/> is the path inside the JSON.</summary>
    public static Result<AudienceRule> Read(string json)
    {
        try
        {
            var document = JsonSerializer.Deserialize<Document>(json, Json);
            if (document is null) return Problem.Of("A rule is a JSON object; found null.");
            if (document.Version != Version) return Problem.At("$.version", $"Version {Version} is known; found {document.Version}.");
            if (document.Who is not RuleGroup who) return Problem.At("$.who", "The tree begins with a group.");
            var rule = new AudienceRule(who, document.LeaveOut) { Added = document.Added ?? [], Removed = document.Removed ?? [] };
            return RuleCheck.Find(rule) is { } problem ? problem : rule;
        }
        catch (JsonException e)
        {
            return Problem.At(e.Path ?? "$", e.InnerException?.Message ?? e.Message);
        }
        catch (NotSupportedException e) // a kind that is missing
        {
            return Problem.At("$", e.Message);
        }
    }

    /// <summary>The JSON Schema of what <see cref="Read"/> takes.</summary>
    public static string Schema() => Json.GetJsonSchemaAsNode(typeof(Document), new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true })
        .ToJsonString(new JsonSerializerOptions { WriteIndented = true, IndentSize = 1 });

    private static IReadOnlyList<long>? ListOrNull(IReadOnlyList<long> customers) => customers.Count is 0 ? null : customers;

    private sealed record Document(int Version, Rule Who, IReadOnlyList<Rule> LeaveOut, IReadOnlyList<long>? Added = null, IReadOnlyList<long>? Removed = null);
}
