using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Insights.Messages;

/// <summary>The mail that a customer received, exactly as it left, for a reader who may see that customer.</summary>
public sealed class ReadSentMailHandler(IDbContextFactory<PortalDbContext> databases, CustomerOwners owners, BodyStore bodies)
{
    /// <summary>Null when the message is not this customer's, nothing of it is kept, or the reader may not see the customer.</summary>
    public async Task<SentMail?> HandleAsync(long customerId, long messageId, CustomerScope scope, CancellationToken ct)
    {
        if (!await owners.SeesAsync(scope, customerId, ct)) return null;
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Messages.AsNoTracking().AnyAsync(m => m.Id == messageId && m.CustomerId == customerId, ct) ? bodies.Read(messageId) : null;
    }
}
