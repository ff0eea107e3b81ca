using CampaignPortal.Marketing.Database;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Database;

public sealed class StoreTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact, Trait("Promise", "R-05")]
    public async Task Every_connection_that_commits_flushes_fully_and_none_checkpoints_by_itself()
    {
        await using var store = await TestStore.OpenAsync();
        Dictionary<string, string> writer = [];
        await store.Database.WriteAsync(
            transaction =>
            {
                foreach (var pragma in new[] { "journal_mode", "synchronous", "wal_autocheckpoint", "foreign_keys", "mmap_size" })
                {
                    using var command = transaction.Prepare("pragma " + pragma, 0);
                    writer[pragma] = FormattableString.Invariant($"{command.ExecuteScalar()}");
                }
            },
            Ct);
        Assert.Equal("wal 2 0 1 0", string.Join(' ', writer.Values));

        await using var db = await store.ContextAsync();
        Assert.Equal(2, await PragmaAsync(db, "synchronous"));
        Assert.Equal(0, await PragmaAsync(db, "wal_autocheckpoint"));
        Assert.Equal(1, await PragmaAsync(db, "foreign_keys"));
    }

    [Fact]
    public async Task A_reader_cannot_write()
    {
        await using var store = await TestStore.OpenAsync();
        await using var reader = store.Database.OpenReader();
        await using var command = reader.CreateCommand();
        command.CommandText = "delete from \"Settings\"";
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => command.ExecuteNonQueryAsync(Ct));
    }

    [Fact]
    public async Task Times_and_money_can_be_filtered_ordered_and_summed_in_the_database()
    {
        await using var store = await TestStore.OpenAsync();
        await store.Log.AppendAsync(
            An.Batch(An.OrderLine("a", 1, amount: 9.99m, at: ManualClock.Noon), An.OrderLine("b", 1, amount: 10.01m, at: ManualClock.Noon.AddTicks(10)), An.OrderLine("c", 1, amount: 100m, at: ManualClock.Noon.AddDays(-1))), Ct);
        await using var db = await store.ContextAsync();

        Assert.Equal(120m, await db.Events.SumAsync(e => e.Amount, Ct));
        Assert.Equal(["c", "a", "b"], await db.Events.OrderBy(e => e.OccurredAt).Select(e => e.OrderId).ToListAsync(Ct));
        Assert.Equal(["b", "c"], await db.Events.Where(e => e.Amount > 10m).OrderBy(e => e.OrderId).Select(e => e.OrderId).ToListAsync(Ct));
        Assert.Equal(2, await db.Events.CountAsync(e => e.OccurredAt >= ManualClock.Noon, Ct));
    }

    /// <summary>The trap that STYLE 8.3 names, held here so that nobody believes otherwise: arithmetic with a decimal constant inside a query is wrong.</summary>
    [Fact]
    public async Task Money_times_a_decimal_inside_a_query_is_wrong_by_ten_thousand()
    {
        await using var store = await TestStore.OpenAsync();
        await store.Log.AppendAsync(An.Batch(An.OrderLine("a", 1, amount: 10m)), Ct);
        await using var db = await store.ContextAsync();
        var inQuery = await db.Events.Select(e => e.Amount!.Value * 2m).SingleAsync(Ct);
        var inMemory = (await db.Events.Select(e => e.Amount!.Value).SingleAsync(Ct)) * 2m;
        Assert.Equal(20m, inMemory);
        Assert.Equal(200_000m, inQuery);
    }

    [Fact, Trait("Promise", "R-24")]
    public void A_second_process_on_one_data_directory_is_refused_with_the_holder_named()
    {
        using var folder = new TempFolder();
        using var first = DataDirectory.Open(folder.File("data"), null, "serve on http://127.0.0.1:5000");
        var refused = Assert.Throws<DataDirectoryInUseException>(() => DataDirectory.Open(folder.File("data"), null, "import"));
        Assert.Contains("serve on http://127.0.0.1:5000", refused.Message, StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"process {Environment.ProcessId}"), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Saving_contexts_and_the_log_take_turns_without_an_error()
    {
        await using var store = await TestStore.OpenAsync();
        var saves = Enumerable.Range(0, 4).Select(async worker =>
        {
            for (var i = 0; i < 25; i++)
            {
                await using var db = await store.ContextAsync();
                db.Settings.Add(new Setting { Key = FormattableString.Invariant($"{worker}.{i}"), Value = "x" });
                await db.SaveChangesAsync(Ct);
            }
        });
        var appends = Enumerable.Range(0, 4).Select(async worker =>
        {
            for (var i = 0; i < 25; i++) await store.Log.AppendAsync(An.Batch(An.Event(FormattableString.Invariant($"{worker}-{i}"))), Ct);
        });
        await Task.WhenAll(saves.Concat(appends));
        await using var check = await store.ContextAsync();
        Assert.Equal(100, await check.Settings.CountAsync(Ct));
        Assert.Equal(100, await check.Events.CountAsync(Ct));
    }

    [Fact]
    public async Task The_log_file_of_the_database_stays_short()
    {
        await using var store = await TestStore.OpenAsync();
        for (var i = 0; i < 60; i++)
        {
            var events = Enumerable.Range(0, 500).Select(e => An.Event(FormattableString.Invariant($"{i}-{e}")) with { Properties = $"{{\"text\":\"{new string('x', 400)}\"}}" }).ToArray();
            await store.Log.AppendAsync(An.Batch(events), Ct);
        }
        Assert.True(new FileInfo(store.Directory.DatabaseFile + "-wal").Length < 24 << 20);
        Assert.True(new FileInfo(store.Directory.DatabaseFile).Length > 10 << 20);
    }

    private static async Task<long> PragmaAsync(PortalDbContext db, string pragma)
    {
        await db.Database.OpenConnectionAsync(Ct);
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = "pragma " + pragma;
        return Convert.ToInt64(await command.ExecuteScalarAsync(Ct), System.Globalization.CultureInfo.InvariantCulture);
    }
}
