using System.Globalization;
using System.Security.Claims;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Web.Components.Layout;
using CampaignPortal.Web.Features.Data;
using CampaignPortal.Web.Features.Insights;
using CampaignPortal.Web.Features.Jobs;
using CampaignPortal.Web.Features.Settings;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Jobs;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Components.Search;

/// <summary>Something the search window leads to besides customers: a page, or a command of the shell.</summary>
/// <param name="Title">In the reader's language.</param>
/// <param name="Context">One line under the title.</param>
/// <param name="Icon">Name in the sprite.</param>
/// <param name="Href">Where it leads; a command stays on the page.</param>
/// <param name="Press">Selector of the button that a command presses; null for a page.</param>
/// <param name="Words">Other words that find it, in both languages.</param>
public sealed record Destination(string Title, string Context, string Icon, string Href, string? Press, string Words)
{
    /// <summary>True when every word that was typed begins a word here, or stands anywhere in it where words have no gaps (Chinese).</summary>
    public bool Matches(string text)
    {
        var compare = CultureInfo.CurrentCulture.CompareInfo;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var isFound = $"{Title} {Words}".Split(' ').Any(own => compare.IsPrefix(own, word, Loosely) || (own.Length > 0 && own[0] >= 0x2E80 && compare.IndexOf(own, word, Loosely) >= 0));
            if (!isFound) return false;
        }
        return true;
    }

    /// <summary>Case and accents do not matter to somebody who searches.</summary>
    private const CompareOptions Loosely = CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace;
}

/// <summary>All pages and commands that a person may use.</summary>
public static class Destinations
{
    public static IReadOnlyList<Destination> Pages(ClaimsPrincipal user) =>
    [
        .. NavigationEntry.All.Where(e => user.Can(e.Capability)).Select(e => new Destination(e.Title(), e.Group?.Invoke() ?? Words.Page, e.Icon, "/" + e.Path, null, e.Path.Replace('-', ' '))),
        .. Models(user),
        .. Reports(user),
        .. Jobs(user),
        .. Data(user),
        .. SettingsSection.All.Where(s => user.Can(s.Capability)).Select(s => new Destination(s.Title(), SettingsWords.PageTitle, s.Icon, "/settings/" + s.Path, null, s.SearchWords)),
    ];

    private static IEnumerable<Destination> Models(ClaimsPrincipal user) => !user.Can(Capabilities.ReadModels) ? []
        : ModelNames.All.Select(model => new Destination(Vocabulary.Model(model), Words.Predictions, "trending-up", "/predictions/" + model, null, "model 模型 " + model.Replace('-', ' ')));

    private static IEnumerable<Destination> Reports(ClaimsPrincipal user) => !user.Can(Capabilities.ReadReports) ? []
        : InsightsHead.Tabs.Select(tab => new Destination(tab.Title, InsightsWords.PageTitle, "chart-pie", "/insights/" + tab.Path, null, "report 报表 " + tab.Path));

    private static IEnumerable<Destination> Data(ClaimsPrincipal user) =>
        DataTabs.Tabs.Where(tab => user.Can(tab.Capability)).Where(tab => tab.Path is "/data/events" or "/data/attributes" or "/data/quality" or "/data/features")
            .Select(tab => new Destination(tab.Title, CatalogueWords.DataTitle, "database", tab.Path, null, "data 数据 " + tab.Path[6..]));

    private static IEnumerable<Destination> Jobs(ClaimsPrincipal user) => !user.Can(Capabilities.ViewJobs) ? []
        : JobSchedules.All.Select(job => new Destination(JobNames.Of(job.Name), JobsWords.PageTitle, "clock", "/jobs/" + job.Name, null, "job 任务 " + job.Name.Replace('.', ' ').Replace('-', ' ')));

    public static IReadOnlyList<Destination> Commands() =>
    [
        Command(Words.ThemeDark, Words.Theme, "moon", "button[name=theme][value=dark]", "theme dark 深色 主题"),
        Command(Words.ThemeLight, Words.Theme, "sun", "button[name=theme][value=light]", "theme light 浅色 主题"),
        Command(Words.ThemeSystem, Words.Theme, "monitor", "button[name=theme][value=system]", "theme system 系统 主题"),
        .. PortalCultures.All.Select(culture => Command(culture.OwnName, Words.Language, "languages", $"button[name=language][value='{culture.Name}']", "language 语言 english chinese 中文")),
        Command(Words.KeyboardShortcuts, Words.Command, "keyboard", "[data-open-shortcuts]", "shortcuts keys 快捷键"),
        Command(Words.ToggleSidebar, Words.Command, "panel-left-close", "[data-toggle-sidebar]", "sidebar 侧栏"),
        Command(Words.SignOut, Words.Command, "log-out", "form[action='account/sign-out'] button", "sign out log 退出"),
    ];

    private static Destination Command(string title, string context, string icon, string press, string words) => new(title, context, icon, "#", press, words);
}
