using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Scheduling;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Tests.Campaigns;

/// <summary>On which day of whose clock a campaign stands, and in which state. It is noon of 9 March 2026, the shop is in Berlin.</summary>
public sealed class CampaignCalendarTests : IAsyncLifetime
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
    private static readonly TimeZoneInfo Honolulu = TimeZoneInfo.FindSystemTimeZoneById("Pacific/Honolulu");
    private static readonly TimeZoneInfo Kiritimati = TimeZoneInfo.FindSystemTimeZoneById("Pacific/Kiritimati");
    private static readonly DateOnly March = new(2026, 3, 1), April = new(2026, 4, 1);

    private CampaignShop _shop = null!; // opened before each test

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _shop = await CampaignShop.OpenAsync(20);
        await _shop.Store.Get<ShopSettingsStore>().SaveAsync(new ShopSettings("Fern & Hearth", "EUR", "Europe/Berlin", "en"), Ct);
    }

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Fact]
    public async Task A_moment_stands_on_the_day_and_in_the_month_of_the_readers_clock()
    {
        await ScheduleAsync(Once(new DateOnly(2026, 3, 31), new TimeOnly(23, 30)));
        Assert.Equal(["03-31 23:30 Scheduled"], await ReadAsync(March, Berlin));
        Assert.Empty(await ReadAsync(April, Berlin));
        Assert.Empty(await ReadAsync(March, Kiritimati));
        Assert.Equal(["04-01 11:30 Scheduled"], await ReadAsync(April, Kiritimati));
    }

    [Fact]
    public async Task The_first_and_the_last_moment_of_a_month_belong_to_it()
    {
        await ScheduleAsync(Once(new DateOnly(2026, 4, 1), TimeOnly.MinValue));
        await ScheduleAsync(Once(new DateOnly(2026, 4, 30), new TimeOnly(23, 59)));
        Assert.Equal(["04-01 00:00 Scheduled", "04-30 23:59 Scheduled"], await ReadAsync(April, Berlin));
        Assert.Empty(await ReadAsync(March, Berlin));
        Assert.Empty(await ReadAsync(new DateOnly(2026, 5, 1), Berlin));
    }

    [Fact]
    public async Task Recurring_dates_keep_their_time_over_a_change_of_the_clock_and_move_for_who_has_none()
    {
        await ScheduleAsync(Every(7, new DateOnly(2026, 3, 15), new TimeOnly(0, 30)));
        Assert.Equal(["03-15 00:30 Scheduled", "03-22 00:30 Scheduled", "03-29 00:30 Scheduled"], await ReadAsync(March, Berlin));
        Assert.Equal(["04-05 00:30 Scheduled", "04-12 00:30 Scheduled", "04-19 00:30 Scheduled", "04-26 00:30 Scheduled"], await ReadAsync(April, Berlin));
        Assert.Equal(["03-14 23:30 Scheduled", "03-21 23:30 Scheduled", "03-28 23:30 Scheduled"], await ReadAsync(March, TimeZoneInfo.Utc)); // summer time begins on the 29th
        Assert.Equal(["04-04 22:30 Scheduled", "04-11 22:30 Scheduled", "04-18 22:30 Scheduled", "04-25 22:30 Scheduled"], await ReadAsync(April, TimeZoneInfo.Utc));
    }

    [Fact]
    public async Task Every_day_fills_a_month_up_to_its_end_and_a_skipped_hour_is_made_up_for()
    {
        await ScheduleAsync(Every(1, new DateOnly(2026, 3, 10), new TimeOnly(2, 30)) with { Until = new DateOnly(2026, 5, 2) });
        var march = await ReadAsync(March, Berlin);
        Assert.Equal(22, march.Count);
        Assert.Equal("03-29 03:30 Scheduled", march[^3]);
        Assert.Equal(30, (await ReadAsync(April, Berlin)).Count);
        Assert.Equal(["05-01 02:30 Scheduled", "05-02 02:30 Scheduled"], await ReadAsync(new DateOnly(2026, 5, 1), Berlin));
    }

    [Fact]
    public async Task What_went_on_the_customers_own_clocks_stands_on_the_day_they_get_it_whoever_reads()
    {
        await ScheduleAsync(Every(1, new DateOnly(2026, 4, 1), new TimeOnly(0, 15)) with { Zone = ScheduleZone.Customer, Until = new DateOnly(2026, 4, 2) });
        foreach (var zone in new[] { Berlin, Honolulu, Kiritimati })
        {
            Assert.Empty(await ReadAsync(March, zone));
            Assert.Equal(["04-01 00:15 Scheduled", "04-02 00:15 Scheduled"], await ReadAsync(April, zone));
        }
        Assert.All((await HandleAsync(April, Honolulu)).Days, day => Assert.True(Assert.Single(day.Entries).IsOwnClock));
    }

    [Fact]
    public async Task Launched_on_the_day_itself_it_stands_at_the_time_of_the_customers_clocks_and_not_at_that_of_the_launch()
    {
        await ScheduleAsync(Once(new DateOnly(2026, 3, 9), new TimeOnly(18, 0)) with { Zone = ScheduleZone.Customer });
        foreach (var zone in new[] { Berlin, Honolulu, Kiritimati }) Assert.Equal(["03-09 18:00 Scheduled"], await ReadAsync(March, zone));
    }

    [Fact]
    public async Task A_day_of_a_recurring_campaign_for_which_there_was_nobody_stays_empty()
    {
        var id = await ScheduleAsync(Every(14, new DateOnly(2026, 3, 10), new TimeOnly(9, 0)));
        _shop.Store.Clock.SetTo(new DateTimeOffset(2026, 3, 10, 8, 0, 5, TimeSpan.Zero));
        await PassAsync();
        Assert.True(await _shop.Store.Get<CampaignEndings>().SkipAsync(await _shop.RunAsync(id), CampaignReasons.EmptyAudience, Ct));
        Assert.Equal(["03-24 09:00 Scheduled"], await ReadAsync(March, Berlin));
    }

    [Fact]
    public async Task A_recurring_campaign_was_sent_is_being_sent_and_is_to_be_sent_on_its_own_days()
    {
        var id = await ScheduleAsync(Every(7, new DateOnly(2026, 3, 10), new TimeOnly(9, 0)));
        await BeginAsync(id, new DateTimeOffset(2026, 3, 10, 8, 0, 5, TimeSpan.Zero));
        await _shop.SendAllAsync(id);
        await PassAsync();
        Assert.Equal(["03-10 09:00 Sent", "03-17 09:00 Scheduled", "03-24 09:00 Scheduled", "03-31 09:00 Scheduled"], await ReadAsync(March, Berlin));

        await BeginAsync(id, new DateTimeOffset(2026, 3, 17, 8, 0, 5, TimeSpan.Zero));
        Assert.Equal(["03-10 09:00 Sent", "03-17 09:00 Sending", "03-24 09:00 Scheduled", "03-31 09:00 Scheduled"], await ReadAsync(March, Berlin));
        await ControlAsync(id, CampaignAction.Pause);
        Assert.Equal(["03-10 09:00 Sent", "03-17 09:00 Paused", "03-24 09:00 Paused", "03-31 09:00 Paused"], await ReadAsync(March, Berlin));
        await ControlAsync(id, CampaignAction.Stop);
        Assert.Equal(["03-10 09:00 Sent", "03-17 09:00 Cancelled"], await ReadAsync(March, Berlin));
    }

    [Fact]
    public async Task A_pause_before_the_first_run_holds_all_its_dates_and_resuming_gives_them_back()
    {
        var id = await ScheduleAsync(Every(14, new DateOnly(2026, 3, 12), new TimeOnly(9, 0)));
        await ControlAsync(id, CampaignAction.Pause);
        Assert.Equal(["03-12 09:00 Paused", "03-26 09:00 Paused"], await ReadAsync(March, Berlin));
        await ControlAsync(id, CampaignAction.Resume);
        Assert.Equal(["03-12 09:00 Scheduled", "03-26 09:00 Scheduled"], await ReadAsync(March, Berlin));
    }

    [Fact]
    public async Task What_missed_its_time_stands_there_until_somebody_decides()
    {
        var id = await ScheduleAsync(Once(new DateOnly(2026, 3, 10), new TimeOnly(9, 0)));
        _shop.Store.Clock.SetTo(new DateTimeOffset(2026, 3, 11, 12, 0, 0, TimeSpan.Zero));
        await PassAsync();
        Assert.Equal(["03-10 09:00 Missed"], await ReadAsync(March, Berlin));
        await ControlAsync(id, CampaignAction.SendNow);
        Assert.Equal(["03-11 13:00 Sending"], await ReadAsync(March, Berlin));
    }

    [Fact]
    public async Task Drafts_and_what_is_archived_stand_nowhere()
    {
        await _shop.CreateAsync(s => s with { Schedule = Once(new DateOnly(2026, 3, 20), new TimeOnly(9, 0)) });
        var id = await ScheduleAsync(Every(7, new DateOnly(2026, 3, 10), new TimeOnly(9, 0)));
        await BeginAsync(id, new DateTimeOffset(2026, 3, 10, 8, 0, 5, TimeSpan.Zero));
        Assert.Equal(4, (await ReadAsync(March, Berlin)).Count);
        await _shop.Store.Database.WriteAsync(t => t.Execute("update \"Campaigns\" set \"ArchivedAt\" = @1 where \"Id\" = @0", id, Stored.Ticks(_shop.Store.Clock.GetUtcNow())), Ct);
        Assert.Empty(await ReadAsync(March, Berlin));
    }

    [Fact]
    public async Task Without_a_month_it_is_that_of_the_readers_today_and_a_search_asks_for_part_of_the_name()
    {
        _shop.Store.Clock.SetTo(new DateTimeOffset(2026, 3, 31, 23, 0, 0, TimeSpan.Zero));
        await ScheduleAsync(Once(new DateOnly(2026, 4, 10), new TimeOnly(9, 0))); // its name is Spring
        Assert.Equal((April, April), ((await HandleAsync(null, Berlin)).Month, (await HandleAsync(null, Berlin)).Today));
        Assert.Equal((March, new DateOnly(2026, 3, 31)), ((await HandleAsync(null, Honolulu)).Month, (await HandleAsync(null, Honolulu)).Today));
        Assert.Single((await HandleAsync(null, Berlin, " sPRin ")).Days);
        Assert.Empty((await HandleAsync(null, Berlin, "autumn")).Days);
    }

    private static CampaignSchedule Once(DateOnly day, TimeOnly time) => new() { Kind = ScheduleKind.Once, Date = day, Time = time };

    private static CampaignSchedule Every(int days, DateOnly first, TimeOnly time) => new() { Kind = ScheduleKind.Recurring, Date = first, Time = time, Repetition = Repetition.Days, EveryDays = days };

    private async Task<long> ScheduleAsync(CampaignSchedule schedule)
    {
        var id = await _shop.CreateAsync(s => s with { Schedule = schedule });
        Assert.Equal(CampaignState.Scheduled, (await _shop.LaunchAsync(id)).State);
        return id;
    }

    private async Task BeginAsync(long id, DateTimeOffset now)
    {
        _shop.Store.Clock.SetTo(now);
        await PassAsync();
        await _shop.PlanAsync(id);
    }

    private Task PassAsync() => _shop.Store.Get<CampaignWatch>().PassAsync(Ct);

    private async Task ControlAsync(long id, CampaignAction action) => Assert.True((await _shop.Store.Get<ControlCampaignHandler>().HandleAsync(new ControlCampaign(id, action, "1"), Ct)).IsOk);

    private Task<CampaignCalendar> HandleAsync(DateOnly? month, TimeZoneInfo zone, string? search = null) => _shop.Store.Get<ReadCampaignCalendarHandler>().HandleAsync(month, zone, search, Ct);

    private async Task<IReadOnlyList<string>> ReadAsync(DateOnly month, TimeZoneInfo zone)
    {
        var calendar = await HandleAsync(month, zone);
        Assert.All(calendar.Days, day => Assert.All(day.Entries, e => Assert.Equal(day.Date, DateOnly.FromDateTime(e.At))));
        return [.. calendar.Days.SelectMany(day => day.Entries).Select(e => FormattableString.Invariant($"{e.At:MM-dd HH:mm} {e.State}"))];
    }
}
