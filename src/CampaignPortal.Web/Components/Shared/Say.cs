using System.Globalization;
using System.Text.RegularExpressions;

namespace CampaignPortal.Web.Components.Shared;

/// <summary>Fills the named places of a sentence: <c>Say.With(template, ("count", "12"))</c>.</summary>
public static partial class Say
{
    /// <exception cref="ArgumentException">A place of the sentence has no value: a missing word should show in a test, not on a page.</exception>
    public static string With(string sentence, params (string Name, string Value)[] values) => Places().Replace(sentence, place =>
    {
        foreach (var (name, value) in values)
        {
            if (place.Groups["name"].ValueSpan.SequenceEqual(name)) return value;
        }
        throw new ArgumentException($"'{sentence}' has no value for {place.Value}.", nameof(values));
    });

    /// <summary>What stands between two sentences: Chinese full stops are wide enough.</summary>
    public static string Gap => Resources.PortalCultures.Current == Resources.PortalCultures.Chinese ? "" : " ";

    /// <summary>The sentence for one, or the one for many; both may contain <c>{count}</c>.</summary>
    public static string Counted(long count, string one, string many) => With(count == 1 ? one : many, ("count", Figures.Count(count)));

    /// <summary>"20 minutes", "3 days", "4 months": the unit that a person would choose.</summary>
    public static string Duration(TimeSpan time) => time.TotalDays switch
    {
        < 1.0 / 24 => Counted((long)Math.Max(Math.Round(time.TotalMinutes), 1), Resources.Words.MinuteOne, Resources.Words.MinuteMany),
        < 1 => Counted((long)Math.Round(time.TotalHours), Resources.Words.HourOne, Resources.Words.HourMany),
        < 60 => Counted((long)Math.Round(time.TotalDays), Resources.Words.DayOne, Resources.Words.DayMany),
        < 730 => Counted((long)Math.Round(time.TotalDays / 30.44), Resources.Words.MonthOne, Resources.Words.MonthMany),
        _ => With(Resources.Words.YearMany, ("count", (time.TotalDays / 365.25).ToString("0.#", CultureInfo.CurrentCulture))),
    };

    /// <summary>"every 12 days", "about every six weeks".</summary>
    public static string Rhythm(TimeSpan gap) => gap.TotalDays switch
    {
        < 21 => With(Resources.Words.RhythmDays, ("count", Figures.Count((long)Math.Max(1, Math.Round(gap.TotalDays))))),
        < 77 => With(Resources.Words.RhythmWeeks, ("count", Figures.Count((long)Math.Round(gap.TotalDays / 7)))),
        _ => With(Resources.Words.RhythmMonths, ("count", Figures.Count((long)Math.Round(gap.TotalDays / 30.44)))),
    };

    [GeneratedRegex(@"\{(?<name>[a-z]+)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Places();
}
