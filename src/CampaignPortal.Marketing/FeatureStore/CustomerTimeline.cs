namespace CampaignPortal.Marketing.FeatureStore;

/// <summary>One customer's events kept in order while they arrive in any order; a late one is put into its place and what follows is folded again.</summary>
/// <remarks>Equal times keep the order of <c>sequence</c>, as in the log, so the result is that of the sorted stream to the bit .</remarks>
public sealed class CustomerTimeline(CustomerState state)
{
    private readonly List<(CustomerEvent Event, long Sequence)> _events = [];

    /// <summary>The state after all events added so far.</summary>
    public CustomerState State { get; } = state;

    public void Add(in CustomerEvent e, long sequence)
    {
        var at = _events.Count;
        while (at > 0 && IsAfter(_events[at - 1], e, sequence)) at--;
        _events.Insert(at, (e, sequence));
        if (at == _events.Count - 1)
        {
            State.Apply(e);
            return;
        }
        State.ClearEvents();
        foreach (var (known, _) in _events) State.Apply(known);
    }

    private static bool IsAfter((CustomerEvent Event, long Sequence) known, in CustomerEvent e, long sequence) =>
        known.Event.OccurredAt > e.OccurredAt || (known.Event.OccurredAt == e.OccurredAt && known.Sequence > sequence);
}
