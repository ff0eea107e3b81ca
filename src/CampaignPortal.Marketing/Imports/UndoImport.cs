using System.Data.Common;
using System.Text.Json;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Storage;
using CampaignPortal.Marketing.Privacy;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Imports;

/// <summary>Takes an import back (DI-06).</summary>
/// <param name="Actor">Who asks: a user's number or <c>command line</c>.</param>
public sealed record UndoImport(long ImportId, string Actor);

/// <summary>What an undo did.</summary>
/// <param name="Events">Events that left the log.</param>
/// <param name="Customers">Customers that the import had created and nobody touched since.</param>
/// <param name="Items">Items of the same kind.</param>
/// <param name="Fields">Fields of contact data and of items that hold again what they held before.</param>
/// <param name="KeptCount">What could not be taken back.</param>
/// <param name="Kept">The first of it.</param>
public sealed record UndoReport(long Events, int Customers, int Items, int Fields, int KeptCount, IReadOnlyList<KeptBack> Kept);

/// <summary>Something that stays as it is.</summary>
/// <param name="Kind"><c>customer</c>, <c>contact</c> or <c>item</c>.</param>
/// <param name="Key">The shop's id.</param>
/// <param name="Reason"><c>touched</c>: other data name it; <c>changed</c>: it was changed since.</param>
/// <param name="Field">The field, where one stays.</param>
public sealed record KeptBack(string Kind, string Key, string Reason, string? Field);

/// <remarks>
/// The retraction is itself an event of the log. The events of the import leave the log for a table beside it, so nothing that reads the log can
/// count them by mistake; the projections begin anew without them, and so a trait holds again what the log says of it. Repeating an undo that
/// was cut off ends it.
/// </remarks>
public sealed class UndoImportHandler(EventLog log, ProjectionHost projections, PortalDatabase database, IDbContextFactory<PortalDbContext> databases, ContactVault vault, MasterKey master, TimeProvider clock)
{
    /// <summary>So long after its end an import can be taken back.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromDays(30);

    private const int ChunkEventCount = 5_000;

    public async Task<Result<UndoReport>> HandleAsync(UndoImport command, IProgress<double>? progress, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.ImportRuns.AsNoTracking().FirstOrDefaultAsync(r => r.Id == command.ImportId, ct) is not { } run) return Problem.At("import", $"There is no import {command.ImportId}.");
        if (run.Status is ImportRuns.Undone) return Problem.At("import", $"Import {run.Id} was undone already.");
        if (run.Status is ImportRuns.Running or ImportRuns.Waiting) return Problem.At("import", $"Import {run.Id} is under way. Stop it first.");
        if (clock.GetUtcNow() - (run.FinishedAt ?? run.StartedAt) > Window) return Problem.At("import", $"Import {run.Id} ended more than {Window.Days} days ago; what it changed is not kept any longer.");

        await SetStatusAsync(run.Id, ct);
        await RetractAsync(run.Id, ct);
        UndoReport? report = null;
        await projections.RestartAsync(async () => report = await TakeBackAsync(db, run, command.Actor, progress), ct);
        return report!; // set by what just ran
    }

    /// <summary>The last moment at which an import that ended then can be taken back.</summary>
    public static DateTimeOffset Until(DateTimeOffset finishedAt) => finishedAt + Window;

    private Task SetStatusAsync(long importId, CancellationToken ct) => database.WriteAsync(
        transaction => { transaction.Execute("update \"ImportRuns\" set \"Status\" = @1 where \"Id\" = @0", importId, ImportRuns.Undoing); }, ct);

    // First, so that the log's newest number is never one that leaves it.
    private Task<AppendReport> RetractAsync(long importId, CancellationToken ct) => log.AppendAsync(
        new EventBatch("portal", [new NewEvent
        {
            MessageId = FormattableString.Invariant($"import-retracted-{importId}"), Type = KnownEvents.Custom, OccurredAt = clock.GetUtcNow(), Properties = JsonSerializer.Serialize(new { name = "import_retracted", import = importId }),
        }]),
        ct);

    // Once it has begun it goes to its end: half an undo helps nobody.
    private async Task<UndoReport> TakeBackAsync(PortalDbContext db, ImportRun run, string actor, IProgress<double>? progress)
    {
        var kept = new List<KeptBack>();
        await MoveEventsAsync(db, run.Id, progress);
        var restored = await new OverwrittenFields(log, database, databases, vault, master).RestoreAsync(run.Id, kept);
        var customers = await RemoveCustomersAsync(db, run, kept);
        var items = restored.NewItems.Count + await RemoveItemsAsync(run);
        var events = await db.RetractedEvents.LongCountAsync(e => e.ImportId == run.Id);
        var report = new UndoReport(events, customers, items, restored.FieldCount, kept.Count, [.. kept.Take(200)]);
        await database.WriteAsync(
            transaction =>
            {
                transaction.Execute("delete from \"ImportRanges\" where \"ImportId\" = @0", run.Id);
                transaction.Execute("delete from \"ImportChanges\" where \"ImportId\" = @0", run.Id);
                transaction.Execute("delete from \"ProjectionCheckpoints\"");
                transaction.Execute(
                    "update \"ImportRuns\" set \"Status\" = @1, \"UndoneAt\" = @2, \"UndoReport\" = @3 where \"Id\" = @0", run.Id, ImportRuns.Undone, Stored.Ticks(clock.GetUtcNow()), JsonSerializer.Serialize(report, ImportJson.Options));
                transaction.Execute(
                    "insert into \"AuditEntries\" (\"At\", \"Actor\", \"Action\", \"Target\", \"Detail\") values (@0, @1, @2, @3, @4)",
                    Stored.Ticks(clock.GetUtcNow()), actor, "customers.import undo", FormattableString.Invariant($"import {run.Id}"), FormattableString.Invariant($"{events} events, {customers} customers, {items} items taken back"));
                log.ForgetIds(); // while nobody else can write: ids of removed customers must not be remembered
            },
            CancellationToken.None);
        return report;
    }

    private async Task MoveEventsAsync(PortalDbContext db, long importId, IProgress<double>? progress)
    {
        var ranges = await db.ImportRanges.AsNoTracking().Where(r => r.ImportId == importId).OrderByDescending(r => r.FromSequence).ToListAsync();
        const string Columns = "\"Sequence\", \"Source\", \"MessageId\", \"PayloadHash\", \"Type\", \"CustomerId\", \"VisitorId\", \"OrderId\", \"OccurredAt\", \"SentAt\", \"ReceivedAt\", \"ItemId\", \"CampaignId\", \"VariantId\", \"Quantity\", \"Amount\", \"Currency\", \"Properties\"";
        long moved = 0, all = ranges.Sum(r => r.ToSequence - r.FromSequence + 1);
        foreach (var range in ranges)
        {
            for (var from = range.FromSequence; from <= range.ToSequence; from += ChunkEventCount)
            {
                var to = Math.Min(range.ToSequence, from + ChunkEventCount - 1);
                await database.WriteAsync(
                    transaction =>
                    {
                        transaction.Execute($"insert into \"RetractedEvents\" (\"ImportId\", \"RetractedAt\", {Columns}) select @0, @1, {Columns} from \"Events\" where \"Sequence\" between @2 and @3", importId, Stored.Ticks(clock.GetUtcNow()), from, to);
                        transaction.Execute("delete from \"Events\" where \"Sequence\" between @0 and @1", from, to);
                        transaction.Execute("delete from \"Identifications\" where \"Sequence\" between @0 and @1", from, to); // the next event that names somebody decides anew
                    },
                    CancellationToken.None);
                FaultPoints.Hit("import.undo-chunk");
                moved += to - from + 1;
                progress?.Report(0.9 * moved / all);
            }
        }
    }

    /// <summary>Removes the customers that came with the import and of whom nothing else is known; the others are listed.</summary>
    private async Task<int> RemoveCustomersAsync(PortalDbContext db, ImportRun run, List<KeptBack> kept)
    {
        var came = await db.RetractedEvents.Where(e => e.ImportId == run.Id && e.CustomerId != null).Select(e => e.CustomerId!.Value).Distinct()
            .Join(db.Customers.Where(c => c.CreatedAt >= run.StartedAt && c.ErasedAt == null), id => id, c => c.Id, (_, c) => new { c.Id, c.ExternalId, IsTouched = db.Events.Any(e => e.CustomerId == c.Id) })
            .OrderBy(c => c.Id).ToListAsync();
        kept.AddRange(came.Where(c => c.IsTouched).Select(c => new KeptBack("customer", c.ExternalId, "touched", null)));
        var tables = db.Model.GetEntityTypes().Where(t => t.FindProperty("CustomerId") is not null).Select(t => t.GetTableName()!).Except(["Events", "RetractedEvents"], StringComparer.Ordinal).ToArray(); // every entity has a table
        var removed = 0;
        foreach (var page in came.Where(c => !c.IsTouched).Select(c => c.Id).Chunk(500))
        {
            var withContact = await db.Contacts.Where(c => page.Contains(c.CustomerId)).Select(c => c.CustomerId).ToListAsync();
            removed += await database.WriteAsync(
                transaction =>
                {
                    var count = page.Count(id => RemoveCustomer(transaction, tables, id));
                    log.ForgetIds();
                    return count;
                },
                CancellationToken.None);
            foreach (var id in withContact) vault.Destroy(id);
        }
        return removed;
    }

    private static bool RemoveCustomer(DbTransaction transaction, string[] tables, long id)
    {
        // Somebody may have bought since the list was made: whoever has an event now, stays.
        if (transaction.Execute("delete from \"Customers\" where \"Id\" = @0 and not exists (select 1 from \"Events\" where \"CustomerId\" = @0)", id) is 0) return false;
        foreach (var table in tables) transaction.Execute($"delete from \"{table}\" where \"CustomerId\" = @0", id);
        return true;
    }

    /// <summary>Removes items that came to the catalogue because lines of the import named them.</summary>
    private Task<int> RemoveItemsAsync(ImportRun run) => database.WriteAsync(
        transaction =>
        {
            var count = transaction.Execute(
                "delete from \"Items\" where \"Id\" in (select distinct \"ItemId\" from \"RetractedEvents\" where \"ImportId\" = @0) and \"CreatedAt\" >= @1 and \"UpdatedAt\" <= @2 "
                + "and not exists (select 1 from \"Events\" where \"Events\".\"ItemId\" = \"Items\".\"Id\")",
                run.Id, Stored.Ticks(run.StartedAt), Stored.Ticks(run.FinishedAt ?? clock.GetUtcNow()));
            log.ForgetIds();
            return count;
        },
        CancellationToken.None);
}
