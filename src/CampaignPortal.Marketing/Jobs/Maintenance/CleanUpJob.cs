using System.Globalization;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Settings;

namespace CampaignPortal.Marketing.Jobs.Maintenance;

/// <summary>Removes what nobody needs any more: refused rows and run history past their time, half-written model folders, and what each feature lets go.</summary>
public sealed class CleanUpJob(PortalDatabase database, RetentionHandler retention, IEnumerable<ICleanUp> features, DataDirectory directory, TimeProvider clock) : IJobHandler
{
    public const string JobKey = "clean-up";

    /// <summary>Runs that ended are kept so long; for refused rows, sign-ins and links the settings say how long.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    private const int ChunkSize = 5_000;
    private static readonly TimeSpan HalfWritten = TimeSpan.FromDays(1);

    public JobDefinition Definition { get; } = new(JobKey) { MaxAttempts = 3, Follows = ["train", "score"] };

    public async Task<JobOutcome> RunAsync(JobContext job, CancellationToken ct)
    {
        var before = Stored.Ticks(clock.GetUtcNow() - Kept);
        job.Report("clean-quarantine", 0);
        var kept = await retention.ApplyAsync(ct);
        job.Report("clean-history", 0.4);
        // The newest run of each name stays, however old: it tells when the job last worked.
        const string Old = "select \"Id\" from \"JobRuns\" where \"FinishedAt\" < @0 and \"Id\" not in (select max(\"Id\") from \"JobRuns\" group by \"SingleFlightKey\") limit @1";
        var lines = await RemoveAsync($"delete from \"JobRunLines\" where (\"RunId\", \"Line\") in (select \"RunId\", \"Line\" from \"JobRunLines\" where \"RunId\" in ({Old}) limit @1)", before, ct);
        var runs = await RemoveAsync($"delete from \"JobRuns\" where \"Id\" in ({Old})", before, ct);
        job.Report("clean-files", 0.8);
        var folders = RemoveHalfWritten();
        foreach (var feature in features)
        {
            ct.ThrowIfCancellationRequested();
            var removed = await feature.CleanUpAsync(ct);
            job.Log.Add(string.Create(CultureInfo.InvariantCulture, $"{removed} {feature.Name}"));
        }
        job.Log.Add(string.Create(CultureInfo.InvariantCulture, $"{kept.QuarantineRows} refused rows, {kept.Sessions} sign-ins, {kept.Invitations} links, {runs} runs with {lines} lines, {folders} half-written folders"));
        return JobOutcome.Done(new { refusedRows = kept.QuarantineRows, runs, folders });
    }

    private async Task<int> RemoveAsync(string sql, long before, CancellationToken ct)
    {
        var sum = 0;
        while (true)
        {
            var removed = await database.WriteAsync(transaction => transaction.Execute(sql, before, ChunkSize), ct);
            sum += removed;
            if (removed < ChunkSize) return sum;
        }
    }

    private int RemoveHalfWritten()
    {
        if (!Directory.Exists(directory.ModelsPath)) return 0;
        var old = clock.GetUtcNow() - HalfWritten;
        var folders = Directory.EnumerateDirectories(directory.ModelsPath)
            .SelectMany(Directory.EnumerateDirectories)
            .Where(f => !int.TryParse(Path.GetFileName(f), NumberStyles.None, CultureInfo.InvariantCulture, out _) && Directory.GetLastWriteTimeUtc(f) < old.UtcDateTime)
            .ToArray();
        foreach (var folder in folders) Directory.Delete(folder, recursive: true);
        return folders.Length;
    }
}
