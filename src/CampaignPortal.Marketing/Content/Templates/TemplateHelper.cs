using System.Globalization;

namespace CampaignPortal.Marketing.Content.Templates;

/// <summary>A function that templates may call. The list is fixed: nobody can add one from outside.</summary>
/// <param name="TakesMissing">It says itself what stands in place of a missing value; the others are missing when their first argument is.</param>
internal sealed record TemplateHelper(string Name, int MinArguments, int MaxArguments, Func<TemplateValue[], TemplateFrame, TemplateValue> Apply, bool TakesMissing = false)
{
    /// <summary>Whether it put another value in place of the one that is missing.</summary>
    public bool HasStoodIn(TemplateValue[] arguments) => Name is TemplateHelpers.Default && TemplateHelpers.IsBlank(arguments[0]) && !TemplateHelpers.IsBlank(arguments[1]);
}

/// <summary>All helpers.</summary>
internal static class TemplateHelpers
{
    public const string Default = "default";

    private const int MaxJoined = 50, MaxLength = 10_000;

    private static readonly Dictionary<string, TemplateHelper> Known = new TemplateHelper[]
    {
        new(Default, 2, 2, (a, _) => IsBlank(a[0]) ? a[1] : a[0], TakesMissing: true),
        new("optional", 1, 1, (a, _) => IsBlank(a[0]) ? TemplateValue.Of("") : a[0], TakesMissing: true),
        new("upper", 1, 1, (a, f) => TemplateValue.Of(Text(a[0], f).ToUpper(f.Culture.Culture))),
        new("lower", 1, 1, (a, f) => TemplateValue.Of(Text(a[0], f).ToLower(f.Culture.Culture))),
        new("capitalise", 1, 1, (a, f) => TemplateValue.Of(Capitalise(Text(a[0], f), f.Culture.Culture))),
        new("truncate", 2, 3, (a, f) => TemplateValue.Of(Truncate(Text(a[0], f), a[1].Number, a.Length > 2 ? Text(a[2], f) : "…"))),
        new("join", 1, 2, (a, f) => TemplateValue.Of(string.Join(a.Length > 1 ? Text(a[1], f) : ", ", a[0].List.Take(MaxJoined).Select(v => Text(v, f))))),
        new("first", 1, 1, (a, _) => a[0].List is [var first, ..] ? first : TemplateValue.Missing),
        new("count", 1, 1, (a, _) => TemplateValue.Of((decimal)a[0].List.Count), TakesMissing: true),
        new("number", 1, 2, (a, f) => TemplateFormats.Number(a[0], a.Length > 1 ? a[1].Number : null, f.Culture)),
        new("percent", 1, 2, (a, f) => TemplateFormats.Percent(a[0], a.Length > 1 ? a[1].Number : 0, f.Culture)),
        new("money", 1, 2, (a, f) => TemplateFormats.Money(a[0], a.Length > 1 ? Text(a[1], f) : f.Culture.Currency, f.Culture)),
        new("date", 1, 2, (a, f) => TemplateFormats.Date(a[0], a.Length > 1 ? Text(a[1], f) : "long", f.Culture)),
        new("days_since", 1, 1, (a, f) => TemplateFormats.DaysSince(a[0], f.Culture)),
        new("plural", 2, 3, (a, f) => TemplateFormats.Plural(a[0], a[1], a[^1], f.Culture)),
        new("eq", 2, 2, (a, _) => TemplateValue.Of(AreEqual(a[0], a[1])), TakesMissing: true),
        new("ne", 2, 2, (a, _) => TemplateValue.Of(!AreEqual(a[0], a[1])), TakesMissing: true),
        new("gt", 2, 2, (a, _) => TemplateValue.Of(Compare(a[0], a[1]) > 0), TakesMissing: true),
        new("gte", 2, 2, (a, _) => TemplateValue.Of(Compare(a[0], a[1]) >= 0), TakesMissing: true),
        new("lt", 2, 2, (a, _) => TemplateValue.Of(Compare(a[0], a[1]) < 0), TakesMissing: true),
        new("lte", 2, 2, (a, _) => TemplateValue.Of(Compare(a[0], a[1]) <= 0), TakesMissing: true),
        new("and", 2, 8, (a, _) => TemplateValue.Of(a.All(v => v.IsTruthy)), TakesMissing: true),
        new("or", 2, 8, (a, _) => TemplateValue.Of(a.Any(v => v.IsTruthy)), TakesMissing: true),
        new("not", 1, 1, (a, _) => TemplateValue.Of(!a[0].IsTruthy), TakesMissing: true),
        new("contains", 2, 2, (a, f) => TemplateValue.Of(Contains(a[0], a[1], f)), TakesMissing: true),
    }.ToDictionary(h => h.Name, StringComparer.Ordinal);

    public static IReadOnlyCollection<string> Names => Known.Keys;

    public static TemplateHelper? Find(string name) => Known.GetValueOrDefault(name);

    private static string Text(TemplateValue value, TemplateFrame frame)
    {
        var text = value.ToText(frame.Culture.Culture);
        return text.Length <= MaxLength ? text : text[..MaxLength];
    }

    public static bool IsBlank(TemplateValue value) => value.IsMissing || (value.Kind is TemplateValueKind.Text && string.IsNullOrWhiteSpace(value.Text));

    private static string Capitalise(string text, CultureInfo culture)
    {
        if (text.Length == 0) return text;
        var first = StringInfo.GetNextTextElementLength(text);
        return text[..first].ToUpper(culture) + text[first..];
    }

    /// <summary>Cuts between what readers see as characters, so that no accent, flag or family falls apart.</summary>
    private static string Truncate(string text, decimal length, string end)
    {
        var limit = (int)Math.Clamp(length, 0, MaxLength);
        if (text.Length <= limit) return text;
        var (at, count) = (0, 0);
        while (at < text.Length && count < limit)
        {
            at += StringInfo.GetNextTextElementLength(text.AsSpan(at));
            count++;
        }
        return at >= text.Length ? text : text[..at].TrimEnd() + end;
    }

    // Case does not count: traits come from many sources, and nobody means "Berlin" to differ from "berlin".
    private static bool AreEqual(TemplateValue a, TemplateValue b)
    {
        if (a.Kind is TemplateValueKind.Number || b.Kind is TemplateValueKind.Number) return NumberOf(a) is { } x && NumberOf(b) is { } y && x == y;
        if (a.Kind is TemplateValueKind.Time && b.Kind is TemplateValueKind.Time) return a.Time == b.Time;
        if (a.IsMissing || b.IsMissing) return a.IsMissing && b.IsMissing;
        return string.Equals(a.ToString(), b.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Null when the two cannot be compared: then every comparison is no.</summary>
    private static int? Compare(TemplateValue a, TemplateValue b)
    {
        if (a.Kind is TemplateValueKind.Time && b.Kind is TemplateValueKind.Time) return a.Time.CompareTo(b.Time);
        return NumberOf(a) is { } x && NumberOf(b) is { } y ? x.CompareTo(y) : null;
    }

    private static decimal? NumberOf(TemplateValue value) => value.Kind switch
    {
        TemplateValueKind.Number => value.Number,
        TemplateValueKind.Text when decimal.TryParse(value.Text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    private static bool Contains(TemplateValue whole, TemplateValue part, TemplateFrame frame) => whole.Kind is TemplateValueKind.List
        ? whole.List.Any(v => AreEqual(v, part))
        : part.IsTruthy && Text(whole, frame).Contains(Text(part, frame), StringComparison.OrdinalIgnoreCase);
}
