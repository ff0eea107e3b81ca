namespace CampaignPortal.Marketing.Privacy;

/// <summary>The wrapped key of each customer, in a store of its own: destroying a row makes everything sealed under it unreadable, in backups too.</summary>
public abstract class CustomerKeys : IDisposable
{
    /// <summary>The customer's key, made when there is none. Durable before it returns.</summary>
    public abstract byte[] GetOrCreate(long customerId);

    /// <summary>The customer's key, or null when it was destroyed or never made.</summary>
    public abstract byte[]? Find(long customerId);

    /// <summary>The keys of these customers; who has none is left out.</summary>
    public abstract IReadOnlyList<(long CustomerId, byte[] Key)> FindMany(IReadOnlyCollection<long> customers);

    /// <summary>All keys, by ascending customer.</summary>
    public abstract IEnumerable<(long CustomerId, byte[] Key)> ReadAll();

    /// <summary>Makes the keys that are missing in one durable write.</summary>
    public abstract void CreateMissing(IReadOnlyCollection<long> customerIds);

    /// <summary>Destroys the key; afterwards nobody can read what it sealed. Answers whether there was one.</summary>
    public abstract bool Destroy(long customerId);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
