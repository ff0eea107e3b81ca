using System.Globalization;
using System.Text.Json.Serialization;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Imports.Values;

/// <summary>How a file writes numbers; currency signs, blanks, a leading plus and accounting brackets are understood in either.</summary>
/// <param name="DecimalMark">The mark before the decimals: <c>.</c> or <c>,</c>; the other one groups thousands.</param>
public readonly record struct NumberFormat(char DecimalMark)
{
    public static NumberFormat Point { get; } = new('.');

    public static NumberFormat Comma { get; } = new(',');

    /// <summary>The largest number that the store holds: 922 337 203 685 477.</summary>
    public const decimal Largest = long.MaxValue / 10_000m;

    [JsonIgnore]
    public char GroupMark => DecimalMark is '.' ? ',' : '.';

    /// <summary>Reads a number as ten-thousandths, rounded half away from zero, as the store keeps it.</summary>
    public bool TryParse(ReadOnlySpan<char> text, out long tenThousandths)
    {
        // Nearly every cell is an optional sign, a few digits, and at most four decimals.
        var at = 0;
        var isNegative = text.Length > 0 && text[0] is '-';
        if (isNegative) at++;
        long value = 0;
        var digits = 0;
        for (; at < text.Length && char.IsAsciiDigit(text[at]) && digits < 14; at++, digits++) value = value * 10 + (text[at] - '0');
        var decimals = 0;
        if (digits > 0 && at < text.Length && text[at] == DecimalMark)
        {
            for (at++; at < text.Length && char.IsAsciiDigit(text[at]) && decimals < 4; at++, decimals++) value = value * 10 + (text[at] - '0');
        }
        if (digits is 0 or 14 || at < text.Length) return TryParseOther(text, out tenThousandths);
        for (; decimals < 4; decimals++) value *= 10;
        tenThousandths = isNegative ? -value : value;
        return true;
    }

    /// <summary>The point or the comma, whichever these cells use before decimals; the point when they do not tell.</summary>
    public static NumberFormat Detect(IEnumerable<string> cells)
    {
        int point = 0, comma = 0;
        foreach (var cell in cells)
        {
            var lastPoint = cell.LastIndexOf('.');
            var lastComma = cell.LastIndexOf(',');
            var last = Math.Max(lastPoint, lastComma);
            if (last < 0) continue;
            // One mark with three digits behind it may group thousands: 1,250 tells nothing, 1,25 and 1.234,5 do.
            var isAlone = lastPoint < 0 || lastComma < 0;
            var behind = cell.Length - last - 1;
            if (isAlone && (behind is 3 || cell.IndexOf(cell[last], StringComparison.Ordinal) != last)) continue;
            if (last == lastPoint) point++;
            else comma++;
        }
        return comma > point ? Comma : Point;
    }

    /// <summary>Why the text is no number, in words.</summary>
    public string Explain(ReadOnlySpan<char> text)
    {
        var plain = text.Trim();
        if (plain.Equals("nan", StringComparison.OrdinalIgnoreCase) || plain.Contains("inf", StringComparison.OrdinalIgnoreCase) || plain.Contains('∞'))
            return "A number was expected; this cell says that there is none (not a number, or infinite).";
        return $"A number such as 1234{DecimalMark}50 was expected, of at most {Largest.ToString("N0", CultureInfo.InvariantCulture)}.";
    }

    private bool TryParseOther(ReadOnlySpan<char> text, out long tenThousandths)
    {
        tenThousandths = 0;
        if (text.Length is 0 or > 64) return false;
        Span<char> plain = stackalloc char[66];
        var length = 0;
        var isBracketed = text is ['(', .., ')'];
        if (isBracketed) plain[length++] = '-';
        foreach (var c in isBracketed ? text[1..^1] : text)
        {
            if (c == GroupMark || c is '\'' or '’' || char.IsWhiteSpace(c) || char.GetUnicodeCategory(c) is UnicodeCategory.CurrencySymbol) continue;
            plain[length++] = c == DecimalMark ? '.' : c is '−' ? '-' : c;
        }
        if (!GroupsAreSound(text)) return false;
        if (!decimal.TryParse(plain[..length], NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value)) return false;
        if (Math.Abs(value) > Largest) return false;
        tenThousandths = Stored.TenThousandths(value);
        return true;
    }

    /// <summary>Three digits stand behind a grouping mark: 12,5 is not 125.</summary>
    private bool GroupsAreSound(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != GroupMark) continue;
            var digits = 0;
            while (i + digits + 1 < text.Length && char.IsAsciiDigit(text[i + digits + 1])) digits++;
            if (digits is not 3) return false;
        }
        return true;
    }
}
