using System.Globalization;

namespace CampaignPortal.Marketing.Customers;

/// <summary>Where a customer stands, from the time since the last order against the usual gap.</summary>
public enum LifeStage
{
    /// <summary>Known, but without an order.</summary>
    NoOrder,
    /// <summary>One order, lately.</summary>
    New,
    Active,
    /// <summary>Overdue by their own rhythm.</summary>
    Slipping,
    Lapsed,
}

/// <summary>The rule behind <see cref="LifeStage"/>, once for a page and once for a query over everybody; a test holds that they agree.</summary>
public static class LifeStages
{
    private static readonly long
        NewUntil = TimeSpan.FromDays(60).Ticks,
        SecondOrderUntil = TimeSpan.FromDays(180).Ticks,
        ShortestGap = TimeSpan.FromDays(14).Ticks,
        ActiveAtLeast = TimeSpan.FromDays(30).Ticks,
        SlippingAtLeast = TimeSpan.FromDays(90).Ticks,
        SlippingAtMost = TimeSpan.FromDays(365).Ticks;

    /// <param name="orderCount">Orders so far.</param>
    /// <param name="first">First order; null without one.</param>
    /// <param name="last">Last order; null without one.</param>
    /// <param name="now">The moment of the page.</param>
    public static LifeStage Of(int orderCount, DateTimeOffset? first, DateTimeOffset? last, DateTimeOffset now)
    {
        if (last is null || first is null) return LifeStage.NoOrder;
        var since = (now - last.Value).Ticks;
        if (orderCount <= 1) return since <= NewUntil ? LifeStage.New : since <= SecondOrderUntil ? LifeStage.Slipping : LifeStage.Lapsed;
        var gap = Math.Max((last.Value - first.Value).Ticks / (orderCount - 1), ShortestGap);
        if (since <= Math.Max(2 * gap, ActiveAtLeast)) return LifeStage.Active;
        return since <= Math.Min(Math.Max(4 * gap, SlippingAtLeast), SlippingAtMost) ? LifeStage.Slipping : LifeStage.Lapsed;
    }

    /// <summary>Mean time between orders; null with fewer than two, or when all lie within three days: that is one purchase in pieces, not a rhythm.</summary>
    public static TimeSpan? UsualGap(int orderCount, DateTimeOffset? first, DateTimeOffset? last) =>
        orderCount > 1 && last - first is { } span && span >= TimeSpan.FromDays(3) ? span / (orderCount - 1) : null;

    /// <summary>The same rule as an expression over a row <c>t</c> of CustomerTotals; the value is the number of the stage.</summary>
    /// <param name="nowTicks">The moment, as stored.</param>
    internal static string Sql(long nowTicks)
    {
        var since = string.Create(CultureInfo.InvariantCulture, $"({nowTicks} - t.\"LastOrderAt\")");
        var gap = Larger("(t.\"LastOrderAt\" - t.\"FirstOrderAt\") / (t.\"OrderCount\" - 1)", ShortestGap);
        return string.Create(CultureInfo.InvariantCulture, $"""
            case when t."LastOrderAt" is null or t."FirstOrderAt" is null then {(int)LifeStage.NoOrder}
              when t."OrderCount" <= 1 then case when {since} <= {NewUntil} then {(int)LifeStage.New} when {since} <= {SecondOrderUntil} then {(int)LifeStage.Slipping} else {(int)LifeStage.Lapsed} end
              when {since} <= {Larger($"2 * {gap}", ActiveAtLeast)} then {(int)LifeStage.Active}
              when {since} <= {SlippingAtMost} and {since} <= {Larger($"4 * {gap}", SlippingAtLeast)} then {(int)LifeStage.Slipping}
              else {(int)LifeStage.Lapsed} end
            """);
    }

    // max(a, b) is SQLite's own; PostgreSQL says greatest.
    private static string Larger(string a, long b) => string.Create(CultureInfo.InvariantCulture, $"(case when {a} > {b} then {a} else {b} end)");
}
