using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Insights;

namespace CampaignPortal.Web.Features.Insights;

/// <summary>What a reader changes of a funnel; null stays as it is.</summary>
public sealed record FunnelChoice
{
    public IEnumerable<EventKind>? Steps { get; init; }
    public FunnelOrder? Order { get; init; }
    public IEnumerable<EventKind>? Without { get; init; }
}
