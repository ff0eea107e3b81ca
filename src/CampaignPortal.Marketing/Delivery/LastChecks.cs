using System.Data.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>What the checks say of a message.</summary>
/// <param name="Move">Null: it may leave. Otherwise where it goes.</param>
/// <param name="Until">For Deferred: when it is looked at again.</param>
internal readonly record struct CheckAnswer(MessageState? Move, string? Reason = null, DateTimeOffset? Until = null)
{
    public static CheckAnswer Send { get; } = new(null);
}

/// <summary>Every reason not to write to somebody, asked in the transaction that marks the message (RELIABILITY.md §4.2): what was true while the campaign was planned does not count.</summary>
internal sealed class LastChecks(IMessageSource source, SuppressionList suppressed, ShopSettingsStore shop)
{
    /// <summary>All of them; a message that passes has its place under the cap.</summary>
    public CheckAnswer Last(DbTransaction transaction, ClaimedMessage m, string address, DeliverySettings settings, DateTimeOffset now)
    {
        if (settings.IsStopped) return new CheckAnswer(MessageState.Planned, MessageReasons.CampaignPaused);
        if (source.Gate(transaction, m.Ticket) is var gate && gate.Answer is not GateAnswer.Send)
            return gate.Answer is GateAnswer.Wait ? new CheckAnswer(MessageState.Planned, MessageReasons.CampaignPaused) : new CheckAnswer(MessageState.Suppressed, gate.Reason ?? MessageReasons.Cancelled);
        if (Early(transaction, m, settings, now) is { Move: not null } early) return early;
        if (suppressed.ReasonFor(transaction, address, m.Ticket.CustomerId, m.Ticket.Channel, m.IsTransactional ? DateTimeOffset.MaxValue : ConsentSince(transaction, m)) is { } reason) return new CheckAnswer(MessageState.Suppressed, reason);
        if (m.IsTransactional) return CheckAnswer.Send;
        return settings.Cap.TryReserve(transaction, m.Id, m.Ticket.CustomerId, m.Ticket.Channel, now) ? CheckAnswer.Send : new CheckAnswer(MessageState.Suppressed, MessageReasons.FrequencyCap);
    }

    /// <summary>Those that need no rendered mail: asked when the message is claimed too, so that few are prepared for nothing.</summary>
    public CheckAnswer Early(DbTransaction transaction, ClaimedMessage m, DeliverySettings settings, DateTimeOffset now)
    {
        if (now > m.SendBefore) return new CheckAnswer(MessageState.Expired, MessageReasons.TooLate);
        using var erased = transaction.Prepare("select 1 from \"Customers\" where \"Id\" = @0 and \"ErasedAt\" is null", 1);
        if (erased.RunScalar(m.Ticket.CustomerId) is null) return new CheckAnswer(MessageState.Suppressed, MessageReasons.Erased);
        if (m.IsTransactional) return CheckAnswer.Send;
        if (ConsentSince(transaction, m) is null) return new CheckAnswer(MessageState.Suppressed, MessageReasons.NoConsent);
        var zone = m.Zone is { } name && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var own) ? own : shop.Read().Zone;
        var allowed = settings.Quiet.NextAllowed(now, zone);
        if (allowed <= now) return CheckAnswer.Send;
        return allowed > m.SendBefore ? new CheckAnswer(MessageState.Expired, MessageReasons.TooLate) : new CheckAnswer(MessageState.Deferred, MessageReasons.QuietHours, allowed);
    }

    /// <summary>Since when the customer agrees to marketing on this channel; null when they do not.</summary>
    private static DateTimeOffset? ConsentSince(DbTransaction transaction, ClaimedMessage m)
    {
        using var find = transaction.Prepare("select \"ChangedAt\" from \"Consents\" where \"CustomerId\" = @0 and \"Channel\" = @1 and \"Purpose\" = @2 and \"IsGranted\"", 3);
        return find.RunScalar(m.Ticket.CustomerId, m.Ticket.Channel, ConsentProjection.Marketing) is { } ticks ? Stored.Time(ticks) : null;
    }
}
