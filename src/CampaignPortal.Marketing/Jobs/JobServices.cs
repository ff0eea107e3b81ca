using CampaignPortal.Marketing.Jobs.Maintenance;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Jobs;

public static class JobServices
{
    public static IServiceCollection AddJobs(this IServiceCollection services)
    {
        services.AddOptions<JobOptions>().BindConfiguration("Jobs")
            .Validate(o => o.WorkerCount is >= 1 and <= 16, "Jobs:WorkerCount must be between 1 and 16.")
            .ValidateOnStart();
        return services
            .AddSingleton<RunningJobs>()
            .AddSingleton<JobHandlers>()
            .AddSingleton<JobSignal>()
            .AddSingleton<JobRuns>()
            .AddSingleton<JobRunner>()
            .AddSingleton<ScheduleChanges>()
            .AddSingleton<StartJobHandler>()
            .AddSingleton<CancelJobHandler>()
            .AddSingleton<RetryJobsHandler>()
            .AddSingleton<PauseJobHandler>()
            .AddSingleton<SkipStartHandler>()
            .AddSingleton<SchedulesHandler>()
            .AddSingleton<StartScheduleHandler>()
            .AddSingleton<ReadJobRunHandler>()
            .AddSingleton<ReadJobsHandler>()
            .AddSingleton<ListJobRunsHandler>()
            .AddJob<BackUpJob>()
            .AddJob<CleanUpJob>();
    }

    /// <summary>Registers a handler; the jobs page, the command line and schedules know it by its key.</summary>
    public static IServiceCollection AddJob<T>(this IServiceCollection services) where T : class, IJobHandler => services.AddSingleton<IJobHandler, T>();
}
