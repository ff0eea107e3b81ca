using System.Security.Cryptography;
using CampaignPortal.Marketing.Privacy;
using Microsoft.Data.Sqlite;

namespace CampaignPortal.Marketing.Database.Sqlite;

/// <summary>Customer keys in an SQLite file of their own.</summary>
/// <remarks>A rollback journal instead of a write-ahead log, and secure deletion: a destroyed key must not survive in a log or in a free page.</remarks>
public sealed class SqliteCustomerKeys : CustomerKeys
{
    private readonly SqliteConnection _connection;
    private readonly MasterKey _master;
    private readonly Lock _turn = new();

    public SqliteCustomerKeys(string file, MasterKey master)
    {
        _master = master;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        _connection.Open();
        Execute("pragma journal_mode=delete; pragma synchronous=full; pragma secure_delete=on; pragma trusted_schema=off; pragma cell_size_check=on; "
            + "create table if not exists Keys (CustomerId integer primary key, Wrapped blob not null);");
    }

    public override byte[] GetOrCreate(long customerId)
    {
        if (Find(customerId) is { } known) return known;
        CreateMissing([customerId]);
        return Find(customerId) ?? throw new InvalidOperationException($"The key of customer {customerId} was destroyed while it was made.");
    }

    public override byte[]? Find(long customerId)
    {
        lock (_turn)
        {
            using var command = Command("select Wrapped from Keys where CustomerId = @id", customerId);
            return command.ExecuteScalar() is byte[] wrapped ? _master.Unwrap(wrapped, customerId) : null;
        }
    }

    public override IReadOnlyList<(long CustomerId, byte[] Key)> FindMany(IReadOnlyCollection<long> customers)
    {
        var wrapped = new List<(long, byte[])>(customers.Count);
        lock (_turn)
        {
            using var command = Command("select Wrapped from Keys where CustomerId = @id", 0);
            command.Prepare();
            foreach (var id in customers)
            {
                command.Parameters[0].Value = id;
                if (command.ExecuteScalar() is byte[] key) wrapped.Add((id, key));
            }
        }
        return wrapped.ConvertAll(w => (w.Item1, _master.Unwrap(w.Item2, w.Item1)));
    }

    public override IEnumerable<(long CustomerId, byte[] Key)> ReadAll()
    {
        // Copied out first: a reader that stands still would keep writers from committing in this journal mode.
        var wrapped = new List<(long, byte[])>();
        lock (_turn)
        {
            using var command = _connection.CreateCommand();
            command.CommandText = "select CustomerId, Wrapped from Keys order by CustomerId";
            using var reader = command.ExecuteReader();
            while (reader.Read()) wrapped.Add((reader.GetInt64(0), (byte[])reader[1]));
        }
        foreach (var (customerId, key) in wrapped) yield return (customerId, _master.Unwrap(key, customerId));
    }

    public override void CreateMissing(IReadOnlyCollection<long> customerIds)
    {
        lock (_turn)
        {
            using var transaction = _connection.BeginTransaction();
            using var insert = Command("insert into Keys (CustomerId, Wrapped) values (@id, @wrapped) on conflict do nothing", 0);
            insert.Transaction = transaction;
            var wrapped = insert.Parameters.Add("@wrapped", SqliteType.Blob);
            foreach (var id in customerIds)
            {
                insert.Parameters[0].Value = id;
                wrapped.Value = _master.Wrap(RandomNumberGenerator.GetBytes(32), id);
                insert.ExecuteNonQuery();
            }
            transaction.Commit();
        }
    }

    public override bool Destroy(long customerId)
    {
        lock (_turn)
        {
            using var command = Command("delete from Keys where CustomerId = @id", customerId);
            return command.ExecuteNonQuery() > 0;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _connection.Dispose();
    }

    private SqliteCommand Command(string sql, long customerId)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("@id", customerId);
        return command;
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
