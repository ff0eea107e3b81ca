using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Imports;

public class UndoImportTests
{
    private const string Lines = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
        + "1,11111,LAMP,2,2011-01-01 10:00:00,5,k1,France\n2,22222,RUG,1,2011-01-02 10:00:00,9,k2,France\n";

    private static readonly string[] Projected = ["Orders", "CustomerTotals", "CustomerProfiles", "CustomerTraits", "Consents", "Suppressions"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_import_that_nobody_touched_leaves_no_trace_in_what_pages_show_and_can_be_imported_again()
    {
        await using var store = await TestStore.OpenAsync();
        await store.Log.AppendAsync(An.Batch(An.OrderLine("0", 1)), Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        store.Clock.Advance(TimeSpan.FromDays(1));
        var (before, customers, items) = (store.Dump(Projected), store.Dump("Customers"), store.Dump("Items"));
        var report = await CheckedImportTests.RunAsync(store, CheckedImportTests.Request(Lines, "online-retail"));
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        Assert.NotEqual(before, store.Dump(Projected));

        var undone = await UndoAsync(store, report.ImportId);
        Assert.Equal((2L, 2, 2, 0), (undone.Events, undone.Customers, undone.Items, undone.KeptCount));
        Assert.Equal((before, customers, items), (store.Dump(Projected), store.Dump("Customers"), store.Dump("Items")));
        await using var db = await store.ContextAsync();
        Assert.Contains("import_retracted", await db.Events.OrderByDescending(e => e.Sequence).Select(e => e.Properties).FirstAsync(Ct), StringComparison.Ordinal);
        Assert.Contains(await db.AuditEntries.ToListAsync(Ct), a => a.Action == "customers.import undo");

        var again = await CheckedImportTests.RunAsync(store, CheckedImportTests.Request(Lines, "online-retail"));
        Assert.Equal(2, again.Accepted);
        Assert.True(await db.Customers.AllAsync(c => c.Id == 1 || c.Id > 3, Ct)); // numbers of the removed are not given again
    }

    [Fact]
    public async Task A_customer_who_bought_since_stays_and_is_listed()
    {
        await using var store = await TestStore.OpenAsync();
        var report = await CheckedImportTests.RunAsync(store, CheckedImportTests.Request(Lines, "online-retail"));
        await store.Log.AppendAsync(An.Batch(An.OrderLine("9", 1, customer: "k1", item: "11111")), Ct);

        var undone = await UndoAsync(store, report.ImportId);
        Assert.Equal((1, 1), (undone.Customers, undone.Items));
        Assert.Equal(("customer", "k1", "touched"), (undone.Kept[0].Kind, undone.Kept[0].Key, undone.Kept[0].Reason));
        await using var db = await store.ContextAsync();
        Assert.Equal(["9"], await db.Orders.Select(o => o.OrderId).ToListAsync(Ct));
        Assert.Equal(["k1"], await db.Customers.Select(c => c.ExternalId).ToListAsync(Ct));
    }

    [Fact]
    public async Task A_browser_that_only_the_import_knew_is_nobodys_again_until_somebody_says_who_they_are()
    {
        await using var store = await TestStore.OpenAsync();
        await store.Log.AppendAsync(An.Batch(An.Event("0", customer: "k2"), An.Event("1", customer: null) with { Visitor = "v" }), Ct);
        var report = await CheckedImportTests.RunAsync(store, CheckedImportTests.Request("event id,event,timestamp,user id,anonymous id\n1,view,2026-01-01 10:00:00,k1,v\n", "events"));
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        await using var db = await store.ContextAsync();
        Assert.Equal([1L, 2L], await db.CustomerProfiles.OrderBy(p => p.EventCount).Select(p => p.EventCount).ToListAsync(Ct)); // the view before is k1's

        await UndoAsync(store, report.ImportId);
        Assert.Empty(await db.Identifications.ToListAsync(Ct));
        await store.Log.AppendAsync(An.Batch(An.Event("2", customer: "k2") with { Visitor = "v" }), Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        Assert.Equal([3L], await db.CustomerProfiles.Select(p => p.EventCount).ToListAsync(Ct));
    }

    [Fact]
    public async Task Changed_fields_get_their_old_values_unless_they_were_changed_since()
    {
        await using var store = await TestStore.OpenAsync();
        await CheckedImportTests.RunAsync(store, CheckedImportTests.Request("customer_id,email,name,city\nc1,ann@example.org,Ann,Leeds\n"));
        await CheckedImportTests.RunAsync(store, CheckedImportTests.Request("sku,title,price\na,Lamp,10\n", "items"));
        store.Clock.Advance(TimeSpan.FromHours(1));
        var people = await CheckedImportTests.RunAsync(store, CheckedImportTests.Request("customer_id,email,name,city\nc1,new@example.org,Anna,Hull\n"));
        var things = await CheckedImportTests.RunAsync(store, CheckedImportTests.Request("sku,title,price\na,Torch,12\nb,Rug,7\n", "items"));
        store.Clock.Advance(TimeSpan.FromHours(1));
        await store.Log.AppendAsync(new EventBatch("shop", []) { Contacts = [new ContactDraft("c1") { Name = "Annette" }], Items = [new ItemDraft("a") { Price = 15 }] }, Ct);

        var undone = await UndoAsync(store, people.ImportId);
        Assert.Equal("ann@example.org|Annette|Leeds", await CheckedImportTests.DescribeAsync(store, "c1"));
        Assert.Equal(("contact", "c1", "changed", "name"), (undone.Kept[0].Kind, undone.Kept[0].Key, undone.Kept[0].Reason, undone.Kept[0].Field));

        undone = await UndoAsync(store, things.ImportId);
        await using var db = await store.ContextAsync();
        var item = await db.Items.SingleAsync(Ct); // the rug is gone
        Assert.Equal(("Lamp", 15m), (item.Name, item.Price));
        Assert.Equal((1, 1, 1), (undone.Fields, undone.Items, undone.KeptCount));
    }

    [Fact]
    public async Task After_thirty_days_and_twice_there_is_no_undo()
    {
        await using var store = await TestStore.OpenAsync();
        var first = await CheckedImportTests.RunAsync(store, CheckedImportTests.Request(Lines, "online-retail"));
        await UndoAsync(store, first.ImportId);
        Assert.NotNull((await store.Get<UndoImportHandler>().HandleAsync(new UndoImport(first.ImportId, "1"), null, Ct)).Problem);
        var second = await CheckedImportTests.RunAsync(store, CheckedImportTests.Request(Lines, "online-retail"));
        store.Clock.Advance(UndoImportHandler.Window + TimeSpan.FromMinutes(1));
        Assert.NotNull((await store.Get<UndoImportHandler>().HandleAsync(new UndoImport(second.ImportId, "1"), null, Ct)).Problem);
    }

    private static async Task<UndoReport> UndoAsync(TestStore store, long importId) => (await store.Get<UndoImportHandler>().HandleAsync(new UndoImport(importId, "1"), null, Ct)).Value;
}
