using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CampaignPortal.Marketing.Database.Sqlite;

/// <summary>Copies of SQLite files that are whole, or are not there.</summary>
public static class SqliteBackup
{
    private const int BusyMs = 30_000;

    /// <summary>Copies one moment of <paramref name="source"/>; holds up no writer. The copy is checked before it gets its name.</summary>
    /// <exception cref="InvalidDataException">The copy is damaged.</exception>
    /// <exception cref="OperationCanceledException">The token fired; no file is left.</exception>
    public static void Write(string source, string target, CancellationToken ct)
    {
        var partial = target + ".tmp";
        File.Delete(partial);
        try
        {
            // "vacuum into" reads within one transaction; the step-wise interface would begin again at every write of somebody else.
            Run(source, raw.SQLITE_OPEN_READWRITE, "vacuum into '" + partial.Replace("'", "''", StringComparison.Ordinal) + "'", ct);
            using (var written = new FileStream(partial, FileMode.Open, FileAccess.ReadWrite)) written.Flush(flushToDisk: true);
            Common.FaultPoints.Hit("backup.mid-copy");
            if (Run(partial, raw.SQLITE_OPEN_READONLY, "pragma quick_check(1)", ct) is not "ok") throw new InvalidDataException($"The copy of {Path.GetFileName(source)} is damaged; the disk may be failing.");
            File.Move(partial, target, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    // The engine's own interface: only it can be interrupted in the middle of a statement.
    private static string? Run(string file, int mode, string sql, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (raw.sqlite3_open_v2(file, out var connection, mode, null) != raw.SQLITE_OK) throw new IOException($"{Path.GetFileName(file)} cannot be opened as a database.");
        using (connection)
        {
            raw.sqlite3_busy_timeout(connection, BusyMs);
            using var stop = ct.Register(() => raw.sqlite3_interrupt(connection));
            string? first = null;
            var code = raw.sqlite3_exec(connection, "pragma wal_autocheckpoint=0; pragma cell_size_check=on; " + sql, (_, values, _) => Keep(ref first, values[^1]), null, out var message);
            if (code is raw.SQLITE_OK) return first;
            ct.ThrowIfCancellationRequested();
            throw new SqliteException(message, code);
        }
    }

    private static int Keep(ref string? kept, string value)
    {
        kept = value;
        return 0;
    }
}
