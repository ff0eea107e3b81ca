namespace CampaignPortal.Marketing.Audiences.Rules;

/// <summary>Who is in an audience: a tree, who is left out afterwards, and whom somebody added or took out by hand.</summary>
/// <param name="Who">The tree.</param>
/// <param name="LeaveOut">Whoever matches one of these is out.</param>
public sealed record AudienceRule(RuleGroup Who, IReadOnlyList<Rule> LeaveOut)
{
    public static AudienceRule Everyone { get; } = new(RuleGroup.Everyone, []);

    /// <summary>In whatever the rules say, by the portal's numbers.</summary>
    public IReadOnlyList<long> Added { get; init; } = [];

    /// <summary>Out whatever the rules say; whoever is also added is out.</summary>
    public IReadOnlyList<long> Removed { get; init; } = [];

    /// <summary>Whether somebody chose single customers.</summary>
    public bool HasByHand => Added.Count + Removed.Count > 0;

    public bool Equals(AudienceRule? other) => other is not null && Who == other.Who && LeaveOut.SequenceEqual(other.LeaveOut) && Added.SequenceEqual(other.Added) && Removed.SequenceEqual(other.Removed);

    public override int GetHashCode() => LeaveOut.Aggregate(HashCode.Combine(Who, Added.Count, Removed.Count), HashCode.Combine);

    /// <summary>The conditions that are switched on, in the order of the page.</summary>
    public IEnumerable<Rule> Conditions() => Who.Rules.SelectMany(Conditions).Concat(LeaveOut.SelectMany(Conditions));

    /// <summary>Audiences whose members it asks for.</summary>
    public IEnumerable<long> Audiences() => Conditions().OfType<MembershipCondition>().Select(c => c.AudienceId).Distinct();

    private static IEnumerable<Rule> Conditions(Rule rule)
    {
        if (rule.IsOff) return [];
        return rule is RuleGroup group ? group.Rules.SelectMany(Conditions) : [rule];
    }
}
