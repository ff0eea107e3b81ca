namespace CampaignPortal.Simulation;

/// <summary>What a simulated shop depends on: equal options make equal shops, event for event.</summary>
/// <param name="End">The moment at which the history ends; the shop goes on living from there.</param>
public sealed record ShopOptions(DateTimeOffset End)
{
    /// <summary>The seed of the demo shop.</summary>
    public const long DemoSeed = 20_260_309;

    public long Seed { get; init; } = DemoSeed;

    /// <summary>People who register during the history. Default 10,000.</summary>
    public int CustomerCount { get; init; } = 10_000;

    /// <summary>Length of the history in days. Default 548, eighteen months.</summary>
    public int DayCount { get; init; } = 548;

    /// <summary>ISO 4217 code of all prices.</summary>
    public string Currency { get; init; } = "EUR";

    /// <summary>Whether the shop wrote to its customers every month. Without, orders are what people want by themselves.</summary>
    public bool HasPastCampaigns { get; init; } = true;

    /// <summary>Whether the shop's past campaigns leave a customer (by id) out at a moment; null leaves out nobody.</summary>
    public Func<string, DateTimeOffset, bool>? LeavesOut { get; init; }

    /// <summary>Midnight (UTC) of day 0.</summary>
    public DateTimeOffset Start => new DateTimeOffset(End.UtcDateTime.Date, TimeSpan.Zero).AddDays(-DayCount);

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(CustomerCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(DayCount, 30);
    }
}
