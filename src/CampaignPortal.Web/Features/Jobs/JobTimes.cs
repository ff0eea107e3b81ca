using System.Globalization;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Jobs;
using CampaignPortal.Web.Resources;

namespace CampaignPortal.Web.Features.Jobs;

/// <summary>How durations, starts and schedules are said.</summary>
internal static class JobTimes
{
    /// <summary>"4 s", "12 min", "1 h 48 min".</summary>
    public static string Span(TimeSpan time)
    {
        if (time < TimeSpan.Zero) time = TimeSpan.Zero;
        if (time < TimeSpan.FromSeconds(99.5)) return Say.With(JobsWords.Seconds, ("count", time.TotalSeconds.ToString(time.TotalSeconds < 9.95 ? "0.#" : "0", CultureInfo.CurrentCulture)));
        if (time < TimeSpan.FromMinutes(99.5)) return Say.With(JobsWords.Minutes, ("count", Figures.Count((long)Math.Round(time.TotalMinutes))));
        if (time >= TimeSpan.FromDays(2)) return Say.With(JobsWords.Days, ("days", Figures.Count(time.Days)), ("hours", Figures.Count(time.Hours)));
        var hours = Figures.Count((long)time.TotalHours);
        return time.Minutes is 0 ? Say.With(JobsWords.HoursOnly, ("hours", hours)) : Say.With(JobsWords.Hours, ("hours", hours), ("minutes", Figures.Count(time.Minutes)));
    }

    public static TimeSpan? Took(JobRun run, DateTimeOffset now) => run.StartedAt is { } start ? (run.FinishedAt ?? now) - start : null;

    /// <summary>"in 12 min" within a day, "Mon 03:00" within a week, else the day.</summary>
    public static string Ahead(DateTimeOffset at, TimeZoneInfo zone, DateTimeOffset now)
    {
        var ahead = at - now;
        if (ahead <= TimeSpan.Zero) return JobsWords.Now;
        if (ahead < TimeSpan.FromHours(24)) return Say.With(JobsWords.InTime, ("time", Span(ahead)));
        return Local(at, zone, ahead < TimeSpan.FromDays(6) ? JobsWords.FormatWeekdayClock : JobsWords.FormatDayClock);
    }

    /// <summary>"02:14" within a day, "Sun" within a week, else the day.</summary>
    public static string Past(DateTimeOffset at, TimeZoneInfo zone, DateTimeOffset now) =>
        now - at < TimeSpan.FromHours(24) ? Figures.Clock(at, zone) : now - at < TimeSpan.FromDays(6) ? Local(at, zone, JobsWords.FormatWeekdayClock) : Figures.Day(at, zone, now);

    public static string Seconds(DateTimeOffset at, TimeZoneInfo zone) => Local(at, zone, JobsWords.FormatClock);

    public static string Start(DateTimeOffset at, TimeZoneInfo zone) => Local(at, zone, JobsWords.FormatDayClock);

    /// <summary>A cron as one sentence: "Every night at 01:10".</summary>
    public static string Sentence(string cron)
    {
        if (ScheduleSentence.Read(cron) is not { } sentence) return Say.With(JobsWords.SayCron, ("cron", cron));
        var at = sentence.At.ToString("HH:mm", CultureInfo.InvariantCulture);
        return sentence.Rhythm switch
        {
            Rhythm.Minutes => sentence.Every is 1 ? JobsWords.SayMinute : Say.With(JobsWords.SayMinutes, ("count", Figures.Count(sentence.Every))),
            Rhythm.Hours => sentence.Every is 1 ? JobsWords.SayHour : Say.With(JobsWords.SayHours, ("count", Figures.Count(sentence.Every))),
            Rhythm.Daily => Say.With(sentence.At.Hour is < 6 or >= 22 ? JobsWords.SayNightly : JobsWords.SayDaily, ("time", at)),
            Rhythm.Weekly when sentence.Days.SequenceEqual(ScheduleSentence.Weekdays) => Say.With(JobsWords.SayWeekdays, ("time", at)),
            Rhythm.Weekly => Say.With(JobsWords.SayDays, ("days", string.Join(JobsWords.DaySeparator, sentence.Days.Select(DayName))), ("time", at)),
            Rhythm.Monthly => sentence.DayOfMonth is 0 ? Say.With(JobsWords.SayMonthEnd, ("time", at)) : Say.With(JobsWords.SayMonthly, ("day", Figures.Count(sentence.DayOfMonth)), ("time", at)),
            _ => cron,
        };
    }

    public static string DayName(DayOfWeek day) => CultureInfo.CurrentUICulture.DateTimeFormat.GetAbbreviatedDayName(day);

    /// <summary>The zone in which a schedule's hours are meant.</summary>
    public static TimeZoneInfo ZoneOf(JobSchedule schedule, Viewer viewer) => schedule.Zone is { } id && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var own) ? own : viewer.Shop.Zone;

    /// <summary>The next start that is not left out; null while the job is paused.</summary>
    public static DateTimeOffset? NextOf(RecurringJob job, Viewer viewer)
    {
        var from = job.LeftOutUntil is { } until && until > viewer.Clock.GetUtcNow() ? until : viewer.Clock.GetUtcNow();
        return job.Schedule.IsPaused ? null : ScheduleTimes.Next(job.Schedule.Cron, ZoneOf(job.Schedule, viewer), from, 1) is [var next] ? next : null;
    }

    private static string Local(DateTimeOffset at, TimeZoneInfo zone, string format) => TimeZoneInfo.ConvertTime(at, zone).ToString(format, CultureInfo.CurrentCulture);
}
