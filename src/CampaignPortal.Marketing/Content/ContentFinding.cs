namespace CampaignPortal.Marketing.Content;

/// <summary>Where in a message something stands.</summary>
public enum ContentPlace
{
    Subject, Preheader, Sender, Body, PlainText, Message,
}

public enum FindingLevel
{
    /// <summary>Looked at and in order.</summary>
    Fine,
    Warning,
    /// <summary>The campaign cannot be launched with it.</summary>
    Error,
}

/// <summary>A line of the pre-flight list (CA-12).</summary>
/// <param name="Code">Stable name, the key of its words: <c>Finding</c> + the code in the words of the page.</param>
/// <param name="Line">From 1 within the place; 0 when the finding concerns the whole.</param>
/// <param name="Arguments">What the words mention, by name: <c>{field}</c>, <c>{count}</c>, <c>{share}</c>, …</param>
public sealed record ContentFinding(FindingLevel Level, string Code, ContentPlace Place, int Line, int Column, IReadOnlyDictionary<string, object> Arguments)
{
    public bool Blocks => Level is FindingLevel.Error;
}
