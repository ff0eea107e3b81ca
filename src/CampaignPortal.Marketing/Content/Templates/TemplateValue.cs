using System.Globalization;
using CampaignPortal.Marketing.Content.Data;

namespace CampaignPortal.Marketing.Content.Templates;

public enum TemplateValueKind
{
    Missing, Text, Number, Boolean, Time, List, Map,
}

/// <summary>Everything that a template can ever see: texts, numbers, booleans, times, lists and maps of these. No object of the program gets in.</summary>
public readonly struct TemplateValue
{
    private readonly object? _reference;
    private readonly decimal _number;

    private TemplateValue(TemplateValueKind kind, object? reference, decimal number = 0) => (Kind, _reference, _number) = (kind, reference, number);

    public TemplateValueKind Kind { get; }

    public static TemplateValue Missing => default;

    public bool IsMissing => Kind is TemplateValueKind.Missing;

    /// <summary>What counts as no in a condition: missing, false, zero, an empty text, an empty list.</summary>
    public bool IsTruthy => Kind switch
    {
        TemplateValueKind.Text => Text.Length > 0,
        TemplateValueKind.Number or TemplateValueKind.Boolean => _number != 0,
        TemplateValueKind.List => List.Count > 0,
        TemplateValueKind.Missing => false,
        _ => true,
    };

    /// <summary>The text; empty for another kind.</summary>
    public string Text => Kind is TemplateValueKind.Text ? (string)_reference! : ""; // a text has one

    /// <summary>The number; 0 for another kind.</summary>
    public decimal Number => Kind is TemplateValueKind.Number ? _number : 0;

    public bool Boolean => Kind is TemplateValueKind.Boolean && _number != 0;

    /// <summary>The moment; the beginning of the calendar for another kind.</summary>
    public DateTimeOffset Time => Kind is TemplateValueKind.Time ? (DateTimeOffset)_reference! : default; // a time has one

    public IReadOnlyList<TemplateValue> List => Kind is TemplateValueKind.List ? (IReadOnlyList<TemplateValue>)_reference! : []; // a list has one

    public TemplateMap? Map => Kind is TemplateValueKind.Map ? (TemplateMap)_reference! : null; // a map has one

    public static TemplateValue Of(string? text) => text is null ? Missing : new TemplateValue(TemplateValueKind.Text, text);

    public static TemplateValue Of(decimal number) => new(TemplateValueKind.Number, null, number);

    public static TemplateValue Of(decimal? number) => number is { } known ? Of(known) : Missing;

    public static TemplateValue Of(bool boolean) => new(TemplateValueKind.Boolean, null, boolean ? 1 : 0);

    public static TemplateValue Of(DateTimeOffset? time) => time is { } known ? new TemplateValue(TemplateValueKind.Time, known) : Missing;

    public static TemplateValue Of(IReadOnlyList<TemplateValue> list) => new(TemplateValueKind.List, list);

    public static TemplateValue Of(TemplateMap map) => new(TemplateValueKind.Map, map);

    /// <summary>As a text of this culture; lists and maps have none.</summary>
    public string ToText(CultureInfo culture) => Kind switch
    {
        TemplateValueKind.Text => Text,
        TemplateValueKind.Number => _number.ToString("0.##########", culture),
        TemplateValueKind.Boolean => Boolean ? "true" : "false",
        TemplateValueKind.Time => Time.ToString("d", culture),
        _ => "",
    };

    public override string ToString() => ToText(CultureInfo.InvariantCulture);
}

/// <summary>Names with values; a name is only ever looked up, never interpreted.</summary>
public sealed class TemplateMap
{
    private readonly Dictionary<string, TemplateValue> _values = new(StringComparer.Ordinal);

    public TemplateMap()
    {
    }

    public TemplateMap(IEnumerable<KeyValuePair<string, TemplateValue>> values)
    {
        foreach (var (name, value) in values) _values[name] = value;
    }

    public IReadOnlyDictionary<string, TemplateValue> Values => _values;

    /// <summary>Why a product is offered, for whoever asks; a template cannot reach it.</summary>
    internal OfferedItem? Offer { get; init; }

    /// <summary>The value, or missing.</summary>
    public TemplateValue this[string name]
    {
        get => _values.GetValueOrDefault(name);
        set => _values[name] = value;
    }
}
