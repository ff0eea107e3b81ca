using CampaignPortal.Marketing.Audiences.Rules;

namespace CampaignPortal.Marketing.Audiences.Evaluation;

internal sealed record ScoreFact(double Value, double Percentile, long AsOf);

/// <summary>A prepared list of recommendations.</summary>
internal sealed record ListFact(long ItemCount, long AsOf);

/// <summary>All that rules can ask of one customer, read together. What the reference evaluator and the keeping of members read.</summary>
internal sealed class CustomerFacts(long id)
{
    public long Id => id;
    public bool Exists { get; set; }
    public Dictionary<string, string> Traits { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, RuleValue> Figures { get; } = new(StringComparer.Ordinal);
    public Dictionary<(string Channel, string Purpose), bool> Consents { get; } = [];
    public HashSet<string> Suppressed { get; } = new(StringComparer.Ordinal);
    public bool HasEmail { get; set; }
    public bool HasPhone { get; set; }
    public Dictionary<string, ScoreFact> Scores { get; } = new(StringComparer.Ordinal);
    public Dictionary<string, ListFact> Recommended { get; } = new(StringComparer.Ordinal);
    /// <summary>In the order of time, then of the log.</summary>
    public List<EventRow> Events { get; } = [];
    public HashSet<long> Audiences { get; } = [];
}
