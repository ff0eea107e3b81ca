using System.Globalization;

namespace CampaignPortal.Marketing.Imports.Values;

/// <summary>Reads a moment from a cell.</summary>
internal static class DateParser
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    public static bool TryParse(ReadOnlySpan<char> text, DateFormat format, out StatedTime time)
    {
        if (TryParseIso(text, out var ticks))
        {
            time = new StatedTime(ticks, false);
            return true;
        }
        time = default;
        if (text.Length is 0 or > 64) return false;
        if (IsBareNumber(text)) return format.Numbers && TryParseNumber(text, out time);
        return TryParseParts(text, format.DayFirst, out time);
    }

    /// <summary>Digits and at most one point.</summary>
    public static bool IsBareNumber(ReadOnlySpan<char> text)
    {
        var points = 0;
        foreach (var c in text)
        {
            if (c is '.') points++;
            else if (!char.IsAsciiDigit(c)) return false;
        }
        return text.Length > 0 && points <= 1 && char.IsAsciiDigit(text[0]);
    }

    /// <summary>Whether the cell begins with two short numbers, so that day and month could change places.</summary>
    public static bool DependsOnOrder(ReadOnlySpan<char> text)
    {
        var first = DigitsAt(text, 0);
        if (first is 0 or > 2 || first >= text.Length || text[first] is not ('/' or '-' or '.' or ' ')) return false;
        return DigitsAt(text, first + 1) is 1 or 2;
    }

    /// <summary><c>yyyy-MM-dd HH:mm:ss</c>, also with T, without seconds, or the date alone.</summary>
    private static bool TryParseIso(ReadOnlySpan<char> s, out long ticks)
    {
        ticks = 0;
        if (s.Length is not (19 or 16 or 10) || s[4] is not '-' || s[7] is not '-') return false;
        int year = Two(s, 0) * 100 + Two(s, 2), month = Two(s, 5), day = Two(s, 8);
        if (Two(s, 0) < 0 || Two(s, 2) < 0 || !IsDate(year, month, day)) return false;
        ticks = new DateTime(year, month, day).Ticks;
        if (s.Length is 10) return true;
        int hour = Two(s, 11), minute = Two(s, 14), second = s.Length is 19 ? Two(s, 17) : 0;
        if (s[10] is not (' ' or 'T') || s[13] is not ':' || (s.Length is 19 && s[16] is not ':') || !IsTime(hour, minute, second)) return false;
        ticks += ((hour * 60L + minute) * 60 + second) * TimeSpan.TicksPerSecond;
        return true;
    }

    private static bool TryParseNumber(ReadOnlySpan<char> text, out StatedTime time)
    {
        time = default;
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
        var digits = DigitsAt(text, 0);
        switch (digits)
        {
            case 8 when text.Length is 8:
                int year = (int)number / 10_000, month = (int)number / 100 % 100, day = (int)number % 100;
                if (!IsDate(year, month, day)) return false;
                time = new StatedTime(new DateTime(year, month, day).Ticks, false);
                return true;
            case 9 or 10:
                time = new StatedTime(DateTime.UnixEpoch.Ticks + (long)(number * TimeSpan.TicksPerSecond), true);
                return true;
            case 12 or 13:
                time = new StatedTime(DateTime.UnixEpoch.Ticks + (long)(number * TimeSpan.TicksPerMillisecond), true);
                return true;
            case 4 or 5 when number >= 1_000: // day 60 and before are off by one in Excel; nobody sells in 1900
                var seconds = decimal.Round(number * 86_400m, 0, MidpointRounding.AwayFromZero);
                time = new StatedTime(new DateTime(1899, 12, 30).Ticks + (long)seconds * TimeSpan.TicksPerSecond, false);
                return true;
            default:
                return false;
        }
    }

    private static bool TryParseParts(ReadOnlySpan<char> text, bool dayFirst, out StatedTime time)
    {
        time = default;
        Span<int> numbers = stackalloc int[3];
        Span<int> widths = stackalloc int[3];
        int count = 0, named = -1, at = 0;
        while (count < 3)
        {
            while (at < text.Length && text[at] is '/' or '-' or '.' or ' ' or ',' or '年' or '月') at++;
            if (at == text.Length) return false;
            if (char.IsAsciiDigit(text[at]))
            {
                var width = DigitsAt(text, at);
                if (width > 4) return false;
                numbers[count] = int.Parse(text.Slice(at, width), CultureInfo.InvariantCulture);
                widths[count++] = width;
                at += width;
                continue;
            }
            var letters = 0;
            while (at + letters < text.Length && char.IsAsciiLetter(text[at + letters])) letters++;
            if (letters < 3) return false;
            if (IndexOf(Months, text.Slice(at, 3)) is var month and >= 0 && named < 0)
            {
                named = count;
                widths[count] = 0;
                numbers[count++] = month + 1;
            }
            else if (count > 0 || IndexOf(Weekdays, text.Slice(at, 3)) < 0) return false;
            at += letters;
        }

        if (!Arrange(numbers, widths, named, dayFirst, out var year, out var monthNumber, out var day) || !IsDate(year, monthNumber, day)) return false;
        if (at < text.Length && text[at] is '日') at++;
        return TryParseClock(text[at..], new DateTime(year, monthNumber, day).Ticks, out time);
    }

    private static bool Arrange(ReadOnlySpan<int> numbers, ReadOnlySpan<int> widths, int named, bool dayFirst, out int year, out int month, out int day)
    {
        (year, month, day) = (named, widths[0]) switch
        {
            (0, _) => (2, 0, 1), // Mar 9, 2026
            (1, 4) => (0, 1, 2),
            (1, _) => (2, 1, 0), // 9 Mar 2026
            (2, _) => (-1, -1, -1),
            (_, 4) => (0, 1, 2),
            _ => dayFirst ? (2, 1, 0) : (2, 0, 1),
        };
        if (year < 0) return false;
        var width = widths[year];
        (year, month, day) = (numbers[year], numbers[month], numbers[day]);
        if (width is 2) year += year < 70 ? 2000 : 1900;
        return width is 2 or 4;
    }

    /// <summary>What follows a date: nothing, or a time of day, fractions, AM or PM, a zone.</summary>
    private static bool TryParseClock(ReadOnlySpan<char> text, long dateTicks, out StatedTime time)
    {
        time = new StatedTime(dateTicks, false);
        text = text.TrimStart(" ,T").TrimEnd();
        if (text.Length is 0) return true;
        int hour = 0, minute = 0, second = 0, part = 0, at = 0;
        while (part < 3)
        {
            var width = DigitsAt(text, at);
            if (width is 0 or > 2) return false;
            var value = int.Parse(text.Slice(at, width), CultureInfo.InvariantCulture);
            (hour, minute, second) = part switch { 0 => (value, 0, 0), 1 => (hour, value, 0), _ => (hour, minute, value) };
            part++;
            at += width;
            if (at < text.Length && text[at] is ':') at++;
            else break;
        }
        if (part < 2) return false;
        long fraction = 0;
        if (part is 3 && at < text.Length && text[at] is '.' or ',')
        {
            var width = DigitsAt(text, at + 1);
            if (width is 0) return false;
            var unit = TimeSpan.TicksPerSecond / 10;
            for (var i = 0; i < width; i++, unit /= 10) fraction += (text[at + 1 + i] - '0') * unit;
            at += width + 1;
        }
        var rest = text[at..].Trim();
        if (rest.StartsWith("am", StringComparison.OrdinalIgnoreCase) || rest.StartsWith("pm", StringComparison.OrdinalIgnoreCase))
        {
            if (hour is 0 or > 12) return false;
            hour = hour % 12 + (rest[0] is 'p' or 'P' ? 12 : 0);
            rest = rest[2..].Trim();
        }
        if (!IsTime(hour, minute, second)) return false;
        var ticks = dateTicks + ((hour * 60L + minute) * 60 + second) * TimeSpan.TicksPerSecond + fraction;
        if (rest.Length is 0)
        {
            time = new StatedTime(ticks, false);
            return true;
        }
        if (!TryParseOffset(rest, out var offset)) return false;
        time = new StatedTime(ticks - offset, true);
        return true;
    }

    private static bool TryParseOffset(ReadOnlySpan<char> text, out long ticks)
    {
        ticks = 0;
        if (text is "Z" or "z" || text.Equals("UTC", StringComparison.OrdinalIgnoreCase) || text.Equals("GMT", StringComparison.OrdinalIgnoreCase)) return true;
        if (text.Length < 3 || text[0] is not ('+' or '-')) return false;
        var hours = Two(text, 1);
        var minutes = text.Length switch { 3 => 0, 5 => Two(text, 3), 6 when text[3] is ':' => Two(text, 4), _ => -1 };
        if (hours is < 0 or > 15 || minutes is < 0 or > 59) return false;
        ticks = (hours * 60L + minutes) * TimeSpan.TicksPerMinute * (text[0] is '-' ? -1 : 1);
        return true;
    }

    private static bool IsDate(int year, int month, int day) => year is >= 1 and <= 9998 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);

    private static bool IsTime(int hour, int minute, int second) => hour is >= 0 and <= 23 && minute is >= 0 and <= 59 && second is >= 0 and <= 59;

    /// <summary>Two digits as a number, or a number below −10 when they are none.</summary>
    private static int Two(ReadOnlySpan<char> text, int at)
    {
        int tens = text[at] - '0', ones = text[at + 1] - '0';
        return (uint)tens <= 9 && (uint)ones <= 9 ? tens * 10 + ones : -100_000;
    }

    private static int DigitsAt(ReadOnlySpan<char> text, int at)
    {
        var count = 0;
        while (at + count < text.Length && char.IsAsciiDigit(text[at + count])) count++;
        return count;
    }

    private static int IndexOf(string[] names, ReadOnlySpan<char> start)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (start.Equals(names[i], StringComparison.OrdinalIgnoreCase)) return i;
        }
        return -1;
    }
}
