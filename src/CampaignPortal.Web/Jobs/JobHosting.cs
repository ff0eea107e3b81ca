using CampaignPortal.Web.Features.Jobs;
using Microsoft.Data.Sqlite;
using Quartz;

namespace CampaignPortal.Web.Jobs;

internal static class JobHosting
{
    /// <summary>The runner, and the scheduler on a store of its own: Quartz opens write connections, and the portal's file has one writer.</summary>
    public static IServiceCollection AddJobHosting(this IServiceCollection services, string dataPath, IConfiguration configuration)
    {
        services.AddScoped<JobControl>().AddHostedService<JobHost>();
        return configuration.GetValue("Jobs:IsSchedulerOn", defaultValue: true) ? services.AddScheduler(dataPath) : services;
    }

    internal static IServiceCollection AddScheduler(this IServiceCollection services, string dataPath)
    {
        var store = new SqliteConnectionStringBuilder { DataSource = Path.Combine(dataPath, "quartz.db"), DefaultTimeout = 30, Pooling = false }.ToString();
        return services
            .AddQuartz(quartz =>
            {
                quartz.ConfigureScheduler(options => options.InstanceId = "portal");
                quartz.UseDefaultThreadPool(2); // firing only queues
                quartz.UsePersistentStore(persistent =>
                {
                    persistent.UseSqlite(SqliteFactory.Instance, store);
                    persistent.ProvisionSchema();
                    persistent.UseSystemTextJsonSerializer();
                });
            })
            .AddSingleton<MissedStarts>()
            .AddHostedService<ScheduleKeeper>();
    }
}
