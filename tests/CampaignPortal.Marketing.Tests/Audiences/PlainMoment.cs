using CampaignPortal.Marketing.Audiences.Evaluation;
using CampaignPortal.Marketing.Audiences.Rules;

namespace CampaignPortal.Marketing.Tests.Audiences;

/// <summary>What the plain reading asks of all customers, found from their facts alone: nothing that the tested ways compute.</summary>
internal static class PlainMoment
{
    public static RuleMoment Of(RuleMoment moment, IReadOnlyCollection<CustomerFacts> everyone)
    {
        var starts = everyone.SelectMany(c => c.Events).Where(e => e.Type is "message_sent" && e.CampaignId is not null).GroupBy(e => e.CampaignId!, StringComparer.Ordinal) // filtered just before
            .ToDictionary(g => g.Key, g => g.Min(e => e.OccurredAt), StringComparer.Ordinal);
        return moment with { StartOfCampaign = campaign => starts.GetValueOrDefault(campaign, long.MaxValue), BorderOf = condition => Border(condition, everyone) };
    }

    private static decimal? Border(AttributeCondition condition, IReadOnlyCollection<CustomerFacts> everyone)
    {
        var rank = (RankTest)condition.Test;
        var numbers = everyone.Where(c => c.Exists).Select(c => Number(condition.Attribute, c)).OfType<decimal>().ToArray();
        if (numbers.Length is 0) return null;
        var count = Math.Max(1, (int)Math.Ceiling(numbers.Length * rank.Percent / 100));
        return rank.Side is RankSide.Top ? numbers.OrderDescending().ElementAt(count - 1) : numbers.Order().ElementAt(count - 1);
    }

    private static decimal? Number(string attribute, CustomerFacts customer)
    {
        if (!attribute.StartsWith(RuleFigures.Prefix, StringComparison.Ordinal)) return customer.Traits.TryGetValue(attribute, out var text) && text.Length > 0 ? RuleValue.OfText(text).Number : null;
        var number = customer.Figures.TryGetValue(attribute, out var value) ? value.Number : null;
        return number is 0 && attribute is not RuleFigures.AverageOrder ? null : number;
    }
}
