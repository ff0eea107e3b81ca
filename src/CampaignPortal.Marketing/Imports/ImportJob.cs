using System.Text.Json;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Storage;
using CampaignPortal.Marketing.Jobs;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Imports;

/// <summary>What the job <c>import</c> works on.</summary>
/// <param name="Undo">Takes the import back instead.</param>
public sealed record ImportParameters(long ImportId, bool Undo = false);

/// <summary>Runs an import, or takes one back, in the background. Stopped or killed it goes on behind its last commit.</summary>
public sealed class ImportJob(
    ImportService imports, ImportDrafts drafts, ImportFiles files, UndoImportHandler undo, ProjectionHost projections, ShopSettingsStore shop, IDbContextFactory<PortalDbContext> databases) : IJobHandler
{
    public const string JobKey = "import";

    public JobDefinition Definition { get; } = new(JobKey) { MaxAttempts = 3 };

    public static string SingleFlightKey(long importId) => FormattableString.Invariant($"{JobKey}.{importId}");

    public string SingleFlightKeyOf(JsonElement parameters) => parameters.TryGetProperty("importId", out var id) && id.TryGetInt64(out var number) ? SingleFlightKey(number) : JobKey;

    public Task<JobOutcome> RunAsync(JobContext job, CancellationToken ct)
    {
        var parameters = job.ParametersAs<ImportParameters>();
        return parameters.Undo ? UndoAsync(job, parameters.ImportId, ct) : ImportAsync(job, parameters.ImportId, ct);
    }

    private async Task<JobOutcome> ImportAsync(JobContext job, long importId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.ImportRuns.AsNoTracking().FirstOrDefaultAsync(r => r.Id == importId, ct) is not { } run) throw Failed("import-missing", "There is no such import any more.");
        if (run.Status is ImportRuns.Finished) return JobOutcome.Skip("import-done", "The import has ended already.");
        if (await drafts.OfImportAsync(importId, ct) is not { } draft || !files.Exists(draft)) throw Failed("file-missing", "The file of the import is not there any more. Choose it again.");
        var plan = ImportPlan.FromJson(run.Mapping);
        // The first file says what the shop's money and midnight are; afterwards the settings do.
        if (!shop.IsSet()) await shop.SaveAsync(shop.Read() with { Currency = plan.Currency, TimeZone = plan.Zone }, ct);

        var progress = new Listener(p => job.Report("import", 0.95 * (p.Fraction ?? 0), p.Rows));
        var report = await imports.RunAsync(new ImportRequest(files.SourceOf(draft), plan) { Check = drafts.CheckOf(draft) }, progress, ct);
        if (report.Problem is { } problem) throw new JobFailedException(new JobProblem(problem.Field is "check" ? "import-changed" : "import-refused", problem.Message) { Repair = JobRepairs.CheckFile });
        job.Report("import", 0.97, report.Value.Rows);
        await projections.CatchUpAsync(ct);
        await drafts.RemoveAsync(draft.Id, CancellationToken.None);
        return JobOutcome.Done(new { importId, rows = report.Value.Rows, accepted = report.Value.Accepted, quarantined = report.Value.Quarantined });
    }

    private async Task<JobOutcome> UndoAsync(JobContext job, long importId, CancellationToken ct)
    {
        job.Report("import-undo", 0);
        var report = await undo.HandleAsync(new UndoImport(importId, job.Run.StartedBy), new Share(s => job.Report("import-undo", s)), ct);
        if (report.Problem is { } problem) throw Failed("import-undo-refused", problem.Message);
        return JobOutcome.Done(new { importId, undone = report.Value.Events });
    }

    private static JobFailedException Failed(string code, string text) => new(new JobProblem(code, text) { Repair = JobRepairs.CheckFile });

    // Progress<T> would hop to another thread and could report after the end.
    private sealed class Listener(Action<ImportProgress> hear) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => hear(value);
    }

    private sealed class Share(Action<double> hear) : IProgress<double>
    {
        public void Report(double value) => hear(value);
    }
}
