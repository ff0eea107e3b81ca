using System.Net;
using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Scheduling;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Settings;
using CampaignPortal.Testing;
using CampaignPortal.Web.Features.Campaigns;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Tests.Identity;
using Microsoft.Extensions.DependencyInjection;
using static CampaignPortal.Web.Tests.Components.PartsTests;

namespace CampaignPortal.Web.Tests.Pages;

/// <summary>How the calendar of campaigns draws a month, and how its page is addressed.</summary>
public sealed class CampaignCalendarTests
{
    private static readonly DateOnly November = new(2026, 11, 1);

    public CampaignCalendarTests() => Speak("en-GB", "en");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_month_is_whole_weeks_from_Monday_and_today_is_marked()
    {
        var part = await MonthAsync();
        Assert.Equal(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], part.FindAll("th").Select(h => h.TextContent));
        Assert.Equal(6 * 7, part.FindAll("td").Count); // it begins on a Sunday and ends on a Monday
        Assert.Equal(6 + 6, part.FindAll("td.out").Count);
        Assert.Equal(Enumerable.Range(1, 30).Select(day => FormattableString.Invariant($"2026-11-{day:00}")), part.FindAll("td time").Select(t => t.GetAttribute("datetime")));
        Assert.Equal("2026-11-23", part.Find("td[aria-current=date] time").GetAttribute("datetime"));
    }

    [Fact]
    public async Task Each_state_has_an_icon_and_a_word_of_its_own_besides_its_colour()
    {
        CampaignState[] states = [CampaignState.Scheduled, CampaignState.Sending, CampaignState.Sent, CampaignState.Paused, CampaignState.Cancelled, CampaignState.Failed, CampaignState.Missed];
        var part = await MonthAsync([.. states.Select((state, i) => Entry(i + 1, "Spring", state, day: i + 1))]);
        var links = part.FindAll("a.sending");
        Assert.Equal(states.Select((_, i) => FormattableString.Invariant($"/campaigns/{i + 1}")), links.Select(a => a.GetAttribute("href")));
        Assert.Equal(states.Length, links.Select(a => a.QuerySelector("use")!.GetAttribute("href")).Distinct().Count());
        Assert.Equal(["Scheduled", "Sending", "Sent", "Paused", "Stopped", "Failed", "Missed its time"], links.Select(a => a.QuerySelector(".word")!.TextContent));
        Assert.Equal("sending ok", links[2].ClassName);
        Assert.Equal("Spring · Sent · 09:00", links[2].GetAttribute("title"));
        Assert.Equal(states.Length, part.FindAll(".month-legend .b").Count);
    }

    [Fact]
    public async Task A_full_day_shows_three_and_opens_the_rest_but_four_have_room()
    {
        var part = await MonthAsync([.. Enumerable.Range(1, 4).Select(id => Entry(id, "Spring", CampaignState.Sent, day: 5)), .. Enumerable.Range(5, 6).Select(id => Entry(id, "Autumn", CampaignState.Sent, day: 6))]);
        var rest = Assert.Single(part.FindAll("details"));
        Assert.Equal("+3 more", rest.QuerySelector("summary")!.TextContent);
        Assert.Equal(3, rest.QuerySelectorAll("a").Length);
        Assert.Equal(10, part.FindAll("a.sending").Count);
        Assert.Equal(["Thursday 5 November", "Friday 6 November"], part.FindAll("td.full .only-narrow").Select(t => t.TextContent));
    }

    [Fact]
    public async Task Whose_clock_is_meant_is_said()
    {
        var part = await MonthAsync(Entry(1, "Spring", CampaignState.Scheduled, day: 5), Entry(2, "", CampaignState.Scheduled, day: 6) with { IsOwnClock = true });
        Assert.Equal("Spring · Scheduled · 09:00", part.FindAll("a.sending")[0].GetAttribute("title"));
        Assert.EndsWith("· Scheduled · 09:00 · on each customer's own clock", part.FindAll("a.sending")[1].GetAttribute("title"), StringComparison.Ordinal);
        Assert.Contains("Days and times are those of UTC.", part.Find(".month-legend").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_says_month_and_search_and_every_step_keeps_the_search()
    {
        await using var portal = TestPortal.Start(configure: services => services.AddSingleton<TimeProvider>(new ManualClock()));
        await SampleShop.FillAsync(portal.Services, ManualClock.Noon, customerCount: 20);
        await ScheduleAsync(portal, "Linen week", new DateOnly(2026, 4, 10));
        await Doors.AddUserAsync(portal, Roles.Marketer, "mira@example.org");
        var client = await Doors.EnterAsync(portal, "mira@example.org");

        var april = await ReadAsync("/campaigns?view=calendar&month=2026-04&q=linen");
        foreach (var expected in new[] { "Linen week", "April 2026", "view=calendar&month=2026-03&q=linen", "view=calendar&month=2026-05&q=linen", "\"/campaigns?view=calendar&q=linen\"", "\"/campaigns?q=linen\"" })
            Assert.Contains(expected, april, StringComparison.Ordinal);
        Assert.Contains("Nothing matches these filters", await ReadAsync("/campaigns?view=calendar&month=2026-04&q=wool"), StringComparison.Ordinal);
        Assert.Contains("Nothing in May 2026", await ReadAsync("/campaigns?view=calendar&month=2026-05"), StringComparison.Ordinal);
        foreach (var odd in new[] { "", "2026-13", "9999-12", "0001-01", "next" }) Assert.Contains("March 2026", await ReadAsync("/campaigns?view=calendar&month=" + odd), StringComparison.Ordinal);
        Assert.Contains("\"/campaigns?view=calendar\"", await ReadAsync("/campaigns"), StringComparison.Ordinal);

        async Task<string> ReadAsync(string path) => WebUtility.HtmlDecode(await client.GetStringAsync(path, Ct));
    }

    [Fact]
    public async Task A_day_without_marketing_is_named_also_where_nothing_is_sent()
    {
        var calendar = new CampaignCalendar(November, new DateOnly(2026, 11, 23), []) { Free = new Dictionary<DateOnly, IReadOnlyList<FreeDay>> { [new DateOnly(2026, 11, 18)] = [new FreeDay(null, 11, 18, "DE", "Repentance Day")] } };
        var part = await Rendered<MonthCalendar>(new() { ["Calendar"] = calendar });
        Assert.Equal("Repentance Day (DE)", part.Find("td.full .free").TextContent.Trim());
        Assert.Contains("Days without marketing", part.Find(".month-legend").TextContent, StringComparison.Ordinal);
    }

    private static async Task ScheduleAsync(TestPortal portal, string name, DateOnly day)
    {
        var settings = new CampaignSettings { IsAudienceChosen = true, Schedule = new CampaignSchedule { Kind = ScheduleKind.Once, Date = day } };
        var id = await portal.Get<CreateCampaignHandler>().HandleAsync(new CreateCampaign("1") { Name = name, Settings = settings, Contents = [new MessageContent { Subject = "Linen", Body = "Good to have you here." }] }, Ct);
        var stored = await portal.Get<CampaignStore>().ReadAsync(id, Ct);
        var launched = await portal.Get<LaunchCampaignHandler>().HandleAsync(new LaunchCampaign(id, stored!.Version, "1"), Ct); // just made
        Assert.True(launched.IsOk, launched.Problem?.Message);
    }

    private static CalendarEntry Entry(long id, string name, CampaignState state, int day) => new(id, name, state, null, new DateTime(2026, 11, day, 9, 0, 0), IsOwnClock: false);

    private static Task<RenderedPart> MonthAsync(params CalendarEntry[] entries) => Rendered<MonthCalendar>(new()
    {
        ["Calendar"] = new CampaignCalendar(November, new DateOnly(2026, 11, 23), [.. entries.GroupBy(e => DateOnly.FromDateTime(e.At)).Select(day => new CalendarDay(day.Key, [.. day]))]),
    });
}
