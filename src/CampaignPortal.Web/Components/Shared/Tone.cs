namespace CampaignPortal.Web.Components.Shared;

/// <summary>What a colour means.</summary>
public enum Tone
{
    Neutral, Good, Warning, Bad, Info,
    /// <summary>A model said it.</summary>
    Model,
    Accent,
}
