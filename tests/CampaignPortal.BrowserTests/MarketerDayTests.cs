using CampaignPortal.Web.Identity;
using Microsoft.Playwright;

namespace CampaignPortal.BrowserTests;

/// <summary>A marketer's tasks with the interactions that the design allows for each.</summary>
public sealed class MarketerDayTests(BrowserFixture browsers)
{
    [Fact]
    public async Task From_sign_in_to_a_scheduled_a_b_e_mail_with_an_audience()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser);
        var page = person.Page;
        await person.SignInAsAsync(Roles.Marketer);
        await page.Context.ClearCookiesAsync();
        await page.GotoAsync("/sign-in");

        var task = new Interactions(page); // M1
        await task.FillAsync("#email", "marketer@example.com");
        await task.FillAsync("#password", PortalPage.Password);
        await task.ClickAsync("main button.p");
        await person.WaitForCircuitAsync();
        await task.ClickAsync(".phead a[href='/campaigns/new']");
        await page.WaitForURLAsync("**/edit");
        await task.ClickAsync(".choices button:has-text('Everyone with consent')");
        await page.WaitForSelectorAsync(".chip:has-text('Everyone with consent')");
        await task.FillAsync("#subject", "The sage linen is back");
        await task.ClickAsync(".vtabs .add");
        await page.WaitForSelectorAsync(".vtabs [aria-pressed='true']:has-text('Version B')");
        await task.FillAsync("#subject", "Your size is in stock again");
        await task.ClickAsync(".phead .btn.p");
        await page.WaitForSelectorAsync("dialog.launch-review");
        await task.ClickAsync("dialog.launch-review .btn.p");
        await page.WaitForSelectorAsync(".b:has-text('Scheduled')");
        Assert.InRange(task.Count, 1, 12);
        Assert.Matches(@"/campaigns/\d+$", page.Url);
        Assert.Contains("Begins", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        Assert.Empty(person.Complaints);
    }

    [Fact]
    public async Task The_result_of_a_test_is_read_and_a_version_sent_to_the_rest()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser);
        var page = person.Page;
        await person.SignInAsAsync(Roles.Marketer);

        var read = new Interactions(page); // M3, from Home
        await read.ClickAsync(".needs a[href$='?tab=test']");
        await page.WaitForSelectorAsync(".verdict");
        Assert.Contains("Not enough data yet", await page.InnerTextAsync(".verdict"), StringComparison.Ordinal);
        await read.ClickAsync(".verdict-actions .btn:has-text('Send A to')");
        await page.WaitForSelectorAsync(".verdict:has-text('went to the rest')");
        Assert.InRange(read.Count, 1, 3);
        Assert.Empty(person.Complaints);
    }

    [Fact]
    public async Task A_campaign_is_paused_from_any_page()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser);
        var page = person.Page;
        await person.SignInAsAsync(Roles.Marketer);

        await person.GotoAsync("/jobs");
        var stop = new Interactions(page); // M6, from any page
        await stop.ClickAsync(".side a[href='/campaigns']");
        await stop.ClickAsync("tbody a:has-text('Winter bedding preview')");
        await stop.ClickAsync(".phead .btn:has-text('Pause')");
        await page.WaitForSelectorAsync(".phead .b:has-text('Paused')");
        Assert.InRange(stop.Count, 1, 3);
        Assert.Empty(person.Complaints);
    }

    [Fact]
    public async Task What_is_typed_in_the_composer_saves_itself_and_two_people_get_a_choice()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser);
        var page = person.Page;
        await person.SignInAsAsync(Roles.Marketer);
        await person.GotoAsync("/campaigns/1/edit");
        await page.FillAsync("#subject", "Sage linen, again");
        await page.PressAsync("#subject", "Tab");
        await SavedAsync(page);

        var other = await page.Context.NewPageAsync();
        await other.GotoAsync("/campaigns/1/edit");
        await other.WaitForSelectorAsync(".app[data-live]");
        Assert.Equal("Sage linen, again", await other.InputValueAsync("#subject"));
        await other.FillAsync("#preheader", "From the other window");
        await other.PressAsync("#preheader", "Tab");
        await SavedAsync(other);

        await page.FillAsync("#subject", "Mine");
        await page.PressAsync("#subject", "Tab");
        await page.ClickAsync(".alert .btn:has-text('Keep mine')");
        await page.WaitForSelectorAsync(".saved:has-text('Saved at')");
        await page.ReloadAsync();
        await person.WaitForCircuitAsync();
        Assert.Equal("Mine", await page.InputValueAsync("#subject"));

        // It says first that something is not saved: the older "Saved" must not be taken for the new one.
        static async Task SavedAsync(IPage window)
        {
            await window.WaitForSelectorAsync(".saved:has-text('Not saved')");
            await window.WaitForSelectorAsync(".saved:has-text('Saved at')");
        }
    }
}
