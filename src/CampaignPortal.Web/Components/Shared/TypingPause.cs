namespace CampaignPortal.Web.Components.Shared;

/// <summary>Tells the last letter of a quick row from the others, so that a question is asked once the typing pauses.</summary>
/// <remarks>For one circuit: its events come one at a time. Numbers instead of cancellation tokens, because a letter may come while the one before is being cancelled.</remarks>
public sealed class TypingPause(TimeProvider clock, TimeSpan length)
{
    private long _newest;

    /// <summary>Waits for the pause, and gives the number of this letter, or null when another one came meanwhile.</summary>
    public async Task<long?> WaitAsync()
    {
        var number = ++_newest;
        await Task.Delay(length, clock);
        return IsNewest(number) ? number : null;
    }

    /// <summary>Whether an answer to that letter may still be shown.</summary>
    public bool IsNewest(long number) => number == _newest;
}
