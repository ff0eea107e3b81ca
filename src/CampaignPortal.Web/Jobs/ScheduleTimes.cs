using System.Globalization;
using System.Text.RegularExpressions;
using Quartz;

namespace CampaignPortal.Web.Jobs;

/// <summary>When a cron starts next, and what the changes of the clock do to it.</summary>
internal static partial class ScheduleTimes
{
    private static readonly int[] Limits = [59, 59, 23];

    private static readonly TimeSpan Year = TimeSpan.FromDays(366);

    /// <summary>Whether Quartz reads it and every number of seconds, minutes and hours exists, which Quartz does not check.</summary>
    public static bool IsValid(string cron) =>
        CronExpression.TryParse(cron, out _)
        && cron.Split(' ', StringSplitOptions.RemoveEmptyEntries).Zip(Limits).All(field => Numbers().Matches(field.First).All(n => int.TryParse(n.Value, CultureInfo.InvariantCulture, out var number) && number <= field.Second));

    /// <summary>The next starts; fewer when the cron ends.</summary>
    public static IReadOnlyList<DateTimeOffset> Next(string cron, TimeZoneInfo zone, DateTimeOffset now, int count)
    {
        if (!IsValid(cron) || !CronExpression.TryParse(cron, out var parsed)) return [];
        var expression = parsed.WithTimeZone(zone);
        var times = new List<DateTimeOffset>(count);
        for (var at = expression.GetNextValidTimeAfter(now); at is not null && times.Count < count; at = expression.GetNextValidTimeAfter(at.Value)) times.Add(at.Value);
        return times;
    }

    /// <summary>The first day within a year on which the clock change touches a start: its hour is missing, or comes twice.</summary>
    public static DateTimeOffset? ClockChange(string cron, TimeZoneInfo zone, DateTimeOffset now)
    {
        if (!zone.SupportsDaylightSavingTime || ScheduleSentence.Read(cron) is not { Rhythm: not (Rhythm.Minutes or Rhythm.Hours) } sentence) return null;
        for (var day = TimeZoneInfo.ConvertTime(now, zone).Date; day < (now + Year).Date; day = day.AddDays(1))
        {
            var local = day + sentence.At.ToTimeSpan();
            if (zone.IsInvalidTime(local) || zone.IsAmbiguousTime(local)) return new DateTimeOffset(local, zone.GetUtcOffset(local));
        }
        return null;
    }

    [GeneratedRegex(@"\d+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbers();
}
