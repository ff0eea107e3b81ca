using CampaignPortal.Testing;
using CampaignPortal.Web.Identity;
using Microsoft.Playwright;

namespace CampaignPortal.BrowserTests;

/// <summary>What an analyst, a representative and an admin do all day, with the interactions that the design allows for each task.</summary>
public sealed class WorkingDayTests(BrowserFixture browsers)
{
    [Fact]
    public async Task An_analyst_decides_whether_a_model_can_be_trusted_and_takes_the_rows_behind_a_chart()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser);
        var page = person.Page;
        await person.SignInAsAsync(Roles.Analyst);

        var trust = new Interactions(page); // N1, from Home
        await trust.ClickAsync("main a[href='/predictions/purchase-30']");
        await page.WaitForSelectorAsync("h2:has-text('Buys again')");
        await person.WaitForContentAsync();
        Assert.Matches(@"When this model says \d+%", await page.InnerTextAsync("main"));
        Assert.InRange(trust.Count, 1, 2);

        await person.GotoAsync("/predictions/purchase-30?tab=training");
        var rows = new Interactions(page); // N2, from any chart
        await rows.ClickAsync("[data-chart] .chart-menu summary");
        var download = await page.RunAndWaitForDownloadAsync(() => rows.ClickAsync("[data-chart] .chart-menu button:has-text('CSV')"));
        Assert.InRange(rows.Count, 1, 2);
        var csv = await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.True(csv.Split("\r\n").Length > 3, csv);

        // No single customer: neither in the sidebar, nor by the address, nor by a title.
        Assert.Equal(0, await page.Locator(".side a[href='/customers']").CountAsync());
        await page.GotoAsync("/customers/1");
        Assert.Contains("The role Analyst cannot open this", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        Assert.DoesNotContain("Lena", await page.ContentAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_representative_finds_a_customer_leaves_a_note_and_withdraws_a_consent()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser);
        var page = person.Page;
        await person.SignInAsAsync(Roles.Representative);

        var find = new Interactions(page); // R1, from any page
        await find.PressAsync("Control+k");
        await find.TypeAsync("na.marten@exam");
        await page.WaitForSelectorAsync("#search [aria-selected='true']");
        await find.PressAsync("Enter");
        await page.WaitForSelectorAsync("h1:has-text('Lena Marten')");
        Assert.InRange(find.Count, 1, 3);

        var note = new Interactions(page); // R3
        await note.ClickAsync("[data-add-note]");
        await note.FillAsync("#note-text", "Asked for delivery after six.");
        await note.ClickAsync(".notes .btn.p");
        await page.WaitForSelectorAsync(".notes li:has-text('Asked for delivery after six.')");
        Assert.InRange(note.Count, 1, 3);

        var consent = new Interactions(page); // R3, the other half
        await consent.ClickAsync(".consents li.yes button:has-text('Withdraw')");
        await consent.FillAsync("#consent-proof", "Said so on the phone.");
        await consent.ClickAsync("dialog.ask .btn.p");
        await page.WaitForSelectorAsync(".consents li.not:has-text('E-mail')");
        Assert.InRange(consent.Count, 1, 4);
        Assert.Equal("content", await page.EvaluateAsync<string>("() => document.activeElement?.id ?? ''")); // what opened the dialog went with the consent

        await page.ReloadAsync();
        await page.WaitForSelectorAsync(".consents li.not:has-text('E-mail')");
        await page.WaitForSelectorAsync(".notes li:has-text('Asked for delivery after six.')");
        Assert.Equal(0, await page.Locator(".side a[href='/predictions']").CountAsync());
        await page.GotoAsync("/predictions");
        Assert.Contains("The role Representative cannot open this", await page.InnerTextAsync("main"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_admin_repairs_a_failed_training_by_importing_the_orders_it_needs()
    {
        var orders = SharedData.PathOrSkip("data/online-retail/transactions-2010-12-to-2011-08.csv.gz");
        await using var person = await PortalPage.OpenAsync(browsers.Browser, withShop: false, isSchedulerOn: true);
        var page = person.Page;
        await person.SetUpAsync();

        await person.GotoAsync("/jobs/train.segments");
        await page.ClickAsync("main .btn:has-text('Run now')");
        await page.WaitForSelectorAsync(".b:has-text('Failed')", new PageWaitForSelectorOptions { Timeout = 60_000 });
        await person.GotoAsync("/");

        var see = new Interactions(page); // A1, from any page
        await see.ClickAsync(".side a[href='/jobs']");
        await see.ClickAsync(".jobs-table a:has-text('Segments')");
        await page.WaitForSelectorAsync(".jobs-run .alert");
        Assert.InRange(see.Count, 1, 2);

        await page.ClickAsync(".jobs-run a.btn.p"); // the repair: import data
        await page.WaitForURLAsync("**/data/import**");
        var import = new Interactions(page); // A3, from Data
        await import.ChooseFileAsync("input[type=file]", orders);
        await import.ClickAsync(".phead .btn.p:has-text('Match columns')");
        await import.ClickAsync(".phead .btn.p:has-text('Check the rows')");
        await page.WaitForSelectorAsync(".phead .btn.p:not([aria-disabled]):has-text('Import')", new PageWaitForSelectorOptions { Timeout = 120_000 }); // the dry run of every row
        await import.ClickAsync(".phead .btn.p");
        await page.WaitForURLAsync("**/data/imports/*");
        await page.WaitForSelectorAsync(".phead .b.ok", new PageWaitForSelectorOptions { Timeout = 120_000 });
        Assert.InRange(import.Count, 1, 6);
        Assert.Contains("320,703", await page.InnerTextAsync("main"), StringComparison.Ordinal);

        await person.GotoAsync("/customers?q=17850");
        await page.ClickAsync("tbody a");
        await page.WaitForSelectorAsync(".past .event");

        await person.GotoAsync("/jobs/train.segments");
        await page.ClickAsync("main .btn:has-text('Run now')");
        await page.WaitForSelectorAsync(".b:has-text('Done')", new PageWaitForSelectorOptions { Timeout = 120_000 });
        Assert.Empty(person.Complaints);
    }

    [Fact]
    public async Task An_admin_changes_a_schedule_in_words_and_invites_a_colleague()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser, isSchedulerOn: true);
        var page = person.Page;
        await person.SetUpAsync();

        await person.GotoAsync("/jobs");
        var schedule = new Interactions(page); // A2, from Jobs
        await schedule.ClickAsync(".jobs-table a:has-text('Clean up')");
        await schedule.FillAsync("#say", "every weekday at 3");
        await schedule.ClickAsync(".field:has(#say) button");
        await schedule.ClickAsync("button:has-text('Save')");
        Assert.InRange(schedule.Count, 1, 5);
        await person.GotoAsync("/jobs");
        await page.WaitForSelectorAsync(".jobs-table tr:has-text('Clean up'):has-text('03:00')");

        await person.GotoAsync("/");
        var invite = new Interactions(page); // A4, from Home
        await invite.ClickAsync(".side a[href='/settings']");
        await invite.ClickAsync("main a[href='/settings/users']");
        await invite.FillAsync("#invite-email", "ben.adler@example.com");
        await invite.SelectAsync("#invite-role", Roles.Analyst);
        await invite.ClickAsync(".btn.invite");
        var link = await page.InnerTextAsync(".secret code");
        Assert.InRange(invite.Count, 1, 6);
        Assert.Contains("/accept-invitation", link, StringComparison.Ordinal);
        Assert.Empty(person.Complaints);
    }
}
