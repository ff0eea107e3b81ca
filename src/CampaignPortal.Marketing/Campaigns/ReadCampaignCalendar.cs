using CampaignPortal.Marketing.Campaigns.Scheduling;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Settings;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>One sending of a campaign on a day.</summary>
/// <param name="State">Of this sending: a recurring campaign that waits for its next time was sent on the days before.</param>
/// <param name="Phase">Of its run; null while it is only scheduled.</param>
/// <param name="At">On the reader's clock, or on that of each customer.</param>
/// <param name="IsOwnClock">Whether every customer gets it when their own clock says so.</param>
public sealed record CalendarEntry(long Id, string Name, CampaignState State, RunPhase? Phase, DateTime At, bool IsOwnClock);

/// <param name="Entries">The earliest first.</param>
public sealed record CalendarDay(DateOnly Date, IReadOnlyList<CalendarEntry> Entries);

/// <param name="Month">Its first day.</param>
/// <param name="Today">On the reader's clock.</param>
/// <param name="Days">Those that hold something, in order.</param>
public sealed record CampaignCalendar(DateOnly Month, DateOnly Today, IReadOnlyList<CalendarDay> Days)
{
    /// <summary>Days without marketing, by date.</summary>
    public IReadOnlyDictionary<DateOnly, IReadOnlyList<FreeDay>> Free { get; init; } = new Dictionary<DateOnly, IReadOnlyList<FreeDay>>();
}

/// <summary>What was sent, is being sent and is scheduled in a month, by the days of the reader's clock: two queries, however full the month is.</summary>
public sealed class ReadCampaignCalendarHandler(IDbContextFactory<PortalDbContext> databases, ShopSettingsStore shop, DeliverySettingsStore delivery, TimeProvider clock)
{
    // A run on the customers' own clocks begins where the day does; a reader may live 26 hours behind that.
    private static readonly TimeSpan Before = ScheduleDates.EarliestOffset + TimeSpan.FromHours(12);

    // Once a day is the most that a schedule can say, and the span that is read is less than two days longer than a month.
    private const int MaxOccurrences = 33;

    /// <param name="month">Any day of it; null is the month of today.</param>
    /// <param name="zone">The reader's.</param>
    /// <param name="search">Part of the name; empty shows all.</param>
    public async Task<CampaignCalendar> HandleAsync(DateOnly? month, TimeZoneInfo zone, string? search, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        var first = (month ?? today).AddDays(1 - (month ?? today).Day);
        var (start, end) = (MidnightOf(first, zone) - Before, MidnightOf(first.AddMonths(1), zone));

        await using var db = await databases.CreateDbContextAsync(ct);
        // A run that found nobody ended without a plan; one that missed its time stands there until somebody has decided.
        var begun = await (
            from run in db.CampaignRuns.AsNoTracking()
            join campaign in db.Campaigns on run.CampaignId equals campaign.Id
            where run.DueAt >= start && run.DueAt < end && campaign.ArchivedAt == null
                && (run.Phase != RunPhase.Done || run.PlannedAt != null) && (run.Phase != RunPhase.Missed || campaign.State == CampaignState.Missed)
            select new { Campaign = campaign, run.Phase, run.DueAt }).ToListAsync(ct);
        var waiting = await db.Campaigns.AsNoTracking()
            .Where(c => c.ArchivedAt == null && (c.State == CampaignState.Scheduled || c.State == CampaignState.Sending || c.State == CampaignState.Paused)).ToListAsync(ct);

        var shopZone = shop.Read().Zone;
        var entries = begun.Select(r => Entry(r.Campaign, r.DueAt, StateOf(r.Phase, r.Campaign.State), r.Phase, zone))
            .Concat(waiting.SelectMany(c => Ahead(c, shopZone, start, end, now), (c, at) => Entry(c, at, c.State is CampaignState.Paused ? CampaignState.Paused : CampaignState.Scheduled, null, zone)))
            .Where(e => (e.At.Year, e.At.Month) == (first.Year, first.Month))
            .Where(e => string.IsNullOrWhiteSpace(search) || e.Name.Contains(search.Trim(), StringComparison.CurrentCultureIgnoreCase));
        return new CampaignCalendar(first, today, [.. entries.OrderBy(e => e.At).ThenBy(e => e.Id).GroupBy(e => DateOnly.FromDateTime(e.At)).Select(day => new CalendarDay(day.Key, [.. day]))])
        {
            Free = Enumerable.Range(0, DateTime.DaysInMonth(first.Year, first.Month)).Select(first.AddDays)
                .Select(day => (Day: day, Free: (IReadOnlyList<FreeDay>)[.. delivery.Read().Calendar.On(day)])).Where(d => d.Free.Count > 0).ToDictionary(d => d.Day, d => d.Free),
        };
    }

    // The next time is written down; those after it follow from the schedule, and none of them lies in the past.
    private static IEnumerable<DateTimeOffset> Ahead(Campaign campaign, TimeZoneInfo shopZone, DateTimeOffset start, DateTimeOffset end, DateTimeOffset now)
    {
        var schedule = CampaignSettings.FromJson(campaign.Settings).Schedule;
        if (campaign.NextRunAt is { } next && ScheduleDates.DueAt(schedule, next) is var due && due >= start && due < end) yield return due;
        var after = new[] { start.AddTicks(-1), now, campaign.NextRunAt ?? now }.Max();
        if (after >= end || schedule.Kind is not ScheduleKind.Recurring) yield break;
        foreach (var at in ScheduleDates.Next(schedule, shopZone, after, MaxOccurrences).TakeWhile(at => at < end)) yield return at;
    }

    private static CalendarEntry Entry(Campaign campaign, DateTimeOffset at, CampaignState state, RunPhase? phase, TimeZoneInfo zone)
    {
        var isOwnClock = CampaignSettings.FromJson(campaign.Settings).Schedule.FollowsCustomers;
        return new CalendarEntry(campaign.Id, campaign.Name, state, phase, isOwnClock ? at.ToOffset(ScheduleDates.EarliestOffset).DateTime : TimeZoneInfo.ConvertTime(at, zone).DateTime, isOwnClock);
    }

    private static CampaignState StateOf(RunPhase phase, CampaignState campaign) => phase switch
    {
        RunPhase.Done => CampaignState.Sent,
        RunPhase.Missed => CampaignState.Missed,
        RunPhase.Cancelled => CampaignState.Cancelled,
        RunPhase.Failed => CampaignState.Failed,
        _ => campaign is CampaignState.Paused ? CampaignState.Paused : CampaignState.Sending,
    };

    private static DateTimeOffset MidnightOf(DateOnly day, TimeZoneInfo zone) => ScheduleDates.ToUtc(day.ToDateTime(TimeOnly.MinValue), zone);
}
