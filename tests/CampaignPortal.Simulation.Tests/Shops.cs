namespace CampaignPortal.Simulation.Tests;

/// <summary>Shops that tests share: drawing one costs seconds, and nothing changes them.</summary>
internal static class Shops
{
    public static readonly DateTimeOffset End = new(2026, 11, 20, 15, 30, 0, TimeSpan.Zero);

    private static readonly Lazy<ShopSimulator> LargeShop = new(() => new ShopSimulator(new ShopOptions(End) { CustomerCount = 6_000, HasPastCampaigns = false }));
    private static readonly Lazy<ShopEvent[]> LargeHistory = new(() => [.. LargeShop.Value.History()]);

    /// <summary>Six thousand people whom the shop never writes to: their orders are what they want by themselves.</summary>
    public static ShopSimulator Quiet => LargeShop.Value;

    public static ShopEvent[] QuietHistory => LargeHistory.Value;

    public static ShopSimulator Small(long seed = 1, bool hasCampaigns = true) => new(new ShopOptions(End) { CustomerCount = 400, Seed = seed, HasPastCampaigns = hasCampaigns });

    public static int DayOf(this ShopSimulator shop, DateTimeOffset at) => (int)(at - shop.Start).TotalDays;
}
