using CampaignPortal.Web.Identity;

namespace CampaignPortal.BrowserTests;

/// <summary>A marketer makes an audience, with the interactions that the design allows.</summary>
public sealed class AudienceTests(BrowserFixture browsers)
{
    [Fact]
    public async Task Three_conditions_one_of_them_a_prediction_with_size_and_reach()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser);
        var page = person.Page;
        await person.SignInAsAsync(Roles.Marketer);

        var make = new Interactions(page); // M2, from Home
        await make.ClickAsync(".side a[href='/audiences']");
        await make.ClickAsync("main a.btn.p[href='/audiences/new']");
        await page.WaitForSelectorAsync(".aud-tree");
        foreach (var (kind, number) in new[] { ("Ordered", 1), ("Likely to buy again", 2), ("Viewed an item", 3) })
        {
            await make.ClickAsync(".aud-tree > .row > .aud-add > summary");
            await make.ClickAsync($".aud-tree > .row > .aud-add button:text-is('{kind}')");
            await page.WaitForFunctionAsync($"() => document.querySelectorAll('.aud-cond').length === {number}");
        }
        await make.FillAsync(".aud-title", "Likely to buy bedding");
        await page.WaitForFunctionAsync("() => /^\\d/.test(document.querySelector('.aud-size')?.textContent ?? '') && document.querySelectorAll('.aud-steps li').length === 4");
        await make.ClickAsync(".phead .btn.p");
        await page.WaitForURLAsync(url => url.Split('/')[^1].All(char.IsAsciiDigit));
        Assert.InRange(make.Count, 1, 11);

        await person.WaitForContentAsync();
        Assert.Matches(@"^\d+", await page.InnerTextAsync(".aud-size"));
        Assert.Contains("mail", await page.InnerTextAsync(".aud-reach"), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(await person.FindBarriersAsync());

        await person.GotoAsync("/audiences");
        await page.WaitForSelectorAsync("tbody tr:has-text('Likely to buy bedding')");
        Assert.Empty(await person.FindBarriersAsync());

        // From there one press leads to a campaign that has it.
        await page.ClickAsync("tbody a.tt:text-is('Likely to buy bedding')");
        await page.ClickAsync(".phead .btn.p:has-text('Use in a campaign')");
        await page.WaitForURLAsync(url => url.EndsWith("/edit", StringComparison.Ordinal));
        await page.WaitForSelectorAsync(".chip:has-text('Likely to buy bedding')");
        Assert.Empty(person.Complaints);
    }

    [Fact]
    public async Task A_list_is_pasted_checked_and_made_and_single_customers_are_added_on_top_of_rules()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser);
        var page = person.Page;
        await person.SignInAsAsync(Roles.Marketer);
        var known = await KnownCustomerAsync(person);

        await person.GotoAsync("/audiences/upload");
        await page.FillAsync("#list-text", $"customer\n{known}\nnobody-has-this");
        await page.ClickAsync("text='Find these customers'");
        await page.WaitForSelectorAsync("text='1 line was not found'");
        Assert.Empty(await person.FindBarriersAsync());
        await page.FillAsync("#list-name", "Guests of the fair");
        await page.ClickAsync("text='Make a list of 1'");
        await page.WaitForURLAsync(url => url.Split('/')[^1].All(char.IsAsciiDigit));
        await page.WaitForSelectorAsync("text=/A fixed list of 1 people/");

        await person.GotoAsync("/audiences/new?idea=silent");
        await page.FillAsync("[aria-describedby=aud-hand-note]", known + ", nobody-has-this");
        await page.ClickAsync("button:has-text('Take out')");
        await page.WaitForSelectorAsync("text='Not found: nobody-has-this'");
        await page.WaitForSelectorAsync($".aud-hand .chip.out:has-text('{known}')");
        Assert.Contains("1 person was taken out by hand.", await page.InnerTextAsync(".aud-sentence"), StringComparison.Ordinal);
        Assert.Empty(await person.FindBarriersAsync());
        Assert.Empty(person.Complaints);
    }

    private static async Task<string> KnownCustomerAsync(PortalPage person)
    {
        await person.GotoAsync("/audiences/new?idea=silent");
        return await person.Page.InnerTextAsync(".aud-person a");
    }

    [Fact]
    public async Task A_draft_survives_a_closed_page_and_conditions_move_by_the_keyboard()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser);
        var page = person.Page;
        await person.SignInAsAsync(Roles.Marketer);
        await person.GotoAsync("/audiences/new?idea=silent");
        await page.WaitForSelectorAsync(".aud-cond >> nth=1");

        await page.FocusAsync(".aud-cond >> nth=1 >> .aud-grip");
        await page.Keyboard.PressAsync("Alt+ArrowUp");
        await page.WaitForFunctionAsync("() => document.querySelector('.aud-cond fieldset').getAttribute('aria-label').includes('have not ordered')");
        await page.WaitForFunctionAsync("() => document.querySelector('.phead').textContent.includes('Draft saved')");

        await person.GotoAsync("/audiences/new");
        await page.WaitForSelectorAsync(".alert:has-text('not saved')");
        Assert.Equal(2, await page.Locator(".aud-cond").CountAsync());
        await page.ClickAsync(".alert .btn");
        await page.WaitForFunctionAsync("() => document.querySelectorAll('.aud-cond').length === 0");
        Assert.Empty(person.Complaints);
    }
}
