using System.Globalization;
using System.Security.Claims;
using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Scheduling;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Testing;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Features.Campaigns;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Tests.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Web.Tests.Pages;

/// <summary>Templates as drafts of the whole program: each begins with its text, its people and its rhythm, ready to be launched.</summary>
public sealed class CampaignTemplateTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private TestPortal _portal = null!; // started before each test

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _portal = TestPortal.Start(configure: services => services.AddSingleton<TimeProvider>(_clock));
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _portal.DisposeAsync();

    [Fact]
    public async Task Every_template_begins_a_draft_that_could_be_launched_as_it_is()
    {
        await FillAsync();
        var who = new Dictionary<string, string>
        {
            ["welcome"] = "joined", ["abandoned-cart"] = "cart", ["abandoned-browse"] = "browse", ["replenishment"] = "refill", ["win-back"] = "gone", ["birthday"] = "birthday", ["review-request"] = "arrived", ["post-purchase"] = "ordered",
        };
        Assert.Equal(CampaignTemplates.All.Select(t => t.Key).Order(), who.Keys.Order());
        foreach (var template in CampaignTemplates.All)
        {
            var (id, draft) = await BeginAsync(template.Key);
            var report = await _portal.Get<PreFlightHandler>().HandleAsync(id, draft, Ct);
            Assert.True(report.CanLaunch, $"{template.Key}: {string.Join(", ", report.Checks.Where(c => c.Level is CheckLevel.Error).Select(c => c.Code))}");
            Assert.Contains(who[template.Key], await MembersAsync(Assert.Single(draft.Settings.Include)));
            Assert.DoesNotContain("quiet", await MembersAsync(draft.Settings.Include[0])); // one order, six weeks ago: due for nothing
            Assert.Equal((ScheduleKind.Recurring, 5), (draft.Settings.Schedule.Kind, ScheduleDates.Next(draft.Settings.Schedule, TimeZoneInfo.Utc, _clock.GetUtcNow(), 5).Count));
            Assert.Equal(CampaignSettings.ThisCampaign, Assert.Single(draft.Settings.SkipReceiversOf));
            Assert.All(draft.Variants, v => Assert.True(v.Content is { Subject.Length: > 0, Preheader.Length: > 0, Body.Length: > 0 }));
        }
    }

    [Fact]
    public async Task Beginning_twice_uses_one_audience_and_an_audience_that_is_named_wins()
    {
        await FillAsync();
        var (first, again) = ((await BeginAsync("win-back")).Draft, (await BeginAsync("win-back")).Draft);
        Assert.Equal(first.Settings.Include, again.Settings.Include);
        var (_, named) = await BeginAsync("birthday", first.Settings.Include[0]);
        Assert.Equal(first.Settings.Include, named.Settings.Include);
        Assert.Equal(["No order for 90 days"], (await _portal.Get<ReadAudienceChoicesHandler>().HandleAsync(Ct)).Select(a => a.Name));
    }

    [Fact]
    public async Task Without_the_data_a_template_asks_for_its_audience_and_for_nothing_else()
    {
        foreach (var key in new[] { "abandoned-cart", "abandoned-browse", "birthday" })
        {
            var (id, draft) = await BeginAsync(key);
            var report = await _portal.Get<PreFlightHandler>().HandleAsync(id, draft, Ct);
            Assert.Equal([CheckCodes.NoAudience], report.Checks.Where(c => c.Level is CheckLevel.Error).Select(c => c.Code));
        }
    }

    [Fact]
    public async Task The_page_says_whom_each_template_is_for_and_how_often_it_runs()
    {
        await Doors.AddUserAsync(_portal, Roles.Marketer, "marketer@example.com");
        var client = await Doors.EnterAsync(_portal, "marketer@example.com");
        var page = System.Net.WebUtility.HtmlDecode(await client.GetStringAsync("/campaigns/templates", Ct));
        foreach (var expected in new[] { "Customers who have not ordered for 90 days.", "Every 7 days. Nobody gets it twice within 90 days.", "Every day. Nobody gets it twice.", "you choose the audience yourself" })
            Assert.Contains(expected, page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-03-09T07:10:00Z", 9), InlineData("2026-03-09T08:10:00Z", 10), InlineData("2026-03-09T22:00:00Z", 10)]
    public void A_campaign_that_comes_again_begins_on_the_next_morning_of_the_shop(string now, int day)
    {
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var at = DateTimeOffset.Parse(now, CultureInfo.InvariantCulture);
        Assert.Equal(new DateTime(2026, 3, day, 9, 0, 0), CampaignBeginning.SuggestMorning(at, berlin, Marketing.Delivery.QuietHours.Default));
        Assert.Equal(new DateTime(2026, 3, day, 10, 30, 0), CampaignBeginning.SuggestMorning(at, berlin, new Marketing.Delivery.QuietHours(new TimeOnly(20, 0), new TimeOnly(10, 15))));
    }

    private async Task<(long Id, CampaignDraft Draft)> BeginAsync(string template, long? audience = null)
    {
        Components.PartsTests.Speak("en-GB", "en");
        using var scope = _portal.Services.CreateScope();
        var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, Roles.Marketer), new Claim(ClaimTypes.NameIdentifier, "1")], "test"));
        var viewer = Viewer.Nobody with { User = user, Clock = _clock };
        var id = await scope.ServiceProvider.GetRequiredService<CampaignBeginning>().CreateAsync(template, audience, viewer, Ct);
        return (id, (await _portal.Get<CampaignStore>().ReadAsync(id, Ct))!.Draft); // made just before
    }

    private async Task<IReadOnlyList<string>> MembersAsync(long audience)
    {
        await using var db = await _portal.Get<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(Ct);
        return await (from m in db.Set<AudienceMember>() where m.AudienceId == audience join c in db.Customers on m.CustomerId equals c.Id select c.ExternalId).ToListAsync(Ct);
    }

    // One person for each template, and one who is due for none.
    private async Task FillAsync()
    {
        var now = _clock.GetUtcNow();
        var events = new List<NewEvent>();
        foreach (var name in new[] { "cart", "browse", "refill", "gone", "birthday", "arrived", "ordered", "quiet" }) events.Add(Consent(name, now.AddDays(-300)));
        events.Add(Consent("joined", now.AddDays(-2)));
        events.Add(An.Event("cart-1", "cart_added", "cart", now.AddHours(-20)));
        events.Add(An.Event("browse-1", KnownEvents.ItemViewed, "browse", now.AddDays(-3)));
        foreach (var (name, days) in new[] { ("refill", 120), ("refill", 45), ("gone", 200), ("arrived", 10), ("ordered", 1), ("quiet", 45) })
            events.Add(An.OrderLine(string.Create(CultureInfo.InvariantCulture, $"o-{name}-{days}"), 1, name, at: now.AddDays(-days)));
        events.Add(An.Event("birth", KnownEvents.ProfileUpdated, "birthday", now.AddDays(-300), null) with { Properties = string.Create(CultureInfo.InvariantCulture, $$$"""{"traits":{"birth_date":"1988-{{{now:MM-dd}}}"}}""") });
        await _portal.Get<EventLog>().AppendAsync(new EventBatch("shop", events) { Contacts = [.. events.Select(e => e.Customer).OfType<string>().Distinct().Select(id => new ContactDraft(id) { Email = $"{id}@example.com", Name = $"Person {id}" })] }, Ct);
        await _portal.Get<ProjectionHost>().CatchUpAsync(Ct);
    }

    private static NewEvent Consent(string customer, DateTimeOffset at) => new()
    {
        MessageId = "consent-" + customer, Type = KnownEvents.ConsentChanged, OccurredAt = at, Customer = customer,
        Properties = """{"channel":"email","purpose":"marketing","state":"granted","origin":"shop"}""",
    };
}
