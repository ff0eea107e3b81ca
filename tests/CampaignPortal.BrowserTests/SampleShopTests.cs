using CampaignPortal.Web.Identity;
using Microsoft.Playwright;

namespace CampaignPortal.BrowserTests;

/// <summary>How a sample shop comes into an empty portal, and what tells it from a real one.</summary>
public sealed class SampleShopTests(BrowserFixture browsers)
{
    [Fact]
    public async Task An_empty_portal_is_filled_from_its_set_up_page_and_home_completes_by_itself()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser, withShop: false);
        var page = person.Page;
        await page.GotoAsync("/");
        await page.FillAsync("#code", person.Get<SetUpToken>().Issue());
        await page.ClickAsync("main button.p");
        await page.WaitForSelectorAsync(".sample-offer");
        Assert.Empty(await person.FindBarriersAsync());
        await page.ClickAsync(".sample-offer button");
        await person.WaitForCircuitAsync();

        await page.WaitForSelectorAsync(".demo-bar a[href='/demo-shop']", new PageWaitForSelectorOptions { Timeout = 120_000 }); // until it is filled
        await page.WaitForSelectorAsync("main .wide-card tr:has-text('Sent') td:text-matches('^[1-9]')");
        Assert.Equal(0, await page.Locator(".sample-progress").CountAsync());
        foreach (var path in new[] { "/campaigns", "/campaigns/1", "/campaigns/1?tab=test", "/campaigns/1?tab=content", "/settings/sample" })
        {
            await person.GotoAsync(path);
            await person.WaitForContentAsync();
            Assert.Equal(1, await page.Locator(".demo-bar").CountAsync());
            Assert.Empty(await person.FindBarriersAsync());
        }
        Assert.Empty(person.Complaints);
    }

    [Fact]
    public async Task An_admin_of_an_empty_portal_fills_it_with_one_click()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser, withShop: false);
        await person.SetUpAsync();
        await person.GotoAsync("/settings/sample");
        await person.Page.ClickAsync("[data-fill-sample]");
        await person.Page.WaitForSelectorAsync(".demo-bar a[href='/demo-shop']", new PageWaitForSelectorOptions { Timeout = 120_000 });
        Assert.Empty(person.Complaints);
    }
}
