using System.Data.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>One message that counts against a customer's caps. Made in the transaction that marks the message, so two campaigns cannot both pass.</summary>
public sealed class CapReservation
{
    public long MessageId { get; init; }
    public long CustomerId { get; init; }
    public required string Channel { get; init; }
    public DateTimeOffset At { get; init; }
    /// <summary>Key of the campaign's topic; null without one.</summary>
    public string? Topic { get; init; }
}

internal sealed class CapReservationConfiguration : IEntityTypeConfiguration<CapReservation>
{
    public void Configure(EntityTypeBuilder<CapReservation> builder)
    {
        builder.HasKey(r => r.MessageId);
        builder.Property(r => r.MessageId).ValueGeneratedNever();
        builder.HasIndex(r => new { r.CustomerId, r.Channel, r.At });
    }
}

/// <summary>A cap together with what it counts and how its hold is called.</summary>
/// <param name="Topic">Counts the messages of this topic alone; null counts all.</param>
/// <param name="Reason">One of <see cref="MessageReasons"/>.</param>
public sealed record CapRule(FrequencyCap Cap, string? Topic, string Reason)
{
    /// <summary>Every cap that holds for a message: of all mails, of its topic, and the customer's own.</summary>
    /// <param name="settings">In force now.</param>
    /// <param name="topic">Of the message; null without one.</param>
    /// <param name="limitDays">What the customer asked for: one message in so many days.</param>
    public static IEnumerable<CapRule> Of(DeliverySettings settings, string? topic, int? limitDays = null)
    {
        if (settings.Cap.Count > 0) yield return new CapRule(settings.Cap, null, MessageReasons.FrequencyCap);
        if (settings.TopicOf(topic) is { Cap: { Count: > 0 } cap }) yield return new CapRule(cap, topic, MessageReasons.TopicCap);
        if (limitDays is { } days) yield return new CapRule(new FrequencyCap(1, days), null, MessageReasons.PersonalCap);
    }

    /// <summary>Whether the window holds as many as the cap allows, without the message itself: one that has its place keeps it.</summary>
    internal bool IsFull(DbTransaction transaction, long messageId, long customerId, string channel, DateTimeOffset since)
    {
        using var count = transaction.Prepare(
            "select count(*) from \"CapReservations\" where \"CustomerId\" = @0 and \"Channel\" = @1 and \"At\" > @2 and \"MessageId\" <> @3 and (@4 is null or \"Topic\" = @4)", 5);
        return count.RunScalar(customerId, channel, Stored.Ticks(since), messageId, Topic) >= Cap.Count;
    }
}

/// <summary>The places under the caps.</summary>
internal static class CapBook
{
    /// <summary>Gives the message its place. Also without a cap: one that is set tomorrow counts what was sent today.</summary>
    public static void Reserve(DbTransaction transaction, MessageTicket ticket, string? topic, DateTimeOffset now) => transaction.Execute(
        "insert into \"CapReservations\" (\"MessageId\", \"CustomerId\", \"Channel\", \"At\", \"Topic\") values (@0, @1, @2, @3, @4) on conflict (\"MessageId\") do nothing",
        ticket.MessageId, ticket.CustomerId, ticket.Channel, Stored.Ticks(now), topic);

    /// <summary>A message that was refused or kept back does not count.</summary>
    public static void Release(DbTransaction transaction, long messageId) => transaction.Execute("delete from \"CapReservations\" where \"MessageId\" = @0", messageId);
}
