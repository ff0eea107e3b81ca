namespace CampaignPortal.Marketing.Campaigns;

/// <summary>What the program, not a person, decides about campaigns.</summary>
public sealed class CampaignOptions
{
    /// <summary>A start that is later than this is not made up for silently: the campaign is missed and a person decides.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromMinutes(60);

    /// <summary>A message that could not leave within this time of being due is useless.</summary>
    public TimeSpan SendWithin { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How often starts, decisions and ends are looked for: a campaign begins at most this late.</summary>
    public TimeSpan Watch { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Customers planned in one transaction.</summary>
    public int BatchSize { get; set; } = 1_000;
}
