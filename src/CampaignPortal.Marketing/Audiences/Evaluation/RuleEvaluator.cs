using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Audiences.Evaluation;

/// <summary>Asks rules of one customer at a time: the plain reading of what a rule means, against which the fast ways are tested, and the way in which changes are followed.</summary>
/// <param name="itemsOf">The catalogue's items under a filter.</param>
internal sealed class RuleEvaluator(RuleMoment moment, Func<ItemFilter, IReadOnlySet<long>> itemsOf)
{
    private readonly Dictionary<(LocalHourCondition, TimeZoneInfo), long?> _hours = [];

    public DateTimeOffset Now => moment.Now;

    public bool Matches(AudienceRule rule, CustomerFacts facts) => facts.Exists && !rule.Removed.Contains(facts.Id)
        && (rule.Added.Contains(facts.Id) || Matches(rule.Who, facts) && !rule.LeaveOut.Any(r => Counts(r) && Matches(r, facts)));

    public bool Matches(Rule rule, CustomerFacts facts) => rule switch
    {
        RuleGroup group => Matches(group, facts),
        AttributeCondition { Test: RankTest rank } c => rank.Matches(ValueOf(c.Attribute, facts), moment.BorderOf(c with { IsOff = false }), RuleFigures.Find(c.Attribute)),
        AttributeCondition c => c.Test.Matches(ValueOf(c.Attribute, facts), moment),
        ConsentCondition c => Consent(c, facts),
        ReachCondition c => IsReachable(c.Channel, facts) == c.IsReachable,
        SegmentCondition c => Fresh(EventFacts.Segments, facts) is { } score && c.Segments.Contains((int)score.Value) == c.IsIn,
        PredictionCondition c => Fresh(c.Model, facts) is { } score && Prediction(c, score),
        TasteCondition c => c.Matches(TasteOf(c, facts)),
        RecommendableCondition c => facts.Recommended.TryGetValue(c.List, out var list) && list.AsOf >= ConditionSql.StaleBefore(moment) && list.ItemCount >= c.Least,
        EventCondition or AggregateCondition or MessageCondition => Events(EventFit.AllOf(rule)[0], facts),
        RatioCondition c => c.Of(Gather(EventFit.Of(c.Part), facts).Figure(), Gather(EventFit.Of(c.Whole), facts).Figure()) is { } ratio && c.Test.Matches(ratio),
        PlaceCondition c => c.Matches(facts.Traits.GetValueOrDefault(PlaceCondition.LatitudeTrait), facts.Traits.GetValueOrDefault(PlaceCondition.LongitudeTrait)),
        LocalHourCondition c => c.Matches(moment, CustomerZones.Of(facts.Traits)),
        MembershipCondition c => facts.Audiences.Contains(c.AudienceId) == c.IsIn,
        ListCondition c => c.Customers.Contains(facts.Id),
        _ => throw new ArgumentException($"{rule.GetType().Name} is no rule.", nameof(rule)),
    };

    /// <summary>The next moment at which time alone may change an answer, because an event leaves its window or the customer's clock shows another hour; null when only something new can.</summary>
    public long? NextChange(AudienceRule rule, CustomerFacts facts)
    {
        long? next = null;
        foreach (var fit in rule.Conditions().SelectMany(EventFit.AllOf))
        {
            if (fit.Window.LastDays is null) continue;
            var leaves = fit.Window.Leaves(Gather(fit, facts).FirstAt);
            if (next is null || leaves < next) next = leaves;
        }
        foreach (var condition in rule.Conditions().OfType<LocalHourCondition>())
        {
            var changes = NextHour(condition, CustomerZones.Of(facts.Traits) ?? moment.Zone);
            if (next is null || changes < next) next = changes;
        }
        return next;
    }

    // Customers of one zone change together.
    private long? NextHour(LocalHourCondition condition, TimeZoneInfo zone)
    {
        if (!_hours.TryGetValue((condition, zone), out var next)) _hours[(condition, zone)] = next = condition.NextChange(moment, zone);
        return next;
    }

    private static bool Counts(Rule rule) => !rule.IsOff && (rule is not RuleGroup group || group.Rules.Any(Counts));

    private bool Matches(RuleGroup group, CustomerFacts facts)
    {
        var rules = group.Rules.Where(Counts).ToArray();
        return rules.Length is 0 || group.Join switch
        {
            GroupKind.All => rules.All(r => Matches(r, facts)),
            GroupKind.Any => rules.Any(r => Matches(r, facts)),
            _ => !rules.Any(r => Matches(r, facts)),
        };
    }

    private static RuleValue? ValueOf(string attribute, CustomerFacts facts)
    {
        if (RuleFigures.Find(attribute) is { } figure) return facts.Figures.TryGetValue(attribute, out var number) ? number : figure.IsZeroWithout ? RuleValue.OfNumber(0) : null;
        return facts.Traits.TryGetValue(attribute, out var text) && text.Length > 0 ? RuleValue.OfText(text) : null;
    }

    private static bool Consent(ConsentCondition c, CustomerFacts facts)
    {
        var isKnown = facts.Consents.TryGetValue((c.Channel, c.Purpose), out var isGranted);
        return c.State switch
        {
            ConsentState.NeverAsked => !isKnown,
            ConsentState.Granted => isKnown && isGranted,
            _ => isKnown && !isGranted,
        };
    }

    private static bool IsReachable(string channel, CustomerFacts facts)
    {
        if (!facts.Consents.TryGetValue((channel, ConsentProjection.Marketing), out var isGranted) || !isGranted || facts.Suppressed.Contains(channel)) return false;
        return channel switch
        {
            "email" => facts.HasEmail,
            "sms" => facts.HasPhone,
            _ => true,
        };
    }

    private ScoreFact? Fresh(string model, CustomerFacts facts) => facts.Scores.TryGetValue(model, out var score) && score.AsOf >= ConditionSql.StaleBefore(moment) ? score : null;

    private static bool Prediction(PredictionCondition c, ScoreFact score) => c.Operator switch
    {
        PredictionOperator.AtLeast => score.Value >= c.From,
        PredictionOperator.AtMost => score.Value <= c.From,
        PredictionOperator.Between => score.Value >= c.From && score.Value <= c.To,
        PredictionOperator.Top => score.Percentile >= 1 - c.From / 100,
        _ => score.Percentile <= c.From / 100,
    };

    private Dictionary<string, int> TasteOf(TasteCondition c, CustomerFacts facts)
    {
        var (from, until) = c.Window.Range(moment);
        return facts.Events.Where(e => e.Type == c.Event && e.OccurredAt >= from && e.OccurredAt < until).Select(e => e.ItemId is { } item ? moment.CategoryOf(item) : null).OfType<string>()
            .CountBy(category => category, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
    }

    private bool Events(EventFit fit, CustomerFacts facts) => fit.Matches(Gather(fit, facts).Figure());

    private EventTally Gather(EventFit fit, CustomerFacts facts)
    {
        var tally = fit.NewTally();
        var (from, until) = fit.Window.Range(moment);
        var items = fit.Items is { } filter ? itemsOf(filter) : null;
        foreach (var e in facts.Events)
        {
            if (e.Type != fit.Type || e.OccurredAt < from || e.OccurredAt >= until) continue;
            if (items is not null && (e.ItemId is not { } item || !items.Contains(item))) continue;
            if (fit.Campaigns.Count > 0 && (e.CampaignId is null || !fit.Campaigns.Contains(e.CampaignId, StringComparer.Ordinal))) continue;
            if (fit.PropertiesFit(e, moment)) tally.Add(e);
        }
        return tally;
    }
}
