using CampaignPortal.Web.Jobs;

namespace CampaignPortal.Web.Tests.Jobs;

public sealed class ScheduleTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("every weekday at 3", "0 0 3 ? * MON,TUE,WED,THU,FRI")]
    [InlineData("Every night at 01:10", "0 10 1 * * ?")]
    [InlineData("daily 6pm", "0 0 18 * * ?")]
    [InlineData("every day at 12:30 am", "0 30 0 * * ?")]
    [InlineData("every day at noon", "0 0 12 * * ?")]
    [InlineData("Sundays at 04:00", "0 0 4 ? * SUN")]
    [InlineData("Mon to Sat at 03:00", "0 0 3 ? * MON,TUE,WED,THU,FRI,SAT")]
    [InlineData("mon, wed and fri at 7.15", "0 15 7 ? * MON,WED,FRI")]
    [InlineData("weekends at 9am", "0 0 9 ? * SAT,SUN")]
    [InlineData("on the 1st at 05:00", "0 0 5 1 * ?")]
    [InlineData("last day of the month at 23:00", "0 0 23 L * ?")]
    [InlineData("every 15 minutes", "0 0/15 * * * ?")]
    [InlineData("every 6 hours", "0 0 0/6 * * ?")]
    [InlineData("hourly", "0 0 0/1 * * ?")]
    [InlineData("工作日凌晨3点", "0 0 3 ? * MON,TUE,WED,THU,FRI")]
    [InlineData("每天凌晨三点半", "0 30 3 * * ?")]
    [InlineData("每晚11点", "0 0 23 * * ?")]
    [InlineData("every evening at 8", "0 0 20 * * ?")]
    [InlineData("每天晚上11点15分", "0 15 23 * * ?")]
    [InlineData("每周日上午9:30", "0 30 9 ? * SUN")]
    [InlineData("周一至周五下午2点", "0 0 14 ? * MON,TUE,WED,THU,FRI")]
    [InlineData("每周一、三、五 08：00", "0 0 8 ? * MON,WED,FRI")]
    [InlineData("周末中午", "0 0 12 ? * SAT,SUN")]
    [InlineData("每月1号凌晨五点", "0 0 5 1 * ?")]
    [InlineData("月末晚上十点", "0 0 22 L * ?")]
    [InlineData("每15分钟", "0 0/15 * * * ?")]
    [InlineData("每六小时", "0 0 0/6 * * ?")]
    [InlineData("0 30 2 * * ?", "0 30 2 * * ?")]
    [InlineData("0 0 5 ? * sun", "0 0 5 ? * SUN")]
    [InlineData("sometimes", null)]
    [InlineData("every day at 25:00", null)]
    [InlineData("every 99 minutes", null)]
    [InlineData("on the 40th at 5:00", null)]
    [InlineData("99 99 99 * * ?", null)]
    [InlineData("", null)]
    public void A_typed_schedule_becomes_a_cron(string text, string? cron) => Assert.Equal(cron, ScheduleText.ToCron(text));

    [Theory]
    [InlineData("30 2 * * 1-5"), InlineData("*/5 * * * *")]
    public void A_cron_with_five_fields_is_taken_as_unix_writes_it(string text)
    {
        var cron = ScheduleText.ToCron(text);
        Assert.NotNull(cron);
        Assert.Equal(5, ScheduleTimes.Next(cron, Berlin, new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero), 5).Count);
    }

    [Theory]
    [InlineData("0 30 2 * * ?"), InlineData("0 0 5 ? * SUN"), InlineData("0 0 5 1 * ?"), InlineData("0 0 23 L * ?"), InlineData("0 0/15 * * * ?"), InlineData("0 20 0/6 * * ?"), InlineData("0 0 3 ? * MON,TUE")]
    public void A_cron_of_the_sentence_builder_comes_back_the_same(string cron) => Assert.Equal(cron, ScheduleSentence.Read(cron)?.ToCron());

    [Theory]
    [InlineData("0 30 2 1-7 * MON#1"), InlineData("0 99 2 * * ?"), InlineData("nonsense")]
    public void What_no_sentence_says_has_none(string cron) => Assert.Null(ScheduleSentence.Read(cron));

    [Fact]
    public void Every_local_day_has_one_start_through_both_clock_changes()
    {
        foreach (var schedule in JobSchedules.All.Where(s => ScheduleSentence.Read(s.Cron)?.Rhythm is Rhythm.Daily))
        {
            var starts = ScheduleTimes.Next(schedule.Cron, Berlin, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), 365);
            Assert.Equal(365, starts.Select(s => TimeZoneInfo.ConvertTime(s, Berlin).Date).Distinct().Count());
        }
    }

    [Fact]
    public void The_hour_that_the_clock_change_takes_is_warned_of()
    {
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(new DateTime(2026, 3, 29), ScheduleTimes.ClockChange("0 30 2 * * ?", Berlin, now)?.Date);
        Assert.Null(ScheduleTimes.ClockChange("0 30 3 * * ?", Berlin, now));
        Assert.Null(ScheduleTimes.ClockChange("0 30 2 * * ?", TimeZoneInfo.Utc, now));
        Assert.All(JobSchedules.All, s => Assert.Null(ScheduleTimes.ClockChange(s.Cron, Berlin, now)));
    }
}
