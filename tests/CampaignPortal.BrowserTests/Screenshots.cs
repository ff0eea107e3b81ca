using Microsoft.Playwright;

namespace CampaignPortal.BrowserTests;

/// <summary>Pictures of every page for review: set <c>CAMPAIGNPORTAL_SCREENSHOTS</c> to a folder and run this class.
/// <c>CAMPAIGNPORTAL_SCREENSHOT_DATA</c> names a data directory without a user to show instead of the sample shop; each picture set works on a copy.</summary>
public sealed class Screenshots(BrowserFixture browsers)
{
    private static readonly (string Name, string Path)[] Pages =
    [
        ("home", "/"), ("customers", "/customers"), ("customers-none", "/customers?q=zzzzz"), ("customer", "/customers/1"), ("predictions", "/predictions"),
        ("training", "/predictions/purchase-30?tab=training"), ("segments", "/predictions/segments"), ("versions", "/predictions/purchase-30?tab=versions"), ("not-found", "/nowhere"),
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
    [InlineData("light", "en-GB", 1440)]
    [InlineData("dark", "en-GB", 1440)]
    [InlineData("light", "zh-CN", 1440)]
    [InlineData("light", "en-GB", 390)]
    [InlineData("dark", "zh-CN", 390)]
    public async Task Take(string theme, string locale, int width)
    {
        var folder = Environment.GetEnvironmentVariable("CAMPAIGNPORTAL_SCREENSHOTS");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "skipped: CAMPAIGNPORTAL_SCREENSHOTS names no folder");
        Directory.CreateDirectory(folder!);
        var data = CopyOfData();
        await using var person = await PortalPage.OpenAsync(browsers.Browser, locale: locale, scheme: theme is "dark" ? ColorScheme.Dark : ColorScheme.Light, width: width, height: width < 600 ? 844 : 900, data: data);
        string Picture(string name) => Path.Combine(folder!, $"{name}.{theme}.{locale[..2]}.{width}.png");
        async Task Shoot(string name, bool whole) => await person.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Picture(name), FullPage = whole });

        await person.Page.GotoAsync("/");
        await Shoot("set-up", whole: false);
        await person.SetUpAsync();
        foreach (var (name, path) in Pages)
        {
            await person.GotoAsync(path);
            await person.Page.WaitForTimeoutAsync(400);
            await Shoot(name, whole: width < 600);
        }
        await person.GotoAsync("/customers");
        await person.Page.ClickAsync("[data-open-search]");
        await person.Page.Keyboard.TypeAsync(data is null ? "lena" : "173");
        await person.Page.WaitForSelectorAsync("#search [aria-selected='true']");
        await Shoot("search", whole: false);
        await person.Page.Keyboard.PressAsync("Escape");
        await person.Page.ClickAsync("details.menu summary");
        await Shoot("menu", whole: false);
        await person.Page.ClickAsync("form[action='account/sign-out'] button");
        await person.Page.WaitForSelectorAsync("#password");
        await Shoot("sign-in", whole: false);
    }
}
