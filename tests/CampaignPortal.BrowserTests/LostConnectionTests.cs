using CampaignPortal.Testing;
using Microsoft.Playwright;

namespace CampaignPortal.BrowserTests;

/// <summary>A broken line or a restarted server costs nobody what was typed.</summary>
public sealed class LostConnectionTests(BrowserFixture browsers)
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_the_line_is_cut_typing_goes_on_and_the_server_hears_of_it_afterwards()
    {
        await using var line = new CutLine();
        await using var person = await PortalPage.OpenAsync(browsers.Browser, line: line);
        var page = person.Page;
        await person.SetUpAsync();
        await person.GotoAsync("/customers");
        await page.WaitForSelectorAsync("tbody tr:nth-child(20)"); // not the rows of a list that is still loading
        var all = await page.Locator("tbody tr").CountAsync();

        line.Cut();
        await page.WaitForSelectorAsync("#components-reconnect-modal.components-reconnect-show", new PageWaitForSelectorOptions { Timeout = 120_000 });
        Assert.Contains("Your text is safe", await page.InnerTextAsync("#components-reconnect-modal"), StringComparison.Ordinal);
        Assert.Empty(await person.FindBarriersAsync());
        await page.FillAsync("[data-list-filter]", "lena");
        line.Mend();

        await page.WaitForFunctionAsync("all => document.querySelectorAll('tbody tr').length < all", all, new PageWaitForFunctionOptions { Timeout = 120_000 });
        Assert.Equal("lena", await page.InputValueAsync("[data-list-filter]"));
        Assert.False(await page.IsVisibleAsync("#components-reconnect-modal"));
    }

    [Fact]
    public async Task After_the_server_was_killed_and_started_again_the_page_comes_back_with_what_was_typed()
    {
        using var folder = new TempFolder();
        var data = folder.File("data");
        await using var line = new CutLine();
        await using var person = await PortalPage.OpenAsync(browsers.Browser, data: data, line: line);
        var page = person.Page;
        await person.SetUpAsync();
        await person.EndPortalAsync();

        var first = await line.ServeAsync(data, Ct);
        await person.GotoAsync("/customers");
        await page.WaitForSelectorAsync("tbody tr:nth-child(20)"); // not the rows of a list that is still loading
        var all = await page.Locator("tbody tr").CountAsync();
        first.Kill();
        await page.WaitForSelectorAsync("#components-reconnect-modal.components-reconnect-show", new PageWaitForSelectorOptions { Timeout = 120_000 });
        await page.FillAsync("[data-list-filter]", "lena");

        await first.DisposeAsync();
        await using var second = await line.ServeAsync(data, Ct);
        await page.WaitForFunctionAsync("all => document.querySelector('.app[data-live]') && document.querySelectorAll('tbody tr').length < all && document.querySelectorAll('tbody tr').length > 0", all,
            new PageWaitForFunctionOptions { Timeout = 120_000 });
        Assert.Equal("lena", await page.InputValueAsync("[data-list-filter]"));
        Assert.Equal("/customers", new Uri(page.Url).AbsolutePath);
    }
}
