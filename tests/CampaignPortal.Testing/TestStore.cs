using CampaignPortal.Marketing;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Testing;

/// <summary>The whole domain on a fresh data directory, without a web host.</summary>
public sealed class TestStore : IAsyncDisposable
{
    private readonly TempFolder? _folder;
    private readonly DataDirectory _directory;
    private readonly ServiceProvider _services;

    private TestStore(TempFolder? folder, DataDirectory directory, ServiceProvider services) => (_folder, _directory, _services) = (folder, directory, services);

    public ManualClock Clock { get; private init; } = null!; // set by OpenAsync

    public EventLog Log => Get<EventLog>();

    public PortalDatabase Database => Get<PortalDatabase>();

    public DataDirectory Directory => _directory;

    public IServiceProvider Services => _services;

    /// <param name="path">An existing data directory to open again; null makes a new one that vanishes with the store.</param>
    public static async Task<TestStore> OpenAsync(string? path = null, StorageOptions? storage = null, Action<IServiceCollection>? configure = null, DateTimeOffset? now = null)
    {
        var folder = path is null ? new TempFolder() : null;
        var directory = DataDirectory.Open(path ?? folder!.File("data"), keysPath: null, "test");
        var clock = new ManualClock(now ?? ManualClock.Noon);
        var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(clock)
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddMarketing(directory, storage);
        configure?.Invoke(services);
        var store = new TestStore(folder, directory, services.BuildServiceProvider()) { Clock = clock };
        await store.Database.MigrateAsync(CancellationToken.None);
        return store;
    }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public Task<PortalDbContext> ContextAsync() => Get<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync();

    /// <summary>Every row of these tables, in the order of all columns, as text: equal tables give equal texts.</summary>
    public string Dump(params string[] tables)
    {
        using var connection = Database.OpenReader();
        var lines = new List<string>();
        foreach (var table in tables)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"select * from \"{table}\"";
            using var reader = command.ExecuteReader();
            var rows = new List<string>();
            while (reader.Read())
            {
                var values = new object[reader.FieldCount];
                reader.GetValues(values);
                rows.Add(string.Join('|', values.Select(v => v is byte[] bytes ? Convert.ToHexString(bytes) : FormattableString.Invariant($"{v}"))));
            }
            rows.Sort(StringComparer.Ordinal);
            lines.Add($"[{table}]");
            lines.AddRange(rows);
        }
        return string.Join('\n', lines);
    }

    public async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync();
        await _services.DisposeAsync();
        _directory.Dispose();
        _folder?.Dispose();
    }
}
