using CampaignPortal.Marketing.Delivery;
using System.Globalization;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Planning;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Campaigns;

/// <summary>A store with customers who may be written to, and short forms of what campaigns go through.</summary>
internal sealed class CampaignShop : IAsyncDisposable
{
    private CampaignShop(TestStore store) => Store = store;

    public TestStore Store { get; }

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="customerCount">Known people with an address and consent.</param>
    /// <param name="withoutConsent">So many more with an address alone.</param>
    public static async Task<CampaignShop> OpenAsync(int customerCount, int withoutConsent = 0, string? path = null, DateTimeOffset? now = null)
    {
        var shop = new CampaignShop(await TestStore.OpenAsync(path, configure: services => services.AddInsights(), now: now));
        var ids = Enumerable.Range(1, customerCount + withoutConsent).Select(Name).ToArray();
        await shop.Store.Log.AppendAsync(
            new EventBatch("shop", [.. ids.Take(customerCount).Select(Consent)]) { Contacts = [.. ids.Select(id => new ContactDraft(id) { Email = $"{id}@example.com", Name = $"Person {id}" })] }, Ct);
        await shop.FollowAsync();
        return shop;
    }

    public static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"c-{number}");

    public static MessageContent Mail(string subject) => new() { Subject = subject, Body = "Good to have you here." };

    public Task FollowAsync() => Store.Get<ProjectionHost>().CatchUpAsync(Ct);

    /// <summary>A draft for everybody; one version for each subject.</summary>
    public Task<long> CreateAsync(Func<CampaignSettings, CampaignSettings>? settings = null, params string[] subjects)
    {
        var start = new CampaignSettings { IsAudienceChosen = true };
        return Store.Get<CreateCampaignHandler>().HandleAsync(
            new CreateCampaign("1") { Name = "Spring", Settings = settings?.Invoke(start) ?? start, Contents = [.. (subjects.Length > 0 ? subjects : ["Hello"]).Select(Mail)] }, Ct);
    }

    public async Task<LaunchedCampaign> LaunchAsync(long id)
    {
        var stored = await ReadAsync(id);
        var launched = await Store.Get<LaunchCampaignHandler>().HandleAsync(new LaunchCampaign(id, stored.Version, "1"), Ct);
        Assert.True(launched.IsOk, launched.Problem?.Message);
        return launched.Value;
    }

    /// <summary>Plans, or rolls, what is waiting for it.</summary>
    public async Task<CampaignRun> PlanAsync(long id)
    {
        var run = await RunAsync(id);
        if (run.Phase is RunPhase.Rolling) await Store.Get<RestRoller>().RollAsync(run, (_, _) => { }, Ct);
        else await Store.Get<RunPlanner>().PlanAsync(run, (_, _) => { }, Ct);
        await FollowAsync();
        return await RunAsync(id);
    }

    public async Task<StoredDraft> ReadAsync(long id) => await Store.Get<CampaignStore>().ReadAsync(id, Ct) ?? throw new InvalidOperationException("The campaign is there.");

    public async Task<CampaignRun> RunAsync(long id)
    {
        await using var db = await Store.ContextAsync();
        return await db.CampaignRuns.AsNoTracking().Where(r => r.CampaignId == id).OrderByDescending(r => r.Id).FirstAsync(Ct);
    }

    public async Task<CampaignState> StateAsync(long id) => (await ReadAsync(id)).State;

    /// <summary>Everything that is planned was taken by the server.</summary>
    public async Task SendAllAsync(long id)
    {
        await using var db = await Store.ContextAsync();
        var messages = await (from m in db.Messages where m.CampaignId == id && m.State == MessageState.Planned join c in db.Customers on m.CustomerId equals c.Id select new { m.VariantId, c.ExternalId }).ToListAsync(Ct);
        await ReactAsync(KnownEvents.MessageSent, id, [.. messages.Select(m => (m.ExternalId, m.VariantId))]);
        await Store.Database.WriteAsync(t => t.Execute("update \"Messages\" set \"State\" = 5 where \"CampaignId\" = @0 and \"State\" = 0", id), Ct);
    }

    /// <summary>Events of one kind for these people.</summary>
    public async Task ReactAsync(string type, long campaign, IReadOnlyList<(string Customer, long Variant)> people, string? properties = null)
    {
        var events = people.Select(p => new NewEvent
        {
            MessageId = string.Create(CultureInfo.InvariantCulture, $"{type}-{campaign}-{p.Customer}-{Store.Clock.GetUtcNow().UtcTicks:x}"),
            Type = type,
            OccurredAt = Store.Clock.GetUtcNow(),
            Customer = p.Customer,
            CampaignId = campaign.ToString(CultureInfo.InvariantCulture),
            VariantId = p.Variant.ToString(CultureInfo.InvariantCulture),
            Properties = properties,
        });
        await Store.Log.AppendAsync(new EventBatch("test", [.. events]), Ct);
        await FollowAsync();
    }

    public async Task OrderAsync(IEnumerable<string> customers, decimal amount)
    {
        var at = Store.Clock.GetUtcNow();
        await Store.Log.AppendAsync(new EventBatch("shop", [.. customers.Select(c => An.OrderLine(string.Create(CultureInfo.InvariantCulture, $"o-{c}-{at.UtcTicks:x}"), 1, c, amount, at: at))]), Ct);
        await FollowAsync();
    }

    /// <summary>The people of an arm by the shop's own ids: 0 is the holdout, −1 who waits.</summary>
    public async Task<IReadOnlyList<string>> ArmAsync(long id, long variant)
    {
        await using var db = await Store.ContextAsync();
        return await (from r in db.CampaignRecipients where r.CampaignId == id && r.VariantId == variant join c in db.Customers on r.CustomerId equals c.Id orderby r.CustomerId select c.ExternalId).ToListAsync(Ct);
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();

    private static NewEvent Consent(string customer) => new()
    {
        MessageId = "consent-" + customer,
        Type = KnownEvents.ConsentChanged,
        OccurredAt = ManualClock.Noon.AddDays(-30),
        Customer = customer,
        Properties = """{"channel":"email","purpose":"marketing","state":"granted","origin":"shop"}""",
    };
}
