using System.Net;
using System.Text;
using System.Text.Json;
using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Web.Tests.Api;

/// <summary>The public key of a site, as the snippet uses it: plain text, no headers, from any origin.</summary>
public sealed class SiteKeyTests : IAsyncLifetime
{
    private readonly TestPortal _portal = TestPortal.Start();
    private string _key = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _key = (await _portal.Get<ApiKeyStore>().CreateAsync("site", [ApiScopes.EventsWrite], null, Ct)).Value;

    public ValueTask DisposeAsync() => _portal.DisposeAsync();

    [Fact]
    public async Task A_page_of_any_shop_may_report_what_its_visitor_does()
    {
        var (response, body) = await PostAsync(_key, """{"messageId":"1","type":"track","event":"Product Viewed","anonymousId":"v-1","properties":{"product_id":"p-1"}}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));
        Assert.Equal(1, body.GetProperty("accepted").GetInt32());
    }

    [Theory]
    [InlineData("consent_changed"), InlineData("unsubscribed"), InlineData("message_clicked")]
    public async Task It_cannot_speak_for_others(string name)
    {
        var (_, body) = await PostAsync(_key, $$"""{"messageId":"1","type":"track","event":"{{name}}","userId":"c-1"}""");
        Assert.Equal(1, body.GetProperty("quarantined").GetInt32());
        Assert.Equal("event.unknown-type", body.GetProperty("rows")[0].GetProperty("reason").GetString());
    }

    [Fact]
    public async Task It_names_the_visitor_and_changes_no_contact_data()
    {
        var (_, body) = await PostAsync(_key, """{"messageId":"1","type":"identify","userId":"c-1","anonymousId":"v-1","traits":{"email":"somebody@example.com","plan":"gold"}}""");
        Assert.Equal(1, body.GetProperty("accepted").GetInt32());
        await using var db = await _portal.Get<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(Ct);
        Assert.Empty(await db.Contacts.ToListAsync(Ct));
        Assert.Single(await db.Customers.ToListAsync(Ct));
    }

    [Fact]
    public async Task A_key_that_may_do_more_is_refused_in_an_address_and_no_other_endpoint_takes_one()
    {
        var strong = (await _portal.Get<ApiKeyStore>().CreateAsync("server", [ApiScopes.EventsWrite, ApiScopes.CustomersWrite], null, Ct)).Value;
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(strong, "{}")).Response.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync("cp_nothing", "{}")).Response.StatusCode);

        using var client = _portal.CreateClient();
        using var body = new StringContent("""{"customers":[]}""", Encoding.UTF8, "text/plain");
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.PostAsync("/api/v1/customers?key=" + strong, body, Ct)).StatusCode);
    }

    private async Task<(HttpResponseMessage Response, JsonElement Body)> PostAsync(string key, string entry)
    {
        using var client = _portal.CreateClient();
        using var content = new StringContent($$"""{"batch":[{{entry}}]}""", Encoding.UTF8, "text/plain");
        var response = await client.PostAsync("/api/v1/events?key=" + key, content, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        return (response, text.Length is 0 ? default : JsonDocument.Parse(text).RootElement);
    }
}
