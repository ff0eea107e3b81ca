using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Campaigns.Scheduling;

namespace CampaignPortal.Marketing.Tests.Campaigns;

public sealed class ScheduleDatesTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    private static CampaignSchedule Weekly(TimeOnly at) => new() { Kind = ScheduleKind.Recurring, Date = new DateOnly(2026, 3, 1), Time = at, Repetition = Repetition.Days, EveryDays = 7 };

    [Fact]
    public void A_time_that_the_clock_skips_is_moved_on_by_the_gap()
    {
        var dates = ScheduleDates.Next(Weekly(new TimeOnly(2, 30)), Berlin, Utc(2026, 3, 23), 1);
        Assert.Equal(new DateTimeOffset(2026, 3, 29, 3, 30, 0, TimeSpan.FromHours(2)), Assert.Single(dates)); // 02:30 does not exist on that night
    }

    [Fact]
    public void A_time_that_comes_twice_is_taken_the_first_time()
    {
        var dates = ScheduleDates.Next(Weekly(new TimeOnly(2, 30)), Berlin, Utc(2026, 10, 20), 1);
        Assert.Equal(new DateTimeOffset(2026, 10, 25, 2, 30, 0, TimeSpan.FromHours(2)), Assert.Single(dates)); // summer time still
    }

    [Fact]
    public void The_local_time_stays_the_same_over_a_change_of_the_clock()
    {
        var dates = ScheduleDates.Next(Weekly(new TimeOnly(9, 0)), Berlin, Utc(2026, 3, 20), 5);
        Assert.Equal(5, dates.Count);
        Assert.All(dates, d => Assert.Equal(9, TimeZoneInfo.ConvertTime(d, Berlin).Hour));
    }

    [Fact]
    public void The_last_workday_and_the_31st_are_found_in_short_months()
    {
        var last = new CampaignSchedule { Kind = ScheduleKind.Recurring, Date = new DateOnly(2026, 1, 1), Repetition = Repetition.LastWorkday };
        Assert.Equal([new(2026, 1, 30), new(2026, 2, 27), new(2026, 3, 31), new(2026, 4, 30), new DateOnly(2026, 5, 29)], Days(last, 5));
        var end = last with { Repetition = Repetition.MonthDay, MonthDay = 31 };
        Assert.Equal([new(2026, 1, 31), new(2026, 2, 28), new DateOnly(2026, 3, 31)], Days(end, 3));
        Assert.Equal([new DateOnly(2026, 1, 31)], Days(end with { Until = new DateOnly(2026, 2, 27) }, 3));
        var workdays = last with { Repetition = Repetition.Weekdays, Weekdays = [DayOfWeek.Monday, DayOfWeek.Thursday] };
        Assert.Equal([new(2026, 1, 1), new(2026, 1, 5), new DateOnly(2026, 1, 8)], Days(workdays, 3));
    }

    [Fact]
    public void On_each_customers_own_clock_everybody_gets_it_at_the_same_local_time()
    {
        var schedule = new CampaignSchedule { Kind = ScheduleKind.Once, Zone = ScheduleZone.Customer, Date = new DateOnly(2026, 3, 10), Time = new TimeOnly(9, 0) };
        var start = Assert.Single(ScheduleDates.Next(schedule, Berlin, Utc(2026, 3, 1), 1));
        foreach (var name in new[] { "Asia/Shanghai", "Europe/Berlin", "America/Los_Angeles", "Pacific/Kiritimati" })
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(name);
            var due = ScheduleDates.DueFor(schedule, start, zone);
            Assert.Equal(new DateTime(2026, 3, 10, 9, 0, 0), TimeZoneInfo.ConvertTime(due, zone).DateTime);
            Assert.True(due >= start);
        }
    }

    [Fact]
    public void What_has_passed_has_no_next_time() =>
        Assert.Empty(ScheduleDates.Next(new CampaignSchedule { Kind = ScheduleKind.Once, Date = new DateOnly(2026, 3, 1) }, Berlin, Utc(2026, 3, 2), 1));

    [Fact]
    public void A_campaign_that_has_ended_goes_nowhere_and_everyone_reaches_an_end()
    {
        Assert.All(Enum.GetValues<CampaignState>(), state => Assert.True(CampaignStates.IsEnd(state) || Reaches(state)));
        Assert.False(CampaignStates.Allows(CampaignState.Sent, CampaignState.Sending));
        Assert.False(CampaignStates.Allows(CampaignState.Draft, CampaignState.Sent));

        static bool Reaches(CampaignState state) => CampaignStates.NextOf(state).Contains(CampaignState.Cancelled);
    }

    private static IEnumerable<DateOnly> Days(CampaignSchedule schedule, int count) =>
        ScheduleDates.Next(schedule, TimeZoneInfo.Utc, Utc(2025, 12, 1), count).Select(d => DateOnly.FromDateTime(d.UtcDateTime));

    private static DateTimeOffset Utc(int year, int month, int day) => new(year, month, day, 0, 0, 0, TimeSpan.Zero);
}
