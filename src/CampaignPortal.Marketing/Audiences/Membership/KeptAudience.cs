using CampaignPortal.Marketing.Audiences.Evaluation;
using CampaignPortal.Marketing.Audiences.Rules;

namespace CampaignPortal.Marketing.Audiences.Membership;

/// <summary>A live audience as it is kept in memory: its rule, its members, and whom time will move next.</summary>
internal sealed class KeptAudience(long id, int revision, AudienceRule rule)
{
    public long Id => id;
    public int Revision => revision;
    public AudienceRule Rule => rule;
    public CustomerSet Members { get; set; } = new(0);
    public TimerWheel Timers { get; } = new();
    /// <summary>The shop's day of the last full count.</summary>
    public DateOnly CountedOn { get; set; }
    /// <summary>The shop's time zone of the last full count.</summary>
    public string? CountedIn { get; set; }
    /// <summary>How often scores had changed at the last full count.</summary>
    public long CountedScores { get; set; }
    public DateTimeOffset ConfirmedAt { get; set; }
    /// <summary>Borders of ranks as the last full count drew them: so one customer is asked without asking all.</summary>
    public IReadOnlyDictionary<AttributeCondition, decimal?> Borders { get; set; } = new Dictionary<AttributeCondition, decimal?>();

    public IReadOnlySet<long> Audiences { get; } = rule.Audiences().ToHashSet();

    public bool AsksScores { get; } = rule.Conditions().Any(c => c is PredictionCondition or SegmentCondition or RecommendableCondition);

    /// <summary>At midnight of the shop its answers may change without an event: dates pass, and scores grow stale.</summary>
    public bool IsCalendar { get; } = rule.Conditions().Any(c => c is PredictionCondition or SegmentCondition or RecommendableCondition or AttributeCondition { Test.IsCalendar: true } || EventFit.AllOf(c).Any(f => f.Where.Any(w => w.Test.IsCalendar)));

    /// <summary>It asks what the clock of a customer shows.</summary>
    public bool IsByClock { get; } = rule.Conditions().Any(c => c is LocalHourCondition);

    /// <summary>Events that the rule asks for, as the log names them.</summary>
    public IReadOnlySet<string> EventTypes { get; } = rule.Conditions().SelectMany(EventFit.AllOf).Select(f => f.Type).ToHashSet(StringComparer.Ordinal);
}
