using System.Globalization;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Testing;
using CampaignPortal.Web.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.BrowserTests;

/// <summary>What a representative answers to "why did I get this e-mail?", and where a marketer sees what worked.</summary>
public sealed class WhyThisMailTests(BrowserFixture browsers)
{
    [Fact]
    public async Task A_representative_answers_why_a_customer_got_an_e_mail()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser);
        var page = person.Page;
        await person.SignInAsAsync(Roles.Representative);
        await using var db = await person.Services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        var customer = await db.Messages.Where(m => m.CampaignId == SampleCampaigns.Tested).OrderBy(m => m.Id).Select(m => m.CustomerId).FirstAsync(TestContext.Current.CancellationToken);
        await person.GotoAsync("/customers/" + customer.ToString(CultureInfo.InvariantCulture));

        var why = new Interactions(page); // R2, from the profile
        await why.ClickAsync(".event .why summary");
        await page.WaitForSelectorAsync(".why[open] dl");
        Assert.InRange(why.Count, 1, 2);
        var answer = await page.InnerTextAsync(".why[open] dl");
        Assert.Contains("Winter bedding preview", answer, StringComparison.Ordinal);
        Assert.Contains("everyone who may be written to", answer, StringComparison.Ordinal);
        Assert.Matches("Version [AB] of 2, drawn by chance", answer);
        Assert.Empty(person.Complaints);
    }

    [Fact]
    public async Task A_marketer_finds_what_worked_last_month_on_Home()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser);
        var page = person.Page;
        await person.SignInAsAsync(Roles.Marketer);
        await person.GotoAsync("/");
        var found = new Interactions(page); // M5: the answer stands on Home, one click leads to its proof
        Assert.Contains("Winter bedding preview", await page.InnerTextAsync("section[aria-labelledby=worked]"), StringComparison.Ordinal);
        await found.ClickAsync("section[aria-labelledby=worked] li a");
        await page.WaitForURLAsync("**/campaigns/2");
        Assert.InRange(found.Count, 1, 2);

        await person.GotoAsync("/insights/messages?split=period");
        Assert.Contains("people clicked", await page.InnerTextAsync("main"), StringComparison.Ordinal);
        Assert.Empty(person.Complaints);
    }
}
