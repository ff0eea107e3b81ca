using System.Globalization;
using System.Text;
using System.Text.Json;
using CampaignPortal.Testing;

namespace CampaignPortal.Web.Tests.Kill;

public sealed class ImportKillTests
{
    private const int RowCount = 200_000;

    private static readonly string[] Tables = ["Events", "Customers", "Items", "Orders", "CustomerTotals", "Quarantine"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact, Trait("Promise", "R-10")]
    public async Task A_killed_import_of_200_000_rows_goes_on_without_loss_or_doubles()
    {
        using var folder = new TempFolder();
        var file = folder.File("orders.csv");
        await File.WriteAllLinesAsync(file, Rows(), Encoding.UTF8, Ct);

        foreach (var plan in new[] { "import.after-chunk@3", "ingest.before-commit@2", "import.before-chunk@4" })
        {
            await using var killed = ChildProgram.Start(Arguments(file, folder.File("killed")), plan);
            await killed.WaitForExitAsync(Ct);
            Assert.NotEqual(0, killed.ExitCode);
        }
        var resumed = await ImportAsync(file, folder.File("killed"));
        var whole = await ImportAsync(file, folder.File("whole"));

        Assert.True(resumed.GetProperty("resumedAfter").GetInt64() > 0);
        foreach (var field in new[] { "rows", "quarantined", "customers", "items", "orders", "equalLines" })
            Assert.Equal(whole.GetProperty(field).GetInt64(), resumed.GetProperty(field).GetInt64());
        Assert.Equal(RowCount, whole.GetProperty("rows").GetInt64());
        Assert.Equal(await DumpAsync(folder.File("whole")), await DumpAsync(folder.File("killed")));

        var again = await ImportAsync(file, folder.File("whole"));
        Assert.Equal(0, again.GetProperty("accepted").GetInt64());
        Assert.Equal(RowCount - again.GetProperty("quarantined").GetInt64(), again.GetProperty("duplicates").GetInt64());
    }

    private static string[] Arguments(string file, string data) => ["import", "--preset", "online-retail", "--file", file, "--data", data, "--json"];

    private static async Task<JsonElement> ImportAsync(string file, string data)
    {
        var (exitCode, output) = await ChildProgram.RunAsync(Ct, Arguments(file, data));
        Assert.True(exitCode is 0, output);
        return JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement;
    }

    // When a row came in differs between the two; everything else must not.
    private static async Task<string> DumpAsync(string data)
    {
        await using var store = await TestStore.OpenAsync(data);
        await store.Database.WriteAsync(
            transaction =>
            {
                Marketing.Database.SqlCommands.Execute(transaction, "update \"Events\" set \"ReceivedAt\" = 0");
                Marketing.Database.SqlCommands.Execute(transaction, "update \"Customers\" set \"CreatedAt\" = 0");
                Marketing.Database.SqlCommands.Execute(transaction, "update \"Items\" set \"CreatedAt\" = 0, \"UpdatedAt\" = 0");
                Marketing.Database.SqlCommands.Execute(transaction, "update \"Quarantine\" set \"ReceivedAt\" = 0, \"Detail\" = x'', \"Raw\" = x'', \"ImportId\" = 0");
            },
            Ct);
        return store.Dump(Tables);
    }

    private static IEnumerable<string> Rows()
    {
        yield return "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
        var start = new DateTime(2011, 1, 3, 8, 0, 0, DateTimeKind.Unspecified);
        for (var i = 0; i < RowCount; i++)
        {
            var invoice = i / 7;
            var price = i % 5_000 is 4_999 ? -1 : 1 + i % 90 / 10.0;
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{(invoice % 50 is 0 ? "C" : "")}{500_000 + invoice},{10_000 + i * 31 % 3_000},\"ITEM, {i * 31 % 3_000}\",{1 + i % 12},{start.AddMinutes(invoice):yyyy-MM-dd HH:mm:ss},{price},{(i % 9 is 0 ? "" : (12_000 + invoice % 2_500).ToString(CultureInfo.InvariantCulture))},United Kingdom");
        }
    }
}
