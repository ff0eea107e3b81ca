using System.Text;
using CampaignPortal.Marketing.Imports;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Imports;

/// <summary>A file's way through the wizard and its job.</summary>
public class ImportDraftTests
{
    private const string Lines = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n1,11111,LAMP,2,2011-01-13 10:00:00,5,k1,France\n2,22222,RUG,none,2011-01-14 10:00:00,9,k2,France\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upload_is_recognised_checked_and_imported_by_its_job_and_its_file_is_gone_afterwards()
    {
        await using var store = await TestStore.OpenAsync();
        var drafts = store.Get<ImportDrafts>();
        var draft = (await drafts.BeginAsync("orders.csv", new MemoryStream(Encoding.UTF8.GetBytes(Lines)), null, "1", Ct)).Value;
        var view = (await drafts.ReadAsync(draft, Ct)).Value;
        Assert.Equal(("online-retail", null, 8), (view.Plan.Preset, view.Problem, view.Plan.Fields.Count));

        Assert.NotNull((await drafts.StartAsync(view, null, "1", Ct)).Problem); // not checked yet
        await drafts.CheckAsync(view, null, Ct);
        view = (await drafts.ReadAsync(draft, Ct)).Value;
        Assert.Equal((1L, 1L), (view.Check!.New, view.Check.Rejected));

        var importId = (await drafts.StartAsync(view, "my orders", "1", Ct)).Value;
        await RunJobAsync(store);
        var detail = (await store.Get<ReadImportsHandler>().ReadAsync(importId, Ct))!;
        Assert.Equal(("finished", 1L, 1, JobStatus.Succeeded), (detail.Run.Status, detail.Report!.New, detail.Waiting, detail.Job!.Status));
        Assert.NotNull(detail.UndoUntil);
        Assert.Empty(Directory.GetFiles(store.Get<ImportFiles>().UploadsPath));
        Assert.Empty(await drafts.OpenAsync(Ct));

        // A file of the same shape is mapped at once.
        var next = (await drafts.BeginAsync("orders-2.csv", new MemoryStream(Encoding.UTF8.GetBytes(Lines + "3,11111,LAMP,1,2011-01-15 10:00:00,5,k1,France\n")), null, "1", Ct)).Value;
        Assert.NotNull((await drafts.ReadAsync(next, Ct)).Value.KnownSince);
    }

    [Fact]
    public async Task Changing_the_plan_forgets_the_check_and_the_check_is_sealed()
    {
        await using var store = await TestStore.OpenAsync();
        var drafts = store.Get<ImportDrafts>();
        var draft = (await drafts.BeginAsync("people.csv", new MemoryStream("customer_id,email\nc1,secret@example.org\n"u8.ToArray()), null, "1", Ct)).Value;
        var view = (await drafts.ReadAsync(draft, Ct)).Value;
        await drafts.CheckAsync(view, null, Ct);
        await using var db = await store.ContextAsync();
        var stored = (await db.ImportDrafts.AsNoTracking().SingleAsync(Ct)).Check!;
        Assert.DoesNotContain("secret", Encoding.UTF8.GetString(stored), StringComparison.Ordinal);
        await drafts.SaveAsync(draft, view.Plan with { Mode = ImportMode.AddOnly }, Ct);
        Assert.Null((await drafts.ReadAsync(draft, Ct)).Value.Check);
    }

    [Fact]
    public async Task A_file_of_the_incoming_folder_stays_and_no_name_leads_elsewhere()
    {
        await using var store = await TestStore.OpenAsync();
        var (drafts, files) = (store.Get<ImportDrafts>(), store.Get<ImportFiles>());
        Directory.CreateDirectory(files.IncomingPath);
        await File.WriteAllTextAsync(Path.Combine(files.IncomingPath, "orders.csv"), Lines, Ct);
        Assert.NotNull((await drafts.BeginAsync("../portal.db", "1", Ct)).Problem);
        var draft = (await drafts.BeginAsync("orders.csv", "1", Ct)).Value;
        await drafts.RemoveAsync(draft, Ct);
        Assert.Single(files.Incoming());
    }

    [Fact]
    public async Task Drafts_that_nobody_touches_for_a_week_are_thrown_away_with_their_files()
    {
        await using var store = await TestStore.OpenAsync();
        var drafts = store.Get<ImportDrafts>();
        var old = (await drafts.BeginAsync("old.csv", new MemoryStream(Encoding.UTF8.GetBytes(Lines)), null, "1", Ct)).Value;
        store.Clock.Advance(ImportDrafts.Kept + TimeSpan.FromMinutes(1));
        await drafts.BeginAsync("new.csv", new MemoryStream(Encoding.UTF8.GetBytes(Lines)), null, "1", Ct);
        Assert.NotNull((await drafts.ReadAsync(old, Ct)).Problem);
        Assert.Single(Directory.GetFiles(store.Get<ImportFiles>().UploadsPath));
    }

    [Fact]
    public async Task Quarantined_rows_are_listed_in_groups_corrected_cell_by_cell_and_discarded()
    {
        await using var store = await TestStore.OpenAsync();
        var report = await CheckedImportTests.RunAsync(store, CheckedImportTests.Request(Lines, "online-retail"));
        var list = store.Get<ListQuarantineHandler>();
        var group = Assert.Single(await list.GroupsAsync(report.ImportId, Ct));
        Assert.Equal(("field.type", "Quantity", 1), (group.Reason, group.Field, group.Count));
        var row = Assert.Single(await list.RowsAsync(report.ImportId, group.Reason, group.Field, 0, Ct));
        var cells = row.Cells.Select(c => c.Column == "Quantity" ? "3" : c.Column == "Description" ? "RUG, \"blue\"" : c.Value).ToArray();

        var rerun = await store.Get<RerunQuarantineHandler>().HandleAsync(new RerunQuarantine(report.ImportId, new Dictionary<long, string>(), "1") { Cells = new Dictionary<long, string[]> { [row.Id] = cells } }, Ct);
        Assert.Equal((1, 0), (rerun.Value.Moved, rerun.Value.Refused));
        await using var db = await store.ContextAsync();
        Assert.Equal(3m, await db.Events.Where(e => e.OrderId == "2").Select(e => e.Quantity).SingleAsync(Ct));
        Assert.Empty(await list.GroupsAsync(null, Ct));

        var other = await CheckedImportTests.RunAsync(store, CheckedImportTests.Request(Lines.Replace("none", "no", StringComparison.Ordinal), "online-retail"));
        Assert.Equal(1, await store.Get<DiscardQuarantineHandler>().HandleAsync(new DiscardQuarantine(other.ImportId, "field.type", "Quantity", "1"), Ct));
        Assert.Empty(await list.GroupsAsync(null, Ct));
    }

    private static async Task RunJobAsync(TestStore store)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var work = store.Get<JobRunner>().RunAsync(stop.Token);
        await using var db = await store.ContextAsync();
        while (await db.JobRuns.AnyAsync(r => r.Status == JobStatus.Queued || r.Status == JobStatus.Running, Ct)) await Task.Delay(20, Ct);
        await stop.CancelAsync();
        await work.WaitAsync(TimeSpan.FromSeconds(10), Ct).ContinueWith(static _ => { }, TaskScheduler.Default);
    }
}
