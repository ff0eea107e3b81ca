using System.Data.Common;
using System.Text.Json;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Imports.Mapping;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Imports.Storage;

/// <summary>The rows of <see cref="ImportRun"/>: who was imported how far.</summary>
internal sealed class ImportRuns(IDbContextFactory<PortalDbContext> databases, PortalDatabase database, TimeProvider clock)
{
    public const string Waiting = "waiting", Running = "running", Finished = "finished", Failed = "failed", Cancelled = "cancelled", Undoing = "undoing", Undone = "undone";

    /// <summary>The run to go on with, or a new one; and the first finished run of the same file with the same mapping, if there is one.</summary>
    public async Task<(ImportRun Run, ImportRun? Earlier)> BeginAsync(string fileHash, string fileName, ImportPlan plan, CancellationToken ct)
    {
        var (known, mapping) = (await SameAsync(fileHash, plan, ct), plan.ToJson());
        await using var db = await databases.CreateDbContextAsync(ct);
        var earlier = known.Find(r => r.Status is Finished);
        if (known.FindLast(IsInterrupted) is { } interrupted)
        {
            await SetStatusAsync(interrupted.Id, Running, null, ct);
            return (interrupted, earlier);
        }
        var run = new ImportRun { FileHash = fileHash, FileName = fileName, Preset = plan.Preset, Mapping = mapping, Status = Running, StartedAt = clock.GetUtcNow() };
        db.ImportRuns.Add(run);
        await db.SaveChangesAsync(ct);
        return (run, earlier);
    }

    /// <summary>The first finished run of this file with this mapping, or null.</summary>
    public async Task<ImportRun?> FindFinishedAsync(string fileHash, ImportPlan plan, CancellationToken ct) => (await SameAsync(fileHash, plan, ct)).Find(r => r.Status is Finished);

    /// <summary>The run of this file with this mapping that an import would go on with, or null.</summary>
    public async Task<ImportRun?> FindInterruptedAsync(string fileHash, ImportPlan plan, CancellationToken ct) => (await SameAsync(fileHash, plan, ct)).FindLast(IsInterrupted);

    private static bool IsInterrupted(ImportRun run) => run.Status is not (Finished or Undoing or Undone);

    private async Task<List<ImportRun>> SameAsync(string fileHash, ImportPlan plan, CancellationToken ct)
    {
        var mapping = plan.ToJson();
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.ImportRuns.AsNoTracking().Where(r => r.FileHash == fileHash && r.Preset == plan.Preset && r.Mapping == mapping).OrderBy(r => r.Id).ToListAsync(ct);
    }

    public async Task<ImportRun?> FindAsync(long id, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.ImportRuns.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, ct);
    }

    /// <summary>Notes the counts in the transaction that makes them true.</summary>
    public static void SaveProgress(DbTransaction transaction, long id, ImportTotals totals) => transaction.Execute(
        "update \"ImportRuns\" set \"CommittedRows\" = @1, \"Accepted\" = @2, \"Duplicates\" = @3, \"Quarantined\" = @4, \"Report\" = @5 where \"Id\" = @0",
        id, totals.Rows, totals.Accepted, totals.Duplicates, totals.Quarantined, totals.ToJson());

    public Task FinishAsync(ImportReport report, CancellationToken ct) => database.WriteAsync(
        transaction =>
        {
            transaction.Execute(
                "update \"ImportRuns\" set \"Status\" = @1, \"EqualLines\" = @2, \"Report\" = @3, \"Error\" = null, \"FinishedAt\" = @4 where \"Id\" = @0",
                report.ImportId, Finished, report.EqualLines, JsonSerializer.Serialize(report, ImportJson.Options), Stored.Ticks(clock.GetUtcNow()));
        },
        ct);

    public Task SetStatusAsync(long id, string status, string? error, CancellationToken ct) => database.WriteAsync(
        transaction => { transaction.Execute("update \"ImportRuns\" set \"Status\" = @1, \"Error\" = @2 where \"Id\" = @0", id, status, error); }, ct);
}
