using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Testing;
using CampaignPortal.Web.Identity;
using Microsoft.Playwright;

namespace CampaignPortal.BrowserTests;

/// <summary>What goes wrong around a person who writes a campaign costs nothing that was written.</summary>
public sealed class ComposerSafetyTests(BrowserFixture browsers)
{
    private const string Edit = "/campaigns/1/edit", EditButton = ".canvas-head .seg button:first-child", Reconnecting = "#components-reconnect-modal.components-reconnect-show";

    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private static readonly PageWaitForSelectorOptions Long = new() { Timeout = 120_000 };

    [Fact]
    public async Task What_is_written_while_the_line_is_cut_is_saved_when_it_is_back()
    {
        await using var line = new CutLine();
        await using var person = await PortalPage.OpenAsync(browsers.Browser, line: line);
        var page = person.Page;
        await person.SetUpAsync();
        await person.GotoAsync(Edit);
        await page.ClickAsync(EditButton);
        await page.WaitForSelectorAsync("#body");

        line.Cut();
        await page.WaitForSelectorAsync(Reconnecting, Long);
        await page.FillAsync("#campaign-name", "Linen, once more");
        await page.FillAsync("#subject", "Written without a line");
        await page.FillAsync("#body", "# Still here\n\nNothing of this is lost.");
        await page.PressAsync("#body", "Tab"); // the browser tells of a change, and nobody hears it
        line.Mend();

        await page.WaitForFunctionAsync("() => document.querySelector('.envelope .subject, #body') && document.querySelector('.saved')?.textContent.includes('Not saved')", null, new PageWaitForFunctionOptions { Timeout = 120_000 });
        await page.WaitForSelectorAsync(".saved:has-text('Saved at')");
        var stored = await person.Get<CampaignStore>().ReadAsync(SampleCampaigns.Draft, Ct);
        Assert.Equal(("Linen, once more", "Written without a line", "# Still here\n\nNothing of this is lost."), (stored?.Draft.Name, stored?.Draft.Variants[0].Content.Subject, stored?.Draft.Variants[0].Content.Body));
        Assert.False(await page.IsVisibleAsync("#components-reconnect-modal"));
    }

    [Fact]
    public async Task What_was_written_in_a_second_version_comes_back_there_after_the_server_was_killed()
    {
        using var folder = new TempFolder();
        var data = folder.File("data");
        await using var line = new CutLine();
        await using var person = await PortalPage.OpenAsync(browsers.Browser, data: data, line: line);
        var page = person.Page;
        await person.SetUpAsync();
        await person.EndPortalAsync();

        var first = await line.ServeAsync(data, Ct);
        await person.GotoAsync(Edit);
        await page.ClickAsync(".vtabs .add");
        await page.WaitForSelectorAsync(".vtabs [aria-pressed='true']:has-text('Version B')");
        await SavedAsync(page);
        await page.ClickAsync(EditButton);
        await page.WaitForSelectorAsync("#body");
        first.Kill();
        await page.WaitForSelectorAsync(Reconnecting, Long);
        await page.FillAsync("#subject", "The other version");
        await page.FillAsync("#body", "Only in B.");
        await first.DisposeAsync();

        await using var second = await line.ServeAsync(data, Ct);
        await page.WaitForFunctionAsync("() => document.querySelector('.app[data-live]') && document.querySelector('#subject')?.value === 'The other version' && document.querySelector('#body')?.value === 'Only in B.'", null,
            new PageWaitForFunctionOptions { Timeout = 120_000 });
        Assert.Contains("Version B", await page.InnerTextAsync(".vtabs [aria-pressed='true']"), StringComparison.Ordinal);
        await SavedAsync(page);
        await page.ReloadAsync();
        await person.WaitForCircuitAsync();
        Assert.Equal("The sage linen is back", await page.InputValueAsync("#subject")); // version A is as it was
        await page.ClickAsync(".vtabs button:has-text('Version B')");
        await page.WaitForFunctionAsync("() => document.querySelector('#subject')?.value === 'The other version'");
        await page.ClickAsync(EditButton);
        await page.WaitForFunctionAsync("() => document.querySelector('#body')?.value === 'Only in B.'");
    }

    [Fact]
    public async Task Whoever_leaves_at_once_after_typing_finds_it_saved()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser);
        var page = person.Page;
        await person.SignInAsAsync(Roles.Marketer);
        await person.GotoAsync(Edit);
        await page.FillAsync("#subject", "Typed and gone");
        await page.ClickAsync(".side a[href='/campaigns']");
        await page.WaitForSelectorAsync("tbody a:has-text('Linen is back')");
        Assert.Equal("Typed and gone", (await person.Get<CampaignStore>().ReadAsync(SampleCampaigns.Draft, Ct))?.Draft.Variants[0].Content.Subject);
    }

    [Fact]
    public async Task A_campaign_that_changed_in_another_tab_is_not_launched_unseen_and_a_double_click_launches_once()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser);
        var page = person.Page;
        await person.SignInAsAsync(Roles.Marketer);
        await person.GotoAsync(Edit);
        await page.ClickAsync(".phead .btn.p");
        await page.WaitForSelectorAsync("dialog.launch-review .btn.p");

        var other = await person.OpenTabAsync();
        await other.GotoAsync(Edit);
        await other.WaitForSelectorAsync(".app[data-live]");
        await other.FillAsync("#preheader", "From the other tab");
        await other.PressAsync("#preheader", "Tab");
        await SavedAsync(other);

        await page.ClickAsync("dialog.launch-review .btn.p");
        await page.ClickAsync(".alert .btn:has-text('Take theirs')");
        await page.WaitForFunctionAsync("() => document.querySelector('#preheader')?.value === 'From the other tab'");
        await page.ClickAsync(".phead .btn.p");
        await page.DblClickAsync("dialog.launch-review .btn.p");
        await page.WaitForURLAsync("**/campaigns/1");
        await page.WaitForSelectorAsync(".phead .b:has-text('Sending')");
        Assert.Single((await person.Get<CampaignStore>().ReadAsync(SampleCampaigns.Draft, Ct))!.Draft.Variants); // it is there
        Assert.Empty(person.Complaints);

        await other.FillAsync("#preheader", "Too late");
        await other.PressAsync("#preheader", "Tab");
        await other.WaitForSelectorAsync(".alert.bad:has-text('was launched')");
    }

    // It says first that something is not saved: the older "Saved" must not be taken for the new one.
    private static async Task SavedAsync(IPage window)
    {
        await window.WaitForSelectorAsync(".saved:has-text('Not saved')");
        await window.WaitForSelectorAsync(".saved:has-text('Saved at')");
    }
}
