using CampaignPortal.Marketing.Events;
using static CampaignPortal.Marketing.FeatureStore.FeatureTheme;
using static CampaignPortal.Marketing.FeatureStore.FeatureUnit;

namespace CampaignPortal.Marketing.FeatureStore;

/// <summary>What orders and returns tell. "Order day" is a day with at least one order: invoices that a shop splits count once.</summary>
internal static class OrderFeatures
{
    private static readonly FeatureNeeds Orders = new() { Kinds = [EventKind.OrderPlaced] };
    private static readonly FeatureNeeds Returns = new() { Kinds = [EventKind.OrderPlaced, EventKind.OrderReturned] };
    private static readonly FeatureNeeds Discounts = new() { Kinds = [EventKind.OrderPlaced], Discounts = true };

    public static IEnumerable<Feature> All() =>
        RecencyAndRhythm().Concat(Frequencies()).Concat(Values()).Concat(Baskets()).Concat(Habit()).Concat(ReturnsAndDiscounts());

    private static IEnumerable<Feature> RecencyAndRhythm() =>
    [
        New("recency_days", Days, Recency, "days since the last order", s => s.Recency),
        New("tenure_days", Days, Recency, "days since the first order", s => s.Tenure),
        New("gap_mean_days", Days, Rhythm, "mean days between orders", s => s.GapMean),
        New("gap_sd_days", Days, Rhythm, "spread of the days between orders", s => s.GapSd),
        New("gap_last_days", Days, Rhythm, "days between the last two orders", s => s.State.OrderDayCount > 1 ? s.State.GapLast : s.Tenure),
        New("gap_max_days", Days, Rhythm, "longest pause between orders", s => s.GapMax),
        New("overdue_ratio", Ratio, Rhythm, "days since the last order against the usual pause", s => s.Recency / Math.Max(1, s.GapMean)),
        New("overdue_max_ratio", Ratio, Rhythm, "days since the last order against the longest pause", s => s.Recency / Math.Max(1, s.GapMax)),
        New("is_single_order_day", Flag, Frequency, "ordered on one day only", s => s.State.OrderDayCount == 1 ? 1 : 0),
    ];

    private static IEnumerable<Feature> Frequencies()
    {
        yield return New("order_count", Count, Frequency, "orders so far", s => s.OrderCount);
        yield return New("order_day_count", Count, Frequency, "days with an order", s => s.State.OrderDayCount);
        yield return New("active_month_count", Count, Frequency, "months with an order", s => s.State.MonthCount);
        yield return New("order_days_per_month", PerMonth, Frequency, "order days in 30 days since the first order",
            s => s.State.OrderDayCount / Math.Max(1, s.Tenure) * 30);
        yield return New("orders_fading_30d", Count, Frequency, "recent orders, fading over 30 days",
            s => s.State.FastCount * Math.Exp(-s.Recency / CustomerState.FastDecayDays));
        yield return New("orders_fading_90d", Count, Frequency, "recent orders, fading over 90 days",
            s => s.State.SlowCount * Math.Exp(-s.Recency / CustomerState.SlowDecayDays));
        yield return New("order_slope", PerMonth, Frequency, "trend of the number of orders over six months", s => s.OrderSlope);
        foreach (var days in new[] { 14, 30, 60, 90 })
        {
            yield return New($"orders_{days}d", Count, Frequency, $"orders in the last {days} days", s => s.OrdersIn(days));
            yield return New($"revenue_{days}d", Money, FeatureTheme.Value, $"money spent in the last {days} days", s => s.RevenueIn(days));
        }
    }

    private static IEnumerable<Feature> Values() =>
    [
        New("revenue", Money, FeatureTheme.Value, "money spent so far", s => s.Revenue),
        New("order_value_mean", Money, FeatureTheme.Value, "mean value of an order", s => s.ValueMean),
        New("order_value_max", Money, FeatureTheme.Value, "largest order", s => s.ValueMax),
        New("order_value_sd", Money, FeatureTheme.Value, "spread of order values", s => s.ValueSd),
        New("order_value_last", Money, FeatureTheme.Value, "value of the last order", s => s.LastOrder.Value),
        New("order_value_last_ratio", Ratio, FeatureTheme.Value, "last order against the mean order", s => s.LastOrder.Value / s.ValueMean),
        New("revenue_trend", Ratio, FeatureTheme.Value, "money spent in the last 30 days against the 30 days before",
            s => Math.Log(1 + s.RevenueIn(30)) - Math.Log(1 + Math.Max(0, s.RevenueIn(60) - s.RevenueIn(30)))),
    ];

    private static IEnumerable<Feature> Baskets() =>
    [
        New("unit_count", Count, Variety, "pieces bought so far", s => s.State.UnitSum),
        New("line_count", Count, Variety, "order lines so far", s => s.State.LineCount),
        New("lines_per_order", Count, Variety, "lines in an order", s => (double)s.State.LineCount / s.OrderCount),
        New("item_count", Count, Variety, "different items bought", s => s.State.Items.DistinctCount),
        New("item_entropy", Nats, Variety, "variety of the items bought", s => s.State.Items.Entropy),
        New("top_item_share", Share, Variety, "share of the item bought most", s => s.State.Items.TopShare),
        New("again_share", Share, Repeat, "share of lines that were bought before", s => s.AgainShare),
        New("again_share_last", Share, Repeat, "share of the last order that was bought before",
            s => (double)s.LastOrder.AgainLineCount / s.LastOrder.LineCount),
        New("unit_price_mean", Money, FeatureTheme.Value, "mean price of a piece", s => s.State.PriceSum / s.State.LineCount),
        New("units_per_line", Count, Variety, "pieces in a line", s => s.State.UnitSum / s.State.LineCount),
        New("large_line_share", Share, Variety, "share of lines of 24 pieces or more", s => (double)s.State.LargeLineCount / s.State.LineCount),
    ];

    private static IEnumerable<Feature> Habit() =>
    [
        New("order_hour_mean", Hour, Habits, "usual hour of ordering", s => (double)s.State.HourSum / s.OrderCount),
        New("late_share", Share, Habits, "share of orders after 15:00", s => (double)s.State.LateOrderCount / s.OrderCount),
        New("night_share", Share, Habits, "share of orders between 22:00 and 6:00", s => (double)s.State.NightOrderCount / s.OrderCount),
        New("weekend_share", Share, Habits, "share of orders at the weekend", s => (double)s.State.WeekendOrderCount / s.OrderCount),
    ];

    private static IEnumerable<Feature> ReturnsAndDiscounts() =>
    [
        new("return_count", Count, FeatureTheme.Returns, "returns so far", Returns, s => s.State.ReturnCount),
        new("return_share", Share, FeatureTheme.Returns, "share of the money that was returned", Returns,
            s => s.HasOrders ? Math.Clamp(s.State.ReturnValue / s.Revenue, 0, 1) : double.NaN),
        new("return_recency_days", Days, FeatureTheme.Returns, "days since the last return", Returns,
            s => s.State.ReturnCount > 0 ? s.CutDay - s.State.LastReturnDay : double.NaN),
        new("discount_share", Share, FeatureTheme.Discounts, "share of the price that was discounted", Discounts,
            s => s.HasOrders ? s.Discount / (s.Revenue + s.Discount) : double.NaN),
    ];

    /// <summary>A feature of orders: not defined for a customer without one.</summary>
    private static Feature New(string name, FeatureUnit unit, FeatureTheme theme, string description, Func<CustomerSnapshot, double> value) =>
        new(name, unit, theme, description, Orders, s => s.HasOrders ? value(s) : double.NaN);
}
