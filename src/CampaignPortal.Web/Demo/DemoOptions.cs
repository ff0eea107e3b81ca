namespace CampaignPortal.Web.Demo;

/// <summary>Knobs of the sample shop, section <c>Demo</c>; whether it is wanted at all is the switch <c>--demo=false</c>.</summary>
public sealed class DemoOptions
{
    /// <summary>Customers of the sample shop. More take longer to fill: 10,000 are ready within 90 s on two cores.</summary>
    public int CustomerCount { get; set; } = 10_000;

    /// <summary>How long a day of the simulated people takes after a launch.</summary>
    public TimeSpan FastDay { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>For how many of these days the shop stays fast after the newest message.</summary>
    public int FastDayCount { get; set; } = 30;
}
