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
    /// <summary>How often scores had changed at the last full count.</summary>
    public long CountedScores { get; set; }
    public DateTimeOffset ConfirmedAt { get; set; }

    public IReadOnlySet<long> Audiences { get; } = rule.Audiences().ToHashSet();

    public bool AsksScores { get; } = rule.Conditions().Any(c => c is PredictionCondition or SegmentCondition);

    /// <summary>At midnight of the shop its answers may change without an event: dates pass, and scores grow stale.</summary>
    public bool IsCalendar { get; } = rule.Conditions().Any(c => c is PredictionCondition or SegmentCondition or AttributeCondition { Test.IsCalendar: true } || HasCalendarFilter(c));

    /// <summary>Events that the rule asks for, as the log names them.</summary>
    public IReadOnlySet<string> EventTypes { get; } = rule.Conditions().Where(c => ConditionReader.WindowOf(c) is not null).Select(c => EventFit.Of(c).Type).ToHashSet(StringComparer.Ordinal);

    private static bool HasCalendarFilter(Rule condition) => condition switch
    {
        EventCondition c => c.Event.Where.Any(f => f.Test.IsCalendar),
        AggregateCondition c => c.Event.Where.Any(f => f.Test.IsCalendar),
        _ => false,
    };
}
