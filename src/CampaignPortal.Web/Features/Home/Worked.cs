using CampaignPortal.Marketing.Experiments;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Home;

/// <summary>What a campaign caused, in one sentence: nothing without a holdout, nothing below the minimum counts, and always the whole interval.</summary>
internal static class Worked
{
    public static string Sentence(CampaignEffect campaign)
    {
        if (campaign.Effect is not { } effect) return HomeWords.WorkedNoHoldout;
        if (effect.IncrementalOrders is not { } more || effect.Orders.Absolute is not { } difference) return Lacking(effect.Orders);
        var (low, high) = (("low", Count(more.Lower)), ("high", Count(more.Upper)));
        var sentence = !difference.ExcludesZero ? Say.With(HomeWords.WorkedOpen, low, high)
            : difference.Point > 0 ? Say.With(HomeWords.WorkedMore, ("value", Count(more.Point)), low, high)
            : Say.With(HomeWords.WorkedFewer, ("value", Count(-more.Point)), ("low", Count(-more.Upper)), ("high", Count(-more.Lower)));
        return effect.OrderWindowsClosed >= 1 ? sentence : sentence + Say.Gap + Say.With(HomeWords.WorkedStillOpen, ("share", Figures.Rate(effect.OrderWindowsClosed)));
    }

    private static string Lacking(MetricComparison orders) => orders.Lacking switch
    {
        { Kind: MissingKind.Units } lack => Say.With(HomeWords.WorkedTooFewPeople, ("have", Count(lack.Have)), ("need", Count(lack.Need))),
        { Kind: MissingKind.Outcomes } lack => Say.With(HomeWords.WorkedTooFew, ("have", Count(lack.Have)), ("need", Count(lack.Need))),
        _ => CampaignWords.NotEnoughYet,
    };

    private static string Count(double people) => Figures.Count((long)Math.Round(people));
}
