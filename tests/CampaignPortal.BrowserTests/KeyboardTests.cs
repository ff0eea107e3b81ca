using CampaignPortal.Testing;
using Microsoft.Playwright;

namespace CampaignPortal.BrowserTests;

/// <summary>Work without a pointer: lists, a drawer, dialogs, the wizard. Only keys are pressed.</summary>
public sealed class KeyboardTests(BrowserFixture browsers)
{
    [Fact]
    public async Task Rows_the_preview_and_the_profiles_of_a_list_follow_the_keys()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser);
        var page = person.Page;
        await person.SetUpAsync();
        await person.GotoAsync("/customers");
        await person.WaitForArrivalAsync();
        var names = await page.Locator("tbody [data-row] a.tt").AllInnerTextsAsync();

        await page.EvaluateAsync("() => document.activeElement?.blur()"); // the search field has the focus on arrival
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("k");
        Assert.Equal(names[0], await FocusedTextAsync(page));

        await page.Keyboard.PressAsync("Space");
        await page.WaitForSelectorAsync($".drawer h2:has-text('{names[0]}')");
        await page.Keyboard.PressAsync("Escape");
        await page.WaitForSelectorAsync(".drawer", new PageWaitForSelectorOptions { State = WaitForSelectorState.Detached });
        Assert.Equal(names[0], await FocusedTextAsync(page));

        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync($"h1:has-text('{names[0]}')");
        await page.Keyboard.PressAsync("j");
        await page.WaitForSelectorAsync($"h1:has-text('{names[1]}')");
        await page.Keyboard.PressAsync("k");
        await page.WaitForSelectorAsync($"h1:has-text('{names[0]}')");

        await page.Keyboard.PressAsync("?");
        Assert.Contains("Add note", await page.InnerTextAsync("#shortcuts [data-page-keys]"), StringComparison.Ordinal);
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("a");
        await page.WaitForFunctionAsync("() => document.activeElement?.id === 'note-text'");
        Assert.Empty(person.Complaints);
    }

    [Fact]
    public async Task A_dialog_keeps_the_focus_and_gives_it_back()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser);
        var page = person.Page;
        await person.SetUpAsync();
        await person.GotoAsync("/customers/1");
        await person.WaitForArrivalAsync();

        await page.FocusAsync(".details .hd button:has-text('Add a detail')");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync("dialog.ask[open]");
        for (var i = 0; i < 12; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            Assert.True(await page.EvaluateAsync<bool>("() => document.activeElement === document.body || !!document.activeElement.closest('dialog[open]')")); // the body stands for the browser's own bar
        }
        await page.Keyboard.PressAsync("Escape");
        await page.WaitForSelectorAsync("dialog.ask", new PageWaitForSelectorOptions { State = WaitForSelectorState.Detached });
        Assert.Equal("Add a detail", await FocusedTextAsync(page));

        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync("dialog.ask[open]");
        await page.FocusAsync("#detail-name");
        await page.Keyboard.TypeAsync("shoe");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("41");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForSelectorAsync(".attributes li:has-text('shoe'):has-text('41')");
        await page.WaitForFunctionAsync("() => document.activeElement?.textContent.trim() === 'Add a detail'");
        Assert.Empty(person.Complaints);
    }

    [Fact]
    public async Task The_import_wizard_goes_from_a_file_to_the_check_by_tab_and_enter()
    {
        using var folder = new TempFolder();
        var file = folder.File("orders.csv");
        await File.WriteAllTextAsync(file, "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n1,11111,LAMP,2,2011-01-13 10:00:00,5,k1,France\n", TestContext.Current.CancellationToken);
        await using var person = await PortalPage.OpenAsync(browsers.Browser, withShop: false, isSchedulerOn: true);
        var page = person.Page;
        await person.SetUpAsync();
        await person.GotoAsync("/data/import");
        await person.WaitForArrivalAsync();
        await TabToAsync(page, "element => element.matches('input[type=file]')");
        await page.SetInputFilesAsync("input[type=file]", file); // the window of the system is out of a page's reach

        foreach (var step in new[] { "Match columns", "Check the rows", "Import 1 row" })
        {
            await page.WaitForSelectorAsync($".phead .btn.p:not([aria-disabled]):has-text('{step}')");
            await person.WaitForArrivalAsync();
            await TabToAsync(page, "element => element.matches('.phead .btn.p')");
            await page.Keyboard.PressAsync("Enter");
        }
        await page.WaitForSelectorAsync(".phead .b.ok", new PageWaitForSelectorOptions { Timeout = 60_000 });
        Assert.Empty(person.Complaints);
    }

    private static Task<string> FocusedTextAsync(IPage page) => page.EvaluateAsync<string>("() => document.activeElement?.textContent.trim() ?? ''");

    private static async Task TabToAsync(IPage page, string isReached)
    {
        await page.EvaluateAsync("() => document.getElementById('content').focus()");
        for (var presses = 0; presses < 40; presses++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<bool>($"() => ({isReached})(document.activeElement)")) return;
        }
        Assert.Fail("Tab does not get there.");
    }
}
