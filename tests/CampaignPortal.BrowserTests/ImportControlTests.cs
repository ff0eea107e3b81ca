using System.Globalization;
using System.Text;
using CampaignPortal.Testing;
using Microsoft.Playwright;

namespace CampaignPortal.BrowserTests;

/// <summary>An import under way is paused, goes on behind what it stored, and is taken back, all by clicks.</summary>
public sealed class ImportControlTests(BrowserFixture browsers)
{
    private const int OrderCount = 150_000; // on a busy machine a click takes seconds, and there must still be something to pause

    [Fact]
    public async Task An_import_is_paused_goes_on_and_is_taken_back()
    {
        using var folder = new TempFolder();
        var file = folder.File("orders.csv");
        await File.WriteAllTextAsync(file, Orders(), TestContext.Current.CancellationToken);
        await using var person = await PortalPage.OpenAsync(browsers.Browser, withShop: false, isSchedulerOn: true);
        var page = person.Page;
        await person.SetUpAsync();
        await person.GotoAsync("/data/import");
        await page.SetInputFilesAsync("input[type=file]", file);
        await page.ClickAsync(".phead .btn:has-text('Match columns')");
        await page.ClickAsync(".phead .btn:has-text('Check the rows')");
        await page.ClickAsync(".phead .btn:not([aria-disabled]):has-text('rows'):has-text('Import')", new PageClickOptions { Timeout = 180_000 }); // the dry run of every row

        await page.ClickAsync(".phead .btn:has-text('Pause')", new PageClickOptions { Timeout = 60_000 });
        await page.WaitForSelectorAsync(".alert.warn:has-text('Paused after')", new PageWaitForSelectorOptions { Timeout = 60_000 });

        await page.ClickAsync(".phead .btn:has-text('Resume')");
        await page.WaitForSelectorAsync(".phead .b.ok", new PageWaitForSelectorOptions { Timeout = 180_000 });
        Assert.Contains(OrderCount.ToString("#,0", CultureInfo.InvariantCulture), await page.InnerTextAsync(".kpis"), StringComparison.Ordinal);

        await page.ClickAsync(".phead .btn:has-text('Undo this import')");
        await page.ClickAsync("dialog.ask .btn.danger");
        await page.WaitForSelectorAsync("section[aria-label='Taken back']:has-text('150,000 events')", new PageWaitForSelectorOptions { Timeout = 180_000 });
        await person.GotoAsync("/customers");
        await person.WaitForContentAsync();
        Assert.Equal(0, await page.Locator("tbody [data-row]").CountAsync());
        Assert.Empty(person.Complaints);
    }

    private static string Orders()
    {
        var start = new DateTime(2011, 1, 3, 9, 0, 0, DateTimeKind.Utc);
        var text = new StringBuilder("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n");
        for (var i = 0; i < OrderCount; i++)
            text.Append(CultureInfo.InvariantCulture, $"{500_000 + i},{10_000 + i * 31 % 900},ITEM {i * 31 % 900},{1 + i % 9},{start.AddMinutes(i * 5):yyyy-MM-dd HH:mm:ss},{1 + i % 40}.95,{20_000 + i * 7 % 3_000},Germany\n");
        return text.ToString();
    }
}
