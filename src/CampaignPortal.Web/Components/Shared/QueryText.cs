using System.Globalization;

namespace CampaignPortal.Web.Components.Shared;

/// <summary>Addresses of pages with what they show: parts without a value are left out.</summary>
internal static class QueryText
{
    public static string Address(string path, params ReadOnlySpan<(string Name, string? Value)> parts)
    {
        var query = new List<string>();
        foreach (var (name, value) in parts)
        {
            if (!string.IsNullOrEmpty(value)) query.Add(name + "=" + Uri.EscapeDataString(value));
        }
        return path + (query.Count == 0 ? "" : "?" + string.Join('&', query));
    }

    public static DateOnly? Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    public static string? Write(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
