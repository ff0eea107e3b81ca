namespace CampaignPortal.Marketing.Audiences.Rules;

/// <summary>Who is in an audience: a tree, and who is left out afterwards.</summary>
/// <param name="Who">The tree.</param>
/// <param name="LeaveOut">Whoever matches one of these is out.</param>
public sealed record AudienceRule(RuleGroup Who, IReadOnlyList<Rule> LeaveOut)
{
    public static AudienceRule Everyone { get; } = new(RuleGroup.Everyone, []);

    public bool Equals(AudienceRule? other) => other is not null && Who == other.Who && LeaveOut.SequenceEqual(other.LeaveOut);

    public override int GetHashCode() => LeaveOut.Aggregate(HashCode.Combine(Who), HashCode.Combine);

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
