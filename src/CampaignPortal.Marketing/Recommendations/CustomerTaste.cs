namespace CampaignPortal.Marketing.Recommendations;

/// <summary>What one customer bought of one item.</summary>
/// <param name="Item">Row of the table's or model's items, whoever made the list says which.</param>
/// <param name="OrderCount">Orders that held it.</param>
/// <param name="FadedCount">The same, each order fading with its age.</param>
/// <param name="DaysSinceLast">1 is yesterday as seen from the day that has not begun yet.</param>
/// <param name="MeanGapDays">Mean days between its orders; null with fewer than three days.</param>
public readonly record struct OwnItem(int Item, int OrderCount, float FadedCount, int DaysSinceLast, double? MeanGapDays);

/// <summary>Purchases (and views, where the shop has them) of one customer, as recommenders see them: made the same way for a batch and for one request.</summary>
/// <param name="Owned">By item, ascending.</param>
/// <param name="Viewed">Items viewed lately, newest first.</param>
public sealed record CustomerTaste(IReadOnlyList<OwnItem> Owned, IReadOnlyList<int> Viewed)
{
    /// <summary>Days after which an order counts 1/e of a fresh one.</summary>
    public const double FadeDays = 300;

    private const int RhythmDays = 3;

    public static CustomerTaste Nobody { get; } = new([], []);

    /// <summary>The taste of a row of <paramref name="purchases"/>, knowing only what happened before <paramref name="day"/>.</summary>
    public static CustomerTaste Of(ItemPurchases purchases, int customer, int day)
    {
        var items = purchases.ItemsOf(customer);
        var days = purchases.DaysOf(customer);
        List<OwnItem> owned = [];
        for (var from = 0; from < items.Length;)
        {
            var to = from;
            while (to < items.Length && items[to] == items[from]) to++;
            if (Summarize(items[from], days[from..to], day) is { } own) owned.Add(own);
            from = to;
        }
        return new CustomerTaste(owned, []);
    }

    private static OwnItem? Summarize(int item, ReadOnlySpan<int> days, int until)
    {
        int count = 0, dayCount = 0, last = int.MinValue;
        float faded = 0;
        foreach (var day in days) // ascending
        {
            if (day >= until) break;
            count++;
            faded += (float)Math.Exp((day - until) / FadeDays);
            if (day != last) dayCount++;
            last = day;
        }
        if (count == 0) return null;
        return new OwnItem(item, count, faded, until - last, dayCount >= RhythmDays ? (double)(last - days[0]) / (dayCount - 1) : null);
    }
}
