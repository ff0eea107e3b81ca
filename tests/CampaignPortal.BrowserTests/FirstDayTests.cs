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
        await page.WaitForURLAsync("**/sign-in*"); // with the way back, where the closed circuit was quicker than the answer
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
}
