using System.Net;
using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Testing;
using CampaignPortal.Web.Features.Campaigns;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Tests.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Web.Tests.Pages;

/// <summary>The list and the builder of audiences as each role gets them from the whole program.</summary>
public sealed class AudiencePagesTests : IAsyncLifetime
{
    private TestPortal _portal = null!; // started before each test

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _portal = TestPortal.Start(configure: services => services.AddSingleton<TimeProvider>(new ManualClock()));
        await SampleShop.FillAsync(_portal.Services, ManualClock.Noon, customerCount: 20);
    }

    public ValueTask DisposeAsync() => _portal.DisposeAsync();

    [Fact]
    public async Task A_marketer_begins_with_an_idea_and_sees_at_once_whom_it_means()
    {
        var client = await EnterAsync(Roles.Marketer);
        var list = await client.GetStringAsync("/audiences", Ct);
        Assert.Contains("No audience yet", list, StringComparison.Ordinal);
        Assert.Contains("/audiences/new?idea=silent", list, StringComparison.Ordinal);

        var builder = await client.GetStringAsync("/audiences/new?idea=silent", Ct);
        foreach (var expected in new[] { "No order for 90 days", "have not ordered in the last 90 days", "People right now", "of all customers · exact count", "How each condition narrows it", "Compared with everyone" })
            Assert.Contains(expected, WebUtility.HtmlDecode(builder), StringComparison.Ordinal);
        Assert.DoesNotContain("Marten", builder, StringComparison.Ordinal); // a marketer sees names shortened
    }

    [Fact]
    public async Task The_list_shows_size_reach_and_use_and_the_page_the_stored_rule()
    {
        var viewers = await SaveAsync("Viewers", new EventCondition(EventQuery.Of("item_viewed", EventWindow.Ever), NumberTest.AtLeast(1)));
        await SaveAsync("Others", new MembershipCondition(viewers, false));
        var client = await EnterAsync(Roles.Marketer);

        var list = WebUtility.HtmlDecode(await client.GetStringAsync("/audiences", Ct));
        Assert.Contains("1 place", list, StringComparison.Ordinal);
        Assert.Contains("not used", list, StringComparison.Ordinal);
        var page = WebUtility.HtmlDecode(await client.GetStringAsync($"/audiences/{viewers}", Ct));
        Assert.Contains("Customers who viewed an item.", page, StringComparison.Ordinal);
        Assert.Contains("20 match", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_analyst_reads_without_single_customers_and_a_representative_stays_outside()
    {
        var id = await SaveAsync("Viewers", new EventCondition(EventQuery.Of("item_viewed", EventWindow.Ever), NumberTest.AtLeast(1)));
        var analyst = await EnterAsync(Roles.Analyst);
        var page = WebUtility.HtmlDecode(await analyst.GetStringAsync($"/audiences/{id}", Ct));
        Assert.Contains("making them needs the role Marketer", page, StringComparison.Ordinal);
        Assert.Contains("Your role does not show single customers.", page, StringComparison.Ordinal);
        foreach (var hidden in new[] { "Add condition", "Marten", "L… M…" }) Assert.DoesNotContain(hidden, page, StringComparison.Ordinal);

        var representative = await EnterAsync(Roles.Representative);
        foreach (var path in new[] { "/audiences", "/audiences/new", $"/audiences/{id}" })
        {
            var response = await representative.GetAsync(path, Ct);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            Assert.DoesNotContain("Viewers", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Only_a_marketer_uploads_lists_and_orders_audiences_and_a_saved_one_leads_to_a_campaign()
    {
        var id = await SaveAsync("Viewers", new EventCondition(EventQuery.Of("item_viewed", EventWindow.Ever), NumberTest.AtLeast(1)));
        var marketer = await EnterAsync(Roles.Marketer);
        Assert.Contains("Find these customers", await marketer.GetStringAsync("/audiences/upload", Ct), StringComparison.Ordinal);
        Assert.Contains("No audience is in order yet.", await marketer.GetStringAsync("/audiences/order", Ct), StringComparison.Ordinal);
        var page = await marketer.GetStringAsync($"/audiences/{id}", Ct);
        foreach (var expected in new[] { "Use in a campaign", "Single customers" }) Assert.Contains(expected, page, StringComparison.Ordinal);

        var analyst = await EnterAsync(Roles.Analyst);
        foreach (var path in new[] { "/audiences/upload", "/audiences/order" }) Assert.Equal(HttpStatusCode.Forbidden, (await analyst.GetAsync(path, Ct)).StatusCode);
        Assert.DoesNotContain("Use in a campaign", await analyst.GetStringAsync($"/audiences/{id}", Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_of_the_order_shows_who_comes_first()
    {
        var (first, second) = (await SaveAsync("First", new ListCondition([1])), await SaveAsync("Second", new ListCondition([1, 2])));
        Assert.True((await _portal.Get<OrderAudiencesHandler>().HandleAsync(new OrderAudiences([first, second], 1), Ct)).IsOk);
        var client = await EnterAsync(Roles.Marketer);

        var order = WebUtility.HtmlDecode(await client.GetStringAsync("/audiences/order", Ct));
        Assert.InRange(order.IndexOf("Move up: First", StringComparison.Ordinal), 0, order.IndexOf("Move up: Second", StringComparison.Ordinal));
        var page = WebUtility.HtmlDecode(await client.GetStringAsync($"/audiences/{second}", Ct));
        Assert.Contains("Without those who are in “First”.", page, StringComparison.Ordinal);
        Assert.Contains("comes first", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_and_Home_say_what_moment_members_are_of_and_when_they_are_late()
    {
        var id = await SaveAsync("Viewers", new EventCondition(EventQuery.Of("item_viewed", EventWindow.Ever), NumberTest.AtLeast(1)));
        var client = await EnterAsync(Roles.Marketer);
        var page = await client.GetStringAsync($"/audiences/{id}", Ct);
        Assert.Contains("As of 13:00", page, StringComparison.Ordinal); // noon, on the clock of the shop
        Assert.DoesNotContain("not in this audience yet", page, StringComparison.Ordinal);

        await using (var db = await _portal.Get<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(Ct))
            await db.Audiences.ExecuteUpdateAsync(a => a.SetProperty(x => x.EvaluatedAt, ManualClock.Noon - ResolveAudience.Late - TimeSpan.FromMinutes(1)), Ct);
        Assert.Contains("not in this audience yet", await client.GetStringAsync($"/audiences/{id}", Ct), StringComparison.Ordinal);
        var home = WebUtility.HtmlDecode(await client.GetStringAsync("/", Ct));
        Assert.Contains("The audience “Viewers” is late", home, StringComparison.Ordinal);
        Assert.Contains($"href=\"/audiences/{id}\"", home, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_audience_that_names_a_late_one_is_late_too_and_says_because_of_which()
    {
        var inner = await SaveAsync("Inner", new EventCondition(EventQuery.Of("item_viewed", EventWindow.Ever), NumberTest.AtLeast(1)));
        var outer = await SaveAsync("Outer", new MembershipCondition(inner, true));
        var client = await EnterAsync(Roles.Marketer);
        Assert.DoesNotContain("because of", await client.GetStringAsync("/audiences", Ct), StringComparison.Ordinal);

        await using (var db = await _portal.Get<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(Ct))
            await db.Audiences.Where(a => a.Id == inner).ExecuteUpdateAsync(a => a.SetProperty(x => x.EvaluatedAt, ManualClock.Noon - ResolveAudience.Late - TimeSpan.FromMinutes(1)), Ct);
        var page = WebUtility.HtmlDecode(await client.GetStringAsync($"/audiences/{outer}", Ct));
        foreach (var expected in new[] { "“Outer” relies on another audience: “Inner” is as of", "“Inner” is not up to date, so this condition is not either." }) Assert.Contains(expected, page, StringComparison.Ordinal);
        Assert.Contains("because of “Inner”", WebUtility.HtmlDecode(await client.GetStringAsync("/audiences", Ct)), StringComparison.Ordinal);
        var check = new CampaignCheck(CheckLevel.Warning, CheckCodes.StaleAudience, ComposerStep.Audience) { Stale = (await _portal.Get<ResolveAudience>().HandleAsync(new AudienceSelection([outer], []), Ct)).StaleBecause };
        Assert.Contains("“Outer” relies on another audience: “Inner” is as of", CheckNames.Of(check, TimeZoneInfo.Utc), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_shows_its_own_members_and_a_marketer_may_rename_and_change_it()
    {
        var id = (await _portal.Get<FixAudienceHandler>().HandleAsync(new FixAudience("Guests", [1, 2, 3], null, 1), Ct)).Value;
        var page = WebUtility.HtmlDecode(await (await EnterAsync(Roles.Marketer)).GetStringAsync($"/audiences/{id}", Ct));
        foreach (var expected in new[] { "A fixed list of 3 people", "Customer number or e-mail address", "3 people right now" }) Assert.Contains(expected, page, StringComparison.Ordinal);
        Assert.DoesNotMatch("<input class=\"aud-title\"[^>]*disabled", page);

        var analyst = WebUtility.HtmlDecode(await (await EnterAsync(Roles.Analyst)).GetStringAsync($"/audiences/{id}", Ct));
        Assert.DoesNotContain("Customer number or e-mail address", analyst, StringComparison.Ordinal);
        Assert.Matches("<input class=\"aud-title\"[^>]*disabled", analyst);
    }

    [Fact]
    public async Task A_decision_about_a_late_audience_can_be_taken_back_while_the_audience_is_up_to_date()
    {
        var id = await _portal.Get<CreateCampaignHandler>().HandleAsync(new CreateCampaign("1") { Name = "Spring", Settings = new CampaignSettings { IsAudienceChosen = true, SendsStaleAudience = true } }, Ct);
        var composer = await (await EnterAsync(Roles.Marketer)).GetStringAsync($"/campaigns/{id}/edit", Ct);
        Assert.Contains("Send this one to the last known members all the same", composer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_audience_that_is_not_there_says_so()
    {
        var page = await (await EnterAsync(Roles.Marketer)).GetStringAsync("/audiences/4711", Ct);
        Assert.Contains("This audience does not exist", page, StringComparison.Ordinal);
    }

    private async Task<long> SaveAsync(string name, Rule rule)
    {
        var saved = await _portal.Get<SaveAudienceHandler>().HandleAsync(new SaveAudience(null, name, null, new AudienceRule(new RuleGroup(GroupKind.All, [rule]), []), null, 1), Ct);
        return saved.Value.Id;
    }

    private async Task<HttpClient> EnterAsync(string role)
    {
        var email = role.ToLowerInvariant() + "@example.com";
        await Doors.AddUserAsync(_portal, role, email);
        return await Doors.EnterAsync(_portal, email);
    }
}
