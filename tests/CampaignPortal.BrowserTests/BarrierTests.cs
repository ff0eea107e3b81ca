using Microsoft.Playwright;

namespace CampaignPortal.BrowserTests;

/// <summary>No page keeps anybody out. One class for each look, so that they run beside each other.</summary>
public abstract class BarrierTests(BrowserFixture browsers)
{
    protected async Task FindNoneAsync(ColorScheme scheme, string locale)
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser, locale: locale, scheme: scheme);
        var found = new List<string>();
        await person.Page.GotoAsync("/");
        found.AddRange(await person.FindBarriersAsync());
        await person.SetUpAsync();
        foreach (var path in AllPages.Addresses())
        {
            await person.GotoAsync(path);
            await person.WaitForContentAsync();
            found.AddRange((await person.FindBarriersAsync()).Select(barrier => $"{path} {barrier}"));
        }
        Assert.Empty(found);
    }
}

public sealed class LightBarrierTests(BrowserFixture browsers) : BarrierTests(browsers)
{
    [Fact]
    public Task Every_light_page_is_free_of_barriers() => FindNoneAsync(ColorScheme.Light, "en-GB");
}

/// <summary>Contrast is a matter of the colours and labels one of the words: two looks show both of each.</summary>
public sealed class DarkBarrierTests(BrowserFixture browsers) : BarrierTests(browsers)
{
    [Fact]
    public Task Every_dark_page_in_Chinese_is_free_of_barriers() => FindNoneAsync(ColorScheme.Dark, "zh-CN");
}

public sealed class NarrowScreenTests(BrowserFixture browsers)
{
    [Fact]
    public async Task No_page_scrolls_sideways_on_a_phone()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser, width: 390, height: 844);
        await person.SetUpAsync();
        await person.GotoAsync("/customers");
        await person.Page.ClickAsync("[data-open-search]");
        await person.Page.Keyboard.TypeAsync("lena");
        await person.Page.WaitForSelectorAsync("#search [aria-selected='true']");
        var wide = new List<string>();
        if (await ExcessAsync(person.Page) is > 0 and var search) wide.Add($"search by {search}");
        foreach (var path in AllPages.Addresses())
        {
            await person.GotoAsync(path);
            await person.WaitForContentAsync();
            if (await ExcessAsync(person.Page) is > 0 and var excess) wide.Add($"{path} by {excess}");
        }
        await person.Page.Context.ClearCookiesAsync();
        await person.Page.GotoAsync("/sign-in");
        if (await ExcessAsync(person.Page) is > 0 and var signIn) wide.Add($"/sign-in by {signIn}");
        Assert.Empty(wide);
    }

    private static Task<int> ExcessAsync(IPage page) => page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - window.innerWidth");
}
