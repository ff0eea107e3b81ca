using System.Data.Common;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Privacy;

/// <summary>Erases a person: the key of the contact data is destroyed, what is known of the person is deleted, and the log keeps numbers that lead to nobody.</summary>
public sealed class EraseCustomerHandler(PortalDatabase database, IDbContextFactory<PortalDbContext> databases, ContactVault vault, EventLog log, TimeProvider clock)
{
    // Kept, because totals must stay: events lose their texts, orders say only that somebody bought, messages that somebody was written to (their text goes).
    private static readonly string[] Kept = ["Events", "Orders", "CustomerTotals", "CustomerProfiles", "Messages"];

    /// <summary>Answers whether there was such a customer. Repeating it is harmless; a crash in between is mended by repeating it.</summary>
    /// <param name="externalId">The shop's own number.</param>
    /// <param name="actor">Who asked, for the audit.</param>
    /// <param name="ct">Cancels before the key is destroyed, not after.</param>
    public async Task<bool> HandleAsync(string externalId, string actor, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.Customers.AsNoTracking().SingleOrDefaultAsync(c => c.ExternalId == externalId, ct) is not { } customer) return false;

        vault.Destroy(customer.Id); // from here on the contact data are unreadable, whatever happens to the rows
        await database.WriteAsync(transaction => DeleteRows(transaction, db, customer.Id), CancellationToken.None);
        log.ForgetIds();
        db.AuditEntries.Add(new AuditEntry { At = clock.GetUtcNow(), Actor = actor, Action = "customers.erase", Target = FormattableString.Invariant($"customer {customer.Id}") });
        await db.SaveChangesAsync(CancellationToken.None);
        return true;
    }

    private void DeleteRows(DbTransaction transaction, PortalDbContext db, long customerId)
    {
        var tables = db.Model.GetEntityTypes()
            .Where(t => t.FindProperty("CustomerId") is not null)
            .Select(t => t.GetTableName()!) // every entity of the portal has a table
            .Where(t => !Kept.Contains(t));
        ForgetBrowsers(transaction, customerId);
        foreach (var table in tables) transaction.Execute($"delete from \"{table}\" where \"CustomerId\" = @0", customerId);
        transaction.Execute("update \"Events\" set \"Properties\" = null, \"VisitorId\" = null where \"CustomerId\" = @0", customerId);
        transaction.Execute(
            "update \"Customers\" set \"ExternalId\" = @1, \"ErasedAt\" = @2 where \"Id\" = @0",
            customerId, FormattableString.Invariant($"erased {customerId}"), Stored.Ticks(clock.GetUtcNow()));
    }

    // What their browsers did before they said who they are is theirs too. The numbers of the browsers stay taken: another browser must not inherit one.
    private static void ForgetBrowsers(DbTransaction transaction, long customerId)
    {
        const string Theirs = "select \"VisitorId\" from \"Identifications\" where \"CustomerId\" = @0 and \"TakesHistory\"";
        transaction.Execute($"update \"Visitors\" set \"ExternalId\" = 'erased ' || \"Id\" where \"Id\" in ({Theirs})", customerId);
        transaction.Execute($"update \"Events\" set \"Properties\" = null, \"VisitorId\" = null where \"CustomerId\" is null and \"VisitorId\" in ({Theirs})", customerId);
    }
}
