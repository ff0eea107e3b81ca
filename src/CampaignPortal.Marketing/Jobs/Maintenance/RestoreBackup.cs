using System.Globalization;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Database.Sqlite;
using CampaignPortal.Marketing.Settings;
using Microsoft.Data.Sqlite;

namespace CampaignPortal.Marketing.Jobs.Maintenance;

/// <summary>Puts a backup in the place of the store and the models, while no portal runs. What lay there is kept aside.</summary>
/// <remarks>The keys of customers stay those of today, so that whoever was erased since stays unreadable. The next start finds sending stopped and holds what may have left since .</remarks>
public static class RestoreBackup
{
    private static readonly string[] StoreFiles = ["portal.db", "portal.db-wal", "portal.db-shm"];

    /// <param name="directory">Opened, so that no other process uses it.</param>
    /// <param name="backup">Name of a backup of this directory, or the path of a backup's folder.</param>
    /// <returns>The folder in which the files lie that were replaced.</returns>
    /// <exception cref="IOException">There is no such backup, or it cannot be copied. The store is as it was.</exception>
    /// <exception cref="InvalidDataException">The backup is damaged. The store is as it was.</exception>
    public static string Run(DataDirectory directory, string backup, DateTimeOffset now, CancellationToken ct)
    {
        var folder = Path.GetFileName(backup) == backup ? Path.Combine(BackUpJob.FolderOf(directory), backup) : Path.GetFullPath(backup);
        var source = Path.Combine(folder, "portal.db");
        if (!File.Exists(Path.Combine(folder, "backup.json")) || !File.Exists(source)) throw new FileNotFoundException($"There is no backup '{backup}'. `backup list` names those of this directory.");

        var incoming = Path.Combine(directory.Path, "restoring");
        if (Directory.Exists(incoming)) Directory.Delete(incoming, recursive: true);
        Directory.CreateDirectory(incoming);
        SqliteBackup.Write(source, Path.Combine(incoming, "portal.db"), ct); // a copy that was read from end to end and checked
        Mark(Path.Combine(incoming, "portal.db"));
        CopyFolder(Path.Combine(folder, "models"), Path.Combine(incoming, "models"), ct);
        var keys = Path.Combine(Path.GetDirectoryName(folder)!, "keys", Path.GetFileName(folder) + ".db"); // a backup's folder has a parent
        if (!File.Exists(Path.Combine(directory.Path, "customer-keys.db")) && File.Exists(keys)) File.Copy(keys, Path.Combine(incoming, "customer-keys.db"));

        // From here on only names change.
        var aside = Path.Combine(directory.Path, "replaced", now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture));
        Directory.CreateDirectory(aside);
        foreach (var name in StoreFiles.Append("models")) Move(Path.Combine(directory.Path, name), Path.Combine(aside, name));
        foreach (var path in Directory.EnumerateFileSystemEntries(incoming).ToArray()) Move(path, Path.Combine(directory.Path, Path.GetFileName(path)));
        Directory.Delete(incoming);
        return aside;
    }

    // Said in the copy itself: it holds also on a machine that has never sent anything.
    private static void Mark(string store)
    {
        using var connection = new SqliteConnection($"Data Source={store};Pooling=False");
        connection.Open();
        using var save = connection.Prepare("insert into \"Settings\" (\"Key\", \"Value\") values (@0, @1) on conflict (\"Key\") do update set \"Value\" = excluded.\"Value\"", 2);
        save.Run(KnownSettings.Restored, KnownSettings.JustRestored);
        save.Run(KnownSettings.SendingStopped, "yes");
    }

    private static void CopyFolder(string source, string target, CancellationToken ct)
    {
        if (!Directory.Exists(source)) return;
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            ct.ThrowIfCancellationRequested();
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!); // below the target
            File.Copy(file, copy);
        }
    }

    private static void Move(string from, string to)
    {
        if (File.Exists(from)) File.Move(from, to);
        else if (Directory.Exists(from)) Directory.Move(from, to);
    }
}
