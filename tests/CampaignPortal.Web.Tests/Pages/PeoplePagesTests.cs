using System.Net;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Customers.Notes;
using CampaignPortal.Testing;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Tests.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Web.Tests.Pages;

/// <summary>Home, the list and a profile as each role gets them from the whole program.</summary>
public sealed class PeoplePagesTests : IAsyncLifetime
{
    private readonly HashSet<string> _entered = [];
    private TestPortal _portal = null!; // started before each test

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _portal = TestPortal.Start(configure: services => services.AddSingleton<TimeProvider>(new ManualClock()));
        await SampleShop.FillAsync(_portal.Services, ManualClock.Noon, customerCount: 20);
    }

    public ValueTask DisposeAsync() => _portal.DisposeAsync();

    [Fact]
    public async Task An_admin_sees_a_person_whole_and_the_look_is_noted()
    {
        await _portal.Get<CustomerNotes>().AddAsync(1, "Canary of a note", 1, Ct);
        var page = await ReadAsync(Roles.Admin, "/customers/1");
        foreach (var expected in new[] { "Lena Marten", "lena.marten@example.com", "Canary of a note", "Value and rhythm", "Withdraw", "Erase this customer" }) Assert.Contains(expected, page, StringComparison.Ordinal);
        await using var db = await _portal.Get<Microsoft.EntityFrameworkCore.IDbContextFactory<Marketing.Database.PortalDbContext>>().CreateDbContextAsync(Ct);
        Assert.Single(db.AuditEntries, a => a.Action == "customers.read profile");
    }

    [Fact]
    public async Task Each_role_gets_the_keys_for_what_it_may_do_with_a_person()
    {
        var whole = await ReadAsync(Roles.Admin, "/customers/1");
        foreach (var expected in new[] { "data-key=\"a\"", "data-key=\"o\"", "mailto:lena.marten@example.com", "Germany" }) Assert.Contains(expected, whole, StringComparison.Ordinal);
        var masked = await ReadAsync(Roles.Marketer, "/customers/1");
        Assert.Contains("/recommendations/preview?customer=1", masked, StringComparison.Ordinal);
        Assert.DoesNotContain("mailto:", masked, StringComparison.Ordinal);
        var assigned = await ReadAsync(Roles.Representative, "/customers/1");
        Assert.Contains("#next-best", assigned, StringComparison.Ordinal);
        Assert.DoesNotContain("/recommendations/preview", assigned, StringComparison.Ordinal);

        var withdrawn = await ReadAsync(Roles.Admin, "/customers/7"); // the seventh of the sample shop took the consent back
        Assert.Contains("data-key=\"w\"", withdrawn, StringComparison.Ordinal);
        Assert.DoesNotContain("mailto:", withdrawn, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_quarter_of_all_campaigns_together_stands_in_the_address()
    {
        var running = await ReadAsync(Roles.Analyst, "/insights/messages?split=period");
        Assert.Contains("Quarter 1 of 2026", running, StringComparison.Ordinal);
        Assert.Contains("href=\"/insights/messages?split=period&quarter=before\"", running, StringComparison.Ordinal);
        Assert.Contains("Quarter 4 of 2025", await ReadAsync(Roles.Analyst, "/insights/messages?split=period&quarter=before"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_marketer_sees_neither_name_nor_address_nor_notes_nor_a_way_to_change_anything()
    {
        await _portal.Get<CustomerNotes>().AddAsync(1, "Canary of a note", 1, Ct);
        foreach (var path in new[] { "/customers", "/customers/1" })
        {
            var page = await ReadAsync(Roles.Marketer, path);
            Assert.Contains("L… M…", page, StringComparison.Ordinal);
            foreach (var hidden in new[] { "Marten", "lena.marten", "Canary", "Add note", "Withdraw<", "Erase this", "Add customer" }) // rows may be picked: an audience can be made of them
                Assert.DoesNotContain(hidden, page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_representative_opens_their_own_customers_and_finds_no_others()
    {
        var client = await SignedInAsync(Roles.Representative);
        var page = await client.GetStringAsync("/customers/1", Ct);
        Assert.Contains("Lena Marten", page, StringComparison.Ordinal);
        Assert.Contains("Add note", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Erase this customer", page, StringComparison.Ordinal);

        await _portal.Get<CustomerOwners>().AssignAsync(1, userId: 999, by: 1, Ct);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/customers/1", Ct)).StatusCode);
        Assert.DoesNotContain("Lena Marten", await client.GetStringAsync("/customers", Ct), StringComparison.Ordinal);
        Assert.Contains("Whom are you helping?", await client.GetStringAsync("/", Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_analyst_has_figures_of_all_and_no_single_customer()
    {
        var client = await SignedInAsync(Roles.Analyst);
        var home = await client.GetStringAsync("/", Ct);
        Assert.Contains("What the models found", home, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"/customers?", home, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("/customers/1", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync("/customers", Ct)).StatusCode);
    }

    [Fact]
    public async Task The_address_filters_and_each_filter_can_be_taken_away()
    {
        var page = await ReadAsync(Roles.Admin, "/customers?stage=Active&tenth=1&rfm=5-4&sort=spent-up");
        Assert.Contains("Life stage: Active", page, StringComparison.Ordinal);
        Assert.Contains("10% most valuable", page, StringComparison.Ordinal);
        Assert.Contains("RFM cell: recency 5, frequency 4", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/customers?tenth=1&amp;rfm=5-4&amp;sort=spent-up\"", page, StringComparison.Ordinal);
        Assert.Contains("aria-sort=\"ascending\"", await ReadAsync(Roles.Admin, "/customers?sort=spent-up"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_nobody_has_suggests_the_like() =>
        Assert.Contains("Lena Marten", await ReadAsync(Roles.Admin, "/customers?q=lenna"), StringComparison.Ordinal);

    private async Task<string> ReadAsync(string role, string path) => WebUtility.HtmlDecode(await (await SignedInAsync(role)).GetStringAsync(path, Ct)).Replace("?tenth=1&rfm=5-4&sort=spent-up", "?tenth=1&amp;rfm=5-4&amp;sort=spent-up", StringComparison.Ordinal);

    private async Task<HttpClient> SignedInAsync(string role)
    {
        var email = $"{role}@example.org".ToLowerInvariant();
        if (!_entered.Add(role)) return await Doors.EnterAsync(_portal, email);
        await Doors.AddUserAsync(_portal, role, email);
        return await Doors.EnterAsync(_portal, email);
    }
}
