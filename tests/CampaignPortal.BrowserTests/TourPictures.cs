using CampaignPortal.Web.Identity;
using Microsoft.Playwright;

namespace CampaignPortal.BrowserTests;

/// <summary>The pictures of README's tour, taken in the sample shop as its first start makes it: set <c>CAMPAIGNPORTAL_SCREENSHOTS</c> to a folder and run this class.</summary>
public sealed class TourPictures(BrowserFixture browsers)
{
    [Theory]
    [InlineData("light", "en-GB")]
    [InlineData("dark", "en-GB")]
    [InlineData("light", "zh-CN")]
    public async Task The_tour_is_drawn(string theme, string locale)
    {
        var folder = Environment.GetEnvironmentVariable("CAMPAIGNPORTAL_SCREENSHOTS");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "skipped: a tool that writes pictures; CAMPAIGNPORTAL_SCREENSHOTS names no folder");
        Directory.CreateDirectory(folder!);
        await using var person = await PortalPage.OpenAsync(browsers.Browser, locale: locale, scheme: theme is "dark" ? ColorScheme.Dark : ColorScheme.Light, demoCustomers: 10_000, demoDay: TimeSpan.FromMinutes(10), scale: 2f / 3);
        var page = person.Page;
        var suffix = locale is "zh-CN" ? "zh" : theme;

        await person.SignInToDemoAsync(Roles.Marketer);
        await ShootAsync("tour-home", "/");
        await ShootAsync("tour-campaigns", "/campaigns");
        await ShootAsync("tour-result", "/campaigns/16");
        await ShootAsync("tour-test", "/campaigns/16?tab=test");
        await ShootAsync("tour-messages", "/insights/messages");
        await ShootAsync("tour-customer", "/customers/9");
        await ShootAsync("tour-audiences", "/audiences");
        await person.GotoAsync("/audiences");
        await page.ClickAsync("main a[href^='/audiences/new?'] >> nth=1");
        await page.WaitForSelectorAsync(".aud-cond");
        await page.WaitForFunctionAsync("() => /^\\d/.test(document.querySelector('.aud-size')?.textContent ?? '')");
        await ShootAsync("tour-audience");
        await person.GotoAsync("/campaigns/new");
        await page.WaitForURLAsync("**/edit");
        await ShootAsync("tour-composer");

        async Task ShootAsync(string name, string? path = null)
        {
            if (path is not null) await person.GotoAsync(path);
            await person.WaitForContentAsync();
            await page.WaitForTimeoutAsync(700); // charts draw themselves after the page
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder!, $"{name}.{suffix}.png") });
        }
    }
}
