using System.Data.Common;

namespace CampaignPortal.Marketing.Database;

/// <summary>The raw door beside EF Core for what moves many rows: readers that can only read, and the one writer, taking turns at the gate.</summary>
/// <remarks>SQL that goes through it is the common part of SQLite and PostgreSQL; what only one engine knows stays in that engine's folder.</remarks>
public abstract class PortalDatabase : IAsyncDisposable
{
    /// <summary>Opens a connection that refuses to write; dispose it.</summary>
    public abstract DbConnection OpenReader();

    /// <summary>Begins a transaction in which a reader sees one moment of the store; dispose it.</summary>
    public abstract DbTransaction BeginSnapshot(DbConnection reader);

    /// <summary>Runs <paramref name="work"/> in a transaction of the writer, after waiting for the turn; commits durably unless it throws.</summary>
    public abstract Task<T> WriteAsync<T>(Func<DbTransaction, T> work, CancellationToken ct);

    public Task WriteAsync(Action<DbTransaction> work, CancellationToken ct) => WriteAsync(
        transaction =>
        {
            work(transaction);
            return true;
        },
        ct);

    /// <summary>Brings the schema up to date, or refuses when the data were written by a newer program.</summary>
    /// <exception cref="NewerDataException">The database knows migrations that this program does not.</exception>
    public abstract Task MigrateAsync(CancellationToken ct);

    /// <summary>Writes a copy of one moment of the store into a file that does not exist yet, while others read and write.</summary>
    /// <exception cref="OperationCanceledException">The token fired; no file is left.</exception>
    public abstract Task BackUpAsync(string file, CancellationToken ct);

    /// <summary>Engine and version, for the log and the doctor.</summary>
    public abstract string EngineVersion { get; }

    public abstract ValueTask DisposeAsync();
}

/// <summary>The data directory was written by a newer program; this one leaves it untouched.</summary>
public sealed class NewerDataException(string migration)
    : Exception($"The data were written by a newer version of the portal (schema {migration}). Start that version, or restore a backup that this version made.");
