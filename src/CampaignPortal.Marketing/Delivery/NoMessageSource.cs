using System.Data.Common;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>Stands in where nothing sends: the outbox rests.</summary>
internal sealed class NoMessageSource : IMessageSource
{
    public IReadOnlyCollection<long> SendingCampaigns(DbTransaction transaction) => [];

    public Task<IReadOnlyList<MessageDraft>> PrepareAsync(IReadOnlyList<MessageTicket> batch, CancellationToken ct) => throw new InvalidOperationException("Nothing sends here.");

    public SendingGate Gate(DbTransaction transaction, MessageTicket ticket) => SendingGate.Wait;

    public string? TopicOf(DbTransaction transaction, long campaignId) => null;

    public Task<bool> PauseAsync(long campaignId, DeliveryTrouble trouble, string detail, CancellationToken ct) => Task.FromResult(true);
}
