using System.Globalization;
using System.Text.Json;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Database.Sqlite;

namespace CampaignPortal.Marketing.Jobs.Maintenance;

/// <summary>What a backup holds; lies beside its files.</summary>
public sealed record BackupManifest(DateTimeOffset CreatedAt, string Engine, long Events, long Customers, long Bytes);

/// <summary>
/// Copies the store and the models into <c>backups/&lt;time&gt;</c> of the data directory while the portal works, and checks the copy by opening it.
/// The wrapped customer keys go to <c>backups/keys</c> and live 30 days, so that copies of the data forget erased customers too. The master key is never copied.
/// </summary>
public sealed class BackUpJob(PortalDatabase database, DataDirectory directory, TimeProvider clock) : IJobHandler
{
    public const string JobKey = "backup";

    /// <summary>Copies of the data that are kept.</summary>
    public const int KeptCount = 7;

    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromDays(30);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public JobDefinition Definition { get; } = new(JobKey) { MaxAttempts = 3 };

    public static string FolderOf(DataDirectory directory) => Path.Combine(directory.Path, "backups");

    public async Task<JobOutcome> RunAsync(JobContext job, CancellationToken ct)
    {
        var root = Directory.CreateDirectory(FolderOf(directory)).FullName;
        var now = clock.GetUtcNow();
        var name = now.ToString(TimeFormat, CultureInfo.InvariantCulture);
        CheckSpace(root);
        RemovePartial(root);
        var partial = Path.Combine(root, name + ".tmp");
        Directory.CreateDirectory(partial);
        try
        {
            job.Report("copy-store", 0.05);
            await database.BackUpAsync(Path.Combine(partial, "portal.db"), ct);
            job.Report("copy-models", 0.7);
            CopyModels(Path.Combine(partial, "models"), ct);
            job.Report("copy-keys", 0.85);
            CopyKeys(root, name, ct);
            job.Report("check-copy", 0.9);
            var manifest = Describe(partial, now);
            await File.WriteAllTextAsync(Path.Combine(partial, "backup.json"), JsonSerializer.Serialize(manifest, Json), ct);
            Directory.Move(partial, Path.Combine(root, name));
            job.Log.Add(string.Create(CultureInfo.InvariantCulture, $"{manifest.Events} events, {manifest.Customers} customers, {manifest.Bytes / 1_048_576.0:0.0} MiB"));
            job.Report("remove-old", 0.97);
            RemoveOld(root, now);
            return JobOutcome.Done(new { backup = name, bytes = manifest.Bytes });
        }
        finally
        {
            if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
        }
    }

    private void CheckSpace(string root)
    {
        var needed = new FileInfo(directory.DatabaseFile).Length;
        var free = new DriveInfo(root).AvailableFreeSpace;
        if (free > needed + needed / 10) return;
        throw new JobFailedException(new JobProblem("no-space", string.Create(CultureInfo.InvariantCulture, $"A backup needs about {needed / 1_048_576} MiB; {free / 1_048_576} MiB are free."))
        {
            Repair = JobRepairs.FreeDisk,
            IsPassing = true,
        });
    }

    private void CopyModels(string target, CancellationToken ct)
    {
        if (!Directory.Exists(directory.ModelsPath)) return;
        foreach (var file in Directory.EnumerateFiles(directory.ModelsPath, "*", SearchOption.AllDirectories))
        {
            ct.ThrowIfCancellationRequested();
            var copy = Path.Combine(target, Path.GetRelativePath(directory.ModelsPath, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!); // below the target
            File.Copy(file, copy);
        }
    }

    private void CopyKeys(string root, string name, CancellationToken ct)
    {
        var keys = Path.Combine(directory.Path, "customer-keys.db");
        if (!File.Exists(keys)) return;
        var folder = Directory.CreateDirectory(Path.Combine(root, "keys")).FullName;
        SqliteBackup.Write(keys, Path.Combine(folder, name + ".db"), ct);
    }

    private BackupManifest Describe(string folder, DateTimeOffset now)
    {
        using var copy = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(folder, "portal.db")};Mode=ReadOnly;Pooling=False");
        copy.Open();
        using var events = copy.Prepare("select count(*) from \"Events\"", 0);
        using var customers = copy.Prepare("select count(*) from \"Customers\"", 0);
        var bytes = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
        return new BackupManifest(now, database.EngineVersion, events.RunScalar() ?? 0, customers.RunScalar() ?? 0, bytes);
    }

    // What a killed run left.
    private static void RemovePartial(string root)
    {
        foreach (var folder in Directory.EnumerateDirectories(root, "*.tmp")) Directory.Delete(folder, recursive: true);
        if (Directory.Exists(Path.Combine(root, "keys"))) foreach (var file in Directory.EnumerateFiles(Path.Combine(root, "keys"), "*.tmp")) File.Delete(file);
    }

    private static void RemoveOld(string root, DateTimeOffset now)
    {
        foreach (var folder in Directory.EnumerateDirectories(root).Where(d => TimeOf(Path.GetFileName(d)) is not null).OrderDescending(StringComparer.Ordinal).Skip(KeptCount)) Directory.Delete(folder, recursive: true);
        if (!Directory.Exists(Path.Combine(root, "keys"))) return;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(root, "keys"), "*.db").Where(f => TimeOf(Path.GetFileNameWithoutExtension(f)) < now - KeyLifetime)) File.Delete(file);
    }

    private static DateTimeOffset? TimeOf(string name) =>
        DateTimeOffset.TryParseExact(name, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;
}
