using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Drafts;
using CampaignPortal.Marketing.Imports;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Jobs.Maintenance;
using CampaignPortal.Marketing.Privacy;
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

    [Fact, Trait("Promise", "R-42")]
    public async Task A_restored_backup_is_the_store_of_then_with_todays_keys_and_sending_stopped()
    {
        using var folder = new TempFolder();
        var data = folder.File("data");
        string name;
        await using (var jobs = await RunningStore.StartAsync(data))
        {
            var store = jobs.Store;
            await store.AddReadersAsync(2, Token);
            await jobs.EndOfAsync((await jobs.StartAsync(BackUpJob.JobKey)).RunId);
            name = Path.GetFileName(Directory.EnumerateDirectories(BackUpJob.FolderOf(store.Directory)).Single(d => File.Exists(Path.Combine(d, "backup.json"))));
            await store.Log.AppendAsync(An.Batch(An.Event("later")), Token);
            await store.Get<EraseCustomerHandler>().HandleAsync("c-2", "test", Token);
        }
        string aside;
        using (var directory = DataDirectory.Open(data, null, "restore"))
        {
            Assert.Throws<FileNotFoundException>(() => RestoreBackup.Run(directory, "20200101T000000Z", ManualClock.Noon, Token));
            aside = RestoreBackup.Run(directory, name, ManualClock.Noon, Token);
        }
        Assert.True(File.Exists(Path.Combine(aside, "portal.db")));

        await using var restored = await TestStore.OpenAsync(data);
        await using var db = await restored.ContextAsync();
        Assert.Equal(0, await db.Events.CountAsync(e => e.MessageId == "later", Token));
        Assert.Equal(("Customer", null), (restored.Get<ContactVault>().Read(1)?.Name, restored.Get<ContactVault>().Read(2)?.Name)); // who was erased since stays unreadable
        Assert.True(restored.Get<DeliverySettingsStore>().Read().IsStopped);
        await using var outbox = new RunningOutbox(restored);
        await outbox.DrainUntilAsync(() => restored.Get<DeliverySettingsStore>().Read().HeldByRestore is 0, Token);
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

    [Fact]
    public async Task Clean_up_forgets_typed_drafts_and_uploads_that_nobody_came_back_to()
    {
        await using var jobs = await RunningStore.StartAsync();
        var (drafts, imports, files) = (jobs.Store.Get<DraftStore>(), jobs.Store.Get<ImportDrafts>(), jobs.Store.Get<ImportFiles>());
        await drafts.SaveAsync(1, "note:7", "first words", Token);
        var left = (await imports.BeginAsync("left.csv", Table(), null, "1", Token)).Value;
        jobs.Store.Clock.Advance(DraftStore.Lifetime + TimeSpan.FromDays(1));
        await drafts.SaveAsync(1, "note:8", "new words", Token);
        var orphan = Path.Combine(files.UploadsPath, "orphan"); // its process died before the row was written
        await File.WriteAllTextAsync(orphan, "customer\nc-1\n", Token);
        File.SetLastWriteTimeUtc(orphan, (jobs.Store.Clock.GetUtcNow() - ImportDrafts.Kept).UtcDateTime.AddHours(-1));

        var run = await jobs.EndOfAsync((await jobs.StartAsync(CleanUpJob.JobKey)).RunId);

        Assert.Equal((JobStatus.Succeeded, null), (run.Status, run.Error));
        Assert.Null(await drafts.ReadAsync(1, "note:7", Token));
        Assert.NotNull(await drafts.ReadAsync(1, "note:8", Token));
        Assert.False((await imports.ReadAsync(left, Token)).IsOk);
        Assert.Empty(Directory.EnumerateFiles(files.UploadsPath));
        Assert.Contains("1 drafts of typed text", jobs.Store.Dump("JobRunLines"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clean_up_leaves_young_uploads_alone()
    {
        await using var jobs = await RunningStore.StartAsync();
        var draft = (await jobs.Store.Get<ImportDrafts>().BeginAsync("young.csv", Table(), null, "1", Token)).Value;
        jobs.Store.Clock.Advance(ImportDrafts.Kept - TimeSpan.FromHours(1));
        await jobs.EndOfAsync((await jobs.StartAsync(CleanUpJob.JobKey)).RunId);
        Assert.True((await jobs.Store.Get<ImportDrafts>().ReadAsync(draft, Token)).IsOk);
    }

    private static MemoryStream Table() => new("customer_id,email\nc-1,lena@example.org\n"u8.ToArray());
}
