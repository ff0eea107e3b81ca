using System.Globalization;
using System.Text;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Database.Sqlite;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;

namespace CampaignPortal.Marketing.Tests.Database;

public sealed class MigrationTests
{
    private const string InitialScript = "src/CampaignPortal.Marketing/Database/Sqlite/Migrations/202611230001_Initial.sql";

    /// <summary>Stands in for the migration tool, which does not restore: CAMPAIGNPORTAL_REWRITE_SCHEMA=1 writes the first migration anew from the model.</summary>
    [Fact]
    public async Task The_migrated_schema_is_the_models()
    {
        var script = ScriptOfTheModel();
        if (Environment.GetEnvironmentVariable("CAMPAIGNPORTAL_REWRITE_SCHEMA") is "1")
            await File.WriteAllTextAsync(Path.Combine(SharedData.RepositoryRoot, InitialScript), script, TestContext.Current.CancellationToken);

        await using var migrated = await TestStore.OpenAsync();
        using var folder = new TempFolder();
        await using var created = NewContext(folder.File("model.db"));
        await created.Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);

        await using var db = await migrated.ContextAsync();
        Assert.Equal(await SchemaAsync(created), await SchemaAsync(db));
    }

    [Fact]
    public async Task Data_of_a_newer_program_are_refused_and_left_untouched()
    {
        using var folder = new TempFolder();
        await using (var store = await TestStore.OpenAsync(folder.File("data")))
        {
            await store.Database.WriteAsync(
                transaction => transaction.Execute("insert into \"__EFMigrationsHistory\" (\"MigrationId\", \"ProductVersion\") values (@0, @1)", "209901010001_FromTheFuture", "99"),
                TestContext.Current.CancellationToken);
        }
        var before = await File.ReadAllBytesAsync(folder.File("data/portal.db"), TestContext.Current.CancellationToken);

        var refused = await Assert.ThrowsAsync<NewerDataException>(() => TestStore.OpenAsync(folder.File("data")));

        Assert.Contains("209901010001_FromTheFuture", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(folder.File("data/portal.db"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_lock_row_left_by_a_killed_migration_does_not_stop_the_next_start()
    {
        using var folder = new TempFolder();
        await using (var store = await TestStore.OpenAsync(folder.File("data")))
        {
            await store.Database.WriteAsync(
                transaction =>
                {
                    transaction.Execute("create table if not exists \"__EFMigrationsLock\" (\"Id\" integer primary key, \"Timestamp\" text not null)");
                    transaction.Execute("insert into \"__EFMigrationsLock\" values (1, 'left behind')");
                },
                TestContext.Current.CancellationToken);
        }
        await using var again = await TestStore.OpenAsync(folder.File("data")).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.NotNull(again.Log);
    }

    private static SqlitePortalDbContext NewContext(string file) =>
        new(new DbContextOptionsBuilder<SqlitePortalDbContext>().UseSqlite(SqlitePortalDatabase.ConnectionString(file)).Options);

    private static string ScriptOfTheModel()
    {
        using var db = NewContext("unused.db");
        var model = db.GetService<IDesignTimeModel>().Model;
        var operations = db.GetService<IMigrationsModelDiffer>().GetDifferences(null, model.GetRelationalModel());
        var script = new StringBuilder();
        foreach (var command in db.GetService<IMigrationsSqlGenerator>().Generate(operations, model)) script.Append(command.CommandText.Trim()).Append('\n');
        return script.ToString();
    }

    private static async Task<List<string>> SchemaAsync(DbContext db)
    {
        var rows = await db.Database
            .SqlQueryRaw<string>("select type || ' ' || name || ': ' || coalesce(sql, '') as Value from sqlite_master where name not like '\\_\\_EF%' escape '\\' and name not like 'sqlite\\_%' escape '\\' order by type, name")
            .ToListAsync(TestContext.Current.CancellationToken);
        return [.. rows.Select(row => string.Join(' ', row.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToString(CultureInfo.InvariantCulture))];
    }
}
