using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Imports.Storage;

/// <summary>Finds the customer of a row without an id by e-mail, then phone; never merges two people over a value that many share (DI-16).</summary>
/// <remarks>A value counts for one customer at most. Where the store or the file know it of two, it says nothing: the next one is asked, and the drop is counted.</remarks>
internal sealed class CustomerMatcher(PortalDatabase database, ContactVault vault)
{
    private readonly Dictionary<string, string?> _inFile = new(StringComparer.Ordinal); // null: of more than one customer

    // Values that rows of this file wrote over: the file is matched against what the store held before it, in the dry run and in the import alike.
    private readonly Dictionary<string, HashSet<string>> _former = new(StringComparer.Ordinal);

    /// <summary>Values that were left aside because they belong to more than one customer.</summary>
    public long SharedCount { get; private set; }

    /// <summary>The one customer with this contact, or null.</summary>
    public string? Find(string? email, string? phone)
    {
        if (email is not null && Find("e:" + email, () => vault.FindByEmail(email)) is { } byEmail) return byEmail;
        return phone is not null ? Find("p:" + phone, () => vault.FindByPhone(phone)) : null;
    }

    /// <summary>Remembers whose contact a row of this file is.</summary>
    public void Note(string customer, string? email, string? phone)
    {
        if (email is not null && !BlockedIdentifiers.ContainsEmail(email)) Note("e:" + email, customer);
        if (phone is not null && !BlockedIdentifiers.ContainsPhone(phone)) Note("p:" + phone, customer);
    }

    /// <summary>Remembers what the committed rows wrote over.</summary>
    public void Committed(IEnumerable<Overwritten> changes)
    {
        foreach (var change in changes.Where(c => c.Kind is "contact"))
        {
            foreach (var (field, prefix) in new[] { ("email", "e:"), ("phone", "p:") })
            {
                if (!change.Fields.TryGetValue(field, out var values) || values[0] is not { } before) continue;
                if (!_former.TryGetValue(prefix + before, out var customers)) _former[prefix + before] = customers = new HashSet<string>(StringComparer.Ordinal);
                customers.Add(change.Key);
            }
        }
    }

    private void Note(string key, string customer)
    {
        if (!_inFile.TryAdd(key, customer) && _inFile[key] != customer) _inFile[key] = null;
    }

    private string? Find(string key, Func<IReadOnlyList<long>> stored)
    {
        var inFile = _inFile.TryGetValue(key, out var noted);
        if (inFile && noted is null) return Shared();
        var found = stored().Select(ExternalIdOf).OfType<string>().ToHashSet(StringComparer.Ordinal);
        if (_former.TryGetValue(key, out var former)) found.UnionWith(former);
        if (noted is not null) found.Add(noted);
        return found.Count switch
        {
            0 => null,
            1 => found.First(),
            _ => Shared(),
        };
    }

    private string? Shared()
    {
        SharedCount++;
        return null;
    }

    private string? ExternalIdOf(long id)
    {
        using var connection = database.OpenReader();
        using var command = connection.Prepare("select \"ExternalId\" from \"Customers\" where \"Id\" = @0 and \"ErasedAt\" is null", 1);
        command.Set(0, id);
        return command.ExecuteScalar() as string;
    }
}
