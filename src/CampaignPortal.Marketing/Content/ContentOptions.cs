namespace CampaignPortal.Marketing.Content;

/// <summary>What the program, not a person, decides about messages.</summary>
public sealed class ContentOptions
{
    /// <summary>Where the server listens: the goods and pictures of the sample shop are there.</summary>
    public string ServerUrl { get; set; } = "";
}
