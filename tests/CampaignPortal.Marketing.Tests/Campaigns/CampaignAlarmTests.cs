using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Insights.Campaigns;
using CampaignPortal.Marketing.Insights;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Campaigns;

/// <summary>Bounces and complaints pause a campaign while there is something left to save.</summary>
public sealed class CampaignAlarmTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(300, 15, 0, null)] // 5 % are not more than 5 %
    [InlineData(300, 16, 0, "bounces 16 300")]
    [InlineData(190, 19, 0, null)] // too few to tell
    [InlineData(300, 0, 2, null)] // may be chance
    [InlineData(300, 10, 3, "complaints 3 290")]
    public async Task A_campaign_pauses_above_the_limit_and_says_why(int sent, int bounced, int complained, string? reason)
    {
        await using var shop = await CampaignShop.OpenAsync(400);
        var (id, people) = await BegunAsync(shop);
        await ReactAsync(shop, id, people[..sent], bounced, complained);

        await shop.Store.Get<CampaignAlarm>().PassAsync(Ct);

        Assert.Equal(reason is null ? CampaignState.Sending : CampaignState.Paused, await shop.StateAsync(id));
        var result = await shop.Store.Get<ReadCampaignResultHandler>().HandleAsync(id, Ct);
        if (reason is not null) Assert.Equal(reason, result!.Moves[0].Reason);
        var needs = await shop.Store.Get<CampaignNeeds>().ReadAsync(Ct);
        Assert.Equal(reason is null ? [] : [id], needs.Where(n => n.Kind is NeedKind.CampaignStuck).Select(n => n.Campaign!.Id));
    }

    [Fact]
    public async Task Who_resumes_knows_the_old_figures_and_only_new_ones_pause_again()
    {
        await using var shop = await CampaignShop.OpenAsync(800);
        var (id, people) = await BegunAsync(shop);
        var alarm = shop.Store.Get<CampaignAlarm>();
        await ReactAsync(shop, id, people[..250], bounced: 25, complained: 0);
        await alarm.PassAsync(Ct);
        Assert.Equal(CampaignState.Paused, await shop.StateAsync(id));

        shop.Store.Clock.Advance(TimeSpan.FromHours(1));
        await shop.Store.Get<ControlCampaignHandler>().HandleAsync(new ControlCampaign(id, CampaignAction.Resume, "1"), Ct);
        shop.Store.Clock.Advance(TimeSpan.FromMinutes(1));
        await shop.ReactAsync(KnownEvents.MessageBounced, id, people[30..60]); // of those that had left before
        await alarm.PassAsync(Ct);
        Assert.Equal(CampaignState.Sending, await shop.StateAsync(id));

        await ReactAsync(shop, id, people[250..500], bounced: 12, complained: 0);
        await alarm.PassAsync(Ct);
        Assert.Equal(CampaignState.Sending, await shop.StateAsync(id)); // 4.8 % since then
        await ReactAsync(shop, id, people[500..560], bounced: 10, complained: 0);
        await alarm.PassAsync(Ct);
        Assert.Equal(CampaignState.Paused, await shop.StateAsync(id));
        Assert.Equal("bounces 22 310", await ReasonAsync(shop, id));
    }

    [Fact]
    public async Task A_pause_by_a_person_is_no_need_of_anybody_and_forgives_nothing()
    {
        await using var shop = await CampaignShop.OpenAsync(400);
        var (id, people) = await BegunAsync(shop);
        await ReactAsync(shop, id, people[..250], bounced: 25, complained: 0);
        var control = shop.Store.Get<ControlCampaignHandler>();
        await control.HandleAsync(new ControlCampaign(id, CampaignAction.Pause, "1"), Ct);
        Assert.Empty(await shop.Store.Get<CampaignNeeds>().ReadAsync(Ct));
        shop.Store.Clock.Advance(TimeSpan.FromHours(1));
        await control.HandleAsync(new ControlCampaign(id, CampaignAction.Resume, "1"), Ct);
        await shop.Store.Get<CampaignAlarm>().PassAsync(Ct);
        Assert.Equal("bounces 25 250", await ReasonAsync(shop, id));
    }

    [Fact]
    public async Task Failures_of_rendering_are_grouped_with_one_example_each()
    {
        await using var shop = await CampaignShop.OpenAsync(40);
        var (id, people) = await BegunAsync(shop);
        await using var db = await shop.Store.ContextAsync();
        var messages = await db.Messages.AsNoTracking().Where(m => m.CampaignId == id).OrderBy(m => m.CustomerId).Take(6).ToListAsync(Ct);
        for (var i = 0; i < messages.Count; i++)
        {
            var (state, reason, why) = i < 4 ? (9, "render", "subject: The subject is empty.") : i is 4 ? (7, "content", "customer.first_name") : (7, "no-address", "x");
            await shop.Store.Database.WriteAsync(t => t.Execute("update \"Messages\" set \"State\" = @1, \"Reason\" = @2, \"ReplyText\" = @3 where \"Id\" = @0", messages[i].Id, state, reason, why), Ct);
        }
        await shop.Store.Database.WriteAsync(t => t.Execute("update \"Customers\" set \"ErasedAt\" = 1 where \"Id\" = @0", messages[0].CustomerId), Ct);

        var failures = shop.Store.Get<SendingProgressReader>().Read(id).Failures;

        Assert.Equal([("subject: The subject is empty.", 3L), ("customer.first_name", 1L)], failures.Select(f => (f.Why, f.Count)));
        Assert.Equal([messages[1].CustomerId, messages[4].CustomerId], failures.Select(f => f.CustomerId));
        Assert.Equal(await db.Customers.Where(c => c.Id == messages[1].CustomerId).Select(c => c.ExternalId).SingleAsync(Ct), failures[0].Customer);
        Assert.NotEmpty(people);
    }

    private static async Task<(long Id, (string Customer, long Variant)[] People)> BegunAsync(CampaignShop shop)
    {
        var id = await shop.CreateAsync(s => s with { HoldoutShare = 0 });
        await shop.LaunchAsync(id);
        await shop.PlanAsync(id);
        var version = (await shop.ReadAsync(id)).Draft.Variants[0].Id;
        return (id, [.. (await shop.ArmAsync(id, version)).Select(c => (c, version))]);
    }

    private static async Task ReactAsync(CampaignShop shop, long id, (string Customer, long Variant)[] people, int bounced, int complained)
    {
        await shop.ReactAsync(KnownEvents.MessageSent, id, people);
        if (bounced > 0) await shop.ReactAsync(KnownEvents.MessageBounced, id, people[..bounced]);
        if (complained > 0) await shop.ReactAsync(KnownEvents.MessageComplained, id, people[bounced..(bounced + complained)]);
    }

    private static async Task<string?> ReasonAsync(CampaignShop shop, long id) => (await shop.Store.Get<ReadCampaignResultHandler>().HandleAsync(id, Ct))!.Moves[0].Reason;
}
