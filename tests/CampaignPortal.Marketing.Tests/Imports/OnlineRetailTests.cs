using System.Diagnostics;
using System.Globalization;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports;
using CampaignPortal.Marketing.Imports.Conversion;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Presets;
using CampaignPortal.Marketing.Imports.Reading;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Imports;

public class OnlineRetailTests(ITestOutputHelper output)
{
    private const string File = "data/online-retail/transactions-2010-12-to-2011-08.csv.gz";

    [Fact]
    public async Task The_whole_file_is_imported_with_every_row_accounted_for_and_a_second_time_changes_nothing()
    {
        var ct = TestContext.Current.CancellationToken;
        var source = ImportSource.FromFile(SharedData.PathOrSkip(File));
        await using var store = await TestStore.OpenAsync();
        var plan = ImportPlanner.Propose(source, new PlanRequest("online-retail")).Value.Plan;
        var imports = store.Get<ImportService>();

        var watch = Stopwatch.StartNew();
        var report = (await imports.RunAsync(new ImportRequest(source, plan), progress: null, ct)).Value;
        output.WriteLine($"{watch.Elapsed.TotalSeconds:0.00} s, peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB: {report}");

        Assert.Equal(320_705, report.Rows);
        Assert.Equal(report.Rows, report.Accepted + report.Duplicates + report.Quarantined);
        Assert.Equal(0, report.Duplicates);
        Assert.Equal(3_360, report.Customers);
        Assert.Equal(3_774, report.Items);
        Assert.Equal(2_483, report.EqualLines);
        Assert.Equal(2, report.Quarantined); // the two negative prices: bad debts taken off the books

        await using (var db = await store.ContextAsync())
        {
            Assert.Equal(report.Accepted, await db.Events.CountAsync(ct));
            Assert.Equal(3_360, await db.Customers.CountAsync(ct));
            Assert.Equal(5_847, await db.Events.CountAsync(e => e.Type == KnownEvents.OrderReturned, ct));
            Assert.Equal(3_774, await db.Items.CountAsync(ct));
            Assert.Equal("WHITE HANGING HEART T-LIGHT HOLDER", (await db.Items.SingleAsync(i => i.ExternalId == "85123A", ct)).Name);
            Assert.False((await db.Items.SingleAsync(i => i.ExternalId == "POST", ct)).IsOffered);
        }

        var before = store.Dump("Events", "Items", "Customers", "Quarantine");
        var again = (await imports.RunAsync(new ImportRequest(source, plan), progress: null, ct)).Value;
        Assert.Equal((report.Rows, 0L, report.Accepted, report.Quarantined), (again.Rows, again.Accepted, again.Duplicates, again.Quarantined));
        Assert.Equal(before, store.Dump("Events", "Items", "Customers", "Quarantine"));
    }

    [Fact]
    public void Reading_and_converting_gives_the_published_figures_and_ids_that_occur_once()
    {
        var source = ImportSource.FromFile(SharedData.PathOrSkip(File));
        for (var turn = 0; turn < 2; turn++) // the second turn shows the time of warm code
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            var count = 0;
            using (var reader = new FileFormat("utf-8", ',', true).Open(source, out _))
            {
                while (reader.Read()) count++;
            }
            var parsed = watch.Elapsed;
            Assert.Equal(320_706, count);

            watch.Restart();
            var plan = ImportPlanner.Propose(source, new PlanRequest("online-retail")).Value.Plan;
            var proposed = watch.Elapsed;
            watch.Restart();
            var context = new ConversionContext(plan, ManualClock.Noon, _ => []);
            using var rows = RowPipeline.Open(source, plan, new OnlineRetailPreset(), context, null, 1, keepsRefused: true).Value;
            decimal sold = 0, returned = 0;
            var ids = new HashSet<string>(StringComparer.Ordinal);
            while (rows.Next(16_000) is { } chunk)
            {
                foreach (var e in chunk.Events)
                {
                    if (e.Type == KnownEvents.OrderPlaced) sold += e.Amount!.Value;
                    if (e.Type == KnownEvents.OrderReturned) returned += e.Amount!.Value;
                    if (turn is 0) Assert.True(ids.Add(e.MessageId));
                }
            }
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"parse {parsed.TotalMilliseconds:0} ms, propose {proposed.TotalMilliseconds:0} ms, convert with quality report {watch.Elapsed.TotalMilliseconds:0} ms, allocated {(GC.GetAllocatedBytesForCurrentThread() - allocated) >> 20} MB"));
            // 5,761,931.38 over all lines; the two refused lines take 22,124.12 away from it.
            Assert.Equal(5_761_931.38m + 22_124.12m, decimal.Round(sold - returned, 2));
            var columns = rows.Quality.Columns.ToDictionary(c => c.Column, StringComparer.Ordinal);
            Assert.Equal((88_652L, 3_360L), (columns["CustomerID"].Missing, columns["CustomerID"].Distinct));
            Assert.Equal((3_774L, 37L), (columns["StockCode"].Distinct, columns["Country"].Distinct));
            Assert.InRange(columns["InvoiceNo"].Distinct, 16_459 * 0.95, 16_459 * 1.05); // a sketch: 16,459 invoices
            Assert.Equal((2L, "-11062.06", 2.1), (columns["UnitPrice"].Impossible, columns["UnitPrice"].Least, columns["UnitPrice"].Numbers!.Median));
        }
    }
}
