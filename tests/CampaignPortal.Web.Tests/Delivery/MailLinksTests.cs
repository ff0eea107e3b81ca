using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Delivery.Tracking;
using CampaignPortal.Marketing.Delivery.Transports;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Settings;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CampaignPortal.Web.Tests.Delivery;

/// <summary>What the links of a mail do, over HTTP, after the portal itself sent it into the pickup folder.</summary>
public sealed class MailLinksTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private TestPortal _portal = null!; // started before each test
    private HttpClient _client = null!; // as above
    private Dictionary<long, (string Click, string Open, string Unsubscribe, string View)> _links = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using (var store = await TestStore.OpenAsync(_folder.File("data"), now: DateTimeOffset.UnixEpoch.AddYears(50)))
        {
            await store.AddReadersAsync(4, Stop);
            var due = store.Clock.GetUtcNow();
            await store.PlanAsync([1, 2, 3, 4], Stop, change: m => m with { SendBefore = due.AddYears(200), CampaignId = m.CustomerId is 4 ? 2 : 1 });
            await store.Database.WriteAsync(t => t.Execute("insert into \"Settings\" values ('delivery.quiet.from', '00:00'), ('delivery.quiet.until', '00:00')"), Stop); // tests run at night too
        }
        _portal = TestPortal.Start(_folder.File("data"), configure: services =>
        {
            services.AddSingleton<ScriptedMessageSource>();
            services.RemoveAll<IMessageSource>();
            services.AddSingleton<IMessageSource>(provider =>
            {
                var source = provider.GetRequiredService<ScriptedMessageSource>();
                source.Running = [1];
                return source;
            });
        });
        _client = _portal.CreateClient();
        await WaitForAsync(async db => await db.Messages.CountAsync(m => m.State == MessageState.Accepted, Stop) is 3);
        _links = new() { [1] = LinksOf(1), [2] = LinksOf(2), [3] = LinksOf(3) };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _portal.DisposeAsync();
        _folder.Dispose();
    }

    [Fact, Trait("Promise", "S-39")]
    public async Task Reading_the_way_out_changes_nothing_and_one_post_without_cookie_acts_at_once()
    {
        var page = await _client.GetAsync(_links[1].Unsubscribe, Stop);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var html = await page.Content.ReadAsStringAsync(Stop);
        Assert.Contains("c…@example.com", html, StringComparison.Ordinal);
        Assert.DoesNotContain("c1@example.com", html, StringComparison.Ordinal);
        Assert.Equal("no-referrer", page.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal(0, await CountAsync(KnownEvents.Unsubscribed));

        foreach (var body in new HttpContent[] { new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]), new MultipartFormDataContent { { new StringContent("One-Click"), "List-Unsubscribe" } } })
        {
            var answer = await _client.PostAsync(_links[1].Unsubscribe, body, Stop);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains("unsubscribed", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }
        Assert.Equal(1, await CountAsync(KnownEvents.Unsubscribed)); // again is no other statement
        await WaitForAsync(async db => !(await db.Consents.SingleAsync(c => c.CustomerId == 1, Stop)).IsGranted);
    }

    [Fact, Trait("Promise", "P-05")]
    public async Task Whoever_left_gets_no_message_that_was_planned_before_and_may_come_back()
    {
        await _client.PostAsync(LinksOf(4).Unsubscribe, null, Stop); // planned, and their campaign has not begun
        _portal.Get<ScriptedMessageSource>().Running = [1, 2];
        await WaitForAsync(async db => (await db.Messages.SingleAsync(m => m.CustomerId == 4, Stop)).State is MessageState.Suppressed);

        await _client.PostAsync(LinksOf(4).Unsubscribe + "/again", null, Stop);
        await WaitForAsync(async db => (await db.Consents.SingleAsync(c => c.CustomerId == 4, Stop)).IsGranted);
        Assert.Equal(0, await _portal.Get<Microsoft.EntityFrameworkCore.IDbContextFactory<PortalDbContext>>().CreateDbContext().SuppressedContacts.CountAsync(Stop));
    }

    [Fact, Trait("Promise", "P-04")]
    public async Task Fewer_mails_a_pause_or_another_topic_are_one_button_each_beside_leaving_and_can_be_taken_back()
    {
        _portal.Get<ScriptedMessageSource>().Topic = _ => "offers";
        await _portal.Get<PortalDatabase>().WriteAsync(t => t.Execute("insert into \"Settings\" values ('delivery.topics', @0)", MailTopic.Write([new MailTopic("news", "News"), new MailTopic("offers", "Offers")])), Stop);
        _portal.Get<DeliverySettingsStore>().Forget();
        var page = await _client.GetStringAsync(_links[1].Unsubscribe, Stop);
        var (way, wishes) = (page.IndexOf("action=\"" + _links[1].Unsubscribe + "\"", StringComparison.Ordinal), page.IndexOf("/wishes\"", StringComparison.Ordinal));
        Assert.InRange(way, 1, wishes); // leaving everything comes first
        Assert.True(page.IndexOf("value=\"offers\"", StringComparison.Ordinal) < page.IndexOf("value=\"news\"", StringComparison.Ordinal)); // the mail's own topic first
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);

        Assert.Contains("not sent to you", await WishAsync("without", "offers"), StringComparison.Ordinal);
        await WishAsync("limit", "7");
        await WishAsync("limit", "7"); // again is no other statement
        Assert.Contains("You get nothing until", await WishAsync("pause", "90"), StringComparison.Ordinal);
        foreach (var (field, value) in new[] { ("limit", "3"), ("pause", "-1"), ("without", "marketing"), ("with", "news"), ("what", "7") }) await WishAsync(field, value); // no button says so
        await using (var db = await _portal.Get<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(Stop))
        {
            var said = await db.Consents.Where(c => c.CustomerId == 1).OrderBy(c => c.Purpose).ToListAsync(Stop);
            Assert.Equal([("frequency", false, 7), ("marketing", true, null), ("offers", false, null), ("pause", false, null)], said.Select(c => (c.Purpose, c.IsGranted, c.LimitDays)));
            Assert.InRange((said[3].Until!.Value - said[3].ChangedAt).TotalDays, 89.9, 90.1); // set above
            var ledger = await db.ConsentLedger.Where(l => l.CustomerId == 1 && l.Origin == "message-link").ToListAsync(Stop);
            Assert.Equal(["offers", "frequency", "pause"], ledger.Select(l => l.Purpose));
            Assert.All(ledger, l => Assert.NotNull(l.Proof));
        }

        foreach (var (field, value) in new[] { ("with", "offers"), ("limit", "0"), ("pause", "0") }) await WishAsync(field, value);
        await WaitForAsync(async db => await db.Consents.Where(c => c.CustomerId == 1).AllAsync(c => c.IsGranted, Stop));
        await _client.PostAsync(_links[1].Unsubscribe, null, Stop);
        Assert.DoesNotContain("/wishes", await _client.GetStringAsync(_links[1].Unsubscribe, Stop), StringComparison.Ordinal); // who left comes back first

        async Task<string> WishAsync(string field, string value)
        {
            var answer = await _client.PostAsync(_links[1].Unsubscribe + "/wishes", new FormUrlEncodedContent([new(field, value)]), Stop);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return await answer.Content.ReadAsStringAsync(Stop);
        }
    }

    [Fact]
    public async Task A_click_leads_to_the_target_with_its_query_and_stands_in_the_log()
    {
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0");
        await LetTimePassAsync();
        var answer = await _client.GetAsync(_links[2].Click, Stop);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("https://shop.example/spring?utm_source=mail&a=1#top", answer.Headers.Location?.OriginalString);
        var e = await SingleAsync(KnownEvents.MessageClicked);
        Assert.Equal((2L, "1", "7", "human"), (e.CustomerId, e.CampaignId, e.VariantId, By(e)));
        Assert.DoesNotContain("a=1", e.Properties, StringComparison.Ordinal); // a query may name a person
        Assert.Equal(HttpStatusCode.Redirect, (await _client.GetAsync(_links[2].Click, Stop)).StatusCode); // a double click is one click
        Assert.Equal(1, await CountAsync(KnownEvents.MessageClicked));
    }

    [Fact]
    public async Task Opens_of_people_and_of_machines_are_told_apart()
    {
        await LetTimePassAsync();
        foreach (var (customer, agent) in new[] { (1, "Mozilla/5.0 (iPhone) AppleWebKit Safari"), (2, "Mozilla/5.0"), (3, "Mozilla/5.0 (via ggpht.com GoogleImageProxy)") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, _links[customer].Open);
            request.Headers.TryAddWithoutValidation("User-Agent", agent);
            var answer = await _client.SendAsync(request, Stop);
            Assert.Equal("image/gif", answer.Content.Headers.ContentType?.MediaType);
        }
        var db = _portal.Get<IDbContextFactory<PortalDbContext>>().CreateDbContext();
        var opens = await db.Events.Where(e => e.Type == KnownEvents.MessageOpened).OrderBy(e => e.CustomerId).ToListAsync(Stop);
        Assert.Equal(["human", "machine", "unknown"], opens.Select(By));
    }

    [Fact]
    public async Task Who_follows_the_link_that_nobody_sees_is_a_machine_and_so_is_what_it_clicks_next()
    {
        await LetTimePassAsync();
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0");
        var links = _portal.Get<TrackedLinks>().For((await MessageOfAsync(2)).Id);
        var answer = await _client.GetAsync(new Uri(links.Trap()).AbsolutePath, Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await _client.GetAsync(_links[2].Click, Stop);
        await _client.GetAsync(new Uri(links.Trap()).AbsolutePath[..^1] + "A0", Stop); // not ours: the same answer, and nothing happens
        var db = _portal.Get<IDbContextFactory<PortalDbContext>>().CreateDbContext();
        var clicks = await db.Events.Where(e => e.Type == KnownEvents.MessageClicked).OrderBy(e => e.Sequence).ToListAsync(Stop);
        Assert.Equal(["trap", "suspect"], clicks.Select(e => JsonDocument.Parse(e.Properties!).RootElement.GetProperty("reason").GetString())); // written with properties
        Assert.All(clicks, e => Assert.Equal("machine", By(e)));
    }

    [Fact]
    public async Task Doubt_ends_when_the_reader_opens_the_mail()
    {
        await _portal.Get<PortalDatabase>().WriteAsync(t => t.Execute("update \"Messages\" set \"State\" = 4 where \"CustomerId\" = 3"), Stop);
        await _client.GetAsync(_links[3].Open, Stop);
        var db = _portal.Get<IDbContextFactory<PortalDbContext>>().CreateDbContext();
        Assert.Equal(MessageState.Accepted, (await db.Messages.SingleAsync(m => m.CustomerId == 3, Stop)).State);
    }

    [Fact, Trait("Promise", "S-37"), Trait("Promise", "S-40")]
    public async Task A_link_that_we_did_not_make_leads_nowhere()
    {
        var (click, open, unsubscribe, view) = _links[1];
        var token = click[(click.LastIndexOf('/') + 1)..];
        var bad = new List<string> { "/t/c/" + open[(open.LastIndexOf('/') + 1)..^4], "/t/c/" + unsubscribe[(unsubscribe.LastIndexOf('/') + 1)..], "/t/c/" + token[..^1], "/t/c/" + token[..20], "/t/c/https%3A%2F%2Fevil.example", "/t/c/%2F%2Fevil.example", "/v/" + token };
        for (var i = 0; i < token.Length; i++) bad.Add("/t/c/" + token[..i] + (token[i] is 'A' ? 'B' : 'A') + token[(i + 1)..]);
        foreach (var address in bad)
        {
            var answer = await _client.GetAsync(address, Stop);
            Assert.Equal((address, HttpStatusCode.NotFound), (address, answer.StatusCode));
            Assert.Null(answer.Headers.Location);
        }
        foreach (var address in new[] { "/u/" + view[(view.LastIndexOf('/') + 1)..], "/u/" + open[(open.LastIndexOf('/') + 1)..^4], "/u/" + new string('A', 34), "/u/x" })
            Assert.Equal(HttpStatusCode.NotFound, (await _client.PostAsync(address, null, Stop)).StatusCode);
        Assert.Equal(0, await CountAsync(KnownEvents.Unsubscribed));
        Assert.Equal(0, await CountAsync(KnownEvents.MessageClicked));
    }

    [Fact]
    public async Task The_mail_in_a_browser_runs_nothing()
    {
        var answer = await _client.GetAsync(_links[1].View, Stop);
        Assert.Contains("Hello c-1", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("sandbox", policy, StringComparison.Ordinal);
    }

    [Fact]
    public void The_mail_in_the_folder_carries_the_one_click_header_and_the_links()
    {
        var file = Directory.GetFiles(PickupTransport.FolderOf(_portal.Get<DataDirectory>()), "*.eml")[0];
        var mail = File.ReadAllText(file).Replace("=\r\n", "", StringComparison.Ordinal);
        Assert.Matches(new Regex("^List-Unsubscribe: <http://[^>]+/u/[A-Za-z0-9_-]+>\r?$", RegexOptions.Multiline, TimeSpan.FromSeconds(1)), mail);
        Assert.Contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click", mail, StringComparison.Ordinal);
    }

    // A click within two seconds after the mail left is a machine's.
    private async Task<Message> MessageOfAsync(long customer) => await _portal.Get<IDbContextFactory<PortalDbContext>>().CreateDbContext().Messages.SingleAsync(m => m.CustomerId == customer, Stop);

    private async Task LetTimePassAsync() => await _portal.Get<PortalDatabase>().WriteAsync(t => t.Execute("update \"Messages\" set \"EndedAt\" = @0", Stored.Ticks(DateTimeOffset.UnixEpoch.AddYears(50))), Stop);

    private (string Click, string Open, string Unsubscribe, string View) LinksOf(long customer)
    {
        var id = _portal.Get<IDbContextFactory<PortalDbContext>>().CreateDbContext().Messages.Single(m => m.CustomerId == customer).Id;
        var links = _portal.Get<TrackedLinks>().For(id);
        return (Path(links.Click("https://shop.example/spring?utm_source=mail&a=1#top", 0)), Path(links.Open()), Path(links.Unsubscribe()), Path(links.ViewInBrowser()));

        static string Path(string url) => new Uri(url).AbsolutePath;
    }

    private async Task<int> CountAsync(string type) => await _portal.Get<IDbContextFactory<PortalDbContext>>().CreateDbContext().Events.CountAsync(e => e.Type == type, Stop);

    private async Task<StoredEvent> SingleAsync(string type) => await _portal.Get<IDbContextFactory<PortalDbContext>>().CreateDbContext().Events.SingleAsync(e => e.Type == type, Stop);

    private async Task WaitForAsync(Func<PortalDbContext, Task<bool>> isSo)
    {
        for (var i = 0; i < 250; i++)
        {
            await using var db = await _portal.Get<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(Stop);
            if (await isSo(db)) return;
            await Task.Delay(40, Stop);
        }
        Assert.Fail("It did not come about within ten seconds.");
    }

    private static string By(StoredEvent e) => JsonDocument.Parse(e.Properties!).RootElement.GetProperty("by").GetString()!; // every visit says who
}
