using System.Net;
using System.Text.RegularExpressions;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Testing;
using CampaignPortal.Web.Identity;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CampaignPortal.Web.Tests.Identity;

/// <summary>Sign-in over the real host, without a browser.</summary>
public sealed partial class SignInTests : IAsyncDisposable
{
    private const string Email = "mira.koch@example.com";
    private const string Password = Doors.Password;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private readonly ManualClock _clock = new();
    private readonly TestPortal _portal;

    public SignInTests() => _portal = TestPortal.Start(configure: services => services.AddSingleton<TimeProvider>(_clock));

    public ValueTask DisposeAsync() => _portal.DisposeAsync();

    [Fact]
    public async Task Before_the_set_up_every_page_leads_to_it_and_afterwards_it_is_closed()
    {
        var client = _portal.CreateClient();
        Assert.Equal("/set-up", (await client.GetAsync("/customers", Stop)).Headers.Location?.ToString());

        await AddUserAsync(Roles.Admin);
        Assert.StartsWith("/sign-in", (await client.GetAsync("/customers", Stop)).Headers.Location?.PathAndQuery, StringComparison.Ordinal);
        Assert.EndsWith("/sign-in", (await client.GetAsync("/set-up", Stop)).Headers.Location?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_set_up_takes_the_code_of_the_console_and_no_other()
    {
        var handler = _portal.Services.CreateScope().ServiceProvider.GetRequiredService<SetUpPortalHandler>();
        var shop = new ShopSettings("Fern & Hearth Home", "EUR", "Europe/Berlin", "en");
        Assert.NotNull((await handler.HandleAsync(new SetUpPortal("WRONG", shop, "Mira Koch", Email, Password), CancellationToken.None)).Problem);

        var code = _portal.Get<SetUpToken>().Issue();
        Assert.Equal("Password", (await handler.HandleAsync(new SetUpPortal(code, shop, "Mira Koch", Email, "fern and hearth"), CancellationToken.None)).Problem?.Field);
        var made = await handler.HandleAsync(new SetUpPortal(code, shop, "Mira Koch", Email, Password), CancellationToken.None);
        Assert.True(made.IsOk);
        Assert.NotNull((await handler.HandleAsync(new SetUpPortal(code, shop, "Second", "second@example.com", Password), CancellationToken.None)).Problem);
        Assert.Equal("Fern & Hearth Home", _portal.Get<ShopSettingsStore>().Read().Name);
    }

    [Theory]
    [InlineData("application/csp-report", """{"csp-report":{"effective-directive":"script-src-elem","blocked-uri":"inline"}}""", 1), InlineData("application/json", "{}", 0), InlineData("application/csp-report", "no json", 0)]
    public async Task A_report_of_a_browser_about_the_content_policy_is_counted(string type, string report, long count)
    {
        await AddUserAsync(Roles.Admin);
        using var body = new StringContent(report, System.Text.Encoding.UTF8, type);
        var answer = await _portal.CreateClient().PostAsync("/csp-reports", body, Stop);
        Assert.Equal((HttpStatusCode.NoContent, count), (answer.StatusCode, _portal.Get<PolicyReports>().Count));
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_address_get_the_same_answer()
    {
        await AddUserAsync(Roles.Admin);
        var (wrong, wrongBody) = await SignInAsync(_portal.CreateClient(), Email, "not this one at all");
        var (unknown, unknownBody) = await SignInAsync(_portal.CreateClient(), "nobody@example.com", "not this one at all");

        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Equal(wrong.StatusCode, unknown.StatusCode);
        Assert.Equal(Normalised(wrongBody, Email), Normalised(unknownBody, "nobody@example.com"));
    }

    [Fact, Trait("Promise", "S-13")]
    public async Task The_session_cookie_is_for_this_host_alone_and_ends_after_eight_idle_hours_or_seven_days()
    {
        await AddUserAsync(Roles.Admin);
        var client = _portal.CreateClient();
        var (response, _) = await SignInAsync(client, Email, Password);
        var cookie = response.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("portal=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("path=/", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("domain=", cookie, StringComparison.OrdinalIgnoreCase);

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/", Stop)).StatusCode);
        for (var hour = 0; hour < 7 * 24 - 6; hour += 6)
        {
            _clock.Advance(TimeSpan.FromHours(6));
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/", Stop)).StatusCode);
        }
        _clock.Advance(TimeSpan.FromHours(7));
        Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync("/", Stop)).StatusCode);

        var again = _portal.CreateClient();
        await SignInAsync(again, Email, Password);
        _clock.Advance(TimeSpan.FromHours(8.1));
        Assert.Equal(HttpStatusCode.Redirect, (await again.GetAsync("/", Stop)).StatusCode);

        var secure = _portal.CreateClient();
        secure.BaseAddress = new Uri("https://localhost");
        var (overTls, _) = await SignInAsync(secure, Email, Password);
        var prefixed = overTls.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("__Host-portal=", StringComparison.Ordinal));
        Assert.Contains("secure", prefixed, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_changed_password_ends_other_sessions_within_a_minute()
    {
        var user = await AddUserAsync(Roles.Admin);
        var client = _portal.CreateClient();
        await SignInAsync(client, Email, Password);
        using (var scope = _portal.Services.CreateScope())
        {
            var users = scope.ServiceProvider.GetRequiredService<UserManager<PortalUser>>();
            await users.UpdateSecurityStampAsync((await users.FindByIdAsync(user.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)))!);
        }
        _clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync("/", Stop)).StatusCode);
    }

    [Fact]
    public async Task Guessing_is_slowed_down_with_the_time_to_wait()
    {
        await AddUserAsync(Roles.Admin);
        var client = _portal.CreateClient();
        HttpResponseMessage? last = null;
        for (var i = 0; i < 6; i++) (last, _) = await SignInAsync(client, Email, $"guess number {i} of many");
        Assert.Equal(HttpStatusCode.TooManyRequests, last!.StatusCode);
        Assert.NotNull(last.Headers.RetryAfter);
    }

    [Fact]
    public async Task Forms_of_other_sites_are_refused()
    {
        await AddUserAsync(Roles.Admin);
        var client = _portal.CreateClient();
        await SignInAsync(client, Email, Password);
        var forged = await client.PostAsync("/account/sign-out", new FormUrlEncodedContent([]), Stop);
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/", Stop)).StatusCode);
    }

    [Fact, Trait("Promise", "S-19")]
    public async Task Every_answer_carries_the_headers()
    {
        await AddUserAsync(Roles.Admin);
        var client = _portal.CreateClient();
        await SignInAsync(client, Email, Password);
        var page = await client.GetAsync("/", Stop);
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Matches("^default-src 'self'; script-src 'self' 'nonce-[A-Za-z0-9+/=]{24}'; style-src 'self' 'nonce-[A-Za-z0-9+/=]{24}'; style-src-attr 'unsafe-inline'; img-src 'self' data:; "
            + "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'", policy);
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("same-origin", page.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("same-origin", page.Headers.GetValues("Cross-Origin-Opener-Policy").Single());
        Assert.True(page.Headers.CacheControl?.NoStore);
        Assert.Empty(page.Headers.Server);

        var secure = _portal.CreateClient();
        secure.BaseAddress = new Uri("https://localhost");
        Assert.Contains("max-age=31536000", (await secure.GetAsync("/sign-in", Stop)).Headers.GetValues("Strict-Transport-Security").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Roles.Marketer, "/customers", 200), InlineData(Roles.Marketer, "/predictions", 200)]
    [InlineData(Roles.Analyst, "/customers", 403), InlineData(Roles.Analyst, "/customers/1", 403), InlineData(Roles.Analyst, "/predictions", 200)]
    [InlineData(Roles.Representative, "/customers", 200), InlineData(Roles.Representative, "/predictions", 403), InlineData(Roles.Representative, "/", 200)]
    [InlineData(Roles.Admin, "/nowhere", 404)]
    public async Task Pages_open_for_the_roles_of_the_table(string role, string path, int status)
    {
        await AddUserAsync(role);
        var client = _portal.CreateClient();
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        await SignInAsync(client, Email, Password);
        Assert.Equal(status, (int)(await client.GetAsync(path, Stop)).StatusCode);
    }

    [Fact]
    public async Task A_marketer_sees_masked_contact_data_and_an_analyst_none()
    {
        await SampleShop.FillAsync(_portal.Services, _clock.GetUtcNow(), customerCount: 3);
        await AddUserAsync(Roles.Marketer);
        var client = _portal.CreateClient();
        await SignInAsync(client, Email, Password);
        var page = await (await client.GetAsync("/customers/1", Stop)).Content.ReadAsStringAsync(Stop);
        Assert.Contains("l…n@example.com", page, StringComparison.Ordinal);
        Assert.DoesNotContain("lena.marten", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Marten", page, StringComparison.Ordinal);
        Assert.DoesNotContain("5550 0000", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_defaults_of_the_framework_are_changed()
    {
        T Options<T>() where T : class => _portal.Get<IOptions<T>>().Value;
        Assert.Equal(TimeSpan.FromSeconds(60), Options<SecurityStampValidatorOptions>().ValidationInterval);
        Assert.Equal(210_000, Options<PasswordHasherOptions>().IterationCount);
        Assert.Equal(12, Options<IdentityOptions>().Password.RequiredLength);
        Assert.False(Options<IdentityOptions>().Password.RequireDigit);
        var circuit = Options<CircuitOptions>();
        Assert.Equal((50, TimeSpan.FromMinutes(3), 200, TimeSpan.FromMinutes(30)), (circuit.DisconnectedCircuitMaxRetained, circuit.DisconnectedCircuitRetentionPeriod, circuit.PersistedCircuitInMemoryMaxRetained, circuit.PersistedCircuitInMemoryRetentionPeriod));
        Assert.Equal((4, TimeSpan.FromSeconds(15), false), (circuit.MaxBufferedUnacknowledgedRenderBatches, circuit.JSInteropDefaultCallTimeout, circuit.DetailedErrors));
        var hubs = _portal.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).SelectMany(e => e.Metadata.OfType<Microsoft.AspNetCore.Http.Connections.HttpConnectionDispatcherOptions>()).ToArray();
        Assert.NotEmpty(hubs);
        Assert.All(hubs, hub => Assert.True(hub.CloseOnAuthenticationExpiration));
        Assert.NotNull(_portal.Get<IOptions<AuthorizationOptions>>().Value.FallbackPolicy);
    }

    private Task<PortalUser> AddUserAsync(string role) => Doors.AddUserAsync(_portal, role, Email);

    private static Task<(HttpResponseMessage Response, string Body)> SignInAsync(HttpClient client, string email, string password) => Doors.SignInAsync(client, email, password);

    // Tokens and the typed address differ from answer to answer.
    private static string Normalised(string body, string email) =>
        StatePattern().Replace(Doors.TokenPattern().Replace(body, "token"), "state").Replace(email, "address", StringComparison.Ordinal);

    [GeneratedRegex("<!--Blazor.*?-->", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex StatePattern();
}
