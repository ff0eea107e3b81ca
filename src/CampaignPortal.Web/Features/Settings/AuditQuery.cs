using System.Globalization;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Web.Components.Shared;

namespace CampaignPortal.Web.Features.Settings;

/// <summary>The filters of the audit log as they stand in an address: the page and the export read the same ones.</summary>
public static class AuditQuery
{
    /// <param name="from">First day, <c>2026-03-09</c>, in <paramref name="zone"/>.</param>
    /// <param name="to">Last day, included.</param>
    public static ListAudit Of(string? text, string? area, string? actor, string? from, string? to, long? before, TimeZoneInfo zone) => new(
        Given(text), Given(area), Given(actor), Day(from, zone, 0), Day(to, zone, 1), before);

    /// <summary>The part of an address from the question mark on; empty without a filter.</summary>
    public static string Suffix(string? text, string? area, string? actor, string? from, string? to, long? before) =>
        QueryText.Address("", ("q", text), ("area", area), ("who", actor), ("from", from), ("to", to), ("before", before?.ToString(CultureInfo.InvariantCulture)));

    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    // A day is one of the reader's wall clock, so one with a change of the clock has 23 or 25 hours.
    private static DateTimeOffset? Day(string? text, TimeZoneInfo zone, int plusDays)
    {
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return null;
        var midnight = day.AddDays(plusDays).ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(midnight)) midnight = midnight.AddMinutes(30); // where the clock jumps at midnight the day begins later
        return new DateTimeOffset(midnight, zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight));
    }
}
