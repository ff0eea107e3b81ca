using System.IO.Compression;
using System.Text;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Imports;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Quality;
using CampaignPortal.Marketing.Imports.Reading;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Tests.Imports;

public class ImportServiceTests
{
    private const string Header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Invoice_lines_become_sales_returns_and_write_offs()
    {
        await using var store = await TestStore.OpenAsync();
        var report = (await RunAsync(store, "online-retail", Header
            + "536365,85123A,LANTERN,6,2010-12-01 08:26:00,2.55,17850,United Kingdom\n"
            + "536365,85123A,LANTERN,6,2010-12-01 08:26:00,2.55,17850,United Kingdom\n"
            + "C536379,85123A,LANTERN,-2,2011-07-01 09:41:00,2.55,17850,United Kingdom\n"
            + "536589,21777,damaged,-10,2010-12-01 16:50:00,0,,United Kingdom\n"
            + "536590,POST,POSTAGE,1,2010-12-01 16:50:00,0,,France\n"
            + "A563186,B,Adjust bad debt,1,2011-08-12 14:51:00,-11062.06,,United Kingdom\n")).Value;

        Assert.Equal((6L, 5L, 0L, 1L, 1L), (report.Rows, report.Accepted, report.Duplicates, report.Quarantined, report.EqualLines));
        Assert.Equal((1L, 3L, 2L), (report.Customers, report.Items, report.Orders));
        await using var db = await store.ContextAsync();
        var events = await db.Events.OrderBy(e => e.Sequence).ToListAsync(Ct);
        Assert.Equal(["order_placed", "order_placed", "order_returned", "custom", "order_placed"], events.Select(e => e.Type));
        Assert.Equal([15.3m, 15.3m, 5.1m, null, 0m], events.Select(e => e.Amount));
        Assert.Equal(new DateTimeOffset(2011, 7, 1, 8, 41, 0, TimeSpan.Zero), events[2].OccurredAt);
        Assert.Equal(2m, events[2].Quantity);
        Assert.Contains("stock_adjusted", events[3].Properties, StringComparison.Ordinal);
        Assert.Contains("United Kingdom", events[0].Properties, StringComparison.Ordinal);
        Assert.All(events.Take(3), e => Assert.Equal("GBP", e.Currency));
        Assert.Null((await db.Items.SingleAsync(i => i.ExternalId == "21777", Ct)).Name); // "damaged" is a note, not a name
        Assert.False((await db.Items.SingleAsync(i => i.ExternalId == "POST", Ct)).IsOffered);
        Assert.Equal(("field.range", "UnitPrice", 7L), await db.Quarantine.Select(q => new ValueTuple<string, string?, long>(q.Reason, q.Field, q.Position)).SingleAsync(Ct));
    }

    [Fact]
    public async Task A_stopped_import_goes_on_behind_its_last_commit_and_ends_like_one_that_was_never_stopped()
    {
        var text = Header + string.Concat(Enumerable.Range(0, 1_000).Select(i => i % 50 is 7
            ? $"5{i / 3},code{i},x,none,2010-12-01 08:26:00,1,17850,UK\n"
            : $"5{i / 3},8512{i % 9},LAMP {i % 9},{1 + i % 3},2010-12-{1 + i / 40:00} 08:26:00,2.55,1{i % 40},UK\n{(i % 5 is 0 ? $"5{i / 3},8512{i % 9},LAMP {i % 9},{1 + i % 3},2010-12-{1 + i / 40:00} 08:26:00,2.55,1{i % 40},UK\n" : "")}"));
        await using var whole = await TestStore.OpenAsync(configure: SmallChunks);
        var expected = (await RunAsync(whole, "online-retail", text)).Value;

        await using var store = await TestStore.OpenAsync(configure: SmallChunks);
        var resumed = 0;
        for (var stop = 3; ; stop += 2)
        {
            using var kill = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            var seen = 0;
            var limit = stop;
            try
            {
                var report = (await RunAsync(store, "online-retail", text, new Immediate(_ => { if (++seen == limit) kill.Cancel(); }), kill.Token)).Value;
                Assert.True(report.ResumedAfter > 0);
                Assert.Equal(
                    (expected.Rows, expected.Accepted, expected.Duplicates, expected.Quarantined, expected.Customers, expected.Items, expected.Orders, expected.EqualLines),
                    (report.Rows, report.Accepted, report.Duplicates, report.Quarantined, report.Customers, report.Items, report.Orders, report.EqualLines));
                break;
            }
            catch (OperationCanceledException)
            {
                resumed++;
            }
        }
        Assert.True(resumed >= 2);
        Assert.Equal(whole.Dump("Events", "Items", "Customers"), store.Dump("Events", "Items", "Customers"));
        await using var db = await store.ContextAsync();
        Assert.Equal(20, await db.Quarantine.CountAsync(Ct));
        Assert.Equal(1, await db.ImportRuns.CountAsync(Ct));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\u0001\u0002\u0003\u0004\u0005\u0006", "binary data")]
    [InlineData("colour,size\nred,4\n", "No column feeds the field")]
    public async Task What_cannot_be_imported_is_refused_in_words(string content, string expected)
    {
        await using var store = await TestStore.OpenAsync();
        Assert.Contains(expected, (await RunAsync(store, "online-retail", content)).Problem!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Three_hundred_columns_are_no_trouble_and_the_ignored_ones_are_listed()
    {
        await using var store = await TestStore.OpenAsync();
        var more = string.Concat(Enumerable.Range(0, 292).Select(i => $",extra{i}"));
        var report = (await RunAsync(store, "online-retail", Header.TrimEnd() + more + "\n536365,85123A,L,6,2010-12-01 08:26:00,2.55,17850,UK" + more + "\n")).Value;
        Assert.Equal((1L, 1L), (report.Rows, report.Accepted));
        Assert.Equal(292, report.IgnoredColumns.Count);
    }

    [Fact]
    public async Task Bad_rows_of_every_kind_are_put_aside_with_line_and_reason_and_the_rest_goes_in()
    {
        await using var store = await TestStore.OpenAsync();
        string Line(string quantity = "1", string at = "2010-12-01 08:26:00", string price = "1") => $"1,85123A,L,{quantity},{at},{price},7,UK\n";
        var text = Header + Line() + Line(quantity: "NaN") + Line(price: "-3") + Line(price: "Infinity") + Line(at: "31/02/2011") + Line(at: "2044-01-01 00:00:00")
            + "1,2\n" + "1,85123A,\"broken,1,2010-12-01 08:26:00,1,7,UK\n" + Line(quantity: "0") + "1,85123A,\0,1,2010-12-01 08:26:00,1,7,UK\n" + new string('x', 10_400_000) + "\n"
            + Line(at: "1/12/2010 08:27") + Line(at: "13.12.2010 08:28") + Line(at: "14 Dec 2010 08:29") + Line(at: "2010/12/15 08:30");
        var report = (await RunAsync(store, "online-retail", text)).Value;

        Assert.Equal((15L, 5L, 0L, 10L), (report.Rows, report.Accepted, report.Duplicates, report.Quarantined));
        await using var db = await store.ContextAsync();
        Assert.Equal(
            ["3 field.type", "4 field.range", "5 field.type", "6 field.type", "7 time.future", "8 field.missing", "9 field.type", "10 field.range", "11 text.encoding", "12 field.length"],
            await db.Quarantine.OrderBy(q => q.Position).Select(q => q.Position + " " + q.Reason).ToListAsync(Ct));
        Assert.Equal([1, 1, 13, 14, 15], (await db.Events.Select(e => e.OccurredAt).ToListAsync(Ct)).Select(at => at.Day).Order());
    }

    [Fact]
    public async Task A_wrong_encoding_costs_only_the_rows_that_it_spoils()
    {
        await using var store = await TestStore.OpenAsync();
        byte[] bytes = [.. Encoding.UTF8.GetBytes(Header + "1,85123A,a,1,2010-12-01 08:26:00,1,7,UK\n2,85123A,"), 0xC3, 0x28, .. Encoding.UTF8.GetBytes(",1,2010-12-01 08:26:00,1,7,UK\n3,85123A,é,1,2010-12-01 08:26:00,1,7,UK\n")];
        var source = ImportSource.FromBytes("f.csv", bytes);
        var plan = ImportPlanner.Propose(source, new PlanRequest("online-retail") { Format = new FormatOverride("utf-8") }).Value.Plan;
        var report = (await store.Get<ImportService>().RunAsync(new ImportRequest(source, plan), null, Ct)).Value;
        Assert.Equal((3L, 2L, 1L), (report.Rows, report.Accepted, report.Quarantined));
    }

    [Fact]
    public async Task A_packed_file_that_ends_too_early_is_named_and_goes_on_when_it_comes_whole()
    {
        await using var store = await TestStore.OpenAsync();
        var packed = new MemoryStream();
        var noise = new Statistics.Random.Rng(3);
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(Header + string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{i},{noise.NextInt(100_000_000):00000000},L,1,2010-12-01 08:26:00,1,{noise.NextInt(10_000)},UK\n"))), Ct);
        var cut = ImportSource.FromBytes("f.csv.gz", packed.ToArray()[..((int)packed.Length * 3 / 4)]);
        var plan = ImportPlanner.Propose(cut, new PlanRequest("online-retail")).Value.Plan;
        var service = store.Get<ImportService>();
        Assert.Contains("cannot be read on", (await service.RunAsync(new ImportRequest(cut, plan), null, Ct)).Problem!.Message, StringComparison.Ordinal);

        var report = (await service.RunAsync(new ImportRequest(ImportSource.FromBytes("f.csv.gz", packed.ToArray()), plan), null, Ct)).Value;
        Assert.Equal(60_000, report.Rows);
        Assert.True(report.Duplicates > 0);
        Assert.Equal(60_000, report.Accepted + report.Duplicates);
    }

    [Fact]
    public void Two_columns_on_one_field_are_an_error()
    {
        var source = ImportSource.FromBytes("f.csv", "id,name,other\n1,a,b\n"u8.ToArray());
        var problem = ImportPlanner.Propose(source, new PlanRequest("items") { Fields = new Dictionary<string, string> { ["id"] = "item_id", ["name"] = "item_name", ["other"] = "item_name" } }).Problem!;
        Assert.Contains("Two columns feed the field item_name: name, other", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Choices_mend_missing_impossible_and_extreme_values()
    {
        await using var store = await TestStore.OpenAsync();
        var text = "order_id,item_id,quantity,unit_price,occurred_at,customer_id\n"
            + string.Concat(Enumerable.Range(0, 20).Select(i => $"{i},a,{1 + i % 3},10,2026-01-{1 + i:00} 10:00:00,c{i}\n"))
            + "20,a,500,10,2026-01-21 10:00:00,c1\n21,a,,10,2026-01-22 10:00:00,c2\n22,a,1,-4,2026-01-23 10:00:00,c3\n23,,1,10,2026-01-24 10:00:00,c4\n0,a,1,10,2026-01-01 10:00:00,c0\n";
        var source = ImportSource.FromBytes("orders.csv", Encoding.UTF8.GetBytes(text));
        var plan = ImportPlanner.Propose(source, new PlanRequest("events")).Value.Plan with
        {
            Choices =
            [
                new("quantity", QualityProblem.Outlier, QualityAction.Cap), new("quantity", QualityProblem.Missing, QualityAction.FillMedian),
                new("unit_price", QualityProblem.Impossible, QualityAction.FillConstant, "0"), new("item_id", QualityProblem.Missing, QualityAction.Drop),
                new("order_id", QualityProblem.EqualRow, QualityAction.Drop),
            ],
        };
        var profile = (await store.Get<ImportService>().ProfileAsync(new ImportRequest(source, plan), Ct)).Value;
        var quantity = profile.Columns.Single(c => c.Column == "quantity");
        Assert.Equal((ColumnType.WholeNumber, 25L, 1L, "1", "500"), (quantity.Type, quantity.Cells, quantity.Missing, quantity.Least, quantity.Largest));
        Assert.Equal((1.0, 2.0, 3.0, 6.0, 1L), (quantity.Numbers!.Quartile1, quantity.Numbers.Median, quantity.Numbers.Quartile3, quantity.Numbers.HighFence, quantity.Numbers.OutliersByFence));
        Assert.Equal(1, profile.Columns.Single(c => c.Column == "unit_price").Impossible);

        var report = (await store.Get<ImportService>().RunAsync(new ImportRequest(source, plan), null, Ct)).Value;
        Assert.Equal((25L, 23L, 0L, 2L), (report.Rows, report.Accepted, report.Quarantined, report.Dropped));
        await using var db = await store.ContextAsync();
        var mended = await db.Events.Where(e => e.OrderId == "20" || e.OrderId == "21" || e.OrderId == "22").OrderBy(e => e.OrderId).ToListAsync(Ct);
        Assert.Equal([6m, 2m, 1m], mended.Select(e => e.Quantity));
        Assert.Equal(0m, mended[2].Amount);
    }

    [Fact]
    public async Task Refused_rows_come_back_as_a_file_whose_correction_touches_only_them()
    {
        await using var store = await TestStore.OpenAsync();
        var first = (await RunAsync(store, "online-retail", Header + "1,85123A,\"big, red\",two,2010-12-01 08:26:00,1,7,UK\n2,85123A,L,1,2010-12-01 08:26:00,1,7,UK\n3,85123A,L,1,2010-12-01 08:26:00,abc,7,UK\n")).Value;
        Assert.Equal(2, first.Quarantined);
        using var file = new StringWriter();
        Assert.Equal(2, (await store.Get<QuarantineFile>().WriteAsync(first.ImportId, file, Ct)).Value);
        Assert.Contains($"{first.ImportId},2,Quantity,two,field.type,", file.ToString(), StringComparison.Ordinal);

        var corrected = file.ToString().Replace(",two,2010", ",2,2010", StringComparison.Ordinal);
        var second = (await RunAsync(store, "online-retail", corrected)).Value;
        Assert.Equal((2L, 1L, 1L), (second.Rows, second.Accepted, second.Quarantined));
        await using var db = await store.ContextAsync();
        Assert.Equal(2, await db.Events.CountAsync(Ct));
        Assert.Equal("imported", await db.Quarantine.Where(q => q.ImportId == first.ImportId && q.Position == 2).Select(q => q.Resolution).SingleAsync(Ct));
        Assert.Null(await db.Quarantine.Where(q => q.ImportId == first.ImportId && q.Position == 4).Select(q => q.Resolution).SingleAsync(Ct));
    }

    [Fact, Trait("Promise", "R-08")]
    public async Task Rows_that_are_run_again_move_once_though_it_is_asked_twice_at_once()
    {
        await using var store = await TestStore.OpenAsync();
        var report = (await RunAsync(store, "online-retail", Header + "1,85123A,L,two,2010-12-01 08:26:00,1,7,UK\n2,85123A,L,bad,2010-12-01 08:26:00,1,7,UK\n")).Value;
        await using var db = await store.ContextAsync();
        var row = await db.Quarantine.Where(q => q.Position == 2).Select(q => q.Id).SingleAsync(Ct);
        var command = new RerunQuarantine(report.ImportId, new Dictionary<long, string> { [row] = "1,85123A,L,2,2010-12-01 08:26:00,1,7,UK" }, "command line");
        var handler = store.Get<RerunQuarantineHandler>();
        var answers = await Task.WhenAll(handler.HandleAsync(command, Ct), handler.HandleAsync(command, Ct));
        Assert.Equal(1, answers.Sum(a => a.Value.Moved));
        Assert.Equal(0, (await handler.HandleAsync(command, Ct)).Value.Moved);
        Assert.Equal(1, await db.Events.CountAsync(Ct));
        Assert.Equal(1, await db.AuditEntries.CountAsync(Ct));
        Assert.Equal(1, await db.Quarantine.CountAsync(q => q.ResolvedAt == null, Ct));
    }

    private static Task<Result<ImportReport>> RunAsync(TestStore store, string preset, string content, IProgress<ImportProgress>? progress = null, CancellationToken? ct = null) =>
        ImportTesting.RunAsync(store, preset, content, progress, ct ?? Ct);

    private static void SmallChunks(IServiceCollection services) => services.Configure<ImportOptions>(o => o.ChunkRowCount = 37);

    private sealed class Immediate(Action<ImportProgress> report) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => report(value);
    }
}

internal static class ImportTesting
{
    public static async Task<Result<ImportReport>> RunAsync(TestStore store, string preset, string content, IProgress<ImportProgress>? progress, CancellationToken ct, ConsentStatement? consent = null)
    {
        var source = ImportSource.FromBytes("file.csv", Encoding.UTF8.GetBytes(content));
        var proposal = ImportPlanner.Propose(source, new PlanRequest(preset) { Consent = consent });
        if (proposal.Problem is { } problem) return problem;
        return await store.Get<ImportService>().RunAsync(new ImportRequest(source, proposal.Value.Plan), progress, ct);
    }
}
