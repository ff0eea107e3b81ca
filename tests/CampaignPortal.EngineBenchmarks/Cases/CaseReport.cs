using System.Text.Json.Serialization;

namespace CampaignPortal.Benchmarks.Cases;

/// <summary>A field of a case that is not as expected.</summary>
public sealed record CaseFailure(string Id, string Field, string Expected, string Got);

/// <summary>How a library did on a folder of reference cases.</summary>
public sealed record CaseReport(int Passed, int Failed, int Unsupported, IReadOnlyList<CaseFailure> Failures)
{
    /// <summary>Ids of the cases that no handler knows.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> UnsupportedIds { get; init; } = [];
}
