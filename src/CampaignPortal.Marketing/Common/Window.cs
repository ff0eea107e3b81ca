namespace CampaignPortal.Marketing.Common;

/// <summary>The time from <paramref name="From"/> (included) to <paramref name="To"/> (excluded).</summary>
public readonly record struct Window(DateTimeOffset From, DateTimeOffset To)
{
    public static Window LastDays(int dayCount, DateTimeOffset now) => new(now.AddDays(-dayCount), now);

    public bool Contains(DateTimeOffset at) => From <= at && at < To;
}
