namespace CampaignPortal.Marketing.Delivery;

/// <summary>A message that this worker holds.</summary>
/// <param name="Zone">The customer's zone as they or their browser said it; null where nobody knows.</param>
/// <param name="Country">The customer's country as it was stated; null where nobody knows.</param>
internal sealed record ClaimedMessage(MessageTicket Ticket, int Lane, DoubtPolicy Policy, int Tries, DateTimeOffset SendBefore, string MessageIdHeader, DateTimeOffset Date, string? Zone, string? Country)
{
    public long Id => Ticket.MessageId;

    public bool IsTransactional => Lane is MessageLanes.Transactional;
}
