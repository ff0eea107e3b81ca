using System.Data.Common;
using System.Threading.Channels;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Conversion;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Presets;
using CampaignPortal.Marketing.Imports.Quality;
using CampaignPortal.Marketing.Imports.Reading;
using CampaignPortal.Marketing.Imports.Storage;
using CampaignPortal.Marketing.Privacy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CampaignPortal.Marketing.Imports;

/// <summary>Imports a file through the log: every row becomes accepted, a duplicate, or quarantined with a reason; a killed import goes on where it was.</summary>
/// <remarks>
/// One thread reads and converts, the log's writer commits, two chunks wait in between. The progress is written in the transaction of the
/// rows that it counts, so after a kill the same file goes on behind the last committed row; earlier rows are read again, but not appended.
/// </remarks>
public sealed class ImportService(
    EventLog log, PortalDatabase database, IDbContextFactory<PortalDbContext> databases, ContactVault vault, MasterKey master, TimeProvider clock, IOptions<ImportOptions> options, ILogger<ImportService> logger)
{
    /// <summary>Name under which imported events stand in the log.</summary>
    public const string Source = EventTableReader.ImportSource;

    private const int WaitingChunkCount = 2;

    private readonly ImportRuns _runs = new(databases, database, clock);
    private readonly ConsentGuard _consent = new(database);
    private readonly Lock _underWayLock = new();
    private readonly HashSet<string> _underWay = new(StringComparer.Ordinal); // hashes of files

    /// <summary>Reads the whole file without writing anything: the state of its data, column by column.</summary>
    public async Task<Result<QualityReport>> ProfileAsync(ImportRequest request, CancellationToken ct)
    {
        if (Check(request.Plan) is { } problem) return problem;
        var context = ContextOf(request.Plan, clock.GetUtcNow());
        return await Task.Run(() => Profile(request, context, ct), ct);
    }

    /// <summary>Carries the import out on paper: what every row would do, the first differences, and why rows would be refused.</summary>
    public async Task<Result<ImportCheck>> CheckAsync(ImportRequest request, IProgress<ImportProgress>? progress, CancellationToken ct)
    {
        if (Check(request.Plan) is { } problem) return problem;
        var hash = await request.Source.HashAsync(ct);
        var earlier = await _runs.FindFinishedAsync(hash, request.Plan, ct);
        return await Task.Run(() => Rehearse(request, hash, earlier?.StartedAt ?? clock.GetUtcNow(), progress, ct), ct);
    }

    private Result<ImportCheck> Rehearse(ImportRequest request, string hash, DateTimeOffset startedAt, IProgress<ImportProgress>? progress, CancellationToken ct)
    {
        QualityReport? known = null;
        if (request.Plan.Choices.Any(c => c.NeedsProfile))
        {
            var profile = Profile(request, ContextOf(request.Plan, startedAt), ct);
            if (profile.Problem is { } unreadable) return unreadable;
            known = profile.Value;
        }
        var context = ContextOf(request.Plan, startedAt);
        var store = DryRun.Fingerprint(database); // before the first row: what changes while rows are compared must show
        var opened = RowPipeline.Open(request.Source, request.Plan, ImportPresets.Find(request.Plan.Preset)!, context, known, importId: null, keepsRefused: true); // checked
        if (opened.Problem is { } problem) return problem;
        using var rows = opened.Value;
        var rehearsal = new DryRun(database, vault, context);
        var started = clock.GetTimestamp();
        try
        {
            while (rows.Next(options.Value.ChunkRowCount) is { } chunk)
            {
                ct.ThrowIfCancellationRequested();
                rehearsal.Add(chunk);
                progress?.Report(ProgressOf(0, rehearsal.Totals, rows.BytesRead, request.Source.Length, clock.GetElapsedTime(started)));
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return Problem.At("file", $"{request.Source.Name} cannot be read to its end ({e.Message}) Copy it again.");
        }
        return rehearsal.Report(hash, store, rows.Quality);
    }

    /// <summary>Writes an import down before its job begins; an interrupted one of the same file and mapping is taken up again.</summary>
    public async Task<long> PrepareAsync(string fileHash, string fileName, ImportPlan plan, CancellationToken ct)
    {
        var (run, _) = await _runs.BeginAsync(fileHash, fileName, plan, ct);
        await _runs.SetStatusAsync(run.Id, ImportRuns.Waiting, null, ct);
        return run.Id;
    }

    /// <summary>Runs the import to its end; a problem when the file cannot be read, and then what was committed stays.</summary>
    /// <exception cref="DbException">The store refused, for instance because the disk is full; starting the import again goes on from the last commit.</exception>
    public async Task<Result<ImportReport>> RunAsync(ImportRequest request, IProgress<ImportProgress>? progress, CancellationToken ct)
    {
        if (Check(request.Plan) is { } problem) return problem;
        var look = FileProbe.Look(request.Source, FormatOverride.Of(request.Plan.Format));
        if (look.Problem is { } unreadable) return unreadable;
        var hash = await request.Source.HashAsync(ct);
        lock (_underWayLock)
        {
            if (!_underWay.Add(hash)) return Problem.At("file", $"{request.Source.Name} is being imported right now. Wait for that import, or stop it.");
        }
        try
        {
            if (await ProblemOfAsync(request, hash, ct) is { } changed) return changed;
            var (run, earlier) = await _runs.BeginAsync(hash, request.Source.Name, request.Plan, ct);
            return await RunAsync(request, run, earlier, progress, ct);
        }
        finally
        {
            lock (_underWayLock) _underWay.Remove(hash);
        }
    }

    /// <summary>Whether the import would do something else than its check said.</summary>
    private async Task<Problem?> ProblemOfAsync(ImportRequest request, string hash, CancellationToken ct)
    {
        if (request.Check is not { } check) return null;
        if (check.FileHash != hash) return Problem.At("file", $"{request.Source.Name} is another file than the one that was checked. Check it again.");
        if (check.Plan != request.Plan.ToJson()) return Problem.At("plan", "The mapping is another one than the one that was checked. Check it again.");
        if (check.Store == DryRun.Fingerprint(database)) return null;
        var resumed = await _runs.FindInterruptedAsync(hash, request.Plan, ct);
        var anew = await CheckAsync(request, null, ct);
        if (anew.Problem is { } problem) return problem;
        var begun = resumed?.CommittedRows ?? 0;
        return anew.Value.Steps.Where(s => s.LastRow > begun).SequenceEqual(check.Steps.Where(s => s.LastRow > begun)) ? null : StoreChanged;
    }

    private static Problem StoreChanged => Problem.At("check", "The data of the portal changed since the check, and the import would do something else now. What is stored so far stays; check again to see what is left.");

    private async Task<Result<ImportReport>> RunAsync(ImportRequest request, ImportRun run, ImportRun? earlier, IProgress<ImportProgress>? progress, CancellationToken ct)
    {
        logger.ImportStarted(run.Id, run.Preset, run.CommittedRows);
        var totals = run.CommittedRows > 0 ? ImportTotals.FromJson(run.Report) : ImportTotals.Nothing;
        try
        {
            // Rows that state no moment were said when the file was imported first: only so does a second import repeat the same events.
            var context = ContextOf(request.Plan, (earlier ?? run).StartedAt);
            QualityReport? known = null;
            if (request.Plan.Choices.Any(c => c.NeedsProfile))
            {
                var profile = await Task.Run(() => Profile(request, context, ct), ct);
                if (profile.Problem is { } problem) return await StopAsync(run, totals, problem);
                known = profile.Value;
                context = ContextOf(request.Plan, context.StartedAt);
            }
            var preset = ImportPresets.Find(request.Plan.Preset)!; // checked
            var opened = RowPipeline.Open(request.Source, request.Plan, preset, context, known, run.Id, keepsRefused: earlier is null);
            if (opened.Problem is { } unlike) return await StopAsync(run, totals, unlike);
            using var rows = opened.Value;
            return await PumpAsync(request, run, rows, context, totals, progress, ct);
        }
        catch (OperationCanceledException)
        {
            await StopAsync(run, ImportRuns.Cancelled, "cancelled");
            throw;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await StopAsync(run, ImportRuns.Failed, e is DbException ? e.Message : "An unexpected error stopped it.");
            throw;
        }
    }

    private async Task<Result<ImportReport>> PumpAsync(
        ImportRequest request, ImportRun run, RowPipeline rows, ConversionContext context, ImportTotals totals, IProgress<ImportProgress>? progress, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        var chunks = Channel.CreateBounded<(ImportChunk Chunk, long BytesRead)>(new BoundedChannelOptions(WaitingChunkCount) { SingleReader = true, SingleWriter = true });
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var stage = new RecordStage(request.Plan, database, vault) { Matcher = context.Matcher };
        var reading = Task.Run(() => ReadAsync(rows, totals.Rows, chunks.Writer, ended.Token), CancellationToken.None);
        try
        {
            await foreach (var (chunk, bytesRead) in chunks.Reader.ReadAllAsync(ct))
            {
                var after = await AppendAsync(run.Id, totals, chunk, stage, request.Check?.Steps, ct);
                if (after is null) return await StopAsync(run, totals, StoreChanged);
                totals = after;
                progress?.Report(ProgressOf(run.CommittedRows, totals, bytesRead, request.Source.Length, clock.GetElapsedTime(started)));
            }
            await reading;
        }
        catch (Exception e) when (e is InvalidDataException or IOException && reading.IsFaulted)
        {
            var problem = Problem.At("file", $"{request.Source.Name} cannot be read on after row {totals.Rows:N0} ({e.Message}) What was read is committed; copy the file again and import it anew.");
            return await StopAsync(run, totals, problem);
        }
        finally
        {
            await ended.CancelAsync();
            await reading.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default); // its failure was seen above
        }

        var counts = context.Counts;
        var elapsed = clock.GetElapsedTime(started);
        var report = new ImportReport(
            run.Id, totals.Rows, totals.Accepted, totals.Duplicates, totals.Quarantined, totals.Dropped, counts.Customers, counts.Items, counts.Orders, context.Identity.EqualCount,
            Math.Round(elapsed.TotalSeconds, 3), totals.HeldBack, run.CommittedRows, [.. request.Plan.UnmappedColumns], context.Clock.SkippedCount, context.Clock.DoubledCount, rows.Quality)
        {
            New = totals.New, Changed = totals.Accepted - totals.New, Merged = totals.Merged, SharedValues = context.Matcher?.SharedCount ?? 0,
        };
        await _runs.FinishAsync(report, ct);
        logger.ImportFinished(run.Id, report.Rows, report.Accepted, report.Duplicates, report.Quarantined, (long)elapsed.TotalMilliseconds);
        return report;
    }

    private async Task ReadAsync(RowPipeline rows, long committedRows, ChannelWriter<(ImportChunk, long)> chunks, CancellationToken ct)
    {
        try
        {
            rows.Skip(committedRows);
            while (rows.Next(options.Value.ChunkRowCount) is { } chunk) await chunks.WriteAsync((chunk, rows.BytesRead), ct);
            chunks.Complete();
        }
#pragma warning disable CA1031 // Whatever it is, it goes to the reader of the channel, which decides.
        catch (Exception e)
#pragma warning restore CA1031
        {
            chunks.Complete(e);
            throw;
        }
    }

    /// <summary>Commits the chunk and answers the counts after it; null when it would do something else than was checked, and then nothing of it is written.</summary>
    private async Task<ImportTotals?> AppendAsync(long importId, ImportTotals totals, ImportChunk chunk, RecordStage stage, IReadOnlyList<ImportStep>? expected, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        FaultPoints.Hit("import.before-chunk");
        var staged = stage.Apply(chunk);
        var heldBack = _consent.HoldBack(chunk);
        var step = expected?.FirstOrDefault(s => s.LastRow == totals.Rows + chunk.RowCount);
        bool IsAsChecked(AppendReport appended) => step is null || ImportStep.Between(totals, totals.After(chunk, appended, staged, heldBack)) == step;
        AppendReport report;
        try
        {
            report = await log.AppendAsync(BatchOf(), CancellationToken.None); // what is in the inbox will be committed: whoever cancels must not go on before it is counted
        }
        catch (CheckBrokenException)
        {
            return null;
        }
        FaultPoints.Hit("import.after-chunk");
        stage.Committed(staged);
        return totals.After(chunk, report, staged, heldBack);

        EventBatch BatchOf() => new(Source, chunk.Events)
        {
            Items = chunk.Items,
            Contacts = chunk.Contacts,
            Quarantine = chunk.Quarantine,
            IsBackfill = true,
            Alongside = (transaction, appended) =>
            {
                if (!IsAsChecked(appended)) throw new CheckBrokenException(totals.Rows);
                ImportRuns.SaveProgress(transaction, importId, totals.After(chunk, appended, staged, heldBack));
                ImportJournal.Write(transaction, importId, appended, staged.Overwritten, master);
                QuarantineRows.Settle(transaction, chunk, appended, clock.GetUtcNow());
            },
        };
    }

    /// <summary>Thrown inside the transaction, so that nothing of the chunk is stored.</summary>
    private sealed class CheckBrokenException(long row) : Exception(FormattableString.Invariant($"The rows after {row} would do something else than was checked."));

    private Result<QualityReport> Profile(ImportRequest request, ConversionContext context, CancellationToken ct)
    {
        var opened = RowPipeline.Open(request.Source, request.Plan with { Choices = [] }, ImportPresets.Find(request.Plan.Preset)!, context, known: null, importId: null, keepsRefused: false); // checked
        if (opened.Problem is { } problem) return problem;
        using var rows = opened.Value;
        try
        {
            while (rows.Next(options.Value.ChunkRowCount) is not null) ct.ThrowIfCancellationRequested();
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return Problem.At("file", $"{request.Source.Name} cannot be read to its end ({e.Message}) Copy it again.");
        }
        return rows.Quality;
    }

    private static Problem? Check(ImportPlan plan)
    {
        if (ImportPresets.Find(plan.Preset) is not { } preset) return Problem.At("preset", $"There is no preset {plan.Preset}.");
        return plan.Check(preset.Fields) ?? preset.Check(plan);
    }

    private ConversionContext ContextOf(ImportPlan plan, DateTimeOffset startedAt) => new(plan, startedAt, Fingerprint) { Matcher = new CustomerMatcher(database, vault) };

    private byte[] Fingerprint(string contact) => master.LookUpHash("import-row", contact);

    private async Task<Problem> StopAsync(ImportRun run, ImportTotals totals, Problem problem)
    {
        await _runs.SetStatusAsync(run.Id, ImportRuns.Failed, problem.Message, CancellationToken.None);
        logger.ImportStopped(run.Id, totals.Rows, "the file cannot be read");
        return problem;
    }

    private async Task StopAsync(ImportRun run, string status, string reason)
    {
        try
        {
            await _runs.SetStatusAsync(run.Id, status, reason, CancellationToken.None);
        }
        catch (DbException)
        {
            // The store that refused the rows refuses this note too. The run counts as interrupted all the same.
        }
        logger.ImportStopped(run.Id, run.CommittedRows, reason);
    }

    private static ImportProgress ProgressOf(long committedBefore, ImportTotals totals, long bytesRead, long? length, TimeSpan elapsed)
    {
        var rate = elapsed > TimeSpan.Zero ? (totals.Rows - committedBefore) / elapsed.TotalSeconds : 0;
        double? fraction = length is > 0 and var all ? Math.Min(1, (double)bytesRead / all) : null;
        TimeSpan? remaining = fraction is > 0 and var share ? elapsed * ((1 - share) / share) : null;
        return new ImportProgress(totals.Rows, totals.Accepted, totals.Duplicates, totals.Quarantined, fraction, rate, remaining);
    }
}
