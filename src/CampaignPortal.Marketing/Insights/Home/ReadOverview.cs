using CampaignPortal.Marketing.Campaigns;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Experiments;
using CampaignPortal.Marketing.Insights.Messages;

namespace CampaignPortal.Marketing.Insights;

/// <summary>Messages of a range of days and of the equally long one before it.</summary>
/// <param name="From">First day; the last one is today, so that what was just sent shows at once.</param>
/// <param name="Days">By day on which they were due, oldest first.</param>
public sealed record MessagePeriod(DateOnly From, IReadOnlyList<MessageSums> Days, MessageSums Now, MessageSums Before);

/// <summary>What a campaign caused; the parts are null where it has no holdout.</summary>
public sealed record CampaignEffect(CampaignRow Row, HoldoutEffect? Effect);

/// <param name="ActiveCount">Customers with an order in the last <see cref="ReadOverviewHandler.ActiveDays"/> days.</param>
/// <param name="SendableCount">Customers who may be written to by e-mail: the list of the same filter.</param>
/// <param name="Running">Campaigns that are being sent or are paused, newest first.</param>
/// <param name="ComingUp">Scheduled campaigns, the next one first.</param>
/// <param name="Lately">Campaigns that began in the last month, the largest sure effect first.</param>
public sealed record HomeOverview(
    int ActiveCount, int SendableCount, MessagePeriod Messages, IReadOnlyList<CampaignEffect> Running, IReadOnlyList<CampaignRow> ComingUp, IReadOnlyList<CampaignEffect> Lately);

/// <summary>The part of Home that is about messages and what they caused: from maintained sums, so its cost grows with campaigns and not with customers.</summary>
public sealed class ReadOverviewHandler(MessageBooks books, CustomerColumnsStore columns, ListCampaignsHandler campaigns, ShopSettingsStore shop, PageMoment moment, TimeProvider clock)
{
    public const int ActiveDays = 90, MonthDays = 31;
    private const int ShownCount = 5;

    /// <summary>The filters whose lists the counts of customers lead to.</summary>
    public static CustomerFilter Active { get; } = new() { LastOrderWithinDays = ActiveDays };

    public static CustomerFilter Sendable { get; } = new() { Consent = "email" };

    /// <param name="dayCount">One of <see cref="ReadHomeHandler.RangeDays"/>.</param>
    public async Task<HomeOverview> HandleAsync(int dayCount, CancellationToken ct)
    {
        var known = columns.Read();
        var rows = (await campaigns.HandleAsync(CampaignTab.All, null, ct)).Rows;
        var since = clock.GetUtcNow() - TimeSpan.FromDays(MonthDays);
        return new HomeOverview(
            known.CountOf(Active, CustomerScope.Everybody),
            known.CountOf(Sendable, CustomerScope.Everybody),
            Period(await books.ReadAsync(ct), dayCount),
            [.. rows.Where(r => r.State is CampaignState.Sending or CampaignState.Paused).OrderByDescending(r => r.StartedAt).Take(ShownCount).Select(Effect)],
            [.. rows.Where(r => r is { State: CampaignState.Scheduled, NextRunAt: not null }).OrderBy(r => r.NextRunAt).Take(ShownCount)],
            [.. rows.Where(r => r.StartedAt >= since && r.Sums is { Sent: > 0 }).Select(Effect).OrderByDescending(Order).ThenByDescending(e => e.Row.StartedAt).Take(ShownCount)]);
    }

    private static CampaignEffect Effect(CampaignRow row) =>
        new(row, row is { Sums: { } sums, Holdout: { Exposed: > 0 } holdout } ? HoldoutEffect.Of(sums, holdout, costs: null, margin: null) : null);

    // What is sure comes first, however large an unsure effect may look; then what may yet be told; then what cannot be.
    private static double Order(CampaignEffect effect) => effect.Effect switch
    {
        { Orders.Absolute: { ExcludesZero: true } sure } => 1 + Math.Abs(sure.Point),
        { Orders.Absolute: not null } => 0.5,
        not null => 0.25,
        null => 0,
    };

    private MessagePeriod Period(MessageBook book, int dayCount)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment.Read().AddTicks(-1), shop.Read().Zone).DateTime);
        var first = today.AddDays(1 - dayCount);
        var byDay = book.Cells.Where(c => c.Day >= first && c.Day <= today).ToLookup(c => c.Day);
        MessageSums[] days = [.. Enumerable.Range(0, dayCount).Select(i => byDay[first.AddDays(i)].Aggregate(default(MessageSums), (sum, cell) => sum + cell.Sums))];
        return new MessagePeriod(first, days, days.Aggregate(default(MessageSums), (sum, day) => sum + day), book.Sum(c => c.Day < first && c.Day >= first.AddDays(-dayCount)));
    }
}
