using System.Text.Json;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Storage;
using CampaignPortal.Marketing.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Imports;

/// <summary>Where data come from, as the page Data shows it.</summary>
/// <param name="Sources">Kinds of files that were imported, the last one first.</param>
/// <param name="Recent">The last imports.</param>
/// <param name="Drafts">Files that wait in the wizard.</param>
/// <param name="QuarantineCount">Rows that wait for a correction, of imports and of the API.</param>
/// <param name="Incoming">Files that wait in the folder <c>incoming</c>.</param>
public sealed record DataOverview(IReadOnlyList<DataSource> Sources, IReadOnlyList<ImportSummary> Recent, IReadOnlyList<ImportDraft> Drafts, int QuarantineCount, IReadOnlyList<IncomingFile> Incoming);

/// <summary>All imports of one preset.</summary>
/// <param name="LastSuccess">When one last ended well.</param>
public sealed record DataSource(string Preset, int ImportCount, long Rows, long Accepted, int Quarantined, DateTimeOffset? LastSuccess);

/// <summary>One import in a list.</summary>
/// <param name="Quarantined">Rows that still wait.</param>
public sealed record ImportSummary(long Id, string FileName, string Preset, string Status, long Rows, long Accepted, int Quarantined, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt);

/// <summary>One import with its result.</summary>
/// <param name="Report">Null until it has ended well.</param>
/// <param name="Waiting">Rows in quarantine.</param>
/// <param name="UndoUntil">The last moment of an undo; null when there is nothing to take back, or it was taken back.</param>
/// <param name="Undone">What the undo did.</param>
/// <param name="Job">The last run of its job.</param>
/// <param name="CanResume">Stopped, and its file is still there.</param>
public sealed record ImportDetail(ImportRun Run, ImportPlan Plan, ImportReport? Report, int Waiting, DateTimeOffset? UndoUntil, UndoReport? Undone, JobRun? Job, bool CanResume);

/// <summary>Reads imports for pages.</summary>
public sealed class ReadImportsHandler(IDbContextFactory<PortalDbContext> databases, ImportDrafts drafts, ImportFiles files, TimeProvider clock)
{
    private const int RecentCount = 50;

    public async Task<DataOverview> OverviewAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var waiting = await db.Quarantine.Where(q => q.ResolvedAt == null).GroupBy(q => q.ImportId).Select(g => new { g.Key, Count = g.Count() }).ToListAsync(ct);
        var waitingOf = waiting.Where(w => w.Key is not null).ToDictionary(w => w.Key!.Value, w => w.Count); // filtered just before
        var runs = await db.ImportRuns.AsNoTracking().OrderByDescending(r => r.Id)
            .Select(r => new ImportSummary(r.Id, r.FileName, r.Preset, r.Status, r.CommittedRows, r.Accepted, 0, r.StartedAt, r.FinishedAt)).ToListAsync(ct);
        var sources = runs.Where(r => r.Status is not (ImportRuns.Undone or ImportRuns.Waiting)).GroupBy(r => r.Preset, StringComparer.Ordinal)
            .Select(g => new DataSource(g.Key, g.Count(), g.Sum(r => r.Rows), g.Sum(r => r.Accepted), g.Sum(r => waitingOf.GetValueOrDefault(r.Id)), g.Where(r => r.Status is ImportRuns.Finished).Max(r => r.FinishedAt)))
            .OrderByDescending(s => s.LastSuccess).ToList();
        return new DataOverview(
            sources, [.. runs.Take(RecentCount).Select(r => r with { Quarantined = waitingOf.GetValueOrDefault(r.Id) })], await drafts.OpenAsync(ct), waiting.Sum(w => w.Count), files.Incoming());
    }

    public async Task<ImportDetail?> ReadAsync(long id, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.ImportRuns.AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, ct) is not { } run) return null;
        var key = ImportJob.SingleFlightKey(id);
        var job = await db.JobRuns.AsNoTracking().Where(r => r.SingleFlightKey == key).OrderByDescending(r => r.Id).FirstOrDefaultAsync(ct);
        var isStopped = run.Status is ImportRuns.Finished or ImportRuns.Failed or ImportRuns.Cancelled;
        var until = UndoImportHandler.Until(run.FinishedAt ?? run.StartedAt);
        var draft = await drafts.OfImportAsync(id, ct);
        return new ImportDetail(
            run, ImportPlan.FromJson(run.Mapping), run.Status is ImportRuns.Finished or ImportRuns.Undone && run.FinishedAt is not null ? JsonSerializer.Deserialize<ImportReport>(run.Report!, ImportJson.Options) : null, // ended: it has one
            await db.Quarantine.CountAsync(q => q.ImportId == id && q.ResolvedAt == null, ct), isStopped && run.CommittedRows > 0 && clock.GetUtcNow() <= until ? until : null,
            run.UndoReport is { } undone ? JsonSerializer.Deserialize<UndoReport>(undone, ImportJson.Options) : null, job,
            run.Status is ImportRuns.Failed or ImportRuns.Cancelled or ImportRuns.Running or ImportRuns.Waiting && draft is not null && files.Exists(draft));
    }
}
