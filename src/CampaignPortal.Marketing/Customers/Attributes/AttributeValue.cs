using System.Globalization;
using System.Text.Json;
using CampaignPortal.Marketing.Common;

namespace CampaignPortal.Marketing.Customers.Attributes;

/// <summary>Values of attributes between what a person types, what the log stores and what is recognised again.</summary>
public static class AttributeValue
{
    public const int MaxLength = 2_000;

    /// <summary>The typed text as the log stores it, or what is wrong with it.</summary>
    /// <param name="culture">How the person writes numbers and dates.</param>
    public static Result<string> Parse(AttributeKind kind, string text, CultureInfo culture)
    {
        text = text.Trim();
        if (text.Length is 0 or > MaxLength) return Problem.At("value", "Enter a value of at most 2,000 characters.");
        if (EmailAddress.IsLikely(text)) return Problem.At("value", "Contact data have fields of their own.");
        return kind switch
        {
            AttributeKind.Number or AttributeKind.Money => decimal.TryParse(text, NumberStyles.Number, culture, out var number)
                ? number.ToString(CultureInfo.InvariantCulture)
                : Problem.At("value", "Enter a number."),
            AttributeKind.Boolean => ParseBoolean(text),
            AttributeKind.Date => DateOnly.TryParse(text, culture, out var day)
                ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
                : Problem.At("value", "Enter a date."),
            AttributeKind.DateTime => DateTimeOffset.TryParse(text, culture, DateTimeStyles.AssumeUniversal, out var moment)
                ? moment.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture)
                : Problem.At("value", "Enter a date and a time."),
            AttributeKind.List => JsonSerializer.Serialize(Split(text)),
            AttributeKind.Map => ParseMap(text),
            _ => text,
        };
    }

    /// <summary>The kind that a stored value shows by itself: what imports bring has no definition.</summary>
    public static AttributeKind KindOf(string stored)
    {
        if (stored is "true" or "false") return AttributeKind.Boolean;
        if (stored is ['[', ..]) return AttributeKind.List;
        if (stored is ['{', ..]) return AttributeKind.Map;
        if (DateOnly.TryParseExact(stored, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) return AttributeKind.Date;
        if (stored.Length > 10 && stored[4] is '-' && stored[10] is 'T' && DateTimeOffset.TryParse(stored, CultureInfo.InvariantCulture, out _)) return AttributeKind.DateTime;
        return decimal.TryParse(stored, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _) ? AttributeKind.Number : AttributeKind.Text;
    }

    /// <summary>The parts of a list, or "name: text" of a map; one part for everything else.</summary>
    public static IReadOnlyList<string> Parts(string stored)
    {
        try
        {
            if (stored is ['[', ..]) return [.. JsonDocument.Parse(stored).RootElement.EnumerateArray().Select(Text)];
            if (stored is ['{', ..]) return [.. JsonDocument.Parse(stored).RootElement.EnumerateObject().Select(p => $"{p.Name}: {Text(p.Value)}")];
        }
        catch (JsonException)
        {
            // A text that only begins like one.
        }
        return [stored];
    }

    /// <summary>As JSON of its kind: <c>true</c> and <c>3</c> stay what they are.</summary>
    internal static string ToJson(AttributeKind kind, string stored) =>
        kind is AttributeKind.Number or AttributeKind.Money or AttributeKind.Boolean or AttributeKind.List or AttributeKind.Map ? stored : JsonSerializer.Serialize(stored);

    private static Result<string> ParseBoolean(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "1" or "是" => "true",
        "FALSE" or "NO" or "0" or "否" => "false",
        _ => Problem.At("value", "Enter yes or no."),
    };

    private static Result<string> ParseMap(string text)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in Split(text))
        {
            var colon = part.AsSpan().IndexOfAny(':', '：');
            if (colon < 1 || colon == part.Length - 1) return Problem.At("value", "Enter pairs such as size: M, colour: blue.");
            map[part[..colon].Trim()] = part[(colon + 1)..].Trim();
        }
        return JsonSerializer.Serialize(map);
    }

    private static string[] Split(string text) => text.Split([',', '，', '、', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Text(JsonElement value) => value.ValueKind is JsonValueKind.String ? value.GetString()! : value.GetRawText(); // a string
}
