using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Presets;
using CampaignPortal.Marketing.Imports.Reading;
using CampaignPortal.Marketing.Imports.Storage;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Jobs.Maintenance;
using CampaignPortal.Marketing.Privacy;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Imports;

/// <summary>A draft with all that the wizard shows of it.</summary>
/// <param name="Suggestions">How sure each proposed column is.</param>
/// <param name="KnownSince">When files of this shape were mapped and remembered; null for a new shape.</param>
/// <param name="Problem">What keeps the plan from being carried out, or null.</param>
/// <param name="Check">The result of the check, while nothing was changed since.</param>
public sealed record ImportDraftView(
    ImportDraft Draft, FilePreview Preview, ImportPlan Plan, ImportPreset Preset, IReadOnlyList<FieldSuggestion> Suggestions, DateTimeOffset? KnownSince, Problem? Problem, ImportCheck? Check);

/// <summary>Keeps files on their way through the wizard: begun, changed, checked, started, thrown away.</summary>
public sealed class ImportDrafts(IDbContextFactory<PortalDbContext> databases, ImportFiles files, ImportService imports, SavedMappings mappings, ShopSettingsStore shop, StartJobHandler jobs, MasterKey master, TimeProvider clock) : ICleanUp
{
    /// <summary>A draft that nobody touches for so long is thrown away, with its file.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    string ICleanUp.Name => "files and drafts of imports";

    /// <summary>Begins with an upload.</summary>
    public async Task<Result<long>> BeginAsync(string fileName, Stream content, Action<long>? bytesDone, string owner, CancellationToken ct)
    {
        await CleanUpAsync(ct);
        var stored = await files.StoreAsync(content, bytesDone, ct);
        return stored.Problem is { } problem ? problem : await AddAsync(Path.GetFileName(fileName), stored.Value, isIncoming: false, owner, ct);
    }

    /// <summary>Begins with a file of the folder <c>incoming</c>.</summary>
    public async Task<Result<long>> BeginAsync(string incomingName, string owner, CancellationToken ct) =>
        ImportFiles.IsPlainName(incomingName) && files.Incoming().Any(f => f.Name == incomingName)
            ? await AddAsync(incomingName, incomingName, isIncoming: true, owner, ct)
            : Problem.At("file", $"There is no file {incomingName} in the folder incoming.");

    /// <summary>The draft as the wizard shows it; a problem when its file is gone or cannot be read.</summary>
    public async Task<Result<ImportDraftView>> ReadAsync(long id, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { } draft) return Problem.At("draft", "This import was thrown away, or has ended. Choose the file again.");
        if (!files.Exists(draft)) return Problem.At("file", $"{draft.FileName} is not there any more. Choose the file again.");
        var source = files.SourceOf(draft);
        if (draft.Plan is null) return await FirstLookAsync(draft, source, ct);
        var plan = ImportPlan.FromJson(draft.Plan);
        var look = await Task.Run(() => FileProbe.Look(source, FormatOverride.Of(plan.Format)), ct);
        return look.Problem is { } unreadable ? unreadable : await ViewAsync(draft, look.Value, plan, ct);
    }

    /// <summary>Reads the file anew, with what a person says instead of the guess, and proposes a mapping.</summary>
    public async Task<Result<ImportDraftView>> ReadAnewAsync(long id, PlanRequest request, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { } draft) return Problem.At("draft", "This import was thrown away, or has ended. Choose the file again.");
        var proposed = await Task.Run(() => ImportPlanner.Draft(files.SourceOf(draft), request), ct);
        if (proposed.Problem is { } problem) return problem;
        await SaveAsync(id, proposed.Value.Plan, ct);
        return await ReadAsync(id, ct);
    }

    /// <summary>Keeps the plan; what was checked before does not count any more.</summary>
    public async Task SaveAsync(long id, ImportPlan plan, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var (json, now) = (plan.ToJson(), clock.GetUtcNow());
        await db.ImportDrafts.Where(d => d.Id == id).ExecuteUpdateAsync(s => s.SetProperty(d => d.Plan, json).SetProperty(d => d.Check, (byte[]?)null).SetProperty(d => d.UpdatedAt, now), ct);
    }

    /// <summary>Carries the import out on paper and keeps the result with the draft.</summary>
    public async Task<Result<ImportCheck>> CheckAsync(ImportDraftView view, IProgress<ImportProgress>? progress, CancellationToken ct)
    {
        var check = await imports.CheckAsync(new ImportRequest(files.SourceOf(view.Draft), view.Plan), progress, ct);
        if (check.Problem is not null) return check;
        await using var db = await databases.CreateDbContextAsync(ct);
        var (sealedCheck, now) = (master.SealText(check.Value.ToJson()), clock.GetUtcNow());
        await db.ImportDrafts.Where(d => d.Id == view.Draft.Id).ExecuteUpdateAsync(s => s.SetProperty(d => d.Check, sealedCheck).SetProperty(d => d.UpdatedAt, now), ct);
        return check;
    }

    /// <summary>Starts the import as a job; answers the import.</summary>
    /// <param name="mappingName">Name under which the mapping is remembered; null does not remember it.</param>
    public async Task<Result<long>> StartAsync(ImportDraftView view, string? mappingName, string actor, CancellationToken ct)
    {
        if (view.Check is not { } check) return Problem.At("check", "The import was not checked yet.");
        if (mappingName is not null && await mappings.SaveAsync(mappingName, view.Plan, ct) is { } unsaved) return unsaved;
        var importId = await imports.PrepareAsync(check.FileHash, view.Draft.FileName, view.Plan, ct);
        await using var db = await databases.CreateDbContextAsync(ct);
        await db.ImportDrafts.Where(d => d.Id == view.Draft.Id).ExecuteUpdateAsync(s => s.SetProperty(d => d.ImportId, importId), ct);
        var started = await jobs.HandleAsync(new StartJob(ImportJob.JobKey, new ImportParameters(importId), actor), ct);
        return started.Problem is { } problem ? problem : importId;
    }

    /// <summary>Drafts that are not imports yet, the newest first.</summary>
    public async Task<IReadOnlyList<ImportDraft>> OpenAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.ImportDrafts.AsNoTracking().Where(d => d.ImportId == null).OrderByDescending(d => d.UpdatedAt).Take(20).ToListAsync(ct);
    }

    public async Task<ImportDraft?> OfImportAsync(long importId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.ImportDrafts.AsNoTracking().Where(d => d.ImportId == importId).OrderByDescending(d => d.Id).FirstOrDefaultAsync(ct);
    }

    /// <summary>Throws a draft and its upload away.</summary>
    public async Task RemoveAsync(long id, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { } draft) return;
        files.Remove(draft);
        await using var db = await databases.CreateDbContextAsync(ct);
        await db.ImportDrafts.Where(d => d.Id == id).ExecuteDeleteAsync(ct);
    }

    internal ImportCheck? CheckOf(ImportDraft draft) => draft.Check is { } stored ? ImportCheck.FromJson(master.OpenText(stored)) : null;

    /// <summary>Throws away drafts that nobody came back to, uploads that no draft knows, and what an undo would have needed.</summary>
    public async Task<int> CleanUpAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var before = clock.GetUtcNow() - Kept;
        var underWay = db.ImportRuns.Where(r => r.Status == ImportRuns.Running || r.Status == ImportRuns.Waiting).Select(r => (long?)r.Id);
        var old = await db.ImportDrafts.Where(d => d.UpdatedAt < before && !underWay.Contains(d.ImportId)).Select(d => d.Id).ToListAsync(ct);
        foreach (var id in old) await RemoveAsync(id, ct);
        var known = await db.ImportDrafts.Where(d => !d.IsIncoming).Select(d => d.StoredName).ToListAsync(ct);
        var orphans = files.RemoveUploads(before, known.ToHashSet(StringComparer.Ordinal));
        var tooLate = clock.GetUtcNow() - UndoImportHandler.Window;
        var past = db.ImportRuns.Where(r => r.FinishedAt < tooLate).Select(r => r.Id);
        await db.ImportChanges.Where(c => past.Contains(c.ImportId)).ExecuteDeleteAsync(ct);
        return old.Count + orphans;
    }

    private async Task<long> AddAsync(string fileName, string storedName, bool isIncoming, string owner, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var draft = new ImportDraft { FileName = fileName, StoredName = storedName, IsIncoming = isIncoming, Owner = owner, CreatedAt = now, UpdatedAt = now };
        await using var db = await databases.CreateDbContextAsync(ct);
        db.ImportDrafts.Add(draft);
        await db.SaveChangesAsync(ct);
        return draft.Id;
    }

    private async Task<ImportDraft?> FindAsync(long id, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.ImportDrafts.AsNoTracking().FirstOrDefaultAsync(d => d.Id == id, ct);
    }

    private async Task<Result<ImportDraftView>> FirstLookAsync(ImportDraft draft, ImportSource source, CancellationToken ct)
    {
        var look = await Task.Run(() => FileProbe.Look(source), ct);
        if (look.Problem is { } unreadable) return unreadable;
        var preset = ImportPresets.Suggest(look.Value) ?? ImportPresets.Find("customers")!; // always there
        var settings = shop.Read();
        var isKnown = shop.IsSet();
        var request = new PlanRequest(preset.Name)
        {
            Saved = await mappings.FindForShapeAsync(preset.Name, look.Value.Columns, ct), Zone = preset.Zone ?? (isKnown ? settings.TimeZone : null), Currency = preset.Currency ?? (isKnown ? settings.Currency : null),
        };
        var proposed = await Task.Run(() => ImportPlanner.Draft(source, request), ct);
        if (proposed.Problem is { } problem) return problem;
        await SaveAsync(draft.Id, proposed.Value.Plan, ct);
        return await ViewAsync(draft, proposed.Value.Preview, proposed.Value.Plan, ct);
    }

    private async Task<ImportDraftView> ViewAsync(ImportDraft draft, FilePreview preview, ImportPlan plan, CancellationToken ct)
    {
        var preset = ImportPresets.Find(plan.Preset)!; // plans are made for presets
        return new ImportDraftView(
            draft, preview, plan, preset, FieldSuggestions.For(preview, preset.Fields), await mappings.KnownSinceAsync(plan.Preset, plan.Columns, ct), ImportPlanner.ProblemOf(plan), CheckOf(draft));
    }
}
