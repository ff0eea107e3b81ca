using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Planning;
using CampaignPortal.Marketing.Campaigns.Results;
using CampaignPortal.Marketing.Campaigns.Scheduling;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Experiments;
using CampaignPortal.Marketing.Insights.Campaigns;
using CampaignPortal.Testing;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Features.Campaigns;
using CampaignPortal.Web.Identity;
using Microsoft.AspNetCore.Components;
using static CampaignPortal.Web.Tests.Components.PartsTests;
using static CampaignPortal.Web.Tests.Identity.RoleCapabilitiesTests;
using TestResult = CampaignPortal.Marketing.Insights.Campaigns.TestResult;

namespace CampaignPortal.Web.Tests.Pages;

/// <summary>What the result pages say in each state, and what they keep back.</summary>
public sealed class CampaignPartsTests
{
    private static readonly DateTimeOffset Now = ManualClock.Noon;

    public CampaignPartsTests() => Speak("en-GB", "en");

    [Fact]
    public async Task Below_the_minimum_the_answer_is_what_is_missing_and_there_is_no_colour()
    {
        var part = await VerdictAsync(clicksA: 7, clicksB: 60, hours: 5);
        Assert.Contains("Not enough data yet", part.Html, StringComparison.Ordinal);
        Assert.Contains("7 of 25 people who clicked in Version A.", part.Html, StringComparison.Ordinal);
        Assert.Equal("28", part.Find("[role=progressbar]").GetAttribute("aria-valuenow"));
        Assert.DoesNotContain("won", part.Find("section").ClassName, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_winner_is_named_with_its_interval_and_can_be_sent_to_who_waits()
    {
        long? sent = null;
        var part = await VerdictAsync(clicksA: 40, clicksB: 90, hours: 5, onSend: id => sent = id);
        Assert.Contains("Version B is better on: Click rate", part.Html, StringComparison.Ordinal);
        Assert.Matches(@"\+\d+\.\d%, most likely between \+\d+\.\d% and \+\d+\.\d%", part.Find(".muted").TextContent);
        Assert.Contains("Send B to 1,200 people", part.Find(".btn.p").TextContent, StringComparison.Ordinal);
        await part.ClickAsync(".btn.p");
        Assert.Equal(12, sent);
    }

    [Fact]
    public async Task A_broken_split_hides_the_answer()
    {
        var part = await VerdictAsync(clicksA: 40, clicksB: 90, hours: 5, assignedB: 700);
        Assert.Contains("Something is wrong with this test", part.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("most likely between", part.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Roles.Marketer, true), InlineData(Roles.Analyst, false)]
    public async Task Who_may_not_decide_has_no_button(string role, bool mayDecide) =>
        Assert.Equal(mayDecide, (await VerdictAsync(40, 90, 5, role: role)).FindAll(".verdict-actions button").Count > 0);

    [Fact]
    public async Task The_effect_says_when_it_cannot_be_told_yet()
    {
        var result = Result(40, 90, 5) with { Holdout = Arm(100, 0) with { Ordered = 4 }, Effect = HoldoutEffect.Of(Arm(2_000, 100) with { Ordered = 200 }, Arm(100, 0) with { Ordered = 4 }, null, null) };
        var part = await Rendered<EffectCard>(new() { ["Result"] = result }, ViewerOf(Roles.Marketer));
        Assert.Contains("4 of 25 people with an order", part.Html, StringComparison.Ordinal);
        Assert.Contains("enter costs and margin", part.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_step_of_the_reach_has_its_reason()
    {
        var funnel = new ReachFunnel { Audience = 100, Planned = 60, Dropped = new Dictionary<DropReason, long> { [DropReason.NoConsent] = 30, [DropReason.Holdout] = 10 } };
        var part = await Rendered<ReachCard>(new() { ["Funnel"] = funnel, ["Audience"] = "Everyone" });
        Assert.Contains("no consent to e-mail", part.Html, StringComparison.Ordinal);
        Assert.Equal(["100", "−30", "−10", "60"], part.FindAll("dd").Select(d => d.TextContent.Trim()));
    }

    [Fact]
    public async Task Blocking_checks_come_first_and_say_what_to_mend()
    {
        CampaignCheck[] checks = [new(CheckLevel.Error, CheckCodes.NoAudience, ComposerStep.Audience), new(CheckLevel.Warning, CheckCodes.HoldoutSmall, ComposerStep.Test) { Number = 12 }, new(CheckLevel.Fine, CheckCodes.ContentFine, ComposerStep.Content, 1)];
        var lines = (await Rendered<CheckList>(new() { ["Checks"] = checks })).FindAll("li").Select(l => l.TextContent.Trim()).ToArray();
        Assert.Equal(["To mend: Choose an audience.", "Note: Only 12 people are held out: too few to measure orders.", "Version B: content in order"], lines);
    }

    [Fact]
    public async Task What_to_expect_is_a_range_and_without_a_past_says_what_is_missing()
    {
        var known = await Rendered<ExpectationCard>(new() { ["Expected"] = new Expectation(new ExpectedRange(270.4, 330.2), new ExpectedRange(38, 61), null, 14) });
        Assert.Equal(["270–330", "38–61"], known.FindAll("dd").Select(d => d.TextContent.Trim()));
        Assert.Contains("from 14 past campaigns", known.Html, StringComparison.Ordinal);
        var unknown = await Rendered<ExpectationCard>(new() { ["Expected"] = new Expectation(null, null, null, 1) });
        Assert.Empty(unknown.FindAll("dd"));
        Assert.Contains("after 3 campaigns of 200 people or more; there are 1", unknown.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bounces_stand_with_their_reason_and_reply_and_without_any_there_is_no_card()
    {
        var part = await Rendered<BouncesCard>(new() { ["Bounces"] = new Dictionary<(string Reason, int Code), long> { [("policy", 0)] = 1, [("hard-bounce", 550)] = 3 } });
        Assert.Equal(["3", "1"], part.FindAll("dd").Select(d => d.TextContent.Trim()));
        Assert.EndsWith("· 550", part.FindAll("dt")[0].TextContent.Trim(), StringComparison.Ordinal);
        Assert.Empty((await Rendered<BouncesCard>(new() { ["Bounces"] = new Dictionary<(string Reason, int Code), long>() })).FindAll("section"));
    }

    [Fact]
    public async Task Every_figure_names_its_denominator_and_machines_stand_beside_people()
    {
        var sums = new ArmSums { Exposed = 1_000, Sent = 900, Bounced = 100, Opened = 200, OpenedByMachine = 80, Clicked = 40, ClickedByMachine = 8, Ordered = 50, OrderedAfterClick = 10, Unsubscribed = 4, Complained = 2 };
        var rows = (await Rendered<FiguresCard>(new() { ["Sums"] = sums })).FindAll("tbody tr").Select(row => string.Join(" | ", row.Children.Select(c => c.TextContent.Trim()))).ToArray();
        Assert.Equal("Delivered | 800 | 88.9% | of sent", rows[1]);
        Assert.Equal("Opened by machines alone | 80 | 10.0% | of delivered (sent less bounced)", rows[4]);
        Assert.Equal("Clicked by machines alone | 8 | 1.00% | of delivered (sent less bounced)", rows[6]);
        Assert.Equal("Ordered after a click | 10 | 25.0% | of those who clicked", rows[8]);
        Assert.Equal("Complained of spam | 2 | 0.25% | of delivered (sent less bounced)", rows[10]);
    }

    [Fact]
    public void A_badge_tells_the_place_of_a_link_and_its_share_of_all_clicks()
    {
        CampaignLink[] links = [new(1, 0, "https://shop.example.com/a", 1, 30), new(1, 2, "https://shop.example.com/b", 3, 10)];
        Assert.Equal(["1 · 75%", "2 · 0%", "3 · 25%"], new[] { 0, 1, 2 }.Select(place => LinkMap.BadgeOf(place, links)));
    }

    [Theory]
    [InlineData(Roles.Admin, 2), InlineData(Roles.Analyst, 0)]
    public async Task Failures_of_rendering_stand_in_the_sending_card_each_with_an_example(string role, int links)
    {
        var result = Result(7, 9, 5);
        result = result with { Progress = result.Progress with { Failures = [new RenderingFailure("subject: The subject is empty.", 12, 4, "c-4"), new RenderingFailure("customer.first_name", 3, 9, "c-9")] } };
        var part = await Rendered<SendingCard>(new() { ["Result"] = result }, ViewerOf(role));
        Assert.Equal(["subject: The subject is empty.", "no value for customer.first_name"], part.FindAll(".failures .failure-why").Select(w => w.TextContent));
        Assert.Equal(links, part.FindAll(".failures a").Count);
        if (links > 0) Assert.Equal(("/customers/4", "for example c-4"), (part.Find(".failures a").GetAttribute("href"), part.Find(".failures a").TextContent));
    }

    [Theory]
    [InlineData("bounces 16 300", "16 of 300 messages came back (5.33%).")]
    [InlineData("complaints 3 290", "3 of 290 recipients reported the mail as spam (1.03%).")]
    [InlineData("RefusedByPolicy 5.7.1 Spam", "The server said: 5.7.1 Spam")]
    public async Task A_pause_by_the_portal_is_explained(string reason, string words)
    {
        var result = Result(7, 9, 5) with { State = CampaignState.Paused, Moves = [new CampaignMove(CampaignState.Sending, CampaignState.Paused, Now, null, reason)] };
        Assert.Contains(words, (await Rendered<CampaignNotices>(new() { ["Result"] = result }, ViewerOf(Roles.Marketer))).Find(".alert").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Roles.Admin, "/settings/outbox?state=indoubt&campaign=7"), InlineData(Roles.Marketer, null)]
    public async Task Messages_in_doubt_lead_to_the_outbox(string role, string? address)
    {
        var result = Result(7, 9, 5) with { State = CampaignState.Sent };
        var part = await Rendered<CampaignNotices>(new() { ["Result"] = result with { Progress = result.Progress with { InDoubt = 2 } } }, ViewerOf(role));
        Assert.Contains("2 messages are in doubt", part.Find(".alert").TextContent, StringComparison.Ordinal);
        Assert.Equal(address, part.FindAll(".alert a").SingleOrDefault()?.GetAttribute("href"));
    }

    [Fact]
    public async Task The_lift_is_drawn_from_the_hours_of_the_test_and_says_when_it_begins()
    {
        var empty = Result(7, 9, 5);
        Assert.Contains("begins when each version has 25 outcomes", (await Rendered<LiftChart>(new() { ["Result"] = empty, ["Test"] = empty.Test })).Html, StringComparison.Ordinal);
        var first = Now.AddHours(-3).UtcTicks / TimeSpan.TicksPerHour;
        var result = Result(40, 90, 5) with { Hours = [.. from arm in new[] { 0, 1 } from hour in new[] { 0, 1 } select new CampaignHour { CampaignId = 7, VariantId = 11 + arm, Hour = first + hour, Sent = hour == 0 ? 500 : 0, Clicked = arm == 0 ? 30 : 45 }] };
        var part = await Rendered<LiftChart>(new() { ["Result"] = result, ["Test"] = result.Test });
        Assert.Equal(2, part.FindAll("svg path").Count);
        Assert.Matches(@"the difference was \+6\.00.pt, between", part.Find("figcaption").TextContent);
    }

    [Fact]
    public async Task A_subject_is_counted_and_read_as_its_readers_see_it()
    {
        string? changed = null;
        var part = await Rendered<LineField>(new() { ["Id"] = "subject", ["Label"] = "Subject", ["Value"] = "{{default customer.first_name \"Hello\"}}, the linen is back", ["MaxLength"] = 200, ["ShownLength"] = 50, ["OnChange"] = (Action<string>)(text => changed = text) });
        Assert.Equal("27 / 50", part.Find(".counter").TextContent.Trim());
        Assert.Contains("Reads: Hello, the linen is back", part.Html, StringComparison.Ordinal);
        await part.ChangeAsync("#subject", "New");
        Assert.Equal("New", changed);
    }

    [Fact]
    public void Every_code_of_a_check_has_words()
    {
        var codes = typeof(CheckCodes).GetFields().Select(f => (string)f.GetRawConstantValue()!); // constants
        Assert.All(codes, code => Assert.NotEqual(code, CheckNames.Of(new CampaignCheck(CheckLevel.Error, code, ComposerStep.Review) { Number = 1, Stale = new StaleAudience("x", StaleReason.Late), Gone = new GoneSegment("x", 2), Met = new MetFreeDays([], null), Forecast = new SendingForecast(10, Now, 1, IsInterrupted: true) }, TimeZoneInfo.Utc)));
    }

    [Fact]
    public void The_suggested_time_is_a_half_hour_outside_the_quiet_hours()
    {
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var quiet = Marketing.Delivery.QuietHours.Default;
        Assert.Equal(new DateTime(2026, 3, 9, 14, 0, 0), CampaignBeginning.Suggest(new DateTimeOffset(2026, 3, 9, 12, 10, 0, TimeSpan.Zero), berlin, quiet));
        Assert.Equal(new DateTime(2026, 3, 10, 8, 0, 0), CampaignBeginning.Suggest(new DateTimeOffset(2026, 3, 9, 20, 30, 0, TimeSpan.Zero), berlin, quiet));
    }

    [Theory]
    [InlineData(Roles.Marketer, true), InlineData(Roles.Analyst, false)]
    public async Task A_covered_result_asks_who_may_decide_for_a_reason_and_an_explained_one_says_whose_it_is(string role, bool mayDecide)
    {
        var check = new HealthCheck(HealthKind.Split, HealthLevel.Invalid, 0.0001, Counts: [500, 250]);
        var reasons = new List<string>();
        Func<string, Task<bool>> take = reason => { reasons.Add(reason); return Task.FromResult(reason.Length > 3); };
        Task<RenderedPart> ShowAsync(HealthCheck shown) => Rendered<HealthCover>(new() { ["Check"] = shown, ["OnAcknowledge"] = take }, ViewerOf(role));
        var covered = await ShowAsync(check);
        Assert.Contains("500 / 250", covered.Find(".cover.broken").TextContent, StringComparison.Ordinal);
        Assert.Equal(mayDecide, covered.FindAll("textarea").Count == 1);
        if (mayDecide)
        {
            await covered.InputAsync("textarea", "no");
            await covered.RaiseAsync("form", "onsubmit");
            Assert.NotNull(covered.Find("textarea[aria-invalid]"));
            await covered.InputAsync("textarea", "Half of B was deleted.");
            await covered.RaiseAsync("form", "onsubmit");
            Assert.Empty(covered.FindAll(".wrong"));
            Assert.Equal(["no", "Half of B was deleted."], reasons);
        }
        var explained = await ShowAsync(check with { Acknowledged = new Acknowledged(Now, "Jan Berg", "Half of B was <deleted>.") });
        Assert.Contains("Jan Berg", explained.Find(".cover").TextContent, StringComparison.Ordinal);
        Assert.Equal("Half of B was <deleted>.", explained.Find(".cover-reason").TextContent);
        Assert.Equal(mayDecide, explained.FindAll("button").Count == 1);
        Assert.Empty(explained.FindAll(".broken, textarea"));
    }

    [Fact]
    public async Task While_it_sends_the_pace_and_the_time_left_stand_beside_the_progress_and_in_the_quiet_when_it_goes_on()
    {
        var result = Result(0, 0, 1) with { Progress = new SendingProgress(1_000, 400, 600, 0, new Dictionary<string, long>()) { PerMinute = 120 } };
        Task<string> ShowAsync(CampaignResult shown) => TextAsync(Rendered<SendingCard>(new() { ["Result"] = shown }, ViewerOf(Roles.Marketer)));
        var sending = await ShowAsync(result);
        Assert.Contains("120 a minute", sending, StringComparison.Ordinal);
        Assert.Contains("about 5 min left", sending, StringComparison.Ordinal);
        Assert.DoesNotContain("a minute", await ShowAsync(result with { State = CampaignState.Paused }), StringComparison.Ordinal);
        var quiet = await ShowAsync(result with { Progress = result.Progress with { PerMinute = null, NextAt = Now.AddHours(9) } });
        Assert.Contains("goes on", quiet, StringComparison.Ordinal);
        Assert.DoesNotContain("left", quiet.Replace("have left", "", StringComparison.Ordinal), StringComparison.Ordinal);

        static async Task<string> TextAsync(Task<RenderedPart> part) => (await part).Find(".card").TextContent;
    }

    private static Task<RenderedPart> VerdictAsync(long clicksA, long clicksB, double hours, long assignedB = 500, Action<long?>? onSend = null, string role = Roles.Marketer)
    {
        var result = Result(clicksA, clicksB, hours, assignedB);
        return Rendered<VerdictCard>(
            new() { ["Result"] = result, ["Test"] = result.Test, ["OnSend"] = EventCallback.Factory.Create<long?>(new object(), onSend ?? (_ => { })) }, ViewerOf(role));
    }

    private static CampaignResult Result(long clicksA, long clicksB, double hours, long assignedB = 500)
    {
        IReadOnlyList<ArmSums> arms = [Arm(500, clicksA), Arm(assignedB, clicksB)];
        var health = HealthChecks.Of([.. arms.Select(a => new PlannedArm(a, 0.5))], ResultMetric.Clicks, isEnded: true, wasCutShort: false);
        var test = new TestResult(
            ResultMetric.Clicks, TestJudge.Judge(arms, ResultMetric.Clicks, health, (hours, 4)), health, new Dictionary<ResultMetric, IReadOnlyList<MetricComparison>>(), Now.AddHours(-hours), Now.AddHours(4 - hours));
        var run = new CampaignRun { CampaignId = 7, Phase = RunPhase.Testing, Funnel = new ReachFunnel { Waiting = 1_200 }.ToJson() };
        return new CampaignResult(
            7, "Winter bedding", CampaignState.Sending, new CampaignSettings { Schedule = new CampaignSchedule() }, null, run, 1, new ReachFunnel(),
            [.. arms.Select((a, i) => new VersionResult(11 + i, i, 1, new MessageContent { Subject = "Hello" }, a, a))], arms[0].Add(arms[1]), null, test, null,
            new SendingProgress(1_000, 1_000, 0, 0, new Dictionary<string, long>()), [], [], [], Now);
    }

    private static ArmSums Arm(long count, long clicks) => new() { Assigned = count, Exposed = count, Sent = count, Clicked = clicks, Opened = clicks };

    private static Viewer ViewerOf(string role) => Viewer.Nobody with { User = User(role), Clock = new ManualClock() };
}
