using CampaignPortal.Marketing.Database;
using CampaignPortal.Web.Hosting;

namespace CampaignPortal.Web.Features.Settings;

/// <param name="Version">Of the program, as the build wrote it.</param>
/// <param name="Runtime">.NET and the system.</param>
/// <param name="Engine">The database engine.</param>
/// <param name="DatabaseBytes">Size of the database file.</param>
/// <param name="FreeBytes">Free space beside it.</param>
/// <param name="IsReady">Schema current, store readable, keys readable.</param>
/// <param name="StartedAt">When this process began to serve.</param>
public sealed record Health(string Version, string Runtime, string Engine, long DatabaseBytes, long FreeBytes, bool IsReady, DateTimeOffset StartedAt);

/// <summary>What an admin asks for first when something is odd.</summary>
public sealed class HealthCheck(PortalDatabase database, DataDirectory directory, IServiceProvider services, TimeProvider clock)
{
    private readonly DateTimeOffset _startedAt = clock.GetUtcNow();

    public Health Read()
    {
        var file = new FileInfo(directory.DatabaseFile);
        return new Health(
            ThirdParty.VersionOf(typeof(HealthCheck).Assembly),
            System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription + " · " + System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier,
            database.EngineVersion,
            file.Exists ? file.Length : 0,
            new DriveInfo(directory.Path).AvailableFreeSpace,
            services.GetRequiredService<Readiness>().IsReady,
            _startedAt);
    }
}
