using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Testing;
using CampaignPortal.Web.Identity;
using Microsoft.Playwright;

namespace CampaignPortal.BrowserTests;

/// <summary>MJML in the composer: the compiler of the browser, and tags of the template through it.</summary>
public sealed class MjmlTests(BrowserFixture browsers)
{
    private const string Source = """
        <mjml>
          <mj-body>
            <mj-section>
              <mj-column><mj-text>Hi {{default customer.first_name "there"}}</mj-text></mj-column>
              <mj-column>{{#if orders.count}}<mj-button href="{{default customer.shop_url 'https://shop.example.com'}}">Again</mj-button>{{/if}}</mj-column>
            </mj-section>
          </mj-body>
        </mjml>
        """;

    [Fact]
    public async Task Mjml_is_compiled_with_its_tags_and_a_mistake_is_named_by_its_line()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser);
        var page = person.Page;
        await person.SignInAsAsync(Roles.Marketer);
        await person.GotoAsync("/campaigns/1/edit");
        await page.ClickAsync(".canvas-head .seg button:first-child");
        await page.SelectOptionAsync(".options label:first-child select", "Mjml");
        await page.WaitForFunctionAsync("() => document.querySelector('#body')?.value.startsWith('<mjml>')");

        await page.FillAsync("#body", Source.Replace("<mj-button", "<mj-buton", StringComparison.Ordinal));
        await page.PressAsync("#body", "Tab");
        await page.WaitForSelectorAsync(".problems:has-text('line 5, column 1')");
        await page.FillAsync("#body", Source);
        await page.PressAsync("#body", "Tab");
        await page.WaitForSelectorAsync(".problems", new PageWaitForSelectorOptions { State = WaitForSelectorState.Detached });
        await page.WaitForSelectorAsync(".saved:has-text('Saved at')");

        var content = (await person.Get<CampaignStore>().ReadAsync(SampleCampaigns.Draft, TestContext.Current.CancellationToken))!.Draft.Variants[0].Content; // it is there
        Assert.Equal((BodyFormat.Mjml, Source.ReplaceLineEndings("\n"), false), (content.BodyFormat, content.Mjml, content.IsBehindSource));
        Assert.Matches("""class="mj-column-per-50"[\s\S]*Hi {{default customer.first_name "there"}}[\s\S]*{{#if orders.count}}[\s\S]*href="{{default customer.shop_url 'https://shop.example.com'}}"[\s\S]*{{/if}}""", content.Body);
        Assert.DoesNotContain("cpm", content.Body, StringComparison.Ordinal);
        Assert.Empty(person.Complaints);
    }
}
