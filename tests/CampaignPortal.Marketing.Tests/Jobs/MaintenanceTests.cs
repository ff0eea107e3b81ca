using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Jobs.Maintenance;
using CampaignPortal.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Jobs;

public sealed class MaintenanceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_is_a_whole_store_with_models_and_without_the_master_key()
    {
        await using var jobs = await RunningStore.StartAsync();
        await jobs.Store.Log.AppendAsync(An.Batch(An.Event()), Token);
        Directory.CreateDirectory(Path.Combine(jobs.Store.Directory.ModelsPath, "segments", "1"));
        await File.WriteAllTextAsync(Path.Combine(jobs.Store.Directory.ModelsPath, "segments", "1", "manifest.json"), "{}", Token);

        var run = await jobs.EndOfAsync((await jobs.StartAsync(BackUpJob.JobKey)).RunId);

        Assert.Equal((JobStatus.Succeeded, null), (run.Status, run.Error));
        var folder = Assert.Single(Directory.EnumerateDirectories(BackUpJob.FolderOf(jobs.Store.Directory)), d => File.Exists(Path.Combine(d, "backup.json")));
        await using var copy = new SqliteConnection($"Data Source={Path.Combine(folder, "portal.db")};Mode=ReadOnly;Pooling=False");
        await copy.OpenAsync(Token);
        await using var count = copy.Prepare("select count(*) from \"Events\"", 0);
        Assert.Equal(1, count.RunScalar());
        Assert.True(File.Exists(Path.Combine(folder, "models", "segments", "1", "manifest.json")));
        Assert.Empty(Directory.EnumerateFiles(BackUpJob.FolderOf(jobs.Store.Directory), "master.key", SearchOption.AllDirectories));
        Assert.Empty(Directory.EnumerateFileSystemEntries(BackUpJob.FolderOf(jobs.Store.Directory), "*.tmp", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task The_eighth_backup_removes_the_first()
    {
        await using var jobs = await RunningStore.StartAsync();
        for (var i = 0; i < BackUpJob.KeptCount + 1; i++)
        {
            jobs.Store.Clock.Advance(TimeSpan.FromDays(1));
            await jobs.EndOfAsync((await jobs.StartAsync(BackUpJob.JobKey)).RunId);
        }
        var names = Directory.EnumerateDirectories(BackUpJob.FolderOf(jobs.Store.Directory)).Where(d => File.Exists(Path.Combine(d, "backup.json"))).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(BackUpJob.KeptCount, names.Length);
        Assert.StartsWith("20260311", names[0], StringComparison.Ordinal); // that of the tenth is gone
    }

    [Fact]
    public async Task Clean_up_keeps_the_newest_run_of_each_name_and_young_ones()
    {
        await using var jobs = await RunningStore.StartAsync(new ScriptedJob("work", (job, _) =>
        {
            job.Log.Add("a line");
            return Task.FromResult(JobOutcome.Done());
        }));
        var first = await jobs.EndOfAsync((await jobs.StartAsync("work")).RunId);
        var second = await jobs.EndOfAsync((await jobs.StartAsync("work")).RunId);
        jobs.Store.Clock.Advance(CleanUpJob.Kept + TimeSpan.FromDays(1));

        var run = await jobs.EndOfAsync((await jobs.StartAsync(CleanUpJob.JobKey)).RunId);

        Assert.Equal(JobStatus.Succeeded, run.Status);
        await using var db = await jobs.Store.ContextAsync();
        Assert.False(await db.JobRuns.AnyAsync(r => r.Id == first.Id, Token));
        Assert.False(await db.JobRunLines.AnyAsync(l => l.RunId == first.Id, Token));
        Assert.True(await db.JobRuns.AnyAsync(r => r.Id == second.Id, Token));
        Assert.True(await db.JobRunLines.AnyAsync(l => l.RunId == second.Id, Token));
    }
}
