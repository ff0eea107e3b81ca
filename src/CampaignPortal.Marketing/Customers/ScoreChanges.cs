namespace CampaignPortal.Marketing.Customers;

/// <summary>Tells that scores of customers were written or removed. It stands on the ground, so that whoever reads scores need not know who makes them.</summary>
public sealed class ScoreChanges
{
    private long _count;

    /// <summary>Counts up with every change: whoever keeps a copy looks here whether it is still good.</summary>
    public long Count => Interlocked.Read(ref _count);

    public void Add() => Interlocked.Increment(ref _count);
}
