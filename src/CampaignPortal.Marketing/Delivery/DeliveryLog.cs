using Microsoft.Extensions.Logging;

namespace CampaignPortal.Marketing.Delivery;

internal static partial class DeliveryLog
{
    [LoggerMessage(6101, LogLevel.Warning, "{Count} messages were left behind by another run; {InDoubt} are in doubt now")]
    public static partial void Recovered(this ILogger logger, int count, int inDoubt);

    [LoggerMessage(6102, LogLevel.Warning, "Message {MessageId}: the transport {Transport} failed in a way of its own")]
    public static partial void TransportFailed(this ILogger logger, long messageId, string transport, Exception e);

    [LoggerMessage(6103, LogLevel.Warning, "Message {MessageId}: the outcome of attempt {Attempt} came after another attempt began; there may be a second copy")]
    public static partial void LateRecord(this ILogger logger, long messageId, int attempt);

    [LoggerMessage(6104, LogLevel.Error, "Message {MessageId}: its outcome could not be written")]
    public static partial void RecordFailed(this ILogger logger, long messageId, Exception e);

    [LoggerMessage(6105, LogLevel.Error, "Sending pauses: the store refused")]
    public static partial void SendingPaused(this ILogger logger, Exception e);

    [LoggerMessage(6106, LogLevel.Error, "Messages of {Count} customers could not be rendered; they are put back")]
    public static partial void RenderingFailed(this ILogger logger, int count, Exception e);

    [LoggerMessage(6108, LogLevel.Error, "The store is an older copy of itself: sending is stopped, and {Held} messages that may have left since are held. Settle them in the outbox, then let sending go on")]
    public static partial void Restored(this ILogger logger, int held);

    [LoggerMessage(6107, LogLevel.Warning, "The relay does not take mail ({Reason}); one message tries every 30 s")]
    public static partial void DestinationDown(this ILogger logger, string reason);
}
