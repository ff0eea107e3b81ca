using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Tests.Campaigns;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Delivery;

/// <summary>What a person decides about messages that failed or are in doubt, with real campaigns around them.</summary>
public sealed class PutBackTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, Trait("Promise", "R-34")]
    [InlineData(MessageState.DeadLetter, "Sent"), InlineData(MessageState.DeadLetter, "Scheduled"), InlineData(MessageState.InDoubt, "Sent")]
    public async Task What_is_put_back_leaves_days_after_its_campaign_ended(MessageState state, string campaignState)
    {
        await using var shop = await CampaignShop.OpenAsync(20);
        var (id, message) = await EndedAsync(shop, state);
        await SetAsync(shop, id, campaignState);
        shop.Store.Clock.Advance(TimeSpan.FromDays(3));
        var settle = shop.Store.Get<SettleMessagesHandler>();

        await using var outbox = new RunningOutbox(shop.Store);
        var settled = state is MessageState.DeadLetter ? await settle.RequeueAsync([message], "7", Ct) : await settle.ResendAsync([message], "7", Ct);
        await outbox.DrainAsync(Ct);

        Assert.Equal(new SettledMessages(1, 0, 0, 0), settled);
        Assert.Equal((MessageState.Accepted, null), await StateAsync(shop, message));
        Assert.Equal(campaignState, (await shop.StateAsync(id)).ToString());
        await using var db = await shop.Store.ContextAsync();
        Assert.Equal("1 of 1 messages", (await db.AuditEntries.SingleAsync(a => a.Target == FormattableString.Invariant($"message {message}"), Ct)).Detail);
    }

    [Theory]
    [InlineData("Cancelled", 1, 0), InlineData("Paused", 0, 1), InlineData("Failed", 0, 1)]
    public async Task What_cannot_leave_stays_and_the_answer_says_why(string campaignState, int ofStopped, int ofPaused)
    {
        await using var shop = await CampaignShop.OpenAsync(20);
        var (ended, message) = await EndedAsync(shop, MessageState.DeadLetter);
        var (other, blocked) = await EndedAsync(shop, MessageState.DeadLetter);
        await SetAsync(shop, other, campaignState);
        var settle = shop.Store.Get<SettleMessagesHandler>();

        Assert.Equal(new SettledMessages(1, ofStopped, ofPaused, 0), await settle.RequeueAsync([message, blocked], "7", Ct));
        Assert.Equal(MessageState.DeadLetter, (await StateAsync(shop, blocked)).State);
        Assert.Equal(new SettledMessages(0, ofStopped, ofPaused, 1), await settle.RequeueAsync([message, blocked], "8", Ct));
        Assert.Equal(CampaignState.Sent, await shop.StateAsync(ended));
    }

    [Fact]
    public async Task Content_that_is_wrong_for_everybody_fails_again_where_no_campaign_can_be_paused()
    {
        await using var shop = await CampaignShop.OpenAsync(20);
        var (id, message) = await EndedAsync(shop, MessageState.DeadLetter);
        var broken = CampaignShop.Mail("{{#if").ToJson();
        await shop.Store.Database.WriteAsync(t => t.Execute("update \"CampaignVariants\" set \"Content\" = @1 where \"CampaignId\" = @0", id, broken), Ct);

        await using var outbox = new RunningOutbox(shop.Store, TimeSpan.FromSeconds(20));
        await shop.Store.Get<SettleMessagesHandler>().RequeueAsync([message], "7", Ct);
        await outbox.DrainAsync(Ct);
        Assert.Equal((MessageState.DeadLetter, MessageReasons.Render), await StateAsync(shop, message));
    }

    [Fact]
    public async Task A_message_that_is_counted_as_sent_counts_in_the_figures_too()
    {
        await using var shop = await CampaignShop.OpenAsync(20);
        var (_, message) = await EndedAsync(shop, MessageState.InDoubt);
        var settle = shop.Store.Get<SettleMessagesHandler>();
        await using var db = await shop.Store.ContextAsync();
        var before = await db.CampaignRecipients.CountAsync(r => r.SentAt != null, Ct);

        Assert.Equal(new SettledMessages(1, 0, 0, 0), await settle.CountAsSentAsync([message], "7", Ct));
        Assert.Equal(new SettledMessages(0, 0, 0, 1), await settle.CountAsSentAsync([message], "8", Ct));
        await shop.FollowAsync();

        Assert.Equal((MessageState.Accepted, null), await StateAsync(shop, message));
        Assert.Equal(before + 1, await db.CampaignRecipients.CountAsync(r => r.SentAt != null, Ct));
        Assert.Equal("deadletter.requeue count as sent", (await db.AuditEntries.SingleAsync(a => a.Action.StartsWith("deadletter"), Ct)).Action);
    }

    [Fact]
    public async Task Only_campaigns_with_something_waiting_are_claimed_from()
    {
        await using var shop = await CampaignShop.OpenAsync(20);
        var (first, message) = await EndedAsync(shop, MessageState.DeadLetter);
        await EndedAsync(shop, MessageState.DeadLetter);
        var (third, late) = await EndedAsync(shop, MessageState.DeadLetter);
        var source = shop.Store.Get<IMessageSource>();
        Assert.Empty(await shop.Store.Database.WriteAsync(source.SendingCampaigns, Ct));
        await shop.Store.Get<SettleMessagesHandler>().RequeueAsync([message, late], "7", Ct);
        await shop.Store.Database.WriteAsync(t => t.Execute("update \"Messages\" set \"State\" = 1 where \"Id\" = @0", late), Ct);
        Assert.Equal([first, third], await shop.Store.Database.WriteAsync(source.SendingCampaigns, Ct));
    }

    /// <summary>A campaign whose messages all left but one, which stands in this state.</summary>
    private static async Task<(long Campaign, long Message)> EndedAsync(CampaignShop shop, MessageState state)
    {
        await shop.Store.Database.WriteAsync(t => t.Execute("insert into \"Settings\" values ('delivery.cap.count', '0') on conflict do nothing"), Ct);
        shop.Store.Get<DeliverySettingsStore>().Forget();
        var id = await shop.CreateAsync(s => s with { HoldoutShare = 0 });
        await shop.LaunchAsync(id);
        await shop.PlanAsync(id);
        await using var db = await shop.Store.ContextAsync();
        var message = await db.Messages.Where(m => m.CampaignId == id).MinAsync(m => m.Id, Ct);
        await shop.Store.Database.WriteAsync(
            t => t.Execute("update \"Messages\" set \"State\" = @1, \"Reason\" = 'render', \"EndedAt\" = 1, \"MarkedAt\" = @2 where \"Id\" = @0", message, (int)state, Stored.Ticks(shop.Store.Clock.GetUtcNow())), Ct);
        await shop.SendAllAsync(id);
        await shop.Store.Get<CampaignWatch>().PassAsync(Ct);
        Assert.Equal(CampaignState.Sent, await shop.StateAsync(id));
        return (id, message);
    }

    private static Task<int> SetAsync(CampaignShop shop, long id, string state) => shop.Store.Database.WriteAsync(t => t.Execute("update \"Campaigns\" set \"State\" = @1 where \"Id\" = @0", id, state), Ct);

    private static async Task<(MessageState State, string? Reason)> StateAsync(CampaignShop shop, long message)
    {
        await using var db = await shop.Store.ContextAsync();
        var row = await db.Messages.AsNoTracking().SingleAsync(m => m.Id == message, Ct);
        return (row.State, row.Reason);
    }
}
