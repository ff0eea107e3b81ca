using CampaignPortal.Marketing;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Web.Api;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Demo;
using CampaignPortal.Web.Features.Content;
using CampaignPortal.Web.Features.Customers;
using CampaignPortal.Web.Features.Delivery;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Jobs;
using Microsoft.AspNetCore.DataProtection;

namespace CampaignPortal.Web.Hosting;

/// <summary>The web host on one data directory, from the lock to the last flush.</summary>
internal sealed class PortalApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DataDirectory _directory;

    private PortalApp(WebApplication app, DataDirectory directory) => (_app, _directory) = (app, directory);

    /// <summary>Takes the lock, brings the schema up to date and listens.</summary>
    /// <param name="isEmptied">The sample shop was just removed from the directory, and shall not come back.</param>
    public static async Task<PortalApp> StartAsync(string data, string? keys, string[] hostArguments, bool isEmptied, CancellationToken ct)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = hostArguments, ContentRootPath = AppContext.BaseDirectory });
        var urls = builder.Configuration["urls"] ?? "http://localhost:5000";
        var directory = DataDirectory.Open(data, keys, "serve on " + urls);
        try
        {
            Configure(builder, directory);
            var app = builder.Build();
            Map(app);
            await PrepareAsync(app, isEmptied, ct);
            await app.StartAsync(ct);
            app.Services.GetRequiredService<Readiness>().Set();
            return new PortalApp(app, directory);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    public Task WaitAsync(CancellationToken ct) => _app.WaitForShutdownAsync(ct);

    /// <summary>Whether the portal ended so that its sample shop can be removed.</summary>
    public bool LeavesSample => _app.Services.GetRequiredService<SampleRemoval>().IsAsked;

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _app.Services.GetRequiredService<EventLog>().DisposeAsync();
            await _app.DisposeAsync();
        }
        finally
        {
            _directory.Dispose(); // also when somebody else disposed the services first, as a test host does
        }
    }

    private static void Configure(WebApplicationBuilder builder, DataDirectory directory)
    {
        builder.WebHost.UseStaticWebAssets(); // in every environment, also from the build output
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = JsonBody.MaxBytes + 1; // one more than allowed, so that the refusal is ours
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
            kestrel.Limits.MaxConcurrentConnections = 2_000;
            kestrel.Limits.MaxConcurrentUpgradedConnections = 500;
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Quartz", LogLevel.Warning).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        builder.Services.AddDataProtection().SetApplicationName("CampaignPortal").PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(directory.KeysPath, "data-protection")));
        builder.Services
            .AddMarketing(directory, builder.Configuration.GetSection("Storage").Get<StorageOptions>())
            .AddPortalApi()
            .AddPortalIdentity()
            .AddInsights()
            .AddPortalPages()
            .AddJobHosting(directory.Path, builder.Configuration)
            .AddDemo(isWanted: builder.Configuration.GetValue("demo", defaultValue: true))
            .AddSingleton<Readiness>()
            .AddSingleton<PortalMetrics>()
            .AddHostedService(services => services.GetRequiredService<PortalMetrics>())
            .AddHostedService<Telemetry>()
            .AddHostedService<LogFollower>()
            .AddHostedService<CampaignWorker>()
            .AddHostedService<DeliveryHost>()
            .AddHostedService<AudienceFollower>()
            .AddHostedService<PageWarmUp>();
    }

    private static void Map(WebApplication app)
    {
        app.UseExceptionHandler();
        app.UsePages();
        app.MapPortalApi();
        app.MapTracking();
        app.MapSentMail();
        app.MapContentPreview();
        app.MapDemo();
        app.MapPages();
    }

    private static async Task PrepareAsync(WebApplication app, bool isEmptied, CancellationToken ct)
    {
        await app.Services.GetRequiredService<PortalDatabase>().MigrateAsync(ct);
        app.Services.GetRequiredService<ContactVault>(); // reads or makes the keys: a wrong master key must show now
        if (isEmptied) await app.Services.GetRequiredService<SampleData>().NoteRemovalAsync(ct);
        await app.Services.GetRequiredService<DemoStart>().PrepareAsync(ct);
    }
}
