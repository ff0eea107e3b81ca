using System.Collections.Frozen;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>Where a campaign stands.</summary>
public enum CampaignState
{
    /// <summary>Freely edited; nobody receives anything.</summary>
    Draft,
    /// <summary>Waits for a second person.</summary>
    InReview,
    /// <summary>Has a time; a recurring one returns here between its runs.</summary>
    Scheduled,
    /// <summary>A run is being planned or sent, or waits for the winner of its test.</summary>
    Sending,
    /// <summary>Everything that was planned has ended.</summary>
    Sent,
    /// <summary>Nothing leaves until somebody resumes it.</summary>
    Paused,
    /// <summary>Stopped for good; what had left has left.</summary>
    Cancelled,
    /// <summary>A run could not go on; the reason is with the transition.</summary>
    Failed,
    /// <summary>Its time passed while nothing could run; a person decides.</summary>
    Missed,
}

/// <summary>Which transition is allowed: the only place that says so.</summary>
public static class CampaignStates
{
    private static readonly FrozenDictionary<CampaignState, CampaignState[]> Next = new Dictionary<CampaignState, CampaignState[]>
    {
        [CampaignState.Draft] = [CampaignState.InReview, CampaignState.Scheduled, CampaignState.Sending, CampaignState.Cancelled],
        [CampaignState.InReview] = [CampaignState.Draft, CampaignState.Scheduled, CampaignState.Sending, CampaignState.Cancelled],
        [CampaignState.Scheduled] = [CampaignState.Draft, CampaignState.Sending, CampaignState.Paused, CampaignState.Missed, CampaignState.Cancelled, CampaignState.Failed],
        [CampaignState.Sending] = [CampaignState.Sent, CampaignState.Scheduled, CampaignState.Paused, CampaignState.Cancelled, CampaignState.Failed],
        [CampaignState.Paused] = [CampaignState.Sending, CampaignState.Scheduled, CampaignState.Cancelled, CampaignState.Failed],
        [CampaignState.Missed] = [CampaignState.Sending, CampaignState.Scheduled, CampaignState.Draft, CampaignState.Cancelled],
        [CampaignState.Failed] = [CampaignState.Sending, CampaignState.Draft, CampaignState.Cancelled],
        [CampaignState.Sent] = [],
        [CampaignState.Cancelled] = [],
    }.ToFrozenDictionary();

    public static IReadOnlyList<CampaignState> NextOf(CampaignState state) => Next[state];

    public static bool Allows(CampaignState from, CampaignState to) => Next[from].Contains(to);

    /// <summary>Whether nothing can happen any more.</summary>
    public static bool IsEnd(CampaignState state) => Next[state].Length is 0;
}
