using Microsoft.Extensions.Logging;

namespace CampaignPortal.Marketing.Predictions;

internal static partial class PredictionsLog
{
    [LoggerMessage(3101, LogLevel.Information, "Training run {RunId} of {Model} ended as {Status} after {Seconds} s")]
    public static partial void TrainingEnded(this ILogger logger, long runId, string model, string status, double seconds);

    [LoggerMessage(3102, LogLevel.Error, "The files of {Model} version {Version} are damaged or gone; an earlier version answers. Train it again, or restore the folder from a backup")]
    public static partial void ModelDamaged(this ILogger logger, string model, int version);

    [LoggerMessage(3103, LogLevel.Error, "Training run {RunId} of {Model} failed")]
    public static partial void TrainingFailed(this ILogger logger, long runId, string model, Exception e);
}
