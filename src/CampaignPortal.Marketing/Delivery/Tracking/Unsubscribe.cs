using System.Globalization;
using System.Text.Json;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Marketing.Settings;

namespace CampaignPortal.Marketing.Delivery.Tracking;

/// <summary>What the page behind the link shows.</summary>
/// <param name="Address">Masked: a forwarded mail must not tell it. Null when it is not known any more.</param>
/// <param name="Language">Language of the mail; null where none was stated.</param>
public sealed record UnsubscribeView(string? Address, bool IsSubscribed, string? Language)
{
    /// <summary>What the person asked for besides.</summary>
    public ContactWishes Wishes { get; init; } = ContactWishes.None;

    /// <summary>What mails can be about; that of this mail first.</summary>
    public IReadOnlyList<MailTopic> Topics { get; init; } = [];

    /// <summary>Key of what this mail was about; null where that is nothing in particular.</summary>
    public string? Topic { get; init; }

    /// <summary>The moment of the answer: a pause that ended is none.</summary>
    public DateTimeOffset AsOf { get; init; }
}

/// <summary>An alternative to leaving everything (PV-04).</summary>
public abstract record MailWish
{
    /// <summary>At most one mail in so many days; 0 takes it back.</summary>
    public sealed record Limit(int Days) : MailWish;

    /// <summary>Nothing for so many days from now; 0 ends the pause.</summary>
    public sealed record Pause(int Days) : MailWish;

    /// <summary>Mails about this topic, or none.</summary>
    public sealed record Topic(string Key, bool IsWanted) : MailWish;
}

/// <summary>The way out and the way back, by signed link (PV-04, DE-09): at once, without sign-in, as often as somebody likes.</summary>
public sealed class UnsubscribeHandler(
    PortalDatabase database, DeliveryKeys keys, ContactVault vault, SuppressionList suppressed, BodyStore bodies, EventLog log, ProjectionHost projections, IMessageSource source, DeliverySettingsStore settings,
    TimeProvider clock)
{
    /// <summary>Null when we did not make the link. Reading changes nothing.</summary>
    public UnsubscribeView? Find(string token) => Message(token) is { } message ? View(message) : null;

    /// <summary>The customer gets no more marketing; the same for their address, whoever else has it. Answers after the commit; from then on no message is marked for it.</summary>
    public Task<UnsubscribeView?> LeaveAsync(string token, CancellationToken ct) => ChangeAsync(token, isGranted: false, ct);

    /// <summary>The person takes it back by their own act.</summary>
    public Task<UnsubscribeView?> ReturnAsync(string token, CancellationToken ct) => ChangeAsync(token, isGranted: true, ct);

    /// <summary>Writes down what the person wants instead of leaving. What is in force already is no new statement, and whoever left comes back first.</summary>
    public async Task<UnsubscribeView?> WishAsync(string token, MailWish wish, CancellationToken ct)
    {
        if (Message(token) is not { } message) return null;
        var before = View(message);
        if (message.IsErased || !before.IsSubscribed || MailWishes.StatementOf(wish, before, clock.GetUtcNow()) is not { } said) return before;
        var (ticket, now) = (message.Ticket, clock.GetUtcNow());
        var statement = Statement(ticket, KnownEvents.ConsentChanged, said.IsGranted, now, said);
        await log.AppendAsync(new EventBatch(MessageEvents.Source, [statement]) { Alongside = (transaction, _) => SentMessages.Settle(transaction, ticket.MessageId, now) }, ct);
        await projections.CatchUpAsync(ct); // the next mark reads what was said here
        return View(message);
    }

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
        var wishes = ContactWishes.Read(snapshot, message.Ticket.CustomerId, message.Ticket.Channel);
        var isSubscribed = wishes.ConsentSince is { } since
            && (address is null || suppressed.ReasonFor(snapshot, address, message.Ticket.CustomerId, message.Ticket.Channel, since) is not SuppressionReasons.Unsubscribed);
        var topics = settings.Read();
        var topic = topics.TopicOf(source.TopicOf(snapshot, message.Ticket.CampaignId))?.Key;
        return new UnsubscribeView(address is null ? null : Mask(address), isSubscribed, bodies.Read(message.Ticket.MessageId)?.Content.Language)
        {
            Wishes = wishes, Topics = [.. topics.Topics.OrderByDescending(t => t.Key == topic)], Topic = topic, AsOf = clock.GetUtcNow(),
        };
    }

    private SentMessage? Message(string token) => LinkToken.Read(keys, LinkKind.Unsubscribe, token) is { } link ? SentMessages.Find(database, link.MessageId) : null;

    // The address to which the mail went, which need not be the customer's any more.
    private string? AddressOf(MessageTicket ticket) => bodies.Read(ticket.MessageId)?.Content.To ?? vault.Read(ticket.CustomerId)?.Email;

    private NewEvent Statement(MessageTicket ticket, string type, bool isGranted, DateTimeOffset now, WishStatement? wish = null)
    {
        var properties = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["channel"] = ticket.Channel, ["purpose"] = wish?.Purpose ?? ConsentProjection.Marketing, ["state"] = isGranted ? "granted" : "withdrawn", ["origin"] = "message-link",
            ["basis"] = "consent", ["message"] = ticket.MessageId,
        };
        if (wish is not null)
        {
            // Whose link it was, in words that stay with the ledger when the message is gone; unreadable once the person is erased.
            properties["proof"] = Convert.ToBase64String(vault.SealFor(ticket.CustomerId, string.Create(CultureInfo.InvariantCulture, $"message {ticket.MessageId} of campaign {ticket.CampaignId}")));
            if (wish.LimitDays is { } days) properties["limit_days"] = days;
            if (wish.Until is { } until) properties["until"] = until.ToString("O", CultureInfo.InvariantCulture);
        }
        return new NewEvent
        {
            MessageId = string.Create(CultureInfo.InvariantCulture, $"{(wish is not null ? "wish" : isGranted ? "back" : "out")}:{ticket.MessageId}:{Guid.CreateVersion7():N}"),
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
