namespace CampaignPortal.Marketing.Events;

/// <summary>Knobs of the log's inbox.</summary>
public sealed class EventLogOptions
{
    /// <summary>Events that may wait for the writer; above it the API answers 429. An event takes about half a kilobyte: 20 000 are 10 MB.</summary>
    public int InboxEventCount { get; set; } = 20_000;

    /// <summary>Events that one commit gathers from small batches; a larger batch is committed alone, whole.</summary>
    public int GroupEventCount { get; set; } = 500;
}
