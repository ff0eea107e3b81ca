using System.Globalization;
using System.Text.Json;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Delivery.Tracking;

/// <summary>What the page behind the link shows.</summary>
/// <param name="Address">Masked: a forwarded mail must not tell it. Null when it is not known any more.</param>
/// <param name="Language">Language of the mail; null where none was stated.</param>
public sealed record UnsubscribeView(string? Address, bool IsSubscribed, string? Language);

/// <summary>The way out and the way back, by signed link (PV-04, DE-09): at once, without sign-in, as often as somebody likes.</summary>
public sealed class UnsubscribeHandler(PortalDatabase database, DeliveryKeys keys, ContactVault vault, SuppressionList suppressed, BodyStore bodies, EventLog log, ProjectionHost projections, TimeProvider clock)
{
    /// <summary>Null when we did not make the link. Reading changes nothing.</summary>
    public UnsubscribeView? Find(string token) => Message(token) is { } message ? View(message) : null;

    /// <summary>The customer gets no more marketing; the same for their address, whoever else has it. Answers after the commit; from then on no message is marked for it.</summary>
    public Task<UnsubscribeView?> LeaveAsync(string token, CancellationToken ct) => ChangeAsync(token, isGranted: false, ct);

    /// <summary>The person takes it back by their own act.</summary>
    public Task<UnsubscribeView?> ReturnAsync(string token, CancellationToken ct) => ChangeAsync(token, isGranted: true, ct);

    private async Task<UnsubscribeView?> ChangeAsync(string token, bool isGranted, CancellationToken ct)
    {
        if (Message(token) is not { } message) return null;
        var before = View(message);
        if (message.IsErased || before.IsSubscribed == isGranted) return before;
        var (ticket, now) = (message.Ticket, clock.GetUtcNow());
        var address = AddressOf(ticket);
        var type = isGranted ? KnownEvents.ConsentChanged : KnownEvents.Unsubscribed;
        await log.AppendAsync(
            new EventBatch(MessageEvents.Source, [Statement(ticket, type, isGranted, now)])
            {
                Alongside = (transaction, _) =>
                {
                    SentMessages.Settle(transaction, ticket.MessageId, now);
                    if (address is null) return;
                    if (isGranted) suppressed.LiftUnsubscription(transaction, address);
                    else suppressed.Add(transaction, address, SuppressionReasons.Unsubscribed);
                },
            },
            ct);
        await projections.CatchUpAsync(ct); // so that the ledger says it as well when the answer comes
        return before with { IsSubscribed = isGranted };
    }

    private UnsubscribeView View(SentMessage message)
    {
        var address = AddressOf(message.Ticket);
        using var reader = database.OpenReader();
        using var snapshot = database.BeginSnapshot(reader);
        using var find = snapshot.Prepare("select \"ChangedAt\" from \"Consents\" where \"CustomerId\" = @0 and \"Channel\" = @1 and \"Purpose\" = @2 and \"IsGranted\"", 3);
        var since = find.RunScalar(message.Ticket.CustomerId, message.Ticket.Channel, ConsentProjection.Marketing) is { } ticks ? Stored.Time(ticks) : (DateTimeOffset?)null;
        var isSubscribed = since is not null
            && (address is null || suppressed.ReasonFor(snapshot, address, message.Ticket.CustomerId, message.Ticket.Channel, since) is not SuppressionReasons.Unsubscribed);
        return new UnsubscribeView(address is null ? null : Mask(address), isSubscribed, bodies.Read(message.Ticket.MessageId)?.Content.Language);
    }

    private SentMessage? Message(string token) => LinkToken.Read(keys, LinkKind.Unsubscribe, token) is { } link ? SentMessages.Find(database, link.MessageId) : null;

    // The address to which the mail went, which need not be the customer's any more.
    private string? AddressOf(MessageTicket ticket) => bodies.Read(ticket.MessageId)?.Content.To ?? vault.Read(ticket.CustomerId)?.Email;

    private static NewEvent Statement(MessageTicket ticket, string type, bool isGranted, DateTimeOffset now)
    {
        var properties = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["channel"] = ticket.Channel, ["purpose"] = ConsentProjection.Marketing, ["state"] = isGranted ? "granted" : "withdrawn", ["origin"] = "message-link",
            ["basis"] = "consent", ["message"] = ticket.MessageId,
        };
        return new NewEvent
        {
            MessageId = string.Create(CultureInfo.InvariantCulture, $"{(isGranted ? "back" : "out")}:{ticket.MessageId}:{Guid.CreateVersion7():N}"),
            Type = type, Customer = ticket.Customer, OccurredAt = now,
            CampaignId = ticket.CampaignId.ToString(CultureInfo.InvariantCulture), VariantId = ticket.VariantId.ToString(CultureInfo.InvariantCulture),
            Properties = JsonSerializer.Serialize(properties),
        };
    }

    private static string Mask(string address)
    {
        var at = address.LastIndexOf('@');
        return at < 1 ? "…" : address[..1] + "…" + address[at..];
    }
}
