using System.Data.Common;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Events;

/// <summary>The shop's ids of customers or visitors to the portal's dense numbers; new ones are added in the transaction.</summary>
internal sealed class IdMap(string table, bool hasCreatedAt)
{
    // An entry costs about 100 bytes: 20 MB at most. A shop with more active customers pays one indexed read for the rest.
    private const int RememberedCount = 200_000;

    private readonly Dictionary<string, long> _known = new(StringComparer.Ordinal);
    private DbConnection? _connection;
    private DbCommand? _find, _insert, _last;
    private long? _lastId;

    public long Resolve(DbTransaction transaction, string externalId, DateTimeOffset now)
    {
        if (_known.TryGetValue(externalId, out var id)) return id;
        Join(transaction);
        id = _find!.RunScalar(externalId) ?? Add(externalId, now);
        if (_known.Count >= RememberedCount) _known.Clear();
        _known[externalId] = id;
        return id;
    }

    public void Forget()
    {
        _known.Clear();
        _lastId = null;
    }

    private long Add(string externalId, DateTimeOffset now)
    {
        _lastId ??= _last!.RunScalar() ?? 0;
        var id = _lastId.Value + 1;
        if (hasCreatedAt) _insert!.Run(id, externalId, Stored.Ticks(now));
        else _insert!.Run(id, externalId);
        _lastId = id;
        return id;
    }

    private void Join(DbTransaction transaction)
    {
        if (!ReferenceEquals(_connection, transaction.Connection))
        {
            _connection = transaction.Connection;
            _find = transaction.Prepare($"select \"Id\" from \"{table}\" where \"ExternalId\" = @0", 1);
            // Numbers of customers who went with an undone import are not given again.
            _last = transaction.Prepare(
                table is "Customers"
                    ? "select max(n) from (select max(\"Id\") as n from \"Customers\" union all select max(\"CustomerId\") from \"RetractedEvents\") as numbers"
                    : $"select max(\"Id\") from \"{table}\"",
                0);
            _insert = hasCreatedAt
                ? transaction.Prepare($"insert into \"{table}\" (\"Id\", \"ExternalId\", \"CreatedAt\") values (@0, @1, @2)", 3)
                : transaction.Prepare($"insert into \"{table}\" (\"Id\", \"ExternalId\") values (@0, @1)", 2);
        }
        _find!.Transaction = _last!.Transaction = _insert!.Transaction = transaction;
    }
}
