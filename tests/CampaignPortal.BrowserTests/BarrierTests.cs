using Microsoft.Playwright;

namespace CampaignPortal.BrowserTests;

/// <summary>No page keeps anybody out. One class for each look, so that they run beside each other.</summary>
public abstract class BarrierTests(BrowserFixture browsers)
{
    /// <summary>Goes through every page: no barrier, nothing wider than the screen.</summary>
    protected async Task FindNoneAsync(ColorScheme scheme, string locale, int width, int height)
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser, locale: locale, scheme: scheme, width: width, height: height);
        var found = new List<string>();
        await person.Page.GotoAsync("/");
        await LookAsync("set-up");
        await person.SetUpAsync();
        if (width < 600)
        {
            await person.GotoAsync("/customers");
            await person.Page.ClickAsync("[data-open-search]");
            await person.Page.Keyboard.TypeAsync("lena");
            await person.Page.WaitForSelectorAsync("#search [aria-selected='true']");
            await LookAsync("search");
        }
        foreach (var path in AllPages.Addresses())
        {
            await person.GotoAsync(path);
            await person.WaitForContentAsync();
            await LookAsync(path);
        }
        await person.Page.Context.ClearCookiesAsync();
        await person.Page.GotoAsync("/sign-in");
        await LookAsync("/sign-in");
        Assert.Empty(found);

        async Task LookAsync(string what)
        {
            found.AddRange((await person.FindBarriersAsync(areScrollersReached: width < 600)).Select(barrier => $"{what} {barrier}"));
            if (await person.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - window.innerWidth") is > 0 and var excess) found.Add($"{what} is wider by {excess}");
        }
    }
}

public sealed class WideBarrierTests(BrowserFixture browsers) : BarrierTests(browsers)
{
    [Fact]
    public Task Every_light_page_in_Chinese_is_free_of_barriers() => FindNoneAsync(ColorScheme.Light, "zh-CN", 1440, 900);
}

/// <summary>The other theme and language, on a phone: contrast is a matter of the colours, labels one of the words, and English ones are the longer.</summary>
public sealed class NarrowBarrierTests(BrowserFixture browsers) : BarrierTests(browsers)
{
    [Fact]
    public Task Every_dark_page_on_a_phone_is_free_of_barriers_and_does_not_scroll_sideways() => FindNoneAsync(ColorScheme.Dark, "en-GB", 390, 844);
}
