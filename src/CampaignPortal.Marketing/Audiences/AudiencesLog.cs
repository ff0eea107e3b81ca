using Microsoft.Extensions.Logging;

namespace CampaignPortal.Marketing.Audiences;

internal static partial class AudiencesLog
{
    [LoggerMessage(3301, LogLevel.Error, "Audience {AudienceId} could not be counted; what relies on it waits, and it is tried again in a minute")]
    public static partial void CountFailed(this ILogger logger, long audienceId, Exception e);
}
