using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Conversion;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Presets;
using CampaignPortal.Marketing.Imports.Reading;
using CampaignPortal.Marketing.Imports.Storage;
using CampaignPortal.Marketing.Privacy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace CampaignPortal.Marketing.Imports;

/// <summary>Runs the refused rows of an import again, some of them corrected.</summary>
/// <param name="Corrections">New text of a row, by the number of the quarantined row; the others are tried as they are.</param>
/// <param name="Actor">Who asks: a user's number or <c>command line</c>.</param>
public sealed record RerunQuarantine(long ImportId, IReadOnlyDictionary<long, string> Corrections, string Actor)
{
    /// <summary>The same, cell by cell.</summary>
    public IReadOnlyDictionary<long, string[]> Cells { get; init; } = new Dictionary<long, string[]>();
}

/// <param name="Moved">Rows that left quarantine now.</param>
/// <param name="Duplicates">Of these, rows whose content was stored already.</param>
/// <param name="Refused">Rows that wait on.</param>
public sealed record RerunReport(int Moved, int Duplicates, int Refused);

/// <remarks>A row moves once, however often and from however many pages it is asked for: the move is in the transaction of the row's event.</remarks>
public sealed class RerunQuarantineHandler(
    EventLog log, PortalDatabase database, IDbContextFactory<PortalDbContext> databases, ContactVault vault, MasterKey master, TimeProvider clock, ILogger<RerunQuarantineHandler> logger)
{
    private const int PageRowCount = 1_000;

    public async Task<Result<RerunReport>> HandleAsync(RerunQuarantine command, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.ImportRuns.AsNoTracking().FirstOrDefaultAsync(r => r.Id == command.ImportId, ct) is not { } run) return Problem.At("import", $"There is no import {command.ImportId}.");
        var plan = ImportPlan.FromJson(run.Mapping);
        if (ImportPresets.Find(plan.Preset) is not { } preset) return Problem.At("preset", $"There is no preset {plan.Preset}.");
        var converter = preset.CreateConverter(new ConversionContext(plan, run.StartedAt, text => master.LookUpHash("import-row", text)) { Matcher = new CustomerMatcher(database, vault) });
        var stage = new RecordStage(plan, database, vault);

        int moved = 0, duplicates = 0, refused = 0;
        var after = 0L;
        while (true)
        {
            var page = await db.Quarantine.AsNoTracking().Where(r => r.ImportId == command.ImportId && r.ResolvedAt == null && r.Id > after).OrderBy(r => r.Id).Take(PageRowCount).ToListAsync(ct);
            if (page.Count is 0) break;
            after = page[^1].Id;
            var chunk = Convert(page, command, plan, preset, converter);
            refused += page.Count - chunk.Corrections.Count;
            var answer = await AppendAsync(command, chunk, stage, ct);
            (moved, duplicates, refused) = (moved + answer.Moved, duplicates + answer.Duplicates, refused + answer.Refused);
        }
        logger.QuarantineRerun(command.ImportId, moved, refused);
        return new RerunReport(moved, duplicates, refused);
    }

    private ImportChunk Convert(List<QuarantinedRow> page, RerunQuarantine command, ImportPlan plan, ImportPreset preset, RowConverter converter)
    {
        var chunk = new ImportChunk(0) { ItemsAreRows = preset.RowsAreItems };
        foreach (var quarantined in page)
        {
            var raw = command.Corrections.TryGetValue(quarantined.Id, out var corrected) ? corrected
                : command.Cells.TryGetValue(quarantined.Id, out var cells) ? QuarantineFile.Line(cells, plan.Format.Delimiter) : vault.OpenText(quarantined.Raw);
            using var reader = new CsvReader(new StringReader(raw), plan.Format.Delimiter);
            var row = new ImportRow(reader, plan.Columns.Count);
            if (!row.Read() || row.CheckShape() is not null) continue;
            var (eventCount, recordCount) = (chunk.Events.Count, chunk.Records.Count);
            if (converter.Convert(row, chunk) is not null) continue;
            var index = chunk.ItemsAreRows ? Correction.OfItem : chunk.Records.Count > 0 ? recordCount : eventCount;
            chunk.Corrections.Add(new Correction(index, command.ImportId, quarantined.Position));
        }
        return chunk;
    }

    private async Task<RerunReport> AppendAsync(RerunQuarantine command, ImportChunk chunk, RecordStage stage, CancellationToken ct)
    {
        var answer = new RerunReport(0, 0, 0);
        if (chunk.Corrections.Count is 0) return answer;
        var staged = stage.Apply(chunk);
        new ConsentGuard(database).HoldBack(chunk);
        await log.AppendAsync(
            new EventBatch(ImportService.Source, chunk.Events)
            {
                Items = chunk.Items,
                Contacts = chunk.Contacts,
                IsBackfill = true,
                Alongside = (transaction, report) =>
                {
                    ImportJournal.Write(transaction, command.ImportId, report, staged.Overwritten, master);
                    answer = QuarantineRows.Settle(transaction, chunk, report, clock.GetUtcNow());
                    if (answer.Moved is 0) return;
                    transaction.Execute(
                        "insert into \"AuditEntries\" (\"At\", \"Actor\", \"Action\", \"Target\", \"Detail\") values (@0, @1, @2, @3, @4)",
                        Stored.Ticks(clock.GetUtcNow()), command.Actor, "imports.write rerun", FormattableString.Invariant($"import {command.ImportId}"), FormattableString.Invariant($"{answer.Moved} rows left quarantine"));
                },
            },
            ct);
        stage.Committed(staged);
        return answer;
    }
}
