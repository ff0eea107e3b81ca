using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Campaigns;

/// <summary>The reader's words for what keeps a draft from being saved or launched.</summary>
internal static class CampaignProblemNames
{
    public static string Of(Problem problem) => problem.Field switch
    {
        CampaignProblems.Changed => CampaignWords.ProblemChanged,
        CampaignProblems.Gone => CampaignWords.NoSuchCampaign,
        CampaignProblems.Launched => CampaignWords.NotADraft,
        CampaignProblems.NameTooLong => Say.With(CampaignWords.ProblemNameTooLong, ("count", Figures.Count(CampaignDraft.MaxNameLength))),
        CampaignProblems.VersionCount => Say.With(CampaignWords.ProblemVersionCount, ("count", Figures.Count(CampaignDraft.MaxVariantCount))),
        _ => CampaignWords.ProblemBlocked, // a check: the list beside it says which
    };
}
