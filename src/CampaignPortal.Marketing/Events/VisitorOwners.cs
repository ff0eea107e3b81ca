using System.Data.Common;
using System.Runtime.InteropServices;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Events;

/// <summary>Whose a browser is: the last person who said at it who they are; before the first of them, that one (DI-15).</summary>
/// <remarks>
/// A shared device never makes one person of two (DI-16): what lay before the first identification stays the first customer's, and each later one begins a stretch of
/// their own. Times decide, not the order of arrival, so that what a browser reports late falls to whom it belonged.
/// </remarks>
internal sealed class VisitorOwners
{
    // An entry costs about 120 bytes. A shop with more active browsers pays one indexed read for the rest.
    private const int RememberedCount = 200_000;

    private readonly Dictionary<long, List<Owner>> _known = [];
    private DbConnection? _connection;
    private DbCommand? _find, _insert;

    /// <summary>The customer to whom an anonymous event of this moment belongs; null while nobody said who they are.</summary>
    public long? At(DbTransaction transaction, long visitor, DateTimeOffset occurredAt)
    {
        var owners = OwnersOf(transaction, visitor);
        if (owners.Count is 0) return null;
        var (found, at) = (owners[0], Stored.Ticks(occurredAt));
        foreach (var owner in CollectionsMarshal.AsSpan(owners))
        {
            if (owner.At <= at && (owner.At >= found.At || found.At > at)) found = owner;
        }
        return found.CustomerId;
    }

    /// <summary>Records who said it, where and with which event.</summary>
    public void Identify(DbTransaction transaction, long sequence, long visitor, long customer, DateTimeOffset occurredAt)
    {
        var owners = OwnersOf(transaction, visitor);
        Join(transaction);
        _insert!.Run(sequence, visitor, customer, Stored.Ticks(occurredAt), owners.Count is 0);
        owners.Add(new Owner(customer, Stored.Ticks(occurredAt)));
    }

    public void Forget() => _known.Clear();

    private List<Owner> OwnersOf(DbTransaction transaction, long visitor)
    {
        if (_known.TryGetValue(visitor, out var owners)) return owners;
        Join(transaction);
        if (_known.Count >= RememberedCount) _known.Clear();
        owners = [];
        _find!.Set(0, visitor);
        using (var reader = _find!.ExecuteReader())
        {
            while (reader.Read()) owners.Add(new Owner(reader.GetInt64(0), reader.GetInt64(1)));
        }
        return _known[visitor] = owners;
    }

    private void Join(DbTransaction transaction)
    {
        if (!ReferenceEquals(_connection, transaction.Connection))
        {
            _connection = transaction.Connection;
            _find = transaction.Prepare("select \"CustomerId\", \"At\" from \"Identifications\" where \"VisitorId\" = @0 order by \"Sequence\"", 1);
            _insert = transaction.Prepare("insert into \"Identifications\" (\"Sequence\", \"VisitorId\", \"CustomerId\", \"At\", \"TakesHistory\") values (@0, @1, @2, @3, @4)", 5);
        }
        _find!.Transaction = _insert!.Transaction = transaction; // prepared with the connection
    }

    private readonly record struct Owner(long CustomerId, long At);
}
