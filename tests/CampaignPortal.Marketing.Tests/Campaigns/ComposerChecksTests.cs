using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Planning;
using CampaignPortal.Marketing.Campaigns.Scheduling;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Settings;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Campaigns;

/// <summary>Who is left out because of other campaigns, and what must be right before real mail leaves.</summary>
public sealed class ComposerChecksTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_got_a_chosen_campaign_lately_is_left_out_and_counted()
    {
        await using var shop = await CampaignShop.OpenAsync(300);
        await shop.Store.Get<SettingsHandler>().SaveAsync([new SettingChange(KnownSettings.CapCount, "2", "0")], new Actor("1", null), Ct);
        var first = await SentAsync(shop);
        var got = await ReceiversAsync(shop, first);
        Assert.InRange(got, 200, 300); // some are held out

        shop.Store.Clock.Advance(TimeSpan.FromDays(10));
        Assert.Equal(0, (await ReachAsync(shop, 0, s => s)).Of(DropReason.ReceivedOther));
        Assert.Equal(got, (await ReachAsync(shop, 0, s => s with { SkipReceiversOf = [first] })).Of(DropReason.ReceivedOther));
        Assert.Equal(got, (await ReachAsync(shop, 0, s => s with { SkipReceiversOf = [first], SkipReceiversOfDays = 14 })).Of(DropReason.ReceivedOther));
        Assert.Equal(0, (await ReachAsync(shop, 0, s => s with { SkipReceiversOf = [first], SkipReceiversOfDays = 7 })).Of(DropReason.ReceivedOther));
        Assert.Equal(0, (await ReachAsync(shop, 0, s => s with { SkipReceiversOf = [first + 100] })).Of(DropReason.ReceivedOther));

        // What is shown is what happens.
        var second = await shop.CreateAsync(s => s with { HoldoutShare = 0, SkipReceiversOf = [first] });
        await shop.LaunchAsync(second);
        var planned = ReachFunnel.FromJson((await shop.PlanAsync(second)).Funnel);
        Assert.Equal((300, got), (planned.Audience, planned.Of(DropReason.ReceivedOther)));
        await using var db = await shop.Store.ContextAsync();
        Assert.False(await db.CampaignRecipients.AnyAsync(r => r.CampaignId == second && db.CampaignRecipients.Any(o => o.CampaignId == first && o.CustomerId == r.CustomerId && o.SentAt != null), Ct));
    }

    [Fact]
    public async Task A_campaign_that_names_itself_leaves_out_its_own_earlier_receivers_and_nobody_elses()
    {
        await using var shop = await CampaignShop.OpenAsync(100);
        var (one, other) = (await SentAsync(shop), await shop.CreateAsync());
        var got = await ReceiversAsync(shop, one);
        CampaignSettings Itself(CampaignSettings s) => s with { SkipReceiversOf = [CampaignSettings.ThisCampaign] };
        Assert.Equal(got, (await ReachAsync(shop, one, Itself)).Of(DropReason.ReceivedOther));
        Assert.Equal(0, (await ReachAsync(shop, other, Itself)).Of(DropReason.ReceivedOther));
        Assert.Equal(0, (await ReachAsync(shop, 0, Itself)).Of(DropReason.ReceivedOther));
    }

    [Fact]
    public async Task Only_what_went_out_can_be_chosen_and_rules_can_name_it_too()
    {
        await using var shop = await CampaignShop.OpenAsync(10);
        var sent = await SentAsync(shop);
        await shop.CreateAsync();
        Assert.Equal([(sent, "Spring")], (await shop.Store.Get<ReadCampaignChoicesHandler>().HandleAsync(Ct)).Select(c => (c.Id, c.Name)));
        Assert.Equal([new CampaignName(sent.ToString(System.Globalization.CultureInfo.InvariantCulture), "Spring")], (await shop.Store.Get<ReadRuleChoicesHandler>().HandleAsync(Ct)).Campaigns);
    }

    [Theory]
    [InlineData("smtp", "shop@localhost.localdomain", "https://mail.example.com", "default-sender")]
    [InlineData("smtp", "care@portal.localhost", "https://mail.example.com", "default-sender")]
    [InlineData("smtp", "care@example.com", "", "local-address")]
    [InlineData("smtp", "care@example.com", "http://127.0.0.1:8080", "local-address")]
    [InlineData("smtp", "care@example.com", "https://[::1]/portal", "local-address")]
    [InlineData("smtp", "care@example.com", "https://portal.localhost", "local-address")]
    [InlineData("smtp", "shop@localhost.localdomain", "", "default-sender,local-address")]
    [InlineData("smtp", "care@example.com", "https://mail.example.com", "")]
    [InlineData("pickup", "shop@localhost.localdomain", "", "")]
    public async Task With_a_mail_server_the_sender_and_the_public_address_must_lead_somewhere(string transport, string sender, string url, string blocking)
    {
        await using var shop = await CampaignShop.OpenAsync(20);
        await SetAsync(shop, (KnownSettings.Transport, transport), (KnownSettings.SmtpHost, "mail.example.com"), (KnownSettings.SenderAddress, sender), (KnownSettings.PublicUrl, url));
        var id = await shop.CreateAsync();
        var checks = (await shop.Store.Get<PreFlightHandler>().HandleAsync((await shop.ReadAsync(id)).Draft, Ct)).Checks;
        Assert.Equal(blocking, string.Join(',', checks.Where(c => c.Level is CheckLevel.Error).Select(c => c.Code)));
        Assert.Equal(transport is "pickup", checks.Any(c => c is { Code: CheckCodes.PickupUnready, Level: CheckLevel.Warning }));
        Assert.Equal(transport is "smtp" && blocking.Length is 0, checks.Any(c => c.Code is CheckCodes.ChannelFine));
        var launched = await shop.Store.Get<LaunchCampaignHandler>().HandleAsync(new LaunchCampaign(id, 1, "1"), Ct);
        Assert.Equal(blocking.Split(',')[0], launched.Problem?.Field ?? "");
    }

    [Theory]
    [InlineData(ScheduleKind.Now, CheckLevel.Error), InlineData(ScheduleKind.Recurring, CheckLevel.Warning)]
    public async Task Nobody_today_stops_what_is_sent_once_and_is_a_note_for_what_comes_again(ScheduleKind kind, CheckLevel level)
    {
        await using var shop = await CampaignShop.OpenAsync(5);
        var nobody = await shop.Store.Get<SaveAudienceHandler>().HandleAsync(new SaveAudience(null, "Nobody", null, Bought(), null, 1), Ct);
        var id = await shop.CreateAsync(s => s with { Include = [nobody.Value.Id], Schedule = new CampaignSchedule { Kind = kind, Date = new DateOnly(2027, 1, 1), Repetition = Repetition.Days, EveryDays = 1 } });
        var report = await shop.Store.Get<PreFlightHandler>().HandleAsync((await shop.ReadAsync(id)).Draft, Ct);
        Assert.Equal(level, Assert.Single(report.Checks, c => c.Code is CheckCodes.EmptyAudience).Level);
        Assert.Equal(level is CheckLevel.Warning, report.CanLaunch);
    }

    [Fact]
    public async Task The_audience_of_a_rule_is_made_once_and_its_name_is_free()
    {
        await using var shop = await CampaignShop.OpenAsync(1);
        var ensure = shop.Store.Get<EnsureAudienceHandler>();
        await shop.Store.Get<SaveAudienceHandler>().HandleAsync(new SaveAudience(null, "Buyers", null, AudienceRule.Everyone, null, 1), Ct);
        var made = await ensure.HandleAsync(new EnsureAudience("Buyers", Bought(), 1), Ct);
        Assert.Equal(made.Value, (await ensure.HandleAsync(new EnsureAudience("Others", Bought(), 1), Ct)).Value);
        Assert.Equal(["Buyers", "Buyers 2"], (await shop.Store.Get<ReadAudienceChoicesHandler>().HandleAsync(Ct)).Select(c => c.Name));
    }

    [Theory]
    [InlineData("Linen is back, 9 Mar", "linen-is-back-9-mar"), InlineData("  Spring & Sale!  ", "spring-sale"), InlineData("春季上新", "春季上新")]
    public void Tags_begin_with_what_other_analytics_expect(string name, string campaign)
    {
        var tags = LinkTagging.For(name);
        Assert.Equal(new LinkTags("newsletter", "email", campaign), tags);
        Assert.Equal("https://example.com/a?utm_source=own&utm_medium=email&utm_campaign=" + Uri.EscapeDataString(campaign) + "#b", LinkTagging.Add("https://example.com/a?utm_source=own#b", tags));
    }

    private static AudienceRule Bought() => new(new RuleGroup(GroupKind.All, [new AttributeCondition(RuleFigures.Orders, NumberTest.AtLeast(1))]), []);

    private static async Task<long> SentAsync(CampaignShop shop)
    {
        var id = await shop.CreateAsync();
        await shop.LaunchAsync(id);
        await shop.PlanAsync(id);
        await shop.SendAllAsync(id);
        return id;
    }

    private static async Task<long> ReceiversAsync(CampaignShop shop, long id)
    {
        await using var db = await shop.Store.ContextAsync();
        return await db.CampaignRecipients.LongCountAsync(r => r.CampaignId == id && r.SentAt != null, Ct);
    }

    private static async Task<ReachFunnel> ReachAsync(CampaignShop shop, long id, Func<CampaignSettings, CampaignSettings> settings)
    {
        var draft = new CampaignDraft("Next", settings(new CampaignSettings { IsAudienceChosen = true, HoldoutShare = 0 }), [new DraftVariant(0, 1, CampaignShop.Mail("Hello"))]);
        return (await shop.Store.Get<EstimateReachHandler>().HandleAsync(id, draft, Ct)).Funnel;
    }

    private static async Task SetAsync(CampaignShop shop, params (string Key, string Value)[] settings)
    {
        var changes = settings.Where(s => s.Value != KnownSettings.Find(s.Key)!.Standard).Select(s => new SettingChange(s.Key, KnownSettings.Find(s.Key)!.Standard, s.Value)); // keys of this file
        await shop.Store.Get<SettingsHandler>().SaveAsync([.. changes], new Actor("1", null), Ct);
        shop.Store.Get<DeliverySettingsStore>().Forget();
    }
}
