using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Campaigns.Planning;
using CampaignPortal.Marketing.Campaigns.Results;
using CampaignPortal.Marketing.Campaigns.Scheduling;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Settings;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Campaigns;

/// <summary>A campaign from the draft to the winner, on a real store.</summary>
public sealed class CampaignFlowTests
{
    [Fact]
    public async Task A_late_audience_stops_the_run_unless_somebody_decided_to_send_all_the_same()
    {
        await using var shop = await CampaignShop.OpenAsync(20);
        var saved = await shop.Store.Get<SaveAudienceHandler>().HandleAsync(new SaveAudience(null, "Lately", null, AudienceRule.Everyone, null, 1), CampaignShop.Ct);
        shop.Store.Clock.Advance(ResolveAudience.Late + TimeSpan.FromMinutes(1));

        var waits = await shop.CreateAsync(s => s with { Include = [saved.Value.Id], HoldoutShare = 0 });
        await shop.LaunchAsync(waits);
        var stopped = await shop.Store.Get<RunPlanner>().PlanAsync(await shop.RunAsync(waits), (_, _) => { }, CampaignShop.Ct);
        Assert.Equal((CampaignReasons.StaleAudience, 0), (stopped.Stopped, stopped.Funnel.Planned));
        Assert.Contains("Lately is as of", stopped.Detail, StringComparison.Ordinal);

        var sends = await shop.CreateAsync(s => s with { Include = [saved.Value.Id], HoldoutShare = 0, SendsStaleAudience = true });
        await shop.LaunchAsync(sends);
        var planned = await shop.Store.Get<RunPlanner>().PlanAsync(await shop.RunAsync(sends), (_, _) => { }, CampaignShop.Ct);
        Assert.Equal((null, 20), (planned.Stopped, planned.Funnel.Audience));
        Assert.InRange(planned.Funnel.Planned, 1, 20); // some may be in the holdout of the shop
    }

    [Fact]
    public async Task What_somebody_decided_about_a_late_audience_holds_for_one_send()
    {
        await using var shop = await CampaignShop.OpenAsync(5);
        var id = await shop.CreateAsync(s => s with { HoldoutShare = 0, SendsStaleAudience = true });
        var copy = await shop.Store.Get<CopyCampaignHandler>().HandleAsync(id, "Copy", "1", CampaignShop.Ct);
        Assert.False((await shop.ReadAsync(copy!.Value)).Draft.Settings.SendsStaleAudience); // it was copied just before

        await shop.LaunchAsync(id);
        Assert.True((await shop.ReadAsync(id)).Draft.Settings.SendsStaleAudience);
        await shop.PlanAsync(id);
        await shop.SendAllAsync(id);
        await shop.Store.Get<CampaignWatch>().PassAsync(CampaignShop.Ct);
        var sent = await shop.ReadAsync(id);
        Assert.Equal((CampaignState.Sent, false), (sent.State, sent.Draft.Settings.SendsStaleAudience));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everybody_of_the_audience_is_in_one_place_and_the_places_add_up()
    {
        await using var shop = await CampaignShop.OpenAsync(1_000, withoutConsent: 50);
        var id = await shop.CreateAsync(null, "A", "B");
        await shop.LaunchAsync(id);
        var run = await shop.PlanAsync(id);

        var reach = ReachFunnel.FromJson(run.Funnel);
        Assert.Equal(1_050, reach.Audience);
        Assert.Equal(50, reach.Of(DropReason.NoConsent));
        Assert.InRange(reach.Of(DropReason.GlobalHoldout), 25, 80);
        Assert.InRange(reach.Of(DropReason.Holdout), 60, 135);
        Assert.Equal(reach.Audience, reach.Planned + reach.Waiting + Enum.GetValues<DropReason>().Sum(reach.Of));
        Assert.InRange(reach.Planned, 270, 420);
        Assert.Equal(RunPhase.Testing, run.Phase);
        await using var db = await shop.Store.ContextAsync();
        Assert.Equal(reach.Planned, await db.Messages.CountAsync(m => m.CampaignId == id, Ct));
        Assert.Equal(reach.Planned + reach.Waiting + reach.Of(DropReason.Holdout), await db.CampaignRecipients.CountAsync(Ct));
        // Nobody of the holdout has a message.
        Assert.False(await db.CampaignRecipients.AnyAsync(r => r.VariantId == CampaignRecipient.Holdout && db.Messages.Any(m => m.CustomerId == r.CustomerId), Ct));
    }

    [Fact, Trait("Promise", "R-41")]
    public async Task A_plan_that_was_interrupted_goes_on_behind_its_last_commit_and_plans_nobody_twice()
    {
        await using var whole = await CampaignShop.OpenAsync(3_000);
        await using var cut = await CampaignShop.OpenAsync(3_000);
        var (one, other) = (await whole.CreateAsync(null, "A", "B"), await cut.CreateAsync(null, "A", "B"));
        await whole.LaunchAsync(one);
        await cut.LaunchAsync(other);
        var expected = await whole.PlanAsync(one);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cut.Store.Get<RunPlanner>().PlanAsync(await cut.RunAsync(other), (_, _) => stop.Cancel(), stop.Token));
        Assert.Equal(RunPhase.Planning, (await cut.RunAsync(other)).Phase);
        var run = await cut.PlanAsync(other);

        Assert.Equal(expected.Funnel, run.Funnel);
        Assert.Equal(Messages(whole), Messages(cut));
        await cut.PlanAsync(other); // once more, as a second job would: nothing is added
        Assert.Equal(Messages(whole), Messages(cut));

        static string Messages(CampaignShop shop) => string.Join('\n', shop.Store.Dump("CampaignRecipients").Split('\n').Select(line => string.Join('|', line.Split('|').Take(6))));
    }

    [Fact]
    public async Task Two_clicks_on_launch_make_one_run()
    {
        await using var shop = await CampaignShop.OpenAsync(200);
        var id = await shop.CreateAsync();
        var version = (await shop.ReadAsync(id)).Version;
        var launch = shop.Store.Get<LaunchCampaignHandler>();
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => launch.HandleAsync(new LaunchCampaign(id, version, "1"), Ct)));
        Assert.All(answers, a => Assert.True(a.IsOk, a.Problem?.Message));
        Assert.Single(answers, a => !a.Value.WasLaunched);
        await using var db = await shop.Store.ContextAsync();
        Assert.Equal(1, await db.CampaignRuns.CountAsync(Ct));
        Assert.Equal(1, await db.JobRuns.CountAsync(r => r.Key == SendCampaignJob.JobKey, Ct));
        Assert.Equal(1, await db.CampaignTransitions.CountAsync(Ct));
    }

    [Fact]
    public async Task The_winner_goes_to_the_rest_once_and_their_holdout_starts_to_count_then()
    {
        await using var shop = await CampaignShop.OpenAsync(1_500);
        var id = await shop.CreateAsync(null, "A", "B");
        await shop.LaunchAsync(id);
        var run = await shop.PlanAsync(id);
        var waiting = await shop.ArmAsync(id, CampaignRecipient.Waiting);
        Assert.NotEmpty(waiting);
        var b = (await shop.ReadAsync(id)).Draft.Variants[1].Id;
        var decide = shop.Store.Get<DecideCampaignHandler>();
        Assert.True((await decide.HandleAsync(new DecideCampaign(run.Id, b, "1"), Ct)).Value);
        Assert.False((await decide.HandleAsync(new DecideCampaign(run.Id, b, "2"), Ct)).Value);
        run = await shop.PlanAsync(id);

        Assert.Equal(RunPhase.Sending, run.Phase);
        Assert.Empty(await shop.ArmAsync(id, CampaignRecipient.Waiting));
        var receivers = await shop.ArmAsync(id, b);
        Assert.Empty(waiting.Except(receivers));
        await using var db = await shop.Store.ContextAsync();
        Assert.False(await db.CampaignRecipients.AnyAsync(r => r.ExposedAt == null, Ct));
        Assert.Equal(await db.CampaignRecipients.CountAsync(r => r.VariantId > 0, Ct), await db.Messages.CountAsync(Ct));
    }

    [Fact]
    public async Task Pausing_stops_the_gate_resuming_opens_it_and_stopping_keeps_back_what_had_not_left()
    {
        await using var shop = await CampaignShop.OpenAsync(300);
        var id = await shop.CreateAsync();
        await shop.LaunchAsync(id);
        await shop.PlanAsync(id);
        var control = shop.Store.Get<ControlCampaignHandler>();
        var source = shop.Store.Get<IMessageSource>();
        Assert.Equal([id], await Sending());
        Assert.Equal(CampaignState.Paused, (await control.HandleAsync(new ControlCampaign(id, CampaignAction.Pause, "2"), Ct)).Value);
        Assert.Empty(await Sending());
        Assert.NotNull((await control.HandleAsync(new ControlCampaign(id, CampaignAction.Pause, "2"), Ct)).Problem);
        Assert.Equal(CampaignState.Sending, (await control.HandleAsync(new ControlCampaign(id, CampaignAction.Resume, "2"), Ct)).Value);
        Assert.Equal([id], await Sending());
        Assert.Equal(CampaignState.Cancelled, (await control.HandleAsync(new ControlCampaign(id, CampaignAction.Stop, "2"), Ct)).Value);
        await using var db = await shop.Store.ContextAsync();
        Assert.False(await db.Messages.AnyAsync(m => m.State == MessageState.Planned, Ct));
        Assert.Equal(4, await db.CampaignTransitions.CountAsync(t => t.CampaignId == id, Ct));
        Assert.Equal(3, await db.AuditEntries.CountAsync(a => a.Action.StartsWith("campaigns.pause"), Ct));

        Task<IReadOnlyCollection<long>> Sending() => shop.Store.Database.WriteAsync(source.SendingCampaigns, Ct);
    }

    [Fact, Trait("Promise", "R-43")]
    public async Task A_campaign_whose_time_passed_hours_ago_asks_instead_of_sending()
    {
        await using var shop = await CampaignShop.OpenAsync(100);
        var tomorrow = DateOnly.FromDateTime(shop.Store.Clock.GetUtcNow().UtcDateTime).AddDays(1);
        var id = await shop.CreateAsync(s => s with { Schedule = new CampaignSchedule { Kind = ScheduleKind.Once, Date = tomorrow, Time = new TimeOnly(9, 0) } });
        Assert.Equal(CampaignState.Scheduled, (await shop.LaunchAsync(id)).State);
        shop.Store.Clock.Advance(TimeSpan.FromHours(25)); // four hours late
        await shop.Store.Get<CampaignWatch>().PassAsync(Ct);
        Assert.Equal((CampaignState.Missed, RunPhase.Missed), (await shop.StateAsync(id), (await shop.RunAsync(id)).Phase));
        await using (var db = await shop.Store.ContextAsync()) Assert.False(await db.JobRuns.AnyAsync(Ct));

        Assert.True((await shop.Store.Get<ControlCampaignHandler>().HandleAsync(new ControlCampaign(id, CampaignAction.SendNow, "1"), Ct)).IsOk);
        await shop.PlanAsync(id);
        Assert.Equal(CampaignState.Sending, await shop.StateAsync(id));
    }

    [Fact]
    public async Task A_scheduled_campaign_begins_at_its_time_and_ends_when_all_messages_have()
    {
        await using var shop = await CampaignShop.OpenAsync(100);
        var id = await shop.CreateAsync(s => s with { Schedule = new CampaignSchedule { Kind = ScheduleKind.Once, Date = new DateOnly(2026, 3, 10), Time = new TimeOnly(9, 0) } });
        await shop.LaunchAsync(id);
        var watch = shop.Store.Get<CampaignWatch>();
        await watch.PassAsync(Ct);
        Assert.Equal(CampaignState.Scheduled, await shop.StateAsync(id));
        shop.Store.Clock.SetTo(new DateTimeOffset(2026, 3, 10, 9, 0, 5, TimeSpan.Zero));
        await watch.PassAsync(Ct);
        Assert.Equal(CampaignState.Sending, await shop.StateAsync(id));
        await shop.PlanAsync(id);
        await watch.PassAsync(Ct);
        Assert.Equal(CampaignState.Sending, await shop.StateAsync(id));
        await shop.SendAllAsync(id);
        await watch.PassAsync(Ct);
        Assert.Equal(CampaignState.Sent, await shop.StateAsync(id));
    }

    [Fact]
    public async Task A_recurring_campaign_comes_again_with_its_own_run_and_the_same_versions()
    {
        await using var shop = await CampaignShop.OpenAsync(400);
        await shop.Store.Get<SettingsHandler>().SaveAsync([new SettingChange(KnownSettings.CapCount, "2", "0")], new Actor("1", null), Ct);
        var id = await shop.CreateAsync(
            s => s with { TestShare = 1, Schedule = new CampaignSchedule { Kind = ScheduleKind.Recurring, Date = new DateOnly(2026, 3, 10), Time = new TimeOnly(9, 0), Repetition = Repetition.Days, EveryDays = 7 } }, "A", "B");
        await shop.LaunchAsync(id);
        var watch = shop.Store.Get<CampaignWatch>();
        for (var week = 0; week < 2; week++)
        {
            shop.Store.Clock.SetTo(new DateTimeOffset(2026, 3, 10, 9, 0, 5, TimeSpan.Zero).AddDays(7 * week));
            await watch.PassAsync(Ct);
            await shop.PlanAsync(id);
            await shop.SendAllAsync(id);
            await watch.PassAsync(Ct);
            Assert.Equal(CampaignState.Scheduled, await shop.StateAsync(id));
        }
        await using var db = await shop.Store.ContextAsync();
        Assert.Equal(2, await db.CampaignRuns.CountAsync(Ct));
        var rows = await db.CampaignRecipients.AsNoTracking().ToListAsync(Ct);
        Assert.All(rows.GroupBy(r => r.CustomerId), g => Assert.Single(g.Select(r => r.VariantId).Distinct()));
        Assert.Equal(new DateTimeOffset(2026, 3, 24, 9, 0, 0, TimeSpan.Zero), (await db.Campaigns.SingleAsync(Ct)).NextRunAt);
    }

    [Fact]
    public async Task Two_people_who_edit_at_once_get_a_choice_and_nothing_is_lost()
    {
        await using var shop = await CampaignShop.OpenAsync(1);
        var id = await shop.CreateAsync();
        var (mine, theirs) = (await shop.ReadAsync(id), await shop.ReadAsync(id));
        var save = shop.Store.Get<SaveCampaignHandler>();
        var first = await save.HandleAsync(new SaveCampaign(id, theirs.Version, theirs.Draft with { Name = "Theirs" }, "2"), Ct);
        Assert.Null(first.Value.Theirs);
        var second = await save.HandleAsync(new SaveCampaign(id, mine.Version, mine.Draft with { Name = "Mine" }, "1"), Ct);
        Assert.Equal(("Theirs", "2"), (second.Value.Theirs?.Draft.Name, second.Value.Theirs?.ChangedBy));
        Assert.Equal("Theirs", (await shop.ReadAsync(id)).Draft.Name);
        // "Keep mine" saves over what the person has now seen.
        Assert.Null((await save.HandleAsync(new SaveCampaign(id, second.Value.Version, mine.Draft with { Name = "Mine" }, "1"), Ct)).Value.Theirs);
        Assert.Equal("Mine", (await shop.ReadAsync(id)).Draft.Name);
    }

    [Fact, Trait("Promise", "R-40")]
    public async Task What_was_launched_is_frozen()
    {
        await using var shop = await CampaignShop.OpenAsync(10);
        var id = await shop.CreateAsync();
        await shop.LaunchAsync(id);
        var stored = await shop.ReadAsync(id);
        Assert.NotNull((await shop.Store.Get<SaveCampaignHandler>().HandleAsync(new SaveCampaign(id, stored.Version, stored.Draft with { Name = "Other" }, "1"), Ct)).Problem);
    }

    [Theory]
    [InlineData("no-audience")]
    [InlineData("empty-audience")]
    [InlineData("no-date")]
    [InlineData("content")]
    [InlineData("gone-audience")]
    [InlineData("no-channel")]
    [InlineData("missing-fallback")]
    [InlineData("unknown-field")]
    public async Task A_draft_with_something_missing_is_not_launched_and_says_what(string missing)
    {
        await using var shop = await CampaignShop.OpenAsync(missing is "empty-audience" ? 0 : 50);
        var id = await shop.CreateAsync(
            s => missing switch
            {
                "no-audience" => s with { IsAudienceChosen = false },
                "no-date" => s with { Schedule = s.Schedule with { Kind = ScheduleKind.Once } },
                "gone-audience" => s with { Exclude = [999] }, // whom it named would be written to
                _ => s,
            },
            missing switch
            {
                "content" => "{{#if broken",
                "missing-fallback" => "Hello {{traits.size}}",
                "unknown-field" => "Hello {{customer.first_nme}}",
                _ => "Hello",
            });
        if (missing is "missing-fallback") await shop.Store.Log.AppendAsync(new EventBatch("shop", [An.Event("size", KnownEvents.ProfileUpdated) with { Properties = """{"traits":{"size":"M"}}""" }]), Ct);
        await shop.FollowAsync();
        if (missing is "no-channel") await shop.Store.Database.WriteAsync(t => t.Execute("insert into \"Settings\" values ('delivery.transport', 'smtp')"), Ct);
        shop.Store.Get<DeliverySettingsStore>().Forget();
        var answer = await shop.Store.Get<LaunchCampaignHandler>().HandleAsync(new LaunchCampaign(id, 1, "1"), Ct);
        Assert.NotNull(answer.Problem);
        if (missing is not "content") Assert.Equal(missing, answer.Problem.Field);
        Assert.Equal(CampaignState.Draft, await shop.StateAsync(id));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(true, false)] // "not in": the rule leaves out nobody any more
    public async Task A_rule_on_a_segment_that_is_gone_is_not_launched_and_named(bool isLeftOut, bool isIn)
    {
        await using var shop = await CampaignShop.OpenAsync(50);
        await AddSegmentsAsync(shop, 1, 2);
        var named = await SaveAsync(shop, "Loyal", new SegmentCondition([2], isIn));
        var outer = await SaveAsync(shop, "Loyal ones again", new MembershipCondition(named, true));
        var id = await shop.CreateAsync(s => isLeftOut ? s with { Exclude = [outer] } : s with { Include = [outer] });
        Assert.True((await CheckAsync()).CanLaunch);

        await AddSegmentsAsync(shop, 1); // a newer model knows one only
        var check = Assert.Single((await CheckAsync()).Checks, c => c.Level is CheckLevel.Error);
        Assert.Equal((CheckCodes.GoneSegment, ComposerStep.Audience, new GoneSegment("Loyal", 2)), (check.Code, check.Step, check.Gone));
        var answer = await shop.Store.Get<LaunchCampaignHandler>().HandleAsync(new LaunchCampaign(id, 1, "1"), Ct);
        Assert.Equal(CheckCodes.GoneSegment, answer.Problem?.Field);
        Assert.Equal(CampaignState.Draft, await shop.StateAsync(id));

        async Task<PreFlightReport> CheckAsync() => await shop.Store.Get<PreFlightHandler>().HandleAsync((await shop.ReadAsync(id)).Draft, Ct);
    }

    [Fact]
    public async Task A_segment_that_goes_after_the_launch_stops_the_run_before_anything_is_planned()
    {
        await using var shop = await CampaignShop.OpenAsync(50);
        await AddSegmentsAsync(shop, 1, 2);
        var named = await SaveAsync(shop, "Loyal", new SegmentCondition([2], true));
        var id = await shop.CreateAsync(s => s with { Exclude = [named], SendsStaleAudience = true });
        await shop.LaunchAsync(id);
        await AddSegmentsAsync(shop, 1);
        var stopped = await shop.Store.Get<RunPlanner>().PlanAsync(await shop.RunAsync(id), (_, _) => { }, Ct);
        Assert.Equal((CampaignReasons.GoneSegment, 0L, "Loyal, segment 2"), (stopped.Stopped, stopped.Funnel.Planned, stopped.Detail));
        await using var db = await shop.Store.ContextAsync();
        Assert.Equal(0, await db.Messages.CountAsync(Ct));
    }

    [Fact]
    public async Task A_frozen_list_goes_on_without_the_segment_that_it_came_from()
    {
        await using var shop = await CampaignShop.OpenAsync(50);
        await AddSegmentsAsync(shop, 1, 2);
        var named = await SaveAsync(shop, "Loyal", new SegmentCondition([2], true));
        await shop.Store.Database.WriteAsync(t => t.Execute("update \"Audiences\" set \"Kind\" = 'Fixed' where \"Id\" = @0", named), Ct);
        await AddSegmentsAsync(shop, 1);
        var id = await shop.CreateAsync(s => s with { Include = [named] });
        Assert.True((await shop.Store.Get<PreFlightHandler>().HandleAsync((await shop.ReadAsync(id)).Draft, Ct)).CanLaunch);
    }

    [Fact]
    public async Task What_every_version_lacks_is_one_line_and_what_one_lacks_names_it()
    {
        await using var shop = await CampaignShop.OpenAsync(50);
        var id = await shop.CreateAsync(null, "Hello", "Hello {{default customer.first_nme \"you\"}}");
        var checks = (await shop.Store.Get<PreFlightHandler>().HandleAsync((await shop.ReadAsync(id)).Draft, Ct)).Checks;
        Assert.Equal([null], checks.Where(c => c.Code is "no-postal-address").Select(c => c.Position));
        Assert.Equal([1], checks.Where(c => c is { Level: CheckLevel.Error, Step: ComposerStep.Content }).Select(c => c.Position));
    }

    [Fact]
    public async Task A_planned_message_is_rendered_for_its_customer_and_carries_no_link_of_another()
    {
        await using var shop = await CampaignShop.OpenAsync(40);
        var id = await shop.CreateAsync(s => s with { HoldoutShare = 0 }, "Hello {{default customer.first_name \"you\"}}");
        await shop.LaunchAsync(id);
        await shop.PlanAsync(id);
        await using var db = await shop.Store.ContextAsync();
        var tickets = await (from m in db.Messages where m.CampaignId == id join c in db.Customers on m.CustomerId equals c.Id orderby m.Id
                             select new MessageTicket(m.Id, m.CampaignId, 0, m.CustomerId, c.ExternalId, 0, m.Channel, m.VariantId, m.RunId, 1)).Take(5).ToListAsync(Ct);
        var drafts = await shop.Store.Get<IMessageSource>().PrepareAsync(tickets, Ct);
        Assert.Equal(tickets.Select(t => t.MessageId), drafts.Select(d => d.MessageId));
        Assert.All(drafts, d => Assert.Equal(DraftKind.Ready, d.Kind));
        Assert.All(drafts.Zip(tickets), pair => Assert.Equal(pair.Second.Customer + "@example.com", pair.First.Mail!.To));
        Assert.Equal(drafts.Count, drafts.Select(d => d.Mail!.Html).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task A_plan_that_failed_for_good_is_not_begun_again_until_somebody_says_so()
    {
        await using var shop = await CampaignShop.OpenAsync(20);
        var id = await shop.CreateAsync();
        await shop.LaunchAsync(id);
        shop.Store.Clock.Advance(TimeSpan.FromSeconds(5));
        var now = Stored.Ticks(shop.Store.Clock.GetUtcNow());
        await shop.Store.Database.WriteAsync(t => t.Execute("update \"JobRuns\" set \"Status\" = 'Failed', \"FinishedAt\" = @0, \"Reason\" = 'disk'", now), Ct);
        var watch = shop.Store.Get<CampaignWatch>();
        await watch.PassAsync(Ct);
        Assert.Equal((CampaignState.Failed, RunPhase.Failed), (await shop.StateAsync(id), (await shop.RunAsync(id)).Phase));
        await watch.PassAsync(Ct);
        await using (var db = await shop.Store.ContextAsync()) Assert.Equal(1, await db.JobRuns.CountAsync(Ct));

        shop.Store.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(CampaignState.Sending, (await shop.Store.Get<ControlCampaignHandler>().HandleAsync(new ControlCampaign(id, CampaignAction.Retry, "1"), Ct)).Value);
        await watch.PassAsync(Ct);
        Assert.Equal(CampaignState.Sending, await shop.StateAsync(id));
    }

    private static async Task<long> SaveAsync(CampaignShop shop, string name, Rule rule) =>
        (await shop.Store.Get<SaveAudienceHandler>().HandleAsync(new SaveAudience(null, name, null, AudienceRule.Everyone with { Who = new RuleGroup(GroupKind.All, [rule]) }, null, 1), Ct)).Value.Id;

    /// <summary>Everybody is in one of these segments, in turn; the others are gone.</summary>
    private static Task AddSegmentsAsync(CampaignShop shop, params int[] segments) => shop.Store.Database.WriteAsync(
        transaction =>
        {
            transaction.Execute("delete from \"CustomerScores\"");
            transaction.Execute(
                "insert into \"CustomerScores\" (\"CustomerId\", \"Model\", \"Version\", \"Value\", \"Percentile\", \"AsOf\") select \"Id\", 'segments', 1, case \"Id\" % 2 when 0 then @0 else @1 end, 0, @2 from \"Customers\"",
                (double)segments[0], (double)segments[^1], Stored.Ticks(shop.Store.Clock.GetUtcNow()));
        },
        Ct);
}
