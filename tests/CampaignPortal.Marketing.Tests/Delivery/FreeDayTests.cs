using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Scheduling;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Settings;
using CampaignPortal.Marketing.Tests.Campaigns;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Delivery;

/// <summary>Days without marketing (DE-03): messages are put off, not dropped. The tests begin on Monday, 9 March 2026, at noon.</summary>
public sealed class FreeDayTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Lines_are_read_as_typed_or_pasted_and_the_first_wrong_one_is_named()
    {
        var days = FreeDay.Read("12-25, Christmas Day\r\n\n 2026-04-03;Karfreitag;Germany \n10-01\t国庆节\tCN\n02-29，闰日", out var wrong);
        Assert.Equal([new(null, 12, 25, null, "Christmas Day"), new(2026, 4, 3, "DE", "Karfreitag"), new(null, 10, 1, "CN", "国庆节"), new FreeDay(null, 2, 29, null, "闰日")], days);
        Assert.Equal(0, wrong);
        Assert.True(days[3].FallsOn(new DateOnly(2028, 2, 29)));
        Assert.False(days[1].FallsOn(new DateOnly(2027, 4, 3)));
        foreach (var (text, line) in new[] { ("12-25", 1), ("12-25,", 1), ("12-25, X\n13-01, Y", 2), ("2026-02-29, X", 1), ("12-25, X, Atlantis", 1), ("25.12., X", 1) })
        {
            _ = FreeDay.Read(text, out var found);
            Assert.Equal((text, line), (text, found));
            Assert.False(KnownSettings.Find(KnownSettings.FreeDays)!.IsAllowed(text));
        }
        Assert.True(KnownSettings.Find(KnownSettings.FreeDays)!.IsAllowed(""));
    }

    [Theory]
    [InlineData("2026-12-23T10:00Z", "DE", "2026-12-23T10:00Z")] // an ordinary day
    [InlineData("2026-12-24T21:00Z", "DE", "2026-12-28T07:00Z")] // quiet first, then two holidays and a Sunday of the shop; 8:00 in Berlin
    [InlineData("2026-12-24T21:00Z", "FR", "2026-12-26T07:00Z")] // the second day of Christmas is one in Germany alone
    [InlineData("2026-12-26T10:00Z", null, "2026-12-27T07:00Z")] // who is nobody knows where has the days of everybody
    public void The_next_moment_is_neither_quiet_nor_free(string at, string? country, string expected)
    {
        var calendar = new SendingCalendar(QuietHours.Default, FreeDay.Read("12-25, Christmas\n12-26, Second day, DE\n2026-12-27, Sunday, DE\n2026-12-26, Stocktaking", out _));
        if (country is "FR") calendar = calendar with { Days = [.. calendar.Days.Where(d => d.Name != "Stocktaking")] };
        Assert.Equal(At(expected), calendar.NextAllowed(At(at), Berlin, country));
    }

    [Fact]
    public void Free_days_do_not_use_up_the_time_in_which_a_message_is_useful_and_a_list_without_end_ends()
    {
        var calendar = new SendingCalendar(QuietHours.None, FreeDay.Read("12-25, Christmas\n12-26, Second day", out _));
        Assert.Equal(At("2026-12-27T17:00Z"), calendar.UsefulUntil(At("2026-12-24T17:00Z"), TimeSpan.FromHours(24), Berlin, null));
        Assert.Equal(At("2026-12-24T17:00Z"), calendar.UsefulUntil(At("2026-12-23T17:00Z"), TimeSpan.FromHours(24), Berlin, null));
        Assert.True(calendar.HasDayBetween(At("2026-12-24T17:00Z"), At("2026-12-24T18:00Z"))); // where the 25th has begun
        Assert.False(calendar.HasDayBetween(At("2026-12-20T17:00Z"), At("2026-12-22T18:00Z")));
        var always = calendar with { Days = [.. Enumerable.Range(0, 366).Select(i => new DateOnly(2028, 1, 1).AddDays(i)).Select(d => new FreeDay(null, d.Month, d.Day, null, "x"))] };
        Assert.True(always.NextAllowed(At("2026-12-24T17:00Z"), Berlin, null) > At("2027-12-24T17:00Z"));
    }

    [Fact]
    public async Task A_message_waits_where_the_customer_has_a_free_day_and_expires_only_past_its_time()
    {
        await using var store = await OutboxTests.OpenAsync(5);
        await SetAsync(store, "03-09, Local day, FR\n2026-03-09, Spring day, JP");
        await store.PlanAsync(OutboxTests.Range(1, 5), Ct, change: m => m with { SendBefore = m.CustomerId is 3 ? m.DueAt.AddHours(6) : m.SendBefore, Lane = m.CustomerId is 4 ? MessageLanes.Transactional : m.Lane });
        await store.Database.WriteAsync(
            t => t.Execute("insert into \"CustomerTraits\" values (2, 'country', 'France', 1), (3, 'country', 'FR', 1), (4, 'country', 'FR', 1), (5, 'country', 'JP', 1), (5, 'timezone', 'Pacific/Kiritimati', 1)"), Ct); // where it is the 10th already

        await using (var outbox = new RunningOutbox(store)) await outbox.DrainAsync(Ct);

        var messages = (await OutboxTests.MessagesAsync(store)).ToDictionary(m => m.CustomerId);
        (MessageState, string?) Of(long customer) => (messages[customer].State, messages[customer].Reason);
        Assert.Equal((MessageState.Accepted, null), Of(1));
        Assert.Equal((MessageState.Deferred, MessageReasons.FreeDay), Of(2));
        Assert.Equal(At("2026-03-10T08:00Z"), messages[2].DueAt); // after the quiet hours too
        Assert.Equal((MessageState.Expired, MessageReasons.TooLate), Of(3));
        Assert.Equal((MessageState.Accepted, null), Of(4)); // what a customer waits for has no free days
        Assert.NotEqual(MessageReasons.FreeDay, messages[5].Reason);
    }

    [Fact]
    public async Task A_campaign_is_planned_for_the_day_after_and_its_test_ends_with_the_last_mail()
    {
        await using var shop = await CampaignShop.OpenAsync(60);
        await SetAsync(shop.Store, "03-09, Local day, FR\n03-10, Second day, FR");
        await shop.Store.Database.WriteAsync(t => t.Execute("insert into \"Settings\" values (@0, '0')", KnownSettings.GlobalHoldout), Ct);
        await shop.Store.Database.WriteAsync(t => t.Execute("insert into \"CustomerTraits\" select \"Id\", 'country', 'FR', 1 from \"Customers\" where \"Id\" <= 20"), Ct);
        var id = await shop.CreateAsync(s => s with { TestShare = 0.5, HoldoutShare = 0 }, "A", "B");
        var report = await shop.Store.Get<PreFlightHandler>().HandleAsync(id, (await shop.ReadAsync(id)).Draft, Ct);
        var check = Assert.Single(report.Checks, c => c.Code is CheckCodes.FreeDayStart);
        Assert.Equal(("Local day", null), (Assert.Single(check.Met!.Days).Name, check.Met.Until)); // not in the shop's own country

        var now = shop.Store.Clock.GetUtcNow();
        await shop.LaunchAsync(id);
        var run = await shop.PlanAsync(id);
        await shop.Store.Get<DecideCampaignHandler>().HandleAsync(new DecideCampaign(run.Id, (await shop.ReadAsync(id)).Draft.Variants[0].Id, "1"), Ct);
        await shop.PlanAsync(id);
        var messages = await OutboxTests.MessagesAsync(shop.Store);
        Assert.Equal(60, messages.Count); // test and rest
        Assert.All(messages, m => Assert.Equal(m.CustomerId <= 20 ? At("2026-03-11T00:00Z") : now, m.DueAt));
        Assert.All(messages, m => Assert.Equal(m.DueAt.AddHours(24), m.SendBefore));
        Assert.Equal(At("2026-03-11T04:00Z"), run.DecideAt);
    }

    [Theory]
    [InlineData("03-12, Free", ScheduleZone.Portal, true, "2026-03-13T08:00Z")]
    [InlineData("03-12, Free, FR", ScheduleZone.Portal, true, null)]
    [InlineData("03-12, Free", ScheduleZone.Customer, true, null)] // each on their own clock
    [InlineData("03-13, Free", ScheduleZone.Customer, false, null)]
    public void A_schedule_meets_the_day_on_its_own_clock(string days, ScheduleZone zone, bool meets, string? until)
    {
        var schedule = new CampaignSchedule { Kind = ScheduleKind.Once, Zone = zone, Date = new DateOnly(2026, 3, 12), Time = new TimeOnly(23, 30) };
        var start = ScheduleDates.Start(schedule, schedule.Date!.Value, TimeZoneInfo.Utc); // set just above
        var met = MetFreeDays.Of(schedule, start, new SendingCalendar(QuietHours.Default, FreeDay.Read(days, out _)), ShopSettings.Default);
        Assert.Equal((meets, until is null ? null : At(until)), (met is not null, met?.Until));
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static async Task SetAsync(TestStore store, string days)
    {
        await store.Database.WriteAsync(t => t.Execute("insert into \"Settings\" values (@0, @1)", KnownSettings.FreeDays, days), Ct);
        store.Get<DeliverySettingsStore>().Forget();
    }
}
