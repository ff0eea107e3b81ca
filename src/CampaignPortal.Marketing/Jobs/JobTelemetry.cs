using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CampaignPortal.Marketing.Jobs;

/// <summary>What a monitor hears of runs: one activity for each, and how many ended how after how long. Nobody listens unless the host does.</summary>
public static class JobTelemetry
{
    /// <summary>Name of the meter and of the source of activities.</summary>
    public const string Name = "CampaignPortal.Jobs";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Histogram<double> Durations = Meter.CreateHistogram<double>("campaignportal.job.duration", "s", "Duration of runs by job and how they ended.");

    internal static Activity? Begin(JobRun run) => Source.StartActivity("job " + run.Key)?.SetTag("job.run", run.Id).SetTag("job.name", run.SingleFlightKey);

    internal static void End(Activity? activity, JobRun run, JobStatus status, TimeSpan elapsed)
    {
        if (status is JobStatus.Failed or JobStatus.Lost) activity?.SetStatus(ActivityStatusCode.Error);
        activity?.SetTag("job.status", status.ToString());
        Durations.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("job", run.Key), new KeyValuePair<string, object?>("status", status.ToString()));
    }
}
