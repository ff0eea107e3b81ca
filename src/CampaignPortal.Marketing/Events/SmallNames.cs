using System.Text.Json;

namespace CampaignPortal.Marketing.Events;

/// <summary>Names of devices or channels as small numbers, in the order in which they were first met; beyond 127 they have none.</summary>
internal sealed class SmallNames
{
    private readonly Dictionary<string, sbyte> _numbers = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Names => [.. _numbers.OrderBy(n => n.Value).Select(n => n.Key)];

    /// <summary>The number of a property's text; −1 without one.</summary>
    public sbyte NumberOf(JsonElement root, string property) =>
        root.ValueKind is JsonValueKind.Object && root.TryGetProperty(property, out var value) && value.ValueKind is JsonValueKind.String ? NumberOf(value.GetString()!) : (sbyte)-1; // a string

    public sbyte NumberOf(string name)
    {
        if (_numbers.TryGetValue(name, out var number)) return number;
        return _numbers.Count < sbyte.MaxValue ? _numbers[name] = (sbyte)_numbers.Count : (sbyte)-1;
    }
}
