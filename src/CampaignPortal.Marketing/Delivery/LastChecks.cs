using System.Data.Common;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>What the checks say of a message.</summary>
/// <param name="Move">Null: it may leave. Otherwise where it goes.</param>
/// <param name="Until">For Deferred: when it is looked at again.</param>
internal readonly record struct CheckAnswer(MessageState? Move, string? Reason = null, DateTimeOffset? Until = null)
{
    public static CheckAnswer Send { get; } = new(null);

    public static CheckAnswer Suppress(string reason) => new(MessageState.Suppressed, reason);

    /// <summary>Waits until a moment, unless the message is useless by then.</summary>
    public static CheckAnswer PutOff(string reason, DateTimeOffset until, DateTimeOffset sendBefore, MessageState otherwise, string otherwiseReason) =>
        until > sendBefore ? new(otherwise, otherwiseReason) : new(MessageState.Deferred, reason, until);
}

/// <summary>Every reason not to write to somebody, asked in the transaction that marks the message (RELIABILITY.md §4.2): what was true while the campaign was planned does not count.</summary>
internal sealed class LastChecks(IMessageSource source, SuppressionList suppressed, ShopSettingsStore shop)
{
    /// <summary>All of them; a message that passes has its place under the caps.</summary>
    public CheckAnswer Last(DbTransaction transaction, ClaimedMessage m, string address, DeliverySettings settings, DateTimeOffset now)
    {
        if (settings.IsStopped) return new CheckAnswer(MessageState.Planned, MessageReasons.CampaignPaused);
        if (source.Gate(transaction, m.Ticket) is var gate && gate.Answer is not GateAnswer.Send)
            return gate.Answer is GateAnswer.Wait ? new CheckAnswer(MessageState.Planned, MessageReasons.CampaignPaused) : CheckAnswer.Suppress(gate.Reason ?? MessageReasons.Cancelled);
        var wishes = WishesOf(transaction, m);
        if (Early(transaction, m, wishes, settings, now) is { Move: not null } early) return early;
        if (suppressed.ReasonFor(transaction, address, m.Ticket.CustomerId, m.Ticket.Channel, m.IsTransactional ? DateTimeOffset.MaxValue : wishes.ConsentSince) is { } reason) return CheckAnswer.Suppress(reason);
        return m.IsTransactional ? CheckAnswer.Send : Reserve(transaction, m, wishes, settings, now);
    }

    /// <summary>Those that need no rendered mail: asked when the message is claimed too, so that few are prepared for nothing.</summary>
    public CheckAnswer Early(DbTransaction transaction, ClaimedMessage m, DeliverySettings settings, DateTimeOffset now) => Early(transaction, m, WishesOf(transaction, m), settings, now);

    private CheckAnswer Early(DbTransaction transaction, ClaimedMessage m, ContactWishes wishes, DeliverySettings settings, DateTimeOffset now)
    {
        if (now > m.SendBefore) return new CheckAnswer(MessageState.Expired, MessageReasons.TooLate);
        using var erased = transaction.Prepare("select 1 from \"Customers\" where \"Id\" = @0 and \"ErasedAt\" is null", 1);
        if (erased.RunScalar(m.Ticket.CustomerId) is null) return CheckAnswer.Suppress(MessageReasons.Erased);
        if (m.IsTransactional) return CheckAnswer.Send;
        if (wishes.ConsentSince is null) return CheckAnswer.Suppress(MessageReasons.NoConsent);
        if (wishes.PausedUntil is { } end && end > now) return CheckAnswer.PutOff(MessageReasons.Paused, end, m.SendBefore, MessageState.Suppressed, MessageReasons.Paused);
        var (calendar, zone, country) = (settings.Calendar, ZoneOf(m), CountryOf(m));
        var allowed = calendar.NextAllowed(now, zone, country);
        if (allowed <= now) return CheckAnswer.Send;
        var reason = calendar.DayAt(now, zone, country) is null ? MessageReasons.QuietHours : MessageReasons.FreeDay;
        return CheckAnswer.PutOff(reason, allowed, m.SendBefore, MessageState.Expired, MessageReasons.TooLate);
    }

    // The topic and the caps: the last word, and the place is taken in the same transaction.
    private CheckAnswer Reserve(DbTransaction transaction, ClaimedMessage m, ContactWishes wishes, DeliverySettings settings, DateTimeOffset now)
    {
        var topic = source.TopicOf(transaction, m.Ticket.CampaignId);
        if (wishes.HasLeft(topic)) return CheckAnswer.Suppress(MessageReasons.TopicLeft);
        var zone = ZoneOf(m);
        foreach (var rule in CapRule.Of(settings, topic, wishes.LimitDays))
        {
            if (rule.IsFull(transaction, m.Id, m.Ticket.CustomerId, m.Ticket.Channel, rule.Cap.Since(now, zone))) return CheckAnswer.Suppress(rule.Reason);
        }
        CapBook.Reserve(transaction, m.Ticket, topic, now);
        return CheckAnswer.Send;
    }

    private static ContactWishes WishesOf(DbTransaction transaction, ClaimedMessage m) => m.IsTransactional ? ContactWishes.None : ContactWishes.Read(transaction, m.Ticket.CustomerId, m.Ticket.Channel);

    private string? CountryOf(ClaimedMessage m) => (m.Country is { } stated ? Countries.Find(stated) : null) ?? (shop.Read().Country is { Length: > 0 } own ? own : null);

    private TimeZoneInfo ZoneOf(ClaimedMessage m) => m.Zone is { } name && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var own) ? own : shop.Read().Zone;
}
