using System.Globalization;
using System.Net;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Delivery.Transports;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Experiments;
using CampaignPortal.Marketing.Insights.Campaigns;
using CampaignPortal.Marketing.Settings;
using CampaignPortal.Testing;
using CampaignPortal.Web.Demo;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Tests.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Web.Tests.Demo;

/// <summary>A portal that becomes the sample shop, from the empty directory to the people who answer.</summary>
public sealed class DemoTests(DemoTests.FilledShop filled) : IClassFixture<DemoTests.FilledShop>
{
    private readonly TestPortal _portal = filled.Portal;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_empty_portal_becomes_a_shop_with_people_goods_and_an_account_for_each_role()
    {
        await using var db = await ContextAsync(_portal);
        Assert.Equal(120, await db.Customers.CountAsync(Ct));
        Assert.Equal(120, await db.Contacts.CountAsync(Ct));
        Assert.Equal(504, await db.Items.CountAsync(i => i.ImageUrl != null && i.Description != null, Ct));
        Assert.True(await db.Events.CountAsync(Ct) > 1_000);
        Assert.Equal(await db.Events.MaxAsync(e => e.Sequence, Ct), await db.Events.LongCountAsync(Ct));
        Assert.Equal(DemoStart.ShopName, _portal.Get<ShopSettingsStore>().Read().Name);

        var accounts = _portal.Get<DemoAccounts>().Read();
        Assert.Equal(Roles.All, accounts.Select(a => a.Role));
        Assert.Equal(4, accounts.Select(a => a.Password).Distinct().Count());
        foreach (var account in accounts)
        {
            var (response, _) = await Doors.SignInAsync(_portal.CreateClient(), account.Email, account.Password);
            Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        }
    }

    [Fact]
    public async Task Every_page_says_that_it_is_a_sample_and_only_this_machine_reads_the_passwords()
    {
        var admin = _portal.Get<DemoAccounts>().Read()[0];
        var client = _portal.CreateClient();
        Assert.DoesNotContain(admin.Password, await client.GetStringAsync("/sign-in", Ct), StringComparison.Ordinal); // the test host knows no address of its visitor
        await Doors.SignInAsync(client, admin.Email, admin.Password);
        foreach (var path in new[] { "/", "/customers", "/jobs", "/settings/sample" })
            Assert.Contains("demo-bar", await client.GetStringAsync(path, Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_storefront_and_the_pictures_of_the_goods_are_open_to_everybody()
    {
        var client = _portal.CreateClient();
        var page = await client.GetStringAsync("/demo-shop?item=p-1001", Ct);
        Assert.Contains("assets/snippet.js", page, StringComparison.Ordinal);
        Assert.Contains("data-item=\"p-1001\"", page, StringComparison.Ordinal);
        var picture = await client.GetAsync("/demo-pictures/p-1001.svg", Ct);
        Assert.Equal("image/svg+xml", picture.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/demo-pictures/p-1.svg", Ct)).StatusCode);
    }

    [Fact]
    public async Task People_answer_what_the_portal_sends_within_seconds_and_by_its_clock()
    {
        var began = TimeProvider.System.GetUtcNow();
        var shop = _portal.Get<DemoCatalogue>().Find()!;
        await _portal.Get<EventLog>().AppendAsync(new EventBatch("delivery", [.. shop.People.Select(p => new NewEvent
        {
            MessageId = "m-" + p.Id, Type = KnownEvents.MessageSent, OccurredAt = began, Customer = p.Id, CampaignId = "900", VariantId = "901", Properties = """{"channel":"email","subject":"20% off towels you will like"}""",
        })]), Ct);

        await WaitAsync(async () => await CountAsync( KnownEvents.MessageOpened) > 10 && await CountAsync( KnownEvents.OrderPlaced) > 0);
        await using var db = await ContextAsync(_portal);
        var answers = await db.Events.Where(e => e.Source == ShopEvents.Source && e.CampaignId == "900").ToListAsync(Ct);
        Assert.All(answers, e => Assert.InRange(e.OccurredAt, began, TimeProvider.System.GetUtcNow()));
        Assert.All(answers, e => Assert.Equal("901", e.VariantId));

        async Task<int> CountAsync(string type)
        {
            await using var live = await ContextAsync(_portal);
            return await live.Events.CountAsync(e => e.Type == type && e.OccurredAt >= began && e.Source == ShopEvents.Source, Ct);
        }
    }

    [Fact]
    public async Task Without_the_wish_or_with_data_of_its_own_a_portal_stays_what_it_is()
    {
        await using var unwanted = TestPortal.Start();
        Assert.False(unwanted.Get<SampleData>().IsPresent);
        Assert.Equal(HttpStatusCode.NotFound, (await unwanted.CreateClient().GetAsync("/demo-shop", Ct)).StatusCode);

        using var folder = new TempFolder();
        await using (var own = TestPortal.Start(folder.File("data"))) await own.Get<EventLog>().AppendAsync(new EventBatch("test", [An.Event("1")]), Ct);
        await using var again = TestPortal.Start(folder.File("data"), isDemo: true, configure: Small);
        Assert.False(again.Get<SampleData>().IsPresent);
        Assert.Equal("/set-up", (await again.CreateClient().GetAsync("/customers", Ct)).Headers.Location?.ToString());
    }

    [Fact]
    public async Task The_removed_shop_leaves_nothing_and_does_not_come_back()
    {
        using var folder = new TempFolder();
        var data = folder.File("data");
        await using (TestPortal.Start(data, isDemo: true, configure: Small))
        {
        }
        SampleRemoval.Empty(data, keys: null);
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(data), path => !Path.GetFileName(path).StartsWith("portal.lock", StringComparison.Ordinal));

        await using (var emptied = TestPortal.Start(data)) await emptied.Get<SampleData>().NoteRemovalAsync(Ct);
        await using var later = TestPortal.Start(data, isDemo: true, configure: Small);
        Assert.False(later.Get<SampleData>().IsPresent);
        await using var db = await ContextAsync(later);
        Assert.Equal(0, await db.Users.CountAsync(Ct) + await db.Events.CountAsync(Ct) + await db.Customers.CountAsync(Ct));
    }

    [Fact]
    public async Task The_campaigns_of_the_past_are_listed_with_the_figures_of_the_log()
    {
        var list = await _portal.Get<ListCampaignsHandler>().HandleAsync(CampaignTab.Sent, null, Ct);
        Assert.Equal(_portal.Get<DemoCatalogue>().Find()!.PastCampaigns.Count, list.Rows.Count);
        await using var db = await ContextAsync(_portal);
        foreach (var row in list.Rows)
        {
            var id = row.Id.ToString(CultureInfo.InvariantCulture);
            var sent = await db.Events.CountAsync(e => e.CampaignId == id && e.Type == KnownEvents.MessageSent, Ct);
            Assert.Equal((2, (long)sent), (row.VariantCount, row.Planned));
            Assert.Equal(sent, row.Sums?.Sent ?? 0);
            var result = await _portal.Get<ReadCampaignResultHandler>().HandleAsync(row.Id, Ct);
            Assert.Equal(await db.Events.CountAsync(e => e.CampaignId == id && e.Type == KnownEvents.MessageClicked, Ct), result!.Sent.Clicked);
            Assert.Equal(result.Reach.Audience, sent + (result.Holdout?.Assigned ?? 0));
            Assert.Equal("Jan Weber", result.Moves[^1].By);
        }
    }

    [Fact]
    public void The_links_of_past_mails_are_known_and_lead_into_the_storefront()
    {
        var links = filled.Portal.Get<ReadCampaignLinksHandler>().Handle(1);
        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.True(link.Link >= 0 && link.Url!.StartsWith(Storefront.Path + "?", StringComparison.Ordinal), $"{link.Link}: {link.Url}"));
    }

    [Fact]
    public async Task The_campaigns_of_the_past_reached_nobody_who_was_held_out_of_all()
    {
        await using var db = await ContextAsync(_portal);
        var reached = await (from e in db.Events where e.Type == KnownEvents.MessageSent && e.Source == ShopEvents.Source join c in db.Customers on e.CustomerId equals c.Id select new { c.ExternalId, e.OccurredAt }).ToListAsync(Ct);
        Assert.NotEmpty(reached);
        var holdout = new GlobalHoldout(0.05);
        Assert.DoesNotContain(reached, e => holdout.Holds(e.ExternalId, e.OccurredAt));
    }

    [Fact]
    public async Task One_click_of_its_admin_fills_a_portal_that_holds_nothing()
    {
        await using var portal = TestPortal.Start(configure: Small);
        var handler = portal.Get<FillSampleHandler>();
        Assert.NotNull(await handler.HandleAsync(RoleCapabilitiesTests.User(Roles.Marketer), Ct));
        Assert.Equal(nameof(SetUpPortal.Code), (await handler.HandleAsync("1234-5678", Ct)).Problem?.Field);

        var answer = await handler.HandleAsync(portal.Get<SetUpToken>().Issue(), Ct);
        Assert.Equal(Roles.Admin, answer.Value.Role);
        Assert.True(portal.Get<SampleData>().IsPresent);
        Assert.False(handler.IsOffered);
        await WaitAsync(() => Task.FromResult(portal.Get<SampleData>().Read() is { IsFilled: true }));
        await using var db = await ContextAsync(portal);
        Assert.Equal(120, await db.Customers.CountAsync(Ct));
    }

    [Fact]
    public async Task Nothing_is_offered_to_a_portal_that_holds_something()
    {
        await using var portal = TestPortal.Start();
        var handler = portal.Get<FillSampleHandler>();
        Assert.True(handler.IsOffered);
        await portal.Get<EventLog>().AppendAsync(new EventBatch("test", [An.Event("1")]), Ct);
        Assert.False(handler.IsOffered);
        var code = portal.Get<SetUpToken>().Issue();
        Assert.NotNull((await handler.HandleAsync(code, Ct)).Problem);
        Assert.True(portal.Get<SetUpToken>().Matches(code)); // it still opens the set-up
        Assert.False(portal.Get<SampleData>().IsPresent);
    }

    [Fact]
    public async Task Whatever_the_settings_say_mail_of_a_sample_shop_goes_to_the_folder()
    {
        await using var portal = TestPortal.Start();
        await portal.Get<PortalDatabase>().WriteAsync(
            transaction =>
            {
                transaction.Execute("insert into \"Settings\" (\"Key\", \"Value\") values (@0, @1), (@2, @3)", KnownSettings.Transport, KnownSettings.SmtpTransport, KnownSettings.SmtpHost, "relay.example.com");
            },
            Ct);
        var delivery = portal.Get<DeliverySettingsStore>();
        delivery.Forget();
        Assert.Equal(KnownSettings.SmtpTransport, delivery.Read().Transport);

        await portal.Get<SampleData>().MarkAsync(new SampleFacts(1, TimeProvider.System.GetUtcNow(), 120, FilledSequence: 1), Ct);
        delivery.Forget();
        Assert.Equal(KnownSettings.PickupTransport, delivery.Read().Transport);
        Assert.Empty(portal.Get<OutboundDestinations>().All);
        var sent = await portal.Get<SendTestMailHandler>().HandleAsync(new MailContent("somebody@example.com", "A test", "<p>Hello</p>", "Hello"), new Actor("1", null), Ct);
        Assert.Null(sent.Problem);
        Assert.Single(Directory.GetFiles(PickupTransport.FolderOf(portal.Get<DataDirectory>()), "*.eml"));
    }

    [Fact]
    public void All_addresses_of_the_sample_shop_lie_in_domains_that_never_receive_mail()
    {
        var shop = _portal.Get<DemoCatalogue>().Find()!;
        Assert.All(shop.People, p => Assert.Matches(@"@(?:[a-z0-9-]+\.)*(?:example|example\.(?:com|net|org))$", p.Email));
        Assert.All(_portal.Get<DemoAccounts>().Read(), a => Assert.EndsWith(".example", a.Email, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_an_admin_whose_password_is_fresh_removes_it()
    {
        var handler = _portal.Get<RemoveSampleHandler>();
        Assert.NotNull(await handler.HandleAsync(RoleCapabilitiesTests.User(Roles.Marketer), Ct));
        Assert.NotNull(await handler.HandleAsync(RoleCapabilitiesTests.User(Roles.Admin), Ct)); // no password was entered in this session
        Assert.False(_portal.Get<SampleRemoval>().IsAsked);
    }

    private static void Small(IServiceCollection services) => services.Configure<DemoOptions>(o => (o.CustomerCount, o.FastDay, o.FastDayCount) = (120, TimeSpan.FromMilliseconds(250), 20));

    private static Task<PortalDbContext> ContextAsync(TestPortal portal) => portal.Get<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(Ct);

    private static async Task WaitAsync(Func<Task<bool>> isDone)
    {
        for (var attempt = 0; attempt < 600; attempt++)
        {
            if (await isDone()) return;
            await Task.Delay(100, Ct);
        }
        Assert.Fail("It did not happen within a minute.");
    }

    /// <summary>One shop for all of these tests: to fill it takes seconds.</summary>
    public sealed class FilledShop : IAsyncLifetime
    {
        public TestPortal Portal { get; } = TestPortal.Start(isDemo: true, configure: Small);

        public async ValueTask InitializeAsync() => await WaitAsync(() => Task.FromResult(Portal.Get<SampleData>().Read() is { IsFilled: true }));

        public ValueTask DisposeAsync() => Portal.DisposeAsync();
    }
}
