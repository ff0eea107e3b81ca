using System.Text.Json;
using System.Text.Json.Serialization;

namespace CampaignPortal.Benchmarks.Speed;

/// <summary>A row of jobs.json: which peer does the same work, what its result must agree on, and how fast the engine should be.</summary>
/// <param name="Job">Name of the row.</param>
/// <param name="Script">Peer script beside jobs.json.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Pick">The output line to take: every property of it must have this value.</param>
/// <param name="Metric">Rules by the name of the figure; null when the row checks itself.</param>
/// <param name="Floor">Ratio that must hold.</param>
/// <param name="Reach">Ratio that is realistic.</param>
internal sealed record SpeedJob(
    string Job, string Script, IReadOnlyList<string> Arguments, JsonElement Pick, IReadOnlyDictionary<string, MetricRule>? Metric, double Floor, double Reach)
{
    private sealed record Document(IReadOnlyList<SpeedJob> Jobs);

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static IReadOnlyList<SpeedJob> Read(string file) =>
        JsonSerializer.Deserialize<Document>(File.ReadAllText(file), Json)?.Jobs ?? throw new InvalidDataException($"{file} has no list 'jobs'.");

    /// <summary>Jobs whose peer is one process: same script, same arguments.</summary>
    [JsonIgnore]
    public string Process => string.Join(' ', [Script, .. Arguments]);

    /// <summary>Whether an output line of the script is the one of this job.</summary>
    public bool Picks(JsonElement line) =>
        Pick.EnumerateObject().All(wanted => line.TryGetProperty(wanted.Name, out var value) && JsonElement.DeepEquals(wanted.Value, value));

    /// <summary>What is out of tolerance, or null. Rules that compare with a peer pass without one.</summary>
    public string? Fault(IReadOnlyDictionary<string, double> engine, IReadOnlyDictionary<string, double>? peer)
    {
        foreach (var (name, rule) in Metric ?? new Dictionary<string, MetricRule>())
        {
            if (!engine.TryGetValue(name, out var value)) return $"the row has no figure '{name}'";
            double? other = peer is null ? null : peer.TryGetValue(name, out var found) ? found : double.NaN;
            if (rule.Fault(value, other) is { } fault) return $"{name} {fault}";
        }
        return null;
    }
}

/// <summary>How a figure of the engine must relate to the peer's; of a relative and an absolute bound the wider one counts.</summary>
internal sealed record MetricRule(double? Relative, double? Absolute, double? AtLeast, double? AtLeastMinus, double? AtMostRatio)
{
    public string? Fault(double value, double? peer)
    {
        if (double.IsNaN(value)) return "is not a number";
        if (AtLeast is { } least && value < least) return FormattableString.Invariant($"{value:G6} is below {least}");
        if (peer is not { } other) return null;
        if (double.IsNaN(other)) return "is missing in the peer's line";
        if (AtLeastMinus is { } minus && value < other - minus) return FormattableString.Invariant($"{value:G6} is below the peer's {other:G6} − {minus}");
        if (AtMostRatio is { } ratio && value > other * ratio) return FormattableString.Invariant($"{value:G8} is above {ratio} times the peer's {other:G8}");
        if (Relative is null && Absolute is null) return null;
        var tolerance = Math.Max(Absolute ?? 0, (Relative ?? 0) * Math.Abs(other));
        return Math.Abs(value - other) <= tolerance ? null : FormattableString.Invariant($"{value:G8} differs from the peer's {other:G8} by more than {tolerance:G3}");
    }
}
