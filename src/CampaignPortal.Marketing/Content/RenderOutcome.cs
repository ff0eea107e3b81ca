namespace CampaignPortal.Marketing.Content;

/// <summary>What became of a message for one person.</summary>
public abstract record RenderOutcome;

/// <summary>A message ready to be sent.</summary>
/// <param name="Subject">One line without control characters.</param>
/// <param name="Preheader">Also stands, hidden, at the beginning of <paramref name="Html"/>.</param>
public sealed record RenderedMessage(string Subject, string Preheader, string Html, string Text) : RenderOutcome
{
    /// <summary>The name that the recipient sees.</summary>
    public required string SenderName { get; init; }

    /// <summary>Null where the shop has none and the author named none.</summary>
    public string? ReplyTo { get; init; }
}

public enum RenderFailureKind
{
    /// <summary>A value is missing: this person gets no message.</summary>
    Skip,
    /// <summary>A value is missing, and the author wants sending to stop then.</summary>
    Stop,
    /// <summary>The template cannot be filled for this person: a limit was reached, or an address is not one.</summary>
    Error,
}

/// <summary>A message that was not made; it concerns this person only unless the author chose <see cref="RenderFailureKind.Stop"/>.</summary>
/// <param name="Field">The value that was missing or wrong, such as <c>customer.first_name</c>; empty for a limit.</param>
/// <param name="Message">What was expected and what was found, for the log and the list of failures; never the person's data.</param>
public sealed record RenderFailure(RenderFailureKind Kind, string Field, string Message) : RenderOutcome;
