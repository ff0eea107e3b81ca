using System.Globalization;
using System.Text.RegularExpressions;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery.Transports;
using CampaignPortal.Web.Identity;
using Microsoft.Playwright;

namespace CampaignPortal.BrowserTests;

/// <summary>The purpose of the portal in one piece, in the sample shop: from whom a marketer wants to reach to what the campaign caused.</summary>
public sealed class WholeLoopTests(BrowserFixture browsers)
{
    private const int CustomerCount = 400;
    private const string Audience = "Ordered lately", Campaign = "Autumn evenings";

    private static readonly TimeSpan Day = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task From_an_audience_over_a_test_to_its_winner_and_back_through_everybody_whom_it_concerns()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser, demoCustomers: CustomerCount, demoDay: Day);
        var (page, outbox) = (person.Page, new PickupFolder(PickupTransport.FolderOf(person.Get<DataDirectory>())));
        await person.SignInToDemoAsync(Roles.Marketer);

        await MakeAudienceAsync(person);
        await ComposeAsync(person);
        var campaign = await LaunchAsync(page);

        // The test group gets its mails, and its people answer.
        await page.WaitForSelectorAsync(".phead .b:has-text('Testing')");
        var (all, waiting) = (await NumberBesideAsync(page, "Messages planned"), await NumberBesideAsync(page, "wait"));
        await outbox.WaitAsync(all - waiting);
        foreach (var figure in new[] { "Opened", "Click rate", "People who ordered" }) await page.WaitForFunctionAsync(HasPeople, figure);

        // The result gives its verdict, or says what it lacks; a person sends a version to the rest either way.
        await person.GotoAsync($"{campaign}?tab=test");
        Assert.Matches("Not enough data yet|Cannot tell yet|is better on", await page.InnerTextAsync(".verdict-line"));
        await page.ClickAsync(".verdict-actions .btn:has-text('Send A to')");
        await page.WaitForSelectorAsync(".verdict:has-text('went to the rest')");

        // Somebody leaves with one click of the mail program and gets nothing more, not even from a campaign to everybody in the same minute.
        var mail = outbox.Mails()[0];
        Assert.True((await page.Context.APIRequest.PostAsync(mail.UnsubscribePath, new APIRequestContextOptions { Form = page.Context.APIRequest.CreateFormData().Set("List-Unsubscribe", "One-Click") })).Ok);
        await outbox.WaitAsync(all);
        await SendCopyToEverybodyAsync(person, campaign);
        await page.WaitForSelectorAsync(".phead .b:has-text('Sent')");
        Assert.True(outbox.Mails().Count > all + waiting);
        Assert.Single(outbox.Mails(), m => m.To == mail.To);

        await person.SignInToDemoAsync(Roles.Representative);
        await FindAsync(page, mail.To);
        await page.WaitForSelectorAsync($".past .event:has-text('{Campaign}'):has-text('version') .chain");
        await page.WaitForSelectorAsync(".past .event:has-text('Unsubscribed')");
        await page.WaitForSelectorAsync(".consents li.not:has-text('E-mail')");

        await person.SignInToDemoAsync(Roles.Admin);
        await person.GotoAsync("/jobs?tab=history");
        await page.WaitForSelectorAsync("tr:has-text('Plan a campaign'):has-text('Done')");
        Assert.Empty(person.Complaints);
    }

    private static async Task MakeAudienceAsync(PortalPage person)
    {
        var page = person.Page;
        await person.GotoAsync("/audiences/new");
        await page.ClickAsync(".aud-tree > .row > .aud-add > summary");
        await page.ClickAsync(".aud-tree > .row > .aud-add button:text-is('Ordered')");
        await page.WaitForSelectorAsync(".aud-cond");
        await page.FillAsync(".aud-title", Audience);
        await page.WaitForFunctionAsync("() => /^\\d/.test(document.querySelector('.aud-size')?.textContent ?? '')");
        await page.ClickAsync(".phead .btn.p");
        await page.WaitForURLAsync(url => url.Split('/')[^1].All(char.IsAsciiDigit));
    }

    private static async Task ComposeAsync(PortalPage person)
    {
        var page = person.Page;
        await person.GotoAsync("/campaigns/new");
        await page.WaitForURLAsync("**/edit");
        await page.FillAsync(".name-input", Campaign);
        await page.ClickAsync($".choices button:has-text('{Audience}')");
        await page.WaitForSelectorAsync($".chip:has-text('{Audience}')");
        await page.FillAsync("#subject", "Long evenings, soft light");
        await page.ClickAsync(".vtabs .add");
        await page.WaitForSelectorAsync(".vtabs [aria-pressed='true']:has-text('Version B')");
        await page.FillAsync("#subject", "20% off lanterns you will like?");
        await page.ClickAsync("#step-schedule .seg button:has-text('Now')");
        await page.WaitForSelectorAsync("#step-schedule .seg [aria-pressed='true']:has-text('Now')");
    }

    /// <summary>Answers the address of the campaign's page.</summary>
    private static async Task<string> LaunchAsync(IPage page)
    {
        await page.ClickAsync(".phead .btn.p");
        await page.ClickAsync("dialog.launch-review .btn.p");
        await page.WaitForURLAsync(url => Regex.IsMatch(url, @"/campaigns/\d+$"));
        return new Uri(page.Url).AbsolutePath;
    }

    // The same to the same people, without a test and without a hold-out: whoever may be written to is.
    private static async Task SendCopyToEverybodyAsync(PortalPage person, string campaign)
    {
        var page = person.Page;
        await person.GotoAsync(campaign);
        await page.ClickAsync(".phead .btn:has-text('Copy')");
        await page.WaitForURLAsync("**/edit");
        await page.SelectOptionAsync("#test-share", "1");
        await page.SelectOptionAsync("#holdout", "0");
        await page.WaitForSelectorAsync(".saved:has-text('Saved at')");
        await LaunchAsync(page);
    }

    private static async Task FindAsync(IPage page, string text)
    {
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync(text, new KeyboardTypeOptions { Delay = 25 }); // about as fast as people type
        await page.WaitForSelectorAsync("#search [aria-selected='true']");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/customers/*");
    }

    /// <summary>The figure of the reach card beside a line that begins, or goes on, with a word.</summary>
    private static async Task<int> NumberBesideAsync(IPage page, string word)
    {
        var text = await page.InnerTextAsync($".reach dt:has-text('{word}') + dd");
        return int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
    }

    // A figure with the number of people behind it, which is more than none.
    private const string HasPeople = """
        label => [...document.querySelectorAll('.kpi')].some(k => k.querySelector('.l').textContent === label && /^[1-9][\d,]* people/.test(k.querySelector('.d').textContent))
        """;
}
