using System.Text.Json;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Insights;

public sealed class ExportTableTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_table_is_written_with_one_line_for_each_row()
    {
        await using var store = await OpenAsync();
        await SampleShop.FillAsync(store.Get<IServiceProvider>(), ManualClock.Noon, customerCount: 12);
        foreach (var table in ExportTableHandler.Tables)
        {
            var (rows, text) = await WriteAsync(store, table, ExportFormat.JsonLines);
            var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal((table, rows), (table, lines.Length));
            Assert.True(rows > 0, table);
            Assert.All(lines, line => Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(line).RootElement.ValueKind));
            Assert.Equal(rows + 1, (await WriteAsync(store, table, ExportFormat.Csv)).Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        }
        Assert.Contains("customers.export table", store.Dump("AuditEntries"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_keep_their_units_and_erased_customers_are_left_out()
    {
        await using var store = await OpenAsync();
        var at = ManualClock.Noon.AddDays(-1);
        await store.Log.AppendAsync(new EventBatch("shop", [An.OrderLine("o-1", 1, "c-1", amount: 12.5m, at: at, item: "lamp"), An.OrderLine("o-2", 1, "c-2", amount: 7, at: at)])
        {
            Contacts = [new ContactDraft("c-1") { Name = "Lena Marten", Email = "lena@example.org" }],
        }, Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        Assert.True(await store.Get<EraseCustomerHandler>().HandleAsync("c-2", "1", Ct));
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);

        var customer = JsonDocument.Parse(Assert.Single((await WriteAsync(store, "customers", ExportFormat.JsonLines)).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))).RootElement;
        Assert.Equal(("c-1", "Lena Marten", "lena@example.org", 12.5m), (customer.GetProperty("customer").GetString(), customer.GetProperty("name").GetString(), customer.GetProperty("email").GetString(), customer.GetProperty("revenue").GetDecimal()));
        Assert.Equal(at, customer.GetProperty("first_order_at").GetDateTimeOffset());
        Assert.Equal(JsonValueKind.Null, customer.GetProperty("phone").ValueKind);
        Assert.Equal(JsonValueKind.Object, customer.GetProperty("traits").ValueKind);
        Assert.DoesNotContain("c-2", (await WriteAsync(store, "events", ExportFormat.JsonLines)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_spreadsheet_would_run_is_text_unless_a_program_reads_the_file()
    {
        await using var store = await OpenAsync();
        await store.Log.AppendAsync(new EventBatch("shop", [An.OrderLine("o-1", 1)]) { Contacts = [new ContactDraft("c-1") { Name = "=1+1" }] }, Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);

        var people = (await WriteAsync(store, "customers", ExportFormat.Csv)).Text;
        Assert.StartsWith("\uFEFFcustomer,created_at,email,", people, StringComparison.Ordinal);
        Assert.Contains("\"'=1+1\"", people, StringComparison.Ordinal);
        var program = (await WriteAsync(store, "customers", ExportFormat.RawCsv)).Text;
        Assert.StartsWith("customer,", program, StringComparison.Ordinal);
        Assert.Contains(",=1+1,", program, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_table_is_refused_with_the_names_of_those_that_are_there()
    {
        await using var store = await OpenAsync();
        var result = await store.Get<ExportTableHandler>().HandleAsync(new ExportTable("users", ExportFormat.Csv, "1"), TextWriter.Null, null, Ct);
        Assert.Contains("customers, events", result.Problem?.Message, StringComparison.Ordinal);
    }

    private static Task<TestStore> OpenAsync() => TestStore.OpenAsync(configure: services => services.AddInsights());

    private static async Task<(long Rows, string Text)> WriteAsync(TestStore store, string table, ExportFormat format)
    {
        await using var output = new StringWriter();
        return ((await store.Get<ExportTableHandler>().HandleAsync(new ExportTable(table, format, "1"), output, null, Ct)).Value, output.ToString());
    }
}
