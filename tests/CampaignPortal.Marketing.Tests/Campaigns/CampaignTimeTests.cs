using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Scheduling;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Experiments;
using CampaignPortal.Marketing.Insights.Campaigns;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Settings;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Campaigns;

/// <summary>Campaigns on days that do not go as planned: nobody there, mails held back, dates missed.</summary>
public sealed class CampaignTimeTests
{
    private static readonly CampaignSchedule Weekly = new() { Kind = ScheduleKind.Recurring, Date = new DateOnly(2026, 3, 10), Time = new TimeOnly(9, 0), Repetition = Repetition.Days, EveryDays = 7 };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ScheduleKind.Recurring, CampaignState.Scheduled)]
    [InlineData(ScheduleKind.Once, CampaignState.Failed)]
    public async Task A_day_with_nobody_in_the_audience_is_left_out_by_a_recurring_campaign_alone(ScheduleKind kind, CampaignState expected)
    {
        await using var shop = await CampaignShop.OpenAsync(5);
        var audience = await shop.Store.Get<SaveAudienceHandler>().HandleAsync(new SaveAudience(null, "All", null, AudienceRule.Everyone, null, 1), Ct);
        var id = await shop.CreateAsync(s => s with { Include = [audience.Value.Id], Schedule = Weekly with { Kind = kind }, SendsStaleAudience = true });
        await shop.LaunchAsync(id);
        await shop.Store.Database.WriteAsync(t => t.Execute("delete from \"AudienceMembers\""), Ct);
        shop.Store.Clock.SetTo(new DateTimeOffset(2026, 3, 10, 9, 0, 5, TimeSpan.Zero));
        await shop.Store.Get<CampaignWatch>().PassAsync(Ct);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var work = shop.Store.Get<JobRunner>().RunAsync(stop.Token);
        for (var i = 0; i < 1_000 && await shop.StateAsync(id) is CampaignState.Sending; i++) await Task.Delay(20, Ct);
        await stop.CancelAsync();
        await work;

        Assert.Equal(expected, await shop.StateAsync(id));
        await using var db = await shop.Store.ContextAsync();
        Assert.Equal(CampaignReasons.EmptyAudience, (await db.CampaignTransitions.OrderBy(t => t.Id).LastAsync(Ct)).Reason);
        Assert.Equal(kind is not ScheduleKind.Recurring, (await shop.ReadAsync(id)).Draft.Settings.SendsStaleAudience); // the next date asks again, a retry does not
        Assert.Equal(kind is ScheduleKind.Recurring ? new DateTimeOffset(2026, 3, 17, 9, 0, 0, TimeSpan.Zero) : null, (await db.Campaigns.SingleAsync(Ct)).NextRunAt);
    }

    [Fact]
    public async Task The_time_of_a_test_begins_when_its_mails_have_left()
    {
        await using var shop = await CampaignShop.OpenAsync(400);
        var id = await shop.CreateAsync(s => s with { IsWinnerAutomatic = true }, "A", "B");
        await shop.LaunchAsync(id);
        var planned = (await shop.PlanAsync(id)).DecideAt;
        var watch = shop.Store.Get<CampaignWatch>();
        shop.Store.Clock.Advance(TimeSpan.FromHours(5)); // quiet hours: nothing has left
        await watch.PassAsync(Ct);
        Assert.Equal((RunPhase.Testing, (long?)null), ((await shop.RunAsync(id)).Phase, (await shop.RunAsync(id)).WinnerId));

        shop.Store.Clock.Advance(TimeSpan.FromHours(2));
        await shop.SendAllAsync(id);
        var left = shop.Store.Clock.GetUtcNow();
        await shop.Store.Database.WriteAsync(t => t.Execute("update \"Messages\" set \"EndedAt\" = @0", Stored.Ticks(left)), Ct);
        shop.Store.Clock.Advance(TimeSpan.FromHours(3));
        await watch.PassAsync(Ct);
        var run = await shop.RunAsync(id);
        Assert.Equal((RunPhase.Testing, left.AddHours(4)), (run.Phase, run.DecideAt));
        Assert.True(run.DecideAt > planned);
        shop.Store.Clock.Advance(TimeSpan.FromHours(1));
        await watch.PassAsync(Ct);
        Assert.Equal(RunPhase.Rolling, (await shop.RunAsync(id)).Phase);
    }

    [Fact]
    public async Task An_order_after_two_mails_of_a_recurring_campaign_is_counted_once_and_with_the_later()
    {
        await using var shop = await CampaignShop.OpenAsync(200);
        await shop.Store.Get<SettingsHandler>().SaveAsync([new SettingChange(KnownSettings.CapCount, "2", "0")], new Actor("1", null), Ct);
        var id = await shop.CreateAsync(s => s with { HoldoutShare = 0, Schedule = Weekly });
        await shop.LaunchAsync(id);
        for (var week = 0; week < 2; week++)
        {
            shop.Store.Clock.SetTo(new DateTimeOffset(2026, 3, 10, 9, 0, 5, TimeSpan.Zero).AddDays(7 * week));
            await shop.Store.Get<CampaignWatch>().PassAsync(Ct);
            await shop.PlanAsync(id);
            await shop.SendAllAsync(id);
            await shop.Store.Get<CampaignWatch>().PassAsync(Ct);
        }
        shop.Store.Clock.Advance(TimeSpan.FromDays(1));
        var buyer = (await shop.ArmAsync(id, (await shop.ReadAsync(id)).Draft.Variants[0].Id))[0];
        await shop.OrderAsync([buyer], 40);

        var result = await shop.Store.Get<ReadCampaignResultHandler>().HandleAsync(id, Ct);
        Assert.Equal((1L, 1L, 40m), (result!.Sent.Ordered, result.Sent.Buyers, result.Sent.Revenue));
        await using var db = await shop.Store.ContextAsync();
        var credited = await db.CampaignRecipients.SingleAsync(r => r.Revenue > 0, Ct);
        Assert.Equal(await db.CampaignRecipients.MaxAsync(r => r.Occurrence, Ct), credited.Occurrence);
    }

    [Fact]
    public async Task A_test_on_orders_has_no_verdict_before_half_of_the_seven_days_are_over()
    {
        await using var shop = await CampaignShop.OpenAsync(1_200);
        var id = await shop.CreateAsync(s => s with { Metric = ResultMetric.Orders, TestShare = 1, HoldoutShare = 0 }, "A", "B");
        await shop.LaunchAsync(id);
        await shop.PlanAsync(id);
        await shop.SendAllAsync(id);
        var versions = (await shop.ReadAsync(id)).Draft.Variants;
        shop.Store.Clock.Advance(TimeSpan.FromHours(25));
        await shop.OrderAsync((await shop.ArmAsync(id, versions[0].Id)).Take(120), 20);
        await shop.OrderAsync((await shop.ArmAsync(id, versions[1].Id)).Take(300), 20);
        var early = (await VerdictAsync())!;
        Assert.Equal((VerdictState.Collecting, MissingKind.Windows), (early.State, early.Lacking?.Kind));
        shop.Store.Clock.Advance(TimeSpan.FromDays(8));
        Assert.Equal((VerdictState.Winner, 1), ((await VerdictAsync())!.State, (await VerdictAsync())!.Position));

        async Task<TestVerdict?> VerdictAsync() => (await shop.Store.Get<ReadCampaignResultHandler>().HandleAsync(id, Ct))?.Test?.Verdict;
    }

    [Fact]
    public async Task A_pause_over_the_weekend_lets_nothing_expire()
    {
        await using var shop = await CampaignShop.OpenAsync(50);
        var id = await shop.CreateAsync(s => s with { HoldoutShare = 0 });
        await shop.LaunchAsync(id);
        await shop.PlanAsync(id);
        var control = shop.Store.Get<ControlCampaignHandler>();
        var before = await SendBeforeAsync();
        Assert.True((await control.HandleAsync(new ControlCampaign(id, CampaignAction.Pause, "1"), Ct)).IsOk);
        shop.Store.Clock.Advance(TimeSpan.FromHours(60));
        Assert.True((await control.HandleAsync(new ControlCampaign(id, CampaignAction.Resume, "1"), Ct)).IsOk);
        Assert.Equal(before + TimeSpan.FromHours(60), await SendBeforeAsync());
        Assert.True(await SendBeforeAsync() > shop.Store.Clock.GetUtcNow());

        async Task<DateTimeOffset> SendBeforeAsync()
        {
            await using var db = await shop.Store.ContextAsync();
            return await db.Messages.Where(m => m.CampaignId == id).MinAsync(m => m.SendBefore, Ct);
        }
    }

    [Fact]
    public async Task A_missed_date_by_the_customers_clocks_is_made_up_at_once_and_not_at_the_clock_of_the_far_east()
    {
        await using var shop = await CampaignShop.OpenAsync(30);
        var id = await shop.CreateAsync(s => s with { HoldoutShare = 0, Schedule = new CampaignSchedule { Kind = ScheduleKind.Once, Zone = ScheduleZone.Customer, Date = new DateOnly(2026, 3, 10), Time = new TimeOnly(9, 0) } });
        await shop.LaunchAsync(id);
        shop.Store.Clock.SetTo(new DateTimeOffset(2026, 3, 10, 12, 0, 0, TimeSpan.Zero));
        await shop.Store.Get<CampaignWatch>().PassAsync(Ct);
        Assert.Equal(CampaignState.Missed, await shop.StateAsync(id));
        Assert.True((await shop.Store.Get<ControlCampaignHandler>().HandleAsync(new ControlCampaign(id, CampaignAction.SendNow, "1"), Ct)).IsOk);
        await shop.PlanAsync(id);
        await using var db = await shop.Store.ContextAsync();
        Assert.Equal([shop.Store.Clock.GetUtcNow()], await db.Messages.Select(m => m.DueAt).Distinct().ToListAsync(Ct));
    }

    [Fact]
    public async Task A_missed_campaign_is_taken_back_edited_and_launched_again()
    {
        await using var shop = await CampaignShop.OpenAsync(10);
        var id = await shop.CreateAsync(s => s with { Schedule = new CampaignSchedule { Kind = ScheduleKind.Once, Date = new DateOnly(2026, 3, 10), Time = new TimeOnly(9, 0) } });
        await shop.LaunchAsync(id);
        shop.Store.Clock.SetTo(new DateTimeOffset(2026, 3, 10, 15, 0, 0, TimeSpan.Zero));
        await shop.Store.Get<CampaignWatch>().PassAsync(Ct);
        Assert.Equal(CampaignState.Draft, (await shop.Store.Get<ControlCampaignHandler>().HandleAsync(new ControlCampaign(id, CampaignAction.Unschedule, "1"), Ct)).Value);
        var draft = await shop.ReadAsync(id);
        await shop.Store.Get<SaveCampaignHandler>().HandleAsync(new SaveCampaign(id, draft.Version, draft.Draft with { Settings = draft.Draft.Settings with { Schedule = new CampaignSchedule() } }, "1"), Ct);
        Assert.Equal(CampaignState.Sending, (await shop.LaunchAsync(id)).State);
        Assert.Equal(RunPhase.Planning, (await shop.RunAsync(id)).Phase);
    }

    [Fact]
    public async Task A_missed_date_of_a_recurring_campaign_can_be_left_out()
    {
        await using var shop = await CampaignShop.OpenAsync(10);
        var id = await shop.CreateAsync(s => s with { Schedule = Weekly });
        await shop.LaunchAsync(id);
        shop.Store.Clock.SetTo(new DateTimeOffset(2026, 3, 10, 15, 0, 0, TimeSpan.Zero));
        await shop.Store.Get<CampaignWatch>().PassAsync(Ct);
        Assert.Equal(CampaignState.Missed, await shop.StateAsync(id));
        Assert.Equal(CampaignState.Scheduled, (await shop.Store.Get<ControlCampaignHandler>().HandleAsync(new ControlCampaign(id, CampaignAction.Skip, "1"), Ct)).Value);
        await using var db = await shop.Store.ContextAsync();
        Assert.Equal(new DateTimeOffset(2026, 3, 17, 9, 0, 0, TimeSpan.Zero), (await db.Campaigns.SingleAsync(Ct)).NextRunAt);
        Assert.False(await db.Messages.AnyAsync(Ct));
    }

    [Fact]
    public async Task Dates_that_pass_while_a_run_is_under_way_are_written_down()
    {
        await using var shop = await CampaignShop.OpenAsync(20);
        var id = await shop.CreateAsync(s => s with { HoldoutShare = 0, Schedule = Weekly });
        await shop.LaunchAsync(id);
        shop.Store.Clock.SetTo(new DateTimeOffset(2026, 3, 10, 9, 0, 5, TimeSpan.Zero));
        var watch = shop.Store.Get<CampaignWatch>();
        await watch.PassAsync(Ct);
        await shop.PlanAsync(id);
        shop.Store.Clock.Advance(TimeSpan.FromDays(15)); // the server was away
        await shop.SendAllAsync(id);
        await watch.PassAsync(Ct);
        await using var db = await shop.Store.ContextAsync();
        Assert.Equal(CampaignReasons.NextRunLate + " 2", (await db.CampaignTransitions.OrderBy(t => t.Id).LastAsync(Ct)).Reason);
        Assert.Equal(new DateTimeOffset(2026, 3, 31, 9, 0, 0, TimeSpan.Zero), (await db.Campaigns.SingleAsync(Ct)).NextRunAt);
    }

    [Fact]
    public void A_time_of_today_by_the_customers_clocks_may_be_chosen_until_it_has_passed_at_the_portal()
    {
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var schedule = new CampaignSchedule { Kind = ScheduleKind.Once, Zone = ScheduleZone.Customer, Date = new DateOnly(2026, 3, 10), Time = new TimeOnly(18, 0) };
        var noon = new DateTimeOffset(2026, 3, 10, 11, 0, 0, TimeSpan.Zero); // 12:00 in Berlin, and past 18:00 on the first clocks
        Assert.Equal([noon], ScheduleDates.Next(schedule, berlin, noon, 1));
        Assert.Empty(ScheduleDates.Next(schedule, berlin, noon.AddHours(6), 1));
        Assert.Equal(new DateTimeOffset(2026, 3, 10, 17, 0, 0, TimeSpan.Zero), ScheduleDates.DueFor(schedule, ScheduleDates.DueAt(schedule, noon), berlin));
    }
}
