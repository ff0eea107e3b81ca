using System.Data.Common;
using CampaignPortal.Marketing.Audiences.Evaluation;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Marketing.Settings;

namespace CampaignPortal.Marketing.Campaigns.Planning;

/// <summary>Who has had as many messages as a cap allows, as sets of one moment. The mark asks once more, one by one.</summary>
internal static class CappedCustomers
{
    // No two clocks on earth differ by more.
    private static readonly TimeSpan WidestOffset = TimeSpan.FromHours(26);

    /// <summary>A set for each cap, in the order in which they are looked at; the customers' own wishes last.</summary>
    /// <param name="zoneOf">A customer's zone, asked for caps of calendar days alone.</param>
    public static IReadOnlyList<(DropReason Reason, CustomerSet Customers)> Read(
        DbConnection connection, long capacity, IReadOnlyList<CapRule> rules, DateTimeOffset now, Func<long, TimeZoneInfo> zoneOf) =>
    [
        .. rules.Select(rule => (
            rule.Topic is null ? DropReason.FrequencyCap : DropReason.TopicCap,
            rule.Cap.Window is CapWindow.CalendarDays ? ByCalendar(connection, capacity, rule, now, zoneOf) : ByHours(connection, capacity, rule, now))),
        (DropReason.PersonalCap, ByWish(connection, capacity, now)),
    ];

    private static CustomerSet ByHours(DbConnection connection, long capacity, CapRule rule, DateTimeOffset now) => StoredSets.Read(
        connection, capacity,
        "select \"CustomerId\" from \"CapReservations\" where \"Channel\" = @0 and \"At\" > @1 and (@3 is null or \"Topic\" = @3) group by \"CustomerId\" having count(*) >= @2",
        Message.Email, Stored.Ticks(rule.Cap.Since(now, TimeZoneInfo.Utc)), rule.Cap.Count, rule.Topic);

    private static CustomerSet ByCalendar(DbConnection connection, long capacity, CapRule rule, DateTimeOffset now, Func<long, TimeZoneInfo> zoneOf)
    {
        using var command = connection.Prepare("select \"CustomerId\", \"At\" from \"CapReservations\" where \"Channel\" = @0 and \"At\" > @1 and (@2 is null or \"Topic\" = @2)", 3);
        command.Set(0, Message.Email);
        command.Set(1, Stored.Ticks(now.AddDays(-rule.Cap.Days) - WidestOffset));
        command.Set(2, rule.Topic);
        var since = new Dictionary<TimeZoneInfo, long>();
        var counts = new Dictionary<long, int>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var (customer, at) = (reader.GetInt64(0), reader.GetInt64(1));
            var zone = zoneOf(customer);
            if (!since.TryGetValue(zone, out var start)) since[zone] = start = Stored.Ticks(rule.Cap.Since(now, zone));
            if (at > start) counts[customer] = counts.GetValueOrDefault(customer) + 1;
        }
        return CustomerSet.Of(counts.Where(c => c.Value >= rule.Cap.Count).Select(c => c.Key), capacity);
    }

    private static CustomerSet ByWish(DbConnection connection, long capacity, DateTimeOffset now) => StoredSets.Read(
        connection, capacity,
        $"select w.\"CustomerId\" from \"Consents\" w where w.\"Channel\" = @0 and w.\"Purpose\" = '{ContactWishes.Frequency}' and not w.\"IsGranted\" and exists "
        + "(select 1 from \"CapReservations\" r where r.\"CustomerId\" = w.\"CustomerId\" and r.\"Channel\" = @0 and r.\"At\" > @1 - w.\"LimitDays\" * @2)",
        Message.Email, Stored.Ticks(now), TimeSpan.TicksPerDay);
}
