using CampaignPortal.Web.Features.Audiences;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Campaigns;

/// <summary>A message to begin with, in the language of the page, and whom it is for.</summary>
/// <param name="Key">Stored with the campaign.</param>
/// <param name="SkipBuyersOfDays">People who bought so recently are left out; 0 leaves out nobody.</param>
public sealed record CampaignTemplate(string Key, string Icon, Func<string> Title, Func<string> Audience, Func<string> Subject, Func<string> Preheader, Func<string> Body, int SkipBuyersOfDays = 0)
{
    /// <summary>Whom it is for; null leaves the choice to the person.</summary>
    public AudienceIdea? Whom { get; init; }

    /// <summary>It is sent again after so many days, to whoever is in the audience then; 0 is sent once.</summary>
    public int EveryDays { get; init; }

    /// <summary>Nobody gets it again within so many days; 0 is never again. Of what is sent once it says nothing.</summary>
    public int NotAgainWithinDays { get; init; }
}

/// <summary>The eight that shops need most (CA-16), and a plain one.</summary>
public static class CampaignTemplates
{
    public static CampaignTemplate Plain { get; } = new(
        "plain", "mail", () => CampaignWords.TplPlain, () => CampaignWords.TplPlainAudience, () => CampaignWords.TplPlainSubject, () => CampaignWords.TplPlainPreheader, () => CampaignWords.TplPlainBody);

    public static IReadOnlyList<CampaignTemplate> All { get; } =
    [
        new("welcome", "user-plus", () => CampaignWords.TplWelcome, () => CampaignWords.TplWelcomeAudience, () => CampaignWords.TplWelcomeSubject, () => CampaignWords.TplWelcomePreheader, () => CampaignWords.TplWelcomeBody) { Whom = TemplateAudiences.Joined, EveryDays = 1 },
        new("abandoned-cart", "shopping-cart", () => CampaignWords.TplCart, () => CampaignWords.TplCartAudience, () => CampaignWords.TplCartSubject, () => CampaignWords.TplCartPreheader, () => CampaignWords.TplCartBody, 2) { Whom = AudienceIdea.Of("basket"), EveryDays = 1, NotAgainWithinDays = 7 },
        new("abandoned-browse", "eye", () => CampaignWords.TplBrowse, () => CampaignWords.TplBrowseAudience, () => CampaignWords.TplBrowseSubject, () => CampaignWords.TplBrowsePreheader, () => CampaignWords.TplBrowseBody, 7) { Whom = TemplateAudiences.Browsed, EveryDays = 1, NotAgainWithinDays = 30 },
        new("replenishment", "refresh-cw", () => CampaignWords.TplRefill, () => CampaignWords.TplRefillAudience, () => CampaignWords.TplRefillSubject, () => CampaignWords.TplRefillPreheader, () => CampaignWords.TplRefillBody, 14) { Whom = TemplateAudiences.Due, EveryDays = 1, NotAgainWithinDays = 60 },
        new("win-back", "rotate-ccw", () => CampaignWords.TplWinBack, () => CampaignWords.TplWinBackAudience, () => CampaignWords.TplWinBackSubject, () => CampaignWords.TplWinBackPreheader, () => CampaignWords.TplWinBackBody, 60) { Whom = AudienceIdea.Of("silent"), EveryDays = 7, NotAgainWithinDays = 90 },
        new("birthday", "gift", () => CampaignWords.TplBirthday, () => CampaignWords.TplBirthdayAudience, () => CampaignWords.TplBirthdaySubject, () => CampaignWords.TplBirthdayPreheader, () => CampaignWords.TplBirthdayBody) { Whom = TemplateAudiences.BirthdayToday, EveryDays = 1, NotAgainWithinDays = 300 },
        new("review-request", "star", () => CampaignWords.TplReview, () => CampaignWords.TplReviewAudience, () => CampaignWords.TplReviewSubject, () => CampaignWords.TplReviewPreheader, () => CampaignWords.TplReviewBody) { Whom = TemplateAudiences.Arrived, EveryDays = 1, NotAgainWithinDays = 30 },
        new("post-purchase", "package", () => CampaignWords.TplThanks, () => CampaignWords.TplThanksAudience, () => CampaignWords.TplThanksSubject, () => CampaignWords.TplThanksPreheader, () => CampaignWords.TplThanksBody) { Whom = TemplateAudiences.Ordered, EveryDays = 1, NotAgainWithinDays = 30 },
    ];
}
