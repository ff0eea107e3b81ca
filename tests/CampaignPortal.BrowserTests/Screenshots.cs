using Microsoft.Playwright;

namespace CampaignPortal.BrowserTests;

/// <summary>Pictures of every page for review: set <c>CAMPAIGNPORTAL_SCREENSHOTS</c> to a folder and run this class.
/// <c>CAMPAIGNPORTAL_SCREENSHOT_DATA</c> names a data directory without a user to show instead of the sample shop; each picture set works on a copy.</summary>
public sealed class Screenshots(BrowserFixture browsers)
{
    private static readonly (string Name, string Path)[] Pages =
    [
        ("home", "/"), ("customers", "/customers"), ("customer", "/customers/1"),
        ("predictions", "/predictions"), ("training", "/predictions/purchase-30?tab=training"), ("inputs", "/predictions/purchase-30?tab=inputs"), ("versions", "/predictions/purchase-30?tab=versions"),
        ("lifetime-value", "/lifetime-value"), ("value-cohorts", "/lifetime-value/cohorts"),
        ("rfm", "/insights/rfm"), ("cohorts", "/insights/cohorts"), ("segments", "/insights/segments"), ("funnel", "/insights/funnel"), ("messages", "/insights/messages"),
        ("recommendations", "/recommendations"), ("preview", "/recommendations/preview?customer=1"),
        ("data", "/data"), ("import", "/data/import"), ("quarantine", "/data/quarantine"), ("events", "/data/events"), ("quality", "/data/quality"), ("features", "/data/features"),
        ("jobs", "/jobs"), ("schedule", "/jobs/train.purchase-30"),
        ("settings", "/settings/general"), ("users", "/settings/users"), ("roles", "/settings/roles"), ("audit", "/settings/audit"), ("not-found", "/nowhere"),
    ];

    /// <summary>A copy, keys included, so that the set-up finds no user each time.</summary>
    private static string? CopyOfData()
    {
        if (Environment.GetEnvironmentVariable("CAMPAIGNPORTAL_SCREENSHOT_DATA") is not { Length: > 0 } from) return null;
        var to = Path.Combine(Path.GetTempPath(), "campaignportal-pictures-" + Guid.NewGuid().ToString("N"), "data");
        foreach (var (source, target) in new[] { (from, to), (from + ".keys", to + ".keys") })
        {
            foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(target, Path.GetRelativePath(source, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!); // a file below the target
                File.Copy(file, copy);
            }
        }
        return to;
    }

    [Theory]
    [InlineData("light", "en-GB")]
    [InlineData("dark", "en-GB")]
    [InlineData("light", "zh-CN")]
    public async Task Every_page_is_drawn(string theme, string locale)
    {
        var folder = Environment.GetEnvironmentVariable("CAMPAIGNPORTAL_SCREENSHOTS");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "skipped: a tool that writes pictures; CAMPAIGNPORTAL_SCREENSHOTS names no folder");
        Directory.CreateDirectory(folder!);
        var data = CopyOfData();
        await using var person = await PortalPage.OpenAsync(browsers.Browser, locale: locale, scheme: theme is "dark" ? ColorScheme.Dark : ColorScheme.Light, data: data, isSchedulerOn: true, scale: 2f / 3);
        var suffix = locale is "zh-CN" ? "zh" : theme;
        async Task ShootAsync(string name) => await person.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder!, $"{name}.{suffix}.png") });

        await person.Page.GotoAsync("/");
        await ShootAsync("set-up");
        await person.SetUpAsync();
        foreach (var (name, path) in Pages)
        {
            await person.GotoAsync(path);
            await person.Page.WaitForFunctionAsync("() => !document.querySelector('.skeleton')");
            await person.Page.WaitForTimeoutAsync(500); // charts draw themselves after the page
            Assert.Equal((path, 0), (path, await person.Page.Locator("[role=alert] .mono").CountAsync()));
            await ShootAsync(name);
        }
        await person.GotoAsync("/customers");
        await person.Page.ClickAsync("[data-open-search]");
        await person.Page.Keyboard.TypeAsync(data is null ? "lena" : "173");
        await person.Page.WaitForSelectorAsync("#search [aria-selected='true']");
        await ShootAsync("search");
    }
}
