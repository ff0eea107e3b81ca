using System.Globalization;
using System.Text.Json;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>What the outbox writes into the log.</summary>
public static class MessageEvents
{
    /// <summary>Source of these events.</summary>
    public const string Source = "delivery";

    /// <summary>The event with which a message says that it left, or came back.</summary>
    internal static NewEvent Of(MessageTicket ticket, string type, DateTimeOffset at, IReadOnlyDictionary<string, object?>? more = null, string? id = null)
    {
        var properties = new Dictionary<string, object?>(StringComparer.Ordinal) { ["channel"] = ticket.Channel, ["message"] = ticket.MessageId, ["run"] = ticket.RunId, ["step"] = ticket.StepId };
        foreach (var (name, value) in more ?? new Dictionary<string, object?>(StringComparer.Ordinal)) properties[name] = value;
        return new NewEvent
        {
            MessageId = id ?? string.Create(CultureInfo.InvariantCulture, $"{type}:{ticket.MessageId}"),
            Type = type,
            Customer = ticket.Customer,
            CampaignId = ticket.CampaignId.ToString(CultureInfo.InvariantCulture),
            VariantId = ticket.VariantId.ToString(CultureInfo.InvariantCulture),
            OccurredAt = at,
            StatedAt = id is null ? ticket.PlannedAt : null, // the same for every attempt: a repeated record is a duplicate, not a conflict
            Properties = JsonSerializer.Serialize(properties),
        };
    }

    /// <summary>The events of an outcome; none while it is not known or comes later.</summary>
    internal static IReadOnlyList<NewEvent> OfOutcome(MessageTicket ticket, MessageState state, SendResult result, DateTimeOffset at) => state switch
    {
        MessageState.Accepted => [Of(ticket, KnownEvents.MessageSent, at)],
        // A refused message counts as sent and as bounced: whoever computes what was delivered subtracts.
        MessageState.Rejected => [Of(ticket, KnownEvents.MessageSent, at), Of(ticket, KnownEvents.MessageBounced, at, BounceOf(result))],
        _ => [],
    };

    private static Dictionary<string, object?> BounceOf(SendResult result) => new(StringComparer.Ordinal)
    {
        ["kind"] = result.IsHardBounce ? "hard" : "soft",
        ["reason"] = result.Reason,
        ["code"] = result.Code,
    };
}
