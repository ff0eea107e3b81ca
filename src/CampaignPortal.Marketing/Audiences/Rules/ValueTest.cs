using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using CampaignPortal.Marketing.Customers.Attributes;

namespace CampaignPortal.Marketing.Audiences.Rules;

/// <summary>A question to one value. A missing value, or one of another kind, never matches, except "is not known" and where a test says that it takes missing ones.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "test")]
[JsonDerivedType(typeof(KnownTest), "known")]
[JsonDerivedType(typeof(TextTest), "text")]
[JsonDerivedType(typeof(NumberTest), "number")]
[JsonDerivedType(typeof(DateTest), "date")]
[JsonDerivedType(typeof(ListTest), "list")]
[JsonDerivedType(typeof(RankTest), "rank")]
public abstract record ValueTest
{
    /// <param name="value">Null is missing.</param>
    public abstract bool Matches(RuleValue? value, RuleMoment moment);

    /// <summary>Whether the answer can change at midnight of the shop, although no value does.</summary>
    [JsonIgnore]
    public virtual bool IsCalendar => false;
}

/// <summary>Whether there is a value at all.</summary>
public sealed record KnownTest(bool IsKnown) : ValueTest
{
    public override bool Matches(RuleValue? value, RuleMoment moment) => value is not null == IsKnown;
}

public enum TextOperator { Is, IsNot, Contains, StartsWith, EndsWith, Pattern }

/// <summary>A text; upper and lower case are the same. With several values, one of them suffices; "is not" wants none of them.</summary>
/// <param name="OrMissing">"Is not" also takes customers without a value.</param>
public sealed record TextTest(TextOperator Operator, IReadOnlyList<string> Values, bool OrMissing = false) : ValueTest
{
    private static readonly ConcurrentDictionary<string, Regex> Patterns = new(StringComparer.Ordinal);

    public override bool Matches(RuleValue? value, RuleMoment moment)
    {
        if (value is null) return OrMissing;
        var text = value.Value.Text;
        return Operator switch
        {
            TextOperator.Is => IsOneOf(text),
            TextOperator.IsNot => !IsOneOf(text),
            TextOperator.Contains => Values.Any(v => text.Contains(v, StringComparison.OrdinalIgnoreCase)),
            TextOperator.StartsWith => Values.Any(v => text.StartsWith(v, StringComparison.OrdinalIgnoreCase)),
            TextOperator.EndsWith => Values.Any(v => text.EndsWith(v, StringComparison.OrdinalIgnoreCase)),
            _ => Values.Any(v => PatternOf(v).IsMatch(text)),
        };
    }

    /// <summary>A pattern that takes linear time whatever it is; anything else is refused when the rule is read.</summary>
    /// <exception cref="ArgumentException">It is no pattern.</exception>
    /// <exception cref="NotSupportedException">It needs backtracking.</exception>
    internal static Regex PatternOf(string pattern)
    {
        if (Patterns.Count > 200) Patterns.Clear();
        return Patterns.GetOrAdd(pattern, p => new Regex(p, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(50)));
    }

    public bool Equals(TextTest? other) => other is not null && Operator == other.Operator && OrMissing == other.OrMissing && Values.SequenceEqual(other.Values, StringComparer.Ordinal);

    public override int GetHashCode() => Values.Aggregate(HashCode.Combine(Operator, OrMissing), HashCode.Combine);

    private bool IsOneOf(string text) => Values.Any(v => text.Equals(v, StringComparison.OrdinalIgnoreCase));
}

public enum NumberOperator { Equal, NotEqual, Less, AtMost, More, AtLeast, Between }

/// <summary>A number or an amount of money in the shop's currency.</summary>
/// <param name="To">Upper end of <see cref="NumberOperator.Between"/>, included.</param>
/// <param name="OrMissing">"Is not" also takes customers without a value.</param>
public sealed record NumberTest(NumberOperator Operator, decimal Value, decimal? To = null, bool OrMissing = false) : ValueTest
{
    public static NumberTest AtLeast(decimal value) => new(NumberOperator.AtLeast, value);

    public static NumberTest Never { get; } = new(NumberOperator.Equal, 0);

    public override bool Matches(RuleValue? value, RuleMoment moment) => value is null ? OrMissing : value.Value.Number is { } number && Matches(number);

    public bool Matches(decimal number) => Operator switch
    {
        NumberOperator.Equal => number == Value,
        NumberOperator.NotEqual => number != Value,
        NumberOperator.Less => number < Value,
        NumberOperator.AtMost => number <= Value,
        NumberOperator.More => number > Value,
        NumberOperator.AtLeast => number >= Value,
        _ => number >= Value && number <= (To ?? Value),
    };
}

public enum DateOperator
{
    Before, After, On, Between,
    /// <summary>Today or one of the days before.</summary>
    InLast,
    /// <summary>Further back than these days.</summary>
    NotInLast,
    /// <summary>Today or one of the days to come.</summary>
    InNext,
    /// <summary>Its anniversary is today or within the next days; 29 February is kept on the 28th in other years.</summary>
    AnniversaryInNext,
    /// <summary>On one of these days of the week.</summary>
    Weekday,
    /// <summary>At these hours of the shop's clock; a value that names only a day has none.</summary>
    Hours,
}

/// <summary>A date; days begin at midnight of the shop.</summary>
public sealed record DateTest(DateOperator Operator) : ValueTest
{
    public DateOnly? From { get; init; }
    public DateOnly? To { get; init; }
    public int? Days { get; init; }
    public IReadOnlyList<DayOfWeek> Weekdays { get; init; } = [];
    /// <summary>The first hour that counts, 0 to 23.</summary>
    public int? FromHour { get; init; }
    /// <summary>The first hour that counts no longer, 1 to 24; an earlier one than <see cref="FromHour"/> is that of the next day.</summary>
    public int? ToHour { get; init; }

    public override bool IsCalendar => Operator is DateOperator.InLast or DateOperator.NotInLast or DateOperator.InNext or DateOperator.AnniversaryInNext;

    public override bool Matches(RuleValue? value, RuleMoment moment)
    {
        if (Operator is DateOperator.Hours) return value?.HourIn(moment) is { } hour && IsWithin(hour, FromHour, ToHour);
        if (value?.DayIn(moment) is not { } day) return false;
        var today = moment.Today;
        return Operator switch
        {
            DateOperator.Before => day < From,
            DateOperator.After => day > From,
            DateOperator.On => day == From,
            DateOperator.Between => day >= From && day <= To,
            DateOperator.InLast => day <= today && day >= today.AddDays(-(Days ?? 0)),
            DateOperator.NotInLast => day < today.AddDays(-(Days ?? 0)),
            DateOperator.InNext => day >= today && day <= today.AddDays(Days ?? 0),
            DateOperator.AnniversaryInNext => NextAnniversary(day, today) <= today.AddDays(Days ?? 0),
            _ => Weekdays.Contains(day.DayOfWeek),
        };
    }

    public bool Equals(DateTest? other) => other is not null && Operator == other.Operator && From == other.From && To == other.To && Days == other.Days && FromHour == other.FromHour && ToHour == other.ToHour && Weekdays.SequenceEqual(other.Weekdays);

    public override int GetHashCode() => Weekdays.Aggregate(HashCode.Combine(Operator, From, To, Days, FromHour, ToHour), (hash, day) => HashCode.Combine(hash, day));

    internal static bool IsWithin(int hour, int? from, int? to) => from < to ? hour >= from && hour < to : hour >= from || hour < to;

    private static DateOnly NextAnniversary(DateOnly day, DateOnly today)
    {
        var thisYear = In(day, today.Year);
        return thisYear >= today ? thisYear : In(day, today.Year + 1);
    }

    private static DateOnly In(DateOnly day, int year) => new(year, day.Month, Math.Min(day.Day, DateTime.DaysInMonth(year, day.Month)));
}

public enum RankSide { Top, Bottom }

/// <summary>Among the highest or lowest so many percent of all customers who have the figure; whoever shares the value at the border is in.</summary>
/// <remarks>Of figures where no row means 0, 0 has no rank: the top 10% by spending are of those who spent. The border is drawn with each full count, at the latest at midnight of the shop.</remarks>
/// <param name="Percent">More than 0, at most 100.</param>
public sealed record RankTest(RankSide Side, decimal Percent) : ValueTest
{
    // Others move the border.
    public override bool IsCalendar => true;

    /// <exception cref="InvalidOperationException">A rank needs the border that its condition has.</exception>
    public override bool Matches(RuleValue? value, RuleMoment moment) => throw new InvalidOperationException("A rank is asked with its border.");

    /// <param name="border">Null where nobody is ranked.</param>
    internal bool Matches(RuleValue? value, decimal? border, Figure? figure)
    {
        if (value?.Number is not { } number || border is not { } limit || !HasRank(number, figure)) return false;
        return Side is RankSide.Top ? number >= limit : number <= limit;
    }

    internal static bool HasRank(decimal number, Figure? figure) => number is not 0 || figure is not { IsZeroWithout: true };

    /// <summary>The value of the last one who is in.</summary>
    internal decimal? BorderOf(List<decimal> ranked)
    {
        if (ranked.Count is 0) return null;
        ranked.Sort();
        var places = Math.Clamp((int)Math.Ceiling(ranked.Count * Percent / 100), 1, ranked.Count);
        return Side is RankSide.Top ? ranked[^places] : ranked[places - 1];
    }
}

public enum ListOperator { Any, All, None }

/// <summary>A list: one of the values is in it, all are, none is.</summary>
/// <param name="OrMissing">"None" also takes customers without a list.</param>
public sealed record ListTest(ListOperator Operator, IReadOnlyList<string> Values, bool OrMissing = false) : ValueTest
{
    public override bool Matches(RuleValue? value, RuleMoment moment)
    {
        if (value is null) return OrMissing;
        var parts = AttributeValue.Parts(value.Value.Text);
        bool Has(string wanted) => parts.Contains(wanted, StringComparer.OrdinalIgnoreCase);
        return Operator switch
        {
            ListOperator.Any => Values.Any(Has),
            ListOperator.All => Values.All(Has),
            _ => !Values.Any(Has),
        };
    }

    public bool Equals(ListTest? other) => other is not null && Operator == other.Operator && OrMissing == other.OrMissing && Values.SequenceEqual(other.Values, StringComparer.Ordinal);

    public override int GetHashCode() => Values.Aggregate(HashCode.Combine(Operator, OrMissing), HashCode.Combine);
}

/// <summary>A value that is there: the text of a trait, a number, or a moment.</summary>
public readonly struct RuleValue
{
    private readonly string? _text;
    private readonly decimal _number;
    private readonly long _ticks;

    private RuleValue(string? text, decimal number, long ticks) => (_text, _number, _ticks) = (text, number, ticks);

    public static RuleValue OfText(string text) => new(text, 0, -1);

    public static RuleValue OfNumber(decimal number) => new(null, number, -1);

    /// <param name="ticks">UTC ticks.</param>
    public static RuleValue OfMoment(long ticks) => new(null, 0, ticks);

    public string Text => _text ?? (_ticks >= 0 ? new DateTimeOffset(_ticks, TimeSpan.Zero).ToString("O", CultureInfo.InvariantCulture) : _number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Null where the value is no number.</summary>
    public decimal? Number
    {
        get
        {
            if (_ticks >= 0) return null;
            if (_text is null) return _number;
            return decimal.TryParse(_text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
        }
    }

    /// <summary>The day of the shop; null where the value is no date. A text that names only a day is that day everywhere.</summary>
    public DateOnly? DayIn(RuleMoment moment)
    {
        if (_text is not null && DateOnly.TryParseExact(_text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day;
        return Moment is { } at ? moment.DayOf(at) : null;
    }

    /// <summary>The hour of the shop; null where the value is no moment.</summary>
    public int? HourIn(RuleMoment moment) => Moment is { } at ? moment.HourOf(at) : null;

    // The first and the last year stay out: a zone would carry them over the ends of the calendar.
    private DateTimeOffset? Moment
    {
        get
        {
            if (_ticks >= 0) return new DateTimeOffset(_ticks, TimeSpan.Zero);
            var isMoment = DateTimeOffset.TryParse(_text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) && _text.Length > 10 && at.Year is > 1 and < 9999;
            return isMoment ? at : null;
        }
    }
}
