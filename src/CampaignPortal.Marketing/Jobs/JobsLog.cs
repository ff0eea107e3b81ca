using Microsoft.Extensions.Logging;

namespace CampaignPortal.Marketing.Jobs;

internal static partial class JobsLog
{
    [LoggerMessage(5101, LogLevel.Information, "Run {RunId} of {Job} ended as {Status} after {ElapsedMs} ms")]
    public static partial void RunEnded(this ILogger logger, long runId, string job, JobStatus status, long elapsedMs);

    [LoggerMessage(5102, LogLevel.Warning, "Run {RunId} of {Job} failed: {Reason}. See Jobs")]
    public static partial void RunFailed(this ILogger logger, long runId, string job, string reason, Exception e);

    [LoggerMessage(5103, LogLevel.Warning, "Run {RunId} of {Job} was lost with its process; attempt {Attempt} follows")]
    public static partial void RunLost(this ILogger logger, long runId, string job, int attempt);

    [LoggerMessage(5104, LogLevel.Warning, "Run {RunId} of {Job} did not listen for {Seconds} s and was ended by force")]
    public static partial void RunForced(this ILogger logger, long runId, string job, double seconds);

    [LoggerMessage(5105, LogLevel.Error, "The jobs pause: the store refused")]
    public static partial void JobsPaused(this ILogger logger, Exception e);
}
