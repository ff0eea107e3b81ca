using System.Globalization;
using System.Text.Json;

namespace CampaignPortal.Marketing.Common;

/// <summary>A field of a posted document is not what it must be.</summary>
public sealed class JsonFieldException(string field, string message, bool isRange = false) : Exception(message)
{
    public string Field { get; } = field;

    /// <summary>The kind is right, the size is not.</summary>
    public bool IsRange { get; } = isRange;
}

/// <summary>Reads fields of posted documents strictly: a number is a number, a text a text, null and absence are the same.</summary>
public static class JsonFields
{
    /// <exception cref="JsonFieldException">It is there and not a text, or longer than allowed.</exception>
    public static string? Text(this JsonElement from, string name, int maxLength = 10_000)
    {
        if (Find(from, name) is not { } value) return null;
        if (value.ValueKind is not JsonValueKind.String) throw new JsonFieldException(name, $"{name} must be a text; found {value.ValueKind}.");
        var text = value.GetString()!; // a string
        return text.Length <= maxLength ? text : throw new JsonFieldException(name, string.Create(CultureInfo.InvariantCulture, $"{name} may have {maxLength} characters at most."));
    }

    /// <exception cref="JsonFieldException">It is there and not a number, or too large for money.</exception>
    public static decimal? Number(this JsonElement from, string name)
    {
        if (Find(from, name) is not { } value) return null;
        if (value.ValueKind is not JsonValueKind.Number) throw new JsonFieldException(name, $"{name} must be a number; found {value.ValueKind}.");
        return value.TryGetDecimal(out var number) && Math.Abs(number) < 100_000_000_000m ? number : throw new JsonFieldException(name, $"{name} is too large.", isRange: true);
    }

    /// <exception cref="JsonFieldException">It is there and not a moment.</exception>
    public static DateTimeOffset? Time(this JsonElement from, string name)
    {
        if (from.Text(name) is not { } text) return null;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? at
            : throw new JsonFieldException(name, $"{name} must look like 2026-03-09T14:00:00Z.");
    }

    /// <summary>The field, or null when it is absent or null.</summary>
    public static JsonElement? Find(this JsonElement from, string name) =>
        from.ValueKind is JsonValueKind.Object && from.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null ? value : null;
}
