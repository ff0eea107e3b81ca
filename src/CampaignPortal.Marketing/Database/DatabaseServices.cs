using CampaignPortal.Marketing.Database.Sqlite;
using CampaignPortal.Marketing.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Database;

/// <summary>Options of the store.</summary>
public sealed class StorageOptions
{
    /// <summary>Limits the database file to so many pages of 4 KiB; null is no limit. Tests make a full disk with it.</summary>
    public long? MaxPageCount { get; set; }
}

public static class DatabaseServices
{
    /// <summary>The store of one data directory, whose lock the caller holds.</summary>
    public static IServiceCollection AddPortalDatabase(this IServiceCollection services, DataDirectory directory, StorageOptions? options = null)
    {
        services.AddSingleton(directory);
        services.AddSingleton<WriteGate>();
        services.AddPooledDbContextFactory<SqlitePortalDbContext>((provider, builder) => builder
            .UseSqlite(SqlitePortalDatabase.ConnectionString(directory.DatabaseFile))
            .AddInterceptors(new WriteGateInterceptor(provider.GetRequiredService<WriteGate>())));
        services.AddSingleton<PortalDatabase>(provider => new SqlitePortalDatabase(
            directory.DatabaseFile,
            provider.GetRequiredService<WriteGate>(),
            provider.GetRequiredService<IDbContextFactory<SqlitePortalDbContext>>(),
            options?.MaxPageCount));
        services.AddSingleton<IDbContextFactory<PortalDbContext>, PortalDbContextFactory>();
        services.AddScoped<PortalDbContext>(provider => provider.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContext()); // Identity wants a scoped one
        services.AddSingleton<EventInserterFactory>(static connection => new SqliteEventInserter(connection));
        services.AddSingleton<ShopSettingsStore>();
        services.AddSingleton<Preferences>();
        services.AddSingleton<SampleData>();
        return services;
    }

    private sealed class PortalDbContextFactory(IDbContextFactory<SqlitePortalDbContext> contexts) : IDbContextFactory<PortalDbContext>
    {
        public PortalDbContext CreateDbContext() => contexts.CreateDbContext();

        public async Task<PortalDbContext> CreateDbContextAsync(CancellationToken cancellationToken = default) => await contexts.CreateDbContextAsync(cancellationToken);
    }
}
