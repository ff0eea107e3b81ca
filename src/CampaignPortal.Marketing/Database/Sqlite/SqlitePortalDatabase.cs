using System.Data;
using System.Data.Common;
using System.Reflection;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CampaignPortal.Marketing.Database.Sqlite;

/// <summary>SQLite in one file: write-ahead log, full synchronisation, one writer that also checkpoints.</summary>
/// <remarks>
/// Automatic checkpoints are off on every connection, because engines up to 3.51.2 can corrupt the file when two connections write
/// and checkpoint at the same instant (RELIABILITY.md §6). The writer checkpoints between its transactions, inside its turn.
/// </remarks>
public sealed class SqlitePortalDatabase : PortalDatabase
{
    private const long CheckpointBytes = 8 << 20;
    private const long TruncateBytes = 64 << 20;

    private readonly string _file;
    private readonly WriteGate _gate;
    private readonly IDbContextFactory<SqlitePortalDbContext> _contexts;
    private readonly long? _maxPageCount;
    private SqliteConnection? _writer;

    /// <summary>Opens nothing yet: the first use does.</summary>
    /// <param name="file">The database file; made when it is not there.</param>
    /// <param name="gate">Shared with the interceptor of EF Core.</param>
    /// <param name="contexts">Contexts on the same file.</param>
    /// <param name="maxPageCount">Limits the file to so many pages: how a test makes a full disk. Null is no limit.</param>
    public SqlitePortalDatabase(string file, WriteGate gate, IDbContextFactory<SqlitePortalDbContext> contexts, long? maxPageCount = null) =>
        (_file, _gate, _contexts, _maxPageCount) = (file, gate, contexts, maxPageCount);

    public override string EngineVersion
    {
        get
        {
            using var connection = OpenReader();
            using var command = connection.CreateCommand();
            command.CommandText = "select sqlite_version()";
            return "SQLite " + command.ExecuteScalar();
        }
    }

    /// <summary>The connection string of EF Core's contexts; the interceptor sets what the string cannot.</summary>
    public static string ConnectionString(string file) => new SqliteConnectionStringBuilder
    {
        DataSource = file,
        Mode = SqliteOpenMode.ReadWriteCreate,
        DefaultTimeout = 30,
        ForeignKeys = true,
    }.ToString();

    public override DbConnection OpenReader()
    {
        // Another mode than EF Core's contexts have: pooled connections are told apart by their strings, and query_only stays with a connection.
        var connection = new SqliteConnection(ReaderString(_file));
        connection.Open();
        Execute(connection, "pragma query_only=on; pragma wal_autocheckpoint=0; pragma trusted_schema=off; pragma cell_size_check=on; pragma mmap_size=0;");
        return connection;
    }

    // Deferred: an immediate transaction would ask for the right to write.
    public override DbTransaction BeginSnapshot(DbConnection reader) => ((SqliteConnection)reader).BeginTransaction(deferred: true);

    public override async Task<T> WriteAsync<T>(Func<DbTransaction, T> work, CancellationToken ct)
    {
        using var turn = await _gate.EnterAsync(ct);
        return WriteInTurn(work);
    }

    public override async Task MigrateAsync(CancellationToken ct)
    {
        using var turn = await _gate.EnterAsync(ct);
        // Read without EF Core: building its model takes longer than a short command does.
        var known = typeof(SqlitePortalDbContext).Assembly.GetTypes().Select(t => t.GetCustomAttribute<MigrationAttribute>()?.Id).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var applied = AppliedMigrations();
        if (applied.FirstOrDefault(m => !known.Contains(m)) is { } newer) throw new NewerDataException(newer);
        if (applied.Count == known.Count) return;
        // A process killed while it migrated leaves its row here, and the next one would wait for it without end.
        // The directory's lock is ours, so nobody else migrates.
        Execute(Writer(), "drop table if exists \"__EFMigrationsLock\";");
        await using var db = await _contexts.CreateDbContextAsync(ct);
        await db.GetService<IMigrator>().MigrateAsync(cancellationToken: ct);
    }

    public override Task BackUpAsync(string file, CancellationToken ct) => Task.Factory.StartNew(() => SqliteBackup.Write(_file, file, ct), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public override async ValueTask DisposeAsync()
    {
        if (_writer is not { } writer) return;
        using (await _gate.EnterAsync(CancellationToken.None))
        {
            _writer = null;
            Execute(writer, "pragma wal_checkpoint(truncate);");
            await writer.DisposeAsync();
        }
        SqliteConnection.ClearPool(new SqliteConnection(ConnectionString(_file)));
        SqliteConnection.ClearPool(new SqliteConnection(ReaderString(_file)));
    }

    private List<string> AppliedMigrations()
    {
        if (!File.Exists(_file)) return [];
        using var command = Writer().CreateCommand();
        command.CommandText = "select count(*) from sqlite_master where name = '__EFMigrationsHistory'";
        if (command.ExecuteScalar() is 0L) return [];
        command.CommandText = "select \"MigrationId\" from \"__EFMigrationsHistory\"";
        using var reader = command.ExecuteReader();
        var applied = new List<string>();
        while (reader.Read()) applied.Add(reader.GetString(0));
        return applied;
    }

    private static string ReaderString(string file) => new SqliteConnectionStringBuilder(ConnectionString(file)) { Mode = SqliteOpenMode.ReadWrite }.ToString();

    private T WriteInTurn<T>(Func<DbTransaction, T> work)
    {
        var writer = Writer();
        T result;
        using (var transaction = writer.BeginTransaction(IsolationLevel.Serializable, deferred: false))
        {
            WriteFence.Check(transaction);
            result = work(transaction);
            transaction.Commit();
        }
        CheckpointWhenLong(writer);
        return result;
    }

    private SqliteConnection Writer()
    {
        if (_writer is { State: ConnectionState.Open } open) return open;
        var writer = new SqliteConnection(ConnectionString(_file) + ";Pooling=False");
        writer.Open();
        Execute(writer, "pragma journal_mode=wal; pragma synchronous=full; pragma wal_autocheckpoint=0; pragma foreign_keys=on; pragma busy_timeout=5000; "
            + "pragma cell_size_check=on; pragma trusted_schema=off; pragma mmap_size=0; pragma secure_delete=fast; pragma cache_size=-65536; pragma temp_store=memory;");
        if (_maxPageCount is { } pages) Execute(writer, FormattableString.Invariant($"pragma max_page_count={pages};"));
        return _writer = writer;
    }

    private void CheckpointWhenLong(SqliteConnection writer)
    {
        var log = new FileInfo(_file + "-wal");
        if (!log.Exists || log.Length < CheckpointBytes) return;
        // A passive checkpoint waits for nobody. It lets the log be overwritten from its start, but does not shorten it.
        Execute(writer, log.Length < TruncateBytes ? "pragma wal_checkpoint(passive);" : "pragma busy_timeout=200; pragma wal_checkpoint(truncate); pragma busy_timeout=5000;");
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
