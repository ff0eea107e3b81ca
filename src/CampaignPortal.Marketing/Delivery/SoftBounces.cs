using System.Data.Common;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>A full mailbox is no reason to give an address up; three within 30 days are.</summary>
internal static class SoftBounces
{
    private const int TooMany = 3, Days = 30;

    /// <summary>Whether the customer's messages bounced so often; asked after the newest is recorded.</summary>
    public static bool IsOneTooMany(DbTransaction transaction, long customerId, DateTimeOffset now)
    {
        using var count = transaction.Prepare("select count(*) from \"Messages\" where \"CustomerId\" = @0 and \"State\" = @1 and \"Reason\" = @2 and \"EndedAt\" > @3", 4);
        return count.RunScalar(customerId, (int)MessageState.Rejected, MessageReasons.SoftBounce, Stored.Ticks(now.AddDays(-Days))) >= TooMany;
    }
}
