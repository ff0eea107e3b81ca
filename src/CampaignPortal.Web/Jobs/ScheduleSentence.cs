using System.Globalization;
using System.Text.RegularExpressions;

namespace CampaignPortal.Web.Jobs;

/// <summary>How often a schedule of the sentence builder comes round.</summary>
internal enum Rhythm
{
    Minutes,
    Hours,
    Daily,
    Weekly,
    Monthly,
}

/// <summary>A schedule that can be said in one sentence. What only a cron can say has none.</summary>
/// <param name="Every">Minutes or hours between two starts; 1 for the other rhythms.</param>
/// <param name="At">Time of day; of hours only the minute counts.</param>
/// <param name="Days">Days of the week, Monday first; empty unless weekly.</param>
/// <param name="DayOfMonth">1 to 31, or 0 for the last; only for monthly.</param>
internal sealed partial record ScheduleSentence(Rhythm Rhythm, int Every, TimeOnly At, IReadOnlyList<DayOfWeek> Days, int DayOfMonth)
{
    public static IReadOnlyList<DayOfWeek> Weekdays { get; } = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday];

    public static IReadOnlyList<DayOfWeek> WholeWeek { get; } = [.. Weekdays, DayOfWeek.Saturday, DayOfWeek.Sunday];

    private static readonly string[] Names = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    public static ScheduleSentence EveryMinutes(int count) => new(Rhythm.Minutes, count, default, [], 1);

    public static ScheduleSentence EveryHours(int count, int minute = 0) => new(Rhythm.Hours, count, new TimeOnly(0, minute), [], 1);

    public static ScheduleSentence Daily(TimeOnly at) => new(Rhythm.Daily, 1, at, [], 1);

    public static ScheduleSentence Weekly(TimeOnly at, params IEnumerable<DayOfWeek> days) => new(Rhythm.Weekly, 1, at, [.. days.Distinct().OrderBy(Order)], 1);

    public static ScheduleSentence Monthly(TimeOnly at, int day) => new(Rhythm.Monthly, 1, at, [], day);

    /// <summary>Quartz cron with seconds.</summary>
    public string ToCron() => Rhythm switch
    {
        Rhythm.Minutes => string.Create(CultureInfo.InvariantCulture, $"0 0/{Every} * * * ?"),
        Rhythm.Hours => string.Create(CultureInfo.InvariantCulture, $"0 {At.Minute} 0/{Every} * * ?"),
        Rhythm.Daily => string.Create(CultureInfo.InvariantCulture, $"0 {At.Minute} {At.Hour} * * ?"),
        Rhythm.Weekly => string.Create(CultureInfo.InvariantCulture, $"0 {At.Minute} {At.Hour} ? * {string.Join(',', Days.Select(d => Names[(int)d]))}"),
        Rhythm.Monthly => string.Create(CultureInfo.InvariantCulture, $"0 {At.Minute} {At.Hour} {(DayOfMonth is 0 ? "L" : DayOfMonth.ToString(CultureInfo.InvariantCulture))} * ?"),
        _ => throw new ArgumentOutOfRangeException(nameof(Rhythm), Rhythm, null),
    };

    /// <summary>The sentence of a cron that <see cref="ToCron"/> could have made; null for others.</summary>
    public static ScheduleSentence? Read(string cron)
    {
        if (MinutesForm().Match(cron) is { Success: true } minutes) return EveryMinutes(Number(minutes, "n"));
        if (HoursForm().Match(cron) is { Success: true } hours) return EveryHours(Number(hours, "n"), Number(hours, "m"));
        if (TimeForm().Match(cron) is not { Success: true } time || Number(time, "h") > 23 || Number(time, "m") > 59) return null;
        var at = new TimeOnly(Number(time, "h"), Number(time, "m"));
        var (day, week) = (time.Groups["day"].Value, time.Groups["week"].Value);
        if (day is "*" && week is "?") return Daily(at);
        if (day is "L" && week is "?") return Monthly(at, 0);
        if (int.TryParse(day, CultureInfo.InvariantCulture, out var number) && week is "?") return Monthly(at, number);
        var days = week.Split(',').Select(name => Array.IndexOf(Names, name)).ToArray();
        return day is "?" && days.All(d => d >= 0) ? Weekly(at, days.Select(d => (DayOfWeek)d)) : null;
    }

    private static int Order(DayOfWeek day) => ((int)day + 6) % 7;

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^0 0/(?<n>\d{1,2}) \* \* \* \?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MinutesForm();

    [GeneratedRegex(@"^0 (?<m>\d{1,2}) 0/(?<n>\d{1,2}) \* \* \?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HoursForm();

    [GeneratedRegex(@"^0 (?<m>\d{1,2}) (?<h>\d{1,2}) (?<day>[*?L]|\d{1,2}) \* (?<week>[?A-Z,]+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TimeForm();
}
