using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Events.Catalogue;

/// <summary>A name under which events come, whoever sends them.</summary>
public sealed record EventTypeRow(string Name)
{
    public string? DisplayName { get; init; }
    public string? Owner { get; init; }
    public string? Description { get; init; }
    public bool IsHidden { get; init; }
    public bool IsBlocked { get; init; }
    public bool IsPrivate { get; init; }
    public required IReadOnlyList<string> Sources { get; init; }
    public long Count { get; init; }
    public DateTimeOffset FirstAt { get; init; }
    public DateTimeOffset LastAt { get; init; }
    /// <summary>Events of each of the last 30 days of the shop, oldest first.</summary>
    public required IReadOnlyList<long> Days { get; init; }
    public int PropertyCount { get; init; }
    /// <summary>Properties whose type changed and whose change nobody has accepted.</summary>
    public int WarningCount { get; init; }

    public bool IsKnown => KnownEvents.Contains(Name) && Name is not KnownEvents.Custom;
}

/// <param name="LastDay">The day of the last bar.</param>
/// <param name="Rows">Most frequent of the 30 days first.</param>
public sealed record EventCatalogue(IReadOnlyList<EventTypeRow> Rows, DateOnly LastDay, DateTimeOffset AsOf)
{
    public const int DayCount = 30;

    /// <summary>The day of each bar.</summary>
    public DateOnly DayOf(int bar) => LastDay.AddDays(bar - DayCount + 1);
}

/// <summary>Reads the catalogue of events from its projection.</summary>
public sealed class ReadEventCatalogueHandler(IDbContextFactory<PortalDbContext> databases, ShopSettingsStore shop, TimeProvider clock)
{
    public async Task<EventCatalogue> HandleAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var types = await db.EventTypes.AsNoTracking().ToListAsync(ct);
        var entries = await db.CatalogueEntries.AsNoTracking().Where(e => e.Scope == CatalogueScope.Event).ToListAsync(ct);
        var properties = await db.EventProperties.AsNoTracking().Select(p => new { p.EventName, p.Name, p.ChangedSequence }).ToListAsync(ct);
        var (asOf, lastDay) = Now(types);
        var days = await DaysAsync(db, lastDay, ct);

        var accepted = entries.Where(e => e.Property.Length > 0).ToDictionary(e => (e.Name, e.Property), e => e.AcceptedSequence);
        var propertiesOf = properties.ToLookup(p => p.EventName, StringComparer.Ordinal);
        var rows = types.GroupBy(t => t.Name, StringComparer.Ordinal).Select(group => Row(group.Key, [.. group], days, entries) with
        {
            PropertyCount = propertiesOf[group.Key].Count(),
            WarningCount = propertiesOf[group.Key].Count(p => p.ChangedSequence > accepted.GetValueOrDefault((p.EventName, p.Name))),
        });
        return new EventCatalogue([.. rows.OrderByDescending(r => r.Days.Sum()).ThenByDescending(r => r.Count).ThenBy(r => r.Name, StringComparer.Ordinal)], lastDay, asOf);
    }

    /// <summary>"Now", or while only imported history is known the end of its last day.</summary>
    private (DateTimeOffset AsOf, DateOnly LastDay) Now(List<EventType> types)
    {
        var (now, zone) = (clock.GetUtcNow(), shop.Read().Zone);
        var isLive = types.Count is 0 || types.Any(t => t.Source != EventTableReader.ImportSource);
        var asOf = isLive ? now : types.Max(t => t.LastAt);
        return (asOf, DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(asOf, zone).DateTime));
    }

    private async Task<Dictionary<string, long[]>> DaysAsync(PortalDbContext db, DateOnly lastDay, CancellationToken ct)
    {
        var zone = shop.Read().Zone;
        var first = lastDay.AddDays(1 - EventCatalogue.DayCount);
        var from = new DateTimeOffset(first.ToDateTime(TimeOnly.MinValue), zone.GetUtcOffset(first.ToDateTime(TimeOnly.MinValue))).UtcTicks / TimeSpan.TicksPerHour;
        var hours = await db.EventHours.AsNoTracking().Where(h => h.Hour >= from).GroupBy(h => new { h.Name, h.Hour }).Select(g => new { g.Key.Name, g.Key.Hour, Count = g.Sum(h => h.Count) }).ToListAsync(ct);
        var days = new Dictionary<string, long[]>(StringComparer.Ordinal);
        foreach (var hour in hours)
        {
            var local = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(new DateTimeOffset(hour.Hour * TimeSpan.TicksPerHour, TimeSpan.Zero), zone).DateTime);
            var bar = local.DayNumber - first.DayNumber;
            if (bar is < 0 or >= EventCatalogue.DayCount) continue;
            if (!days.TryGetValue(hour.Name, out var counts)) days[hour.Name] = counts = new long[EventCatalogue.DayCount];
            counts[bar] += hour.Count;
        }
        return days;
    }

    private static EventTypeRow Row(string name, EventType[] types, Dictionary<string, long[]> days, List<CatalogueEntry> entries)
    {
        var entry = entries.FirstOrDefault(e => e.Name == name && e.Property.Length is 0);
        return new EventTypeRow(name)
        {
            DisplayName = entry?.DisplayName,
            Owner = entry?.Owner,
            Description = entry?.Description,
            IsHidden = entry?.IsHidden ?? false,
            IsBlocked = entry?.IsBlocked ?? false,
            IsPrivate = entry?.IsPrivate ?? false,
            Sources = [.. types.Select(t => t.Source).Order(StringComparer.Ordinal)],
            Count = types.Sum(t => t.Count),
            FirstAt = types.Min(t => t.FirstAt),
            LastAt = types.Max(t => t.LastAt),
            Days = days.GetValueOrDefault(name) ?? new long[EventCatalogue.DayCount],
        };
    }
}
