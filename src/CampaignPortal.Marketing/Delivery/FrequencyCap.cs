using System.Data.Common;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>One message that counts against a customer's cap. Made in the transaction that marks the message, so two campaigns cannot both pass.</summary>
public sealed class CapReservation
{
    public long MessageId { get; init; }
    public long CustomerId { get; init; }
    public required string Channel { get; init; }
    public DateTimeOffset At { get; init; }
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

/// <summary>At most so many messages in so many days, as rolling hours in UTC: a change of the clock or of the zone moves nothing.</summary>
/// <param name="Count">0 is no cap.</param>
public sealed record FrequencyCap(int Count, int Days)
{
    public static FrequencyCap Default { get; } = new(2, 7);

    /// <summary>Counts what the window holds and reserves one place, or answers <see langword="false"/>. A message that has its place keeps it.</summary>
    internal bool TryReserve(DbTransaction transaction, long messageId, long customerId, string channel, DateTimeOffset now)
    {
        if (Count > 0)
        {
            using var count = transaction.Prepare("select count(*) from \"CapReservations\" where \"CustomerId\" = @0 and \"Channel\" = @1 and \"At\" > @2 and \"MessageId\" <> @3", 4);
            if (count.RunScalar(customerId, channel, Stored.Ticks(now.AddDays(-Days)), messageId) >= Count) return false;
        }
        // Also without a cap: one that is set tomorrow counts what was sent today.
        transaction.Execute(
            "insert into \"CapReservations\" (\"MessageId\", \"CustomerId\", \"Channel\", \"At\") values (@0, @1, @2, @3) on conflict (\"MessageId\") do nothing",
            messageId, customerId, channel, Stored.Ticks(now));
        return true;
    }

    /// <summary>A message that was refused or kept back does not count.</summary>
    internal static void Release(DbTransaction transaction, long messageId) => transaction.Execute("delete from \"CapReservations\" where \"MessageId\" = @0", messageId);
}
