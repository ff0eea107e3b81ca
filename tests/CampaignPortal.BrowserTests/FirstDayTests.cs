using System.Reflection;
using CampaignPortal.Web.Components.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.Playwright;

namespace CampaignPortal.BrowserTests;

/// <summary>From the first start to a customer's page, in a real browser.</summary>
public sealed class FirstDayTests(BrowserFixture browsers)
{
    [Fact]
    public async Task Set_up_sign_in_find_a_customer_by_a_fragment_and_read_the_page()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser);
        var page = person.Page;

        await person.SetUpAsync();
        await page.ClickAsync("details.menu summary");
        await page.ClickAsync("form[action='account/sign-out'] button");
        await page.WaitForURLAsync("**/sign-in");
        await person.SignInAsync();
        await person.WaitForCircuitAsync();

        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("na.marten@exam", new KeyboardTypeOptions { Delay = 25 }); // about as fast as people type
        await page.WaitForSelectorAsync("#search [aria-selected='true']");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/customers/1");

        await page.WaitForSelectorAsync("h1:has-text('Lena Marten')"); // the address changes a moment before the page does
        await page.WaitForFunctionAsync("() => document.querySelectorAll('.offers li').length >= 3 && document.querySelectorAll('.past .event').length >= 5");
        Assert.Contains("lena.marten@example.com", await page.InnerTextAsync(".profile .who"), StringComparison.Ordinal);
        Assert.Contains("64%", await page.InnerTextAsync(".expects"), StringComparison.Ordinal);
        Assert.Contains("Last order 23 days ago", await page.InnerTextAsync(".about"), StringComparison.Ordinal);
        Assert.Empty(person.Complaints);
    }

    [Fact]
    public async Task The_list_filters_sorts_and_keeps_it_all_in_the_address()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser);
        var page = person.Page;
        await person.SetUpAsync();
        await person.GotoAsync("/customers");

        await page.ClickAsync("th a:has-text('Spent')");
        await page.WaitForURLAsync("**/customers?sort=spent");
        await page.FillAsync("[data-list-filter]", "lena");
        await page.WaitForURLAsync("**/customers?q=lena&sort=spent");
        await page.WaitForFunctionAsync("() => document.querySelectorAll('tbody tr').length < 20"); // the address changes before the rows do, and Rosalena stood among the unfiltered
        Assert.True(await page.Locator("tbody tr:has-text('Rosalena')").CountAsync() > 0);

        await page.GoBackAsync();
        await page.WaitForFunctionAsync("() => document.querySelectorAll('tbody tr').length === 50");
        Assert.Empty(person.Complaints);
    }

    [Theory]
    [InlineData("light", "en-GB")]
    [InlineData("dark", "en-GB")]
    [InlineData("light", "zh-CN")]
    public async Task Every_page_is_free_of_barriers(string theme, string locale)
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser, locale: locale, scheme: theme is "dark" ? ColorScheme.Dark : ColorScheme.Light);
        var found = new List<string>();
        await person.Page.GotoAsync("/");
        found.AddRange(await person.FindBarriersAsync());
        await person.SetUpAsync();
        foreach (var path in Everywhere())
        {
            await person.GotoAsync(path);
            await person.WaitForContentAsync();
            found.AddRange((await person.FindBarriersAsync()).Select(barrier => $"{path} {barrier}"));
        }
        Assert.Empty(found);
    }

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
        foreach (var path in Everywhere())
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

    /// <summary>What a route needs to show something of the sample shop; routes that only a stranger sees have none.</summary>
    private static readonly Dictionary<string, string[]> Filled = new(StringComparer.Ordinal)
    {
        ["/accept-invitation/{Token}"] = [], ["/set-up"] = [], ["/sign-in"] = [], ["/not-found"] = [], ["/settings"] = [], // the last leads on to another page
        ["/{*path}"] = ["/nowhere"],
        ["/customers"] = ["/customers", "/customers?q=nobody-here"],
        ["/customers/{Id:long}"] = ["/customers/1"],
        ["/data/events"] = ["/data/events", "/data/events?tab=live"],
        ["/data/imports/{Id:long}"] = ["/data/imports/1"],
        ["/jobs"] = ["/jobs", "/jobs?tab=history", "/jobs?tab=queue"],
        ["/jobs/runs/{Id:long}"] = ["/jobs/runs/1"],
        ["/jobs/{Name}"] = ["/jobs/backup"],
        ["/predictions/{Model}"] = ["/predictions/segments", .. new[] { "", "?tab=training", "?tab=inputs", "?tab=fairness", "?tab=versions", "?tab=card" }.Select(tab => "/predictions/purchase-30" + tab)],
        ["/recommendations/{Key}"] = ["/recommendations/for-you"],
    };

    /// <summary>Every page of the program, read from its routes: a new page with a parameter fails here until it is told what to show.</summary>
    private static IEnumerable<string> Everywhere() => typeof(NavigationEntry).Assembly.GetTypes()
        .SelectMany(type => type.GetCustomAttributes<RouteAttribute>()).Select(route => route.Template).Order(StringComparer.Ordinal)
        .SelectMany(route => Filled.TryGetValue(route, out var paths) ? paths : route.Contains('{', StringComparison.Ordinal) ? throw new InvalidOperationException("No address for the route " + route) : [route]);
}
