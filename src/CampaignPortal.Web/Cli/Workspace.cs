using CampaignPortal.Marketing;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Web.Cli;

/// <summary>The domain on a data directory, without a web host: what a verb works on.</summary>
internal sealed class Workspace : IAsyncDisposable
{
    private readonly DataDirectory _directory;
    private readonly ServiceProvider _services;

    private Workspace(DataDirectory directory, ServiceProvider services) => (_directory, _services) = (directory, services);

    /// <summary>Takes the lock, brings the schema up to date.</summary>
    /// <param name="configure">Services that the verb needs besides the domain.</param>
    public static async Task<Workspace> OpenAsync(string? data, string? keys, string verb, CancellationToken ct, Action<IServiceCollection>? configure = null)
    {
        var directory = DataDirectory.Open(Paths.Data(data), Paths.Keys(keys), verb);
        try
        {
            var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
            var collection = new ServiceCollection()
                .AddSingleton<IConfiguration>(configuration)
                .AddMarketing(directory, configuration.GetSection("Storage").Get<StorageOptions>());
            configure?.Invoke(collection);
            var services = collection.BuildServiceProvider();
            await services.GetRequiredService<PortalDatabase>().MigrateAsync(ct);
            return new Workspace(directory, services);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await Get<EventLog>().DisposeAsync();
        await _services.DisposeAsync();
        _directory.Dispose();
    }
}

/// <summary>Where data and keys lie when nobody says so.</summary>
internal static class Paths
{
    public static string Data(string? option) => option ?? Environment.GetEnvironmentVariable("CAMPAIGNPORTAL_DATA") ?? "data";

    public static string? Keys(string? option) => option ?? Environment.GetEnvironmentVariable("CAMPAIGNPORTAL_KEYS");
}
