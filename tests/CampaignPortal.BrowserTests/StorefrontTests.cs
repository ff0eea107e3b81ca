using System.Diagnostics;
using System.Text.Json;
using Microsoft.Playwright;

namespace CampaignPortal.BrowserTests;

/// <summary>The storefront of the sample shop and the snippet in it, in a real browser.</summary>
public sealed class StorefrontTests(BrowserFixture browsers)
{
    private const int CustomerCount = 60;

    [Fact]
    public async Task A_visit_stands_on_the_timeline_of_the_customer_within_a_moment()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser, demoCustomers: CustomerCount);
        await person.SignInToDemoAsync();
        await person.GotoAsync("/customers/1");
        var shop = await person.OpenTabAsync();
        await shop.GotoAsync("/demo-shop");
        await shop.ClickAsync("[data-consent-answer=yes]");
        await shop.ClickAsync("[data-identify] button");
        var name = await shop.Locator(".goods li").Nth(4).GetAttributeAsync("data-name");

        var clock = Stopwatch.StartNew();
        await shop.Locator(".goods li").Nth(4).Locator("button.look").ClickAsync();
        await person.Page.WaitForSelectorAsync($".past .event:has-text('{name}')");
        TestContext.Current.TestOutputHelper?.WriteLine($"{clock.ElapsedMilliseconds} ms");
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 5); // within a second on a quiet machine

        await shop.Locator(".goods li").Nth(4).Locator("[data-cart]").ClickAsync();
        await shop.ClickAsync("[data-order]");
        await person.Page.WaitForSelectorAsync(".past .event:has-text('web-')");
        Assert.Empty(person.Complaints);
    }

    [Fact]
    public async Task The_snippet_waits_for_consent_believes_privacy_control_and_loses_nothing_offline()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser, demoCustomers: CustomerCount);
        await person.SignInToDemoAsync();
        var shop = await person.OpenTabAsync();
        var posts = new List<string>();
        shop.Request += (_, request) =>
        {
            if (request.Url.Contains("/api/v1/events", StringComparison.Ordinal)) posts.Add(request.PostData ?? "");
        };
        Task LookAsync(int item) => shop.Locator(".goods li").Nth(item).Locator("button.look").ClickAsync();

        // Without an answer nothing is sent or stored; after a no neither.
        await shop.GotoAsync("/demo-shop");
        await LookAsync(0);
        await shop.ClickAsync("[data-consent-answer=no]");
        await LookAsync(1);
        await shop.WaitForTimeoutAsync(600);
        Assert.Empty(posts);
        Assert.Null(await shop.EvaluateAsync<string?>("localStorage.getItem('cp.visitor')"));

        // A browser that asks not to be tracked is believed, until its visitor says yes here.
        await shop.EvaluateAsync("localStorage.clear()");
        await shop.AddInitScriptAsync("Object.defineProperty(navigator, 'globalPrivacyControl', { get: () => true })");
        await shop.ReloadAsync();
        await LookAsync(2);
        await shop.WaitForTimeoutAsync(600);
        Assert.Empty(posts);
        await shop.RunAndWaitForResponseAsync(async () =>
        {
            await shop.ClickAsync("[data-consent-answer=yes]");
            await LookAsync(3);
        }, response => response.Url.Contains("/api/v1/events", StringComparison.Ordinal) && response.Ok);

        // What was seen offline waits in the browser and arrives once the line is back.
        await person.SetOfflineAsync(true);
        posts.Clear();
        await LookAsync(4);
        await shop.WaitForFunctionAsync("() => JSON.parse(localStorage.getItem('cp.queue') ?? '[]').length > 0");
        await shop.RunAndWaitForResponseAsync(() => person.SetOfflineAsync(false), response => response.Url.Contains("/api/v1/events", StringComparison.Ordinal) && response.Ok);
        await shop.WaitForFunctionAsync("() => JSON.parse(localStorage.getItem('cp.queue') ?? '[]').length === 0");

        // Whoever leaves before anything was delivered is heard all the same: what is left goes with a beacon.
        await shop.AddInitScriptAsync("navigator.sendBeacon = (_, body) => { localStorage.setItem('beacon', body); return true; }");
        await shop.ReloadAsync();
        await shop.RouteAsync("**/api/v1/events**", route => route.AbortAsync());
        await LookAsync(5);
        await shop.GotoAsync("/demo-pictures/p-1001.svg");
        Assert.Contains("Product Viewed", await shop.EvaluateAsync<string>("localStorage.getItem('beacon')"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_signs_out_is_forgotten_and_what_they_did_is_still_delivered_as_theirs()
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser, demoCustomers: CustomerCount);
        await person.SignInToDemoAsync();
        var shop = await person.OpenTabAsync();
        await shop.GotoAsync("/demo-shop");
        await shop.ClickAsync("[data-consent-answer=yes]");
        await shop.WaitForFunctionAsync("() => localStorage.getItem('cp.queue') === null");
        await person.SetOfflineAsync(true);
        await shop.EvaluateAsync("campaignPortal.identify('1'); campaignPortal.search('lamp')");
        var visitor = await shop.EvaluateAsync<string>("localStorage.getItem('cp.visitor')");
        await shop.EvaluateAsync("campaignPortal.reset()");
        Assert.Null(await shop.EvaluateAsync<string?>("localStorage.getItem('cp.visitor') ?? localStorage.getItem('cp.user')"));
        await shop.EvaluateAsync("campaignPortal.search('rug')");

        var post = await shop.RunAndWaitForRequestAsync(() => person.SetOfflineAsync(false), request => request.Url.Contains("/api/v1/events", StringComparison.Ordinal));

        var batch = JsonDocument.Parse(post.PostData!).RootElement.GetProperty("batch").EnumerateArray().ToArray();
        Assert.Equal(["identify", "track", "track"], batch.Select(e => e.GetProperty("type").GetString()));
        Assert.All(batch[..2], e => Assert.Equal((visitor, "1"), (e.GetProperty("anonymousId").GetString(), e.GetProperty("userId").GetString())));
        Assert.NotEqual(visitor, batch[2].GetProperty("anonymousId").GetString());
        Assert.False(batch[2].TryGetProperty("userId", out _));
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1440), InlineData(ColorScheme.Dark, 390)]
    public async Task The_pages_of_the_sample_shop_are_free_of_barriers(ColorScheme scheme, int width)
    {
        await using var person = await PortalPage.OpenAsync(browsers.Browser, demoCustomers: CustomerCount, scheme: scheme, width: width);
        var found = new List<string>();
        foreach (var path in new[] { "/sign-in", "/demo-shop" })
        {
            await person.Page.GotoAsync(path);
            found.AddRange((await person.FindBarriersAsync()).Select(barrier => $"{path} {barrier}"));
            Assert.Equal(0, await person.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth"));
        }
        await person.SignInToDemoAsync();
        await person.GotoAsync("/settings/sample");
        found.AddRange(await person.FindBarriersAsync());
        Assert.Empty(found);
    }
}
