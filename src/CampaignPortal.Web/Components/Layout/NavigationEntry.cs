using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Components.Layout;

/// <summary>An entry of the sidebar. A page that does not exist yet has none.</summary>
/// <param name="Path">Address below the root; empty is Home.</param>
/// <param name="Icon">Name in the sprite.</param>
/// <param name="Key">Pressed after <c>g</c>.</param>
/// <param name="Capability">Whoever lacks it does not see the entry.</param>
/// <param name="Group">Heading above the first entry of a group, in the reader's language; null for none.</param>
/// <param name="Title">In the reader's language.</param>
public sealed record NavigationEntry(string Path, string Icon, string Key, string Capability, Func<string>? Group, Func<string> Title)
{
    public static IReadOnlyList<NavigationEntry> All { get; } =
    [
        new("", "house", "h", Capabilities.Open, null, () => Words.Home),
        new("customers", "users", "c", Capabilities.ReadCustomers, () => Words.GroupPeople, () => Words.Customers),
        new("audiences", "filter", "a", Capabilities.ReadAudiences, () => Words.GroupPeople, () => AudienceWords.PageTitle),
        new("campaigns", "mail", "m", Capabilities.ReadContent, () => RecommendationsWords.GroupEngage, () => CampaignWords.PageTitle),
        new("recommendations", "shopping-bag", "r", Capabilities.ReadModels, () => RecommendationsWords.GroupEngage, () => RecommendationsWords.PageTitle),
        new("predictions", "trending-up", "p", Capabilities.ReadModels, () => Words.GroupUnderstand, () => Words.Predictions),
        new("lifetime-value", "wallet", "l", Capabilities.ReadReports, () => Words.GroupUnderstand, () => LifetimeWords.PageTitle),
        new("insights", "chart-pie", "i", Capabilities.ReadReports, () => Words.GroupUnderstand, () => InsightsWords.PageTitle),
        new("data", "database", "d", Capabilities.ImportCustomers, () => Words.GroupRun, () => DataWords.PageTitle),
        new("jobs", "clock", "j", Capabilities.ViewJobs, () => Words.GroupRun, () => JobsWords.PageTitle),
        new("settings", "settings", "s", Capabilities.Open, () => Words.GroupRun, () => SettingsWords.PageTitle),
    ];
}
