using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Privacy;

/// <summary>Finds customers by any fragment of their name, address, number or shop id, from memory.</summary>
/// <remarks>A projection of the vault and the customers into memory: filled at start, kept by what the log commits.</remarks>
public sealed class ContactDirectory : IDisposable
{
    /// <summary>Shorter fragments would match half of everybody.</summary>
    public const int MinFragmentLength = 3;

    private readonly PortalDatabase _database;
    private readonly ContactVault _vault;
    private readonly EventLog _log;
    private readonly FragmentIndex _index = new();
    private readonly ReaderWriterLockSlim _access = new();
    private readonly Lazy<Task> _filled;
    private long _newestCustomer;

    public ContactDirectory(PortalDatabase database, ContactVault vault, EventLog log)
    {
        (_database, _vault, _log) = (database, vault, log);
        _filled = new Lazy<Task>(() => Task.Run(Fill));
        _vault.Changed += Refresh;
        _log.Committed += AddNewCustomers;
    }

    /// <summary>Customers in the directory.</summary>
    public int Count
    {
        get
        {
            _access.EnterReadLock();
            try
            {
                return _index.Count;
            }
            finally
            {
                _access.ExitReadLock();
            }
        }
    }

    /// <summary>Fills the directory when nobody did yet; the host calls it at start, so that the first search does not wait.</summary>
    public Task FillAsync() => _filled.Value;

    /// <summary>Customers whose name, e-mail, phone or shop id contains the fragment, at most <paramref name="limit"/>; none for fewer than three characters.</summary>
    public async Task<IReadOnlyList<long>> FindAsync(string fragment, int limit, CancellationToken ct)
    {
        fragment = fragment.Trim();
        if (fragment.Length < MinFragmentLength) return [];
        await _filled.Value.WaitAsync(ct);
        _access.EnterReadLock();
        try
        {
            return _index.Find(fragment, limit);
        }
        finally
        {
            _access.ExitReadLock();
        }
    }

    /// <summary>Customers whose name or address is written almost like the text, the closest first; none for fewer than three characters.</summary>
    public async Task<IReadOnlyList<long>> FindSimilarAsync(string text, int limit, CancellationToken ct)
    {
        text = text.Trim();
        if (text.Length < MinFragmentLength) return [];
        await _filled.Value.WaitAsync(ct);
        _access.EnterReadLock();
        try
        {
            return SimilarTexts.Find(_index, text, limit);
        }
        finally
        {
            _access.ExitReadLock();
        }
    }

    public void Dispose()
    {
        _vault.Changed -= Refresh;
        _log.Committed -= AddNewCustomers;
        _access.Dispose();
    }

    private void Fill()
    {
        _access.EnterWriteLock();
        try
        {
            AddCustomersAfter(0);
            using var connection = _database.OpenReader();
            using var command = connection.CreateCommand();
            command.CommandText = "select \"Id\", \"ExternalId\" from \"Customers\" order by \"Id\"";
            using var reader = command.ExecuteReader();
            foreach (var (customerId, data) in _vault.ReadAll())
            {
                while (reader.Read() && reader.GetInt64(0) < customerId)
                {
                }
                _index.Put(customerId, TextOf(reader.GetString(1), data));
            }
        }
        finally
        {
            _access.ExitWriteLock();
        }
    }

    private void AddNewCustomers(long sequence)
    {
        if (!_filled.IsValueCreated) return; // filling reads them all
        _access.EnterWriteLock();
        try
        {
            AddCustomersAfter(_newestCustomer);
        }
        finally
        {
            _access.ExitWriteLock();
        }
    }

    private void AddCustomersAfter(long customerId)
    {
        using var connection = _database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = FormattableString.Invariant($"select \"Id\", \"ExternalId\" from \"Customers\" where \"Id\" > {customerId} order by \"Id\"");
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            _newestCustomer = reader.GetInt64(0);
            _index.Put(_newestCustomer, reader.GetString(1));
        }
    }

    private void Refresh(IReadOnlyList<long> customers)
    {
        if (!_filled.IsValueCreated) return;
        foreach (var customerId in customers)
        {
            var externalId = ExternalIdOf(customerId);
            var data = _vault.Read(customerId);
            _access.EnterWriteLock();
            try
            {
                if (externalId is null) _index.Remove(customerId); // gone with the import that brought it
                else _index.Put(customerId, data is null ? externalId : TextOf(externalId, data));
            }
            finally
            {
                _access.ExitWriteLock();
            }
        }
    }

    private string? ExternalIdOf(long customerId)
    {
        using var connection = _database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = FormattableString.Invariant($"select \"ExternalId\" from \"Customers\" where \"Id\" = {customerId}");
        return command.ExecuteScalar() as string;
    }

    private static string TextOf(string externalId, ContactData data) =>
        $"{data.Name}\t{data.Email}\t{(data.Phone is { } phone ? ContactVault.NormalisePhone(phone) : "")}\t{externalId}";
}
