namespace CampaignPortal.Web.Components.Shared;

/// <summary>What a colour means.</summary>
public enum Tone
{
    Neutral, Good, Warning, Bad, Info,
    /// <summary>A model said it.</summary>
    Model,
    Accent,
}

/// <summary>How the style sheet calls them.</summary>
public static class Tones
{
    public static string ClassOf(Tone tone) => tone switch
    {
        Tone.Good => "ok",
        Tone.Warning => "warn",
        Tone.Bad => "bad",
        Tone.Info => "inf",
        Tone.Model => "mod",
        Tone.Accent => "acc",
        _ => "",
    };
}
