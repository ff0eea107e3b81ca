using System.Globalization;
using System.Text.RegularExpressions;
using Quartz;

namespace CampaignPortal.Web.Jobs;

/// <summary>Understands a schedule as a person types it: "every weekday at 3", "工作日凌晨3点", or a cron with five, six or seven fields.</summary>
internal static partial class ScheduleText
{
    private static readonly (string Word, DayOfWeek Day)[] DayWords =
    [
        ("mon", DayOfWeek.Monday), ("tue", DayOfWeek.Tuesday), ("wed", DayOfWeek.Wednesday), ("thu", DayOfWeek.Thursday), ("fri", DayOfWeek.Friday), ("sat", DayOfWeek.Saturday), ("sun", DayOfWeek.Sunday),
    ];

    private const string ChineseDays = "一二三四五六日";

    /// <summary>The cron that it means; null when it is not understood.</summary>
    public static string? ToCron(string text)
    {
        var plain = text.Trim().ToLowerInvariant().Replace('：', ':').Replace('　', ' ');
        if (CronLike().IsMatch(plain)) return CronOf(text.Trim().ToUpperInvariant());
        return Interval(plain) ?? ByDay(plain);
    }

    private static string? CronOf(string text)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return CronExpression.TryParse(string.Join(' ', fields), fields.Length is 5 ? CronFormat.Unix : CronFormat.Quartz, out var cron) && ScheduleTimes.IsValid(cron.CronExpressionString) ? cron.CronExpressionString : null;
    }

    private static string? Interval(string text)
    {
        var match = IntervalForm().Match(text);
        if (!match.Success) return null;
        var count = match.Groups["n"].Success ? NumberOf(match.Groups["n"].Value) : 1;
        var isHours = match.Groups["hour"].Success;
        if (count is not > 0 || count > (isHours ? 23 : 59)) return null;
        return (isHours ? ScheduleSentence.EveryHours(count.Value) : ScheduleSentence.EveryMinutes(count.Value)).ToCron();
    }

    private static string? ByDay(string text)
    {
        if (TimeOf(text, out var rest) is not { } at) return null;
        if (LastDay().IsMatch(rest)) return ScheduleSentence.Monthly(at, 0).ToCron();
        if (MonthDay().Match(rest) is { Success: true } month) return NumberOf(month.Groups["n"].Value) is { } day and >= 1 and <= 31 ? ScheduleSentence.Monthly(at, day).ToCron() : null;
        if (DaysOf(rest) is { Count: > 0 } days) return ScheduleSentence.Weekly(at, days).ToCron();
        return EveryDay().IsMatch(rest) ? ScheduleSentence.Daily(at).ToCron() : null;
    }

    /// <summary>Finds the time of day and takes it out of the text.</summary>
    private static TimeOnly? TimeOf(string text, out string rest)
    {
        rest = text;
        var match = ChineseTime().Match(text);
        if (!match.Success) match = EnglishTime().Match(text);
        if (!match.Success) return null;
        rest = text.Remove(match.Index, match.Length);
        if (match.Groups["noon"].Success) return new TimeOnly(12, 0);
        if (match.Groups["midnight"].Success) return TimeOnly.MinValue;
        var hour = NumberOf(match.Groups["h"].Value) ?? 99;
        var minute = match.Groups["half"].Success ? 30 : match.Groups["m"].Success ? NumberOf(match.Groups["m"].Value) ?? 99 : 0;
        if (match.Groups["late"].Success && hour < 12) hour += 12;
        if (match.Groups["early"].Success && hour is 12) hour = 0;
        // "Every night at 11" is eleven at night; "every night at 3" is three in the morning.
        if (!match.Groups["early"].Success && hour is >= 6 and < 12 && Night().IsMatch(rest)) hour += 12;
        return hour <= 23 && minute <= 59 ? new TimeOnly(hour, minute) : null;
    }

    private static IReadOnlyList<DayOfWeek> DaysOf(string text)
    {
        if (Workdays().IsMatch(text)) return ScheduleSentence.Weekdays;
        if (Weekend().IsMatch(text)) return [DayOfWeek.Saturday, DayOfWeek.Sunday];
        if (EnglishRange().Match(text) is { Success: true } range) return Between(DayOf(range.Groups["a"].Value), DayOf(range.Groups["b"].Value));
        if (ChineseRange().Match(text) is { Success: true } span) return Between(DayOf(span.Groups["a"].Value), DayOf(span.Groups["b"].Value));
        return [.. EnglishDay().Matches(text).Concat(ChineseDay().Matches(text).SelectMany(m => SingleChineseDay().Matches(m.Value))).Select(m => DayOf(m.Value))];
    }

    private static IReadOnlyList<DayOfWeek> Between(DayOfWeek from, DayOfWeek to) => [.. Enumerable.Range(0, ((int)to - (int)from + 7) % 7 + 1).Select(i => (DayOfWeek)(((int)from + i) % 7))];

    private static DayOfWeek DayOf(string word)
    {
        if (word is "天") return DayOfWeek.Sunday;
        var chinese = ChineseDays.IndexOf(word[^1], StringComparison.Ordinal);
        return chinese >= 0 ? (DayOfWeek)((chinese + 1) % 7) : DayWords.First(d => word.StartsWith(d.Word, StringComparison.Ordinal)).Day;
    }

    /// <summary>Digits, or a Chinese number below a hundred.</summary>
    private static int? NumberOf(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
        const string Digits = "零一二三四五六七八九";
        var ten = text.IndexOf('十', StringComparison.Ordinal);
        if (ten < 0) return text is "两" ? 2 : text.Length is 1 && Digits.IndexOf(text[0], StringComparison.Ordinal) is >= 0 and var one ? one : null;
        var tens = ten is 0 ? 1 : Digits.IndexOf(text[0], StringComparison.Ordinal);
        var ones = ten == text.Length - 1 ? 0 : Digits.IndexOf(text[^1], StringComparison.Ordinal);
        return tens >= 1 && ones >= 0 ? tens * 10 + ones : null;
    }

    [GeneratedRegex(@"^[\d*/?,\-]+(\s+[\d*/?,\-#lwa-z]+){4,6}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CronLike();

    [GeneratedRegex(@"^(every|each)\s+((?<n>\d+)\s*)?((?<hour>hours?|h)|minutes?|min)$|^(?<hour>hourly)$|^每隔?(?<n>\d+|[一二两三四五六七八九十]+)?个?((?<hour>小时|钟头)|分钟)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IntervalForm();

    [GeneratedRegex(@"\b(at\s+)?((?<noon>noon)|(?<midnight>midnight)|(?<h>\d{1,2})[:.](?<m>\d{2})\s*((?<late>pm)|(?<early>am))?|(?<h>\d{1,2})\s*((?<late>pm)|(?<early>am)|o'clock))\b|\bat\s+(?<h>\d{1,2})\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EnglishTime();

    [GeneratedRegex(@"((?<early>凌晨|清晨|早上|早晨|上午)|(?<late>下午|傍晚|晚上|夜里)|中午|正午)?\s*((?<h>\d{1,2}|[零一二两三四五六七八九十]{1,3})\s*[点时]((?<half>半)|钟|整|(?<m>\d{1,2}|[零一二三四五六七八九十]{1,3})分?)?|(?<=[\u4e00-\u9fff]\s*)(?<h>\d{1,2}):(?<m>\d{2}))|(?<noon>中午|正午)|(?<midnight>午夜|半夜)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ChineseTime();

    [GeneratedRegex(@"last day of (the|each|every) month|月末|月底|每月最后一[天日]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LastDay();

    [GeneratedRegex(@"\b(?<n>\d{1,2})(st|nd|rd|th)\b|每月(?<n>\d{1,2}|[一二三四五六七八九十]{1,3})[日号]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MonthDay();

    [GeneratedRegex(@"\b((every|each)\s+(night|evening)|nightly)\b|每[晚夜]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Night();

    [GeneratedRegex(@"\b(weekdays?|work(ing)?\s?days?)\b|工作日", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Workdays();

    [GeneratedRegex(@"\bweekends?\b|周末", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Weekend();

    [GeneratedRegex(@"\b(?<a>(mon|tue|wed|thu|fri|sat|sun)[a-z]*)\s*(to|-|–|through)\s*(?<b>(mon|tue|wed|thu|fri|sat|sun)[a-z]*)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EnglishRange();

    [GeneratedRegex(@"(周|星期|礼拜)(?<a>[一二三四五六日天])\s*(至|到|-|–)\s*(周|星期|礼拜)?(?<b>[一二三四五六日天])", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ChineseRange();

    [GeneratedRegex(@"\b(mon|tue|wed|thu|fri|sat|sun)(day|s|sday|nesday|rsday|urday|r|rs)?s?\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EnglishDay();

    [GeneratedRegex(@"(周|星期|礼拜)[一二三四五六日天]([、,，和]?[一二三四五六日天])*", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ChineseDay();

    [GeneratedRegex("[一二三四五六日天]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SingleChineseDay();

    [GeneratedRegex(@"\b(every|each)\s+(day|night|morning|evening)\b|\b(daily|nightly)\b|每[天日晚夜]|天天", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EveryDay();
}
