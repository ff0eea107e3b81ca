using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Privacy;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Customers;

/// <param name="ExternalId">The shop's own number.</param>
/// <param name="By">Who adds it, for the audit.</param>
public sealed record AddCustomer(string ExternalId, string? Name, string? Email, string? Phone, long By);

/// <summary>Adds one customer by hand: the contact data go to the vault, the log hears of a profile.</summary>
public sealed class AddCustomerHandler(IDbContextFactory<PortalDbContext> databases, ContactVault vault, EventLog log, ProjectionHost projections, TimeProvider clock)
{
    /// <summary>The new customer's number in the portal, or the field that is wrong.</summary>
    public async Task<Result<long>> HandleAsync(AddCustomer command, CancellationToken ct)
    {
        var id = command.ExternalId.Trim();
        if (id.Length is 0 or > 256 || EmailAddress.IsLikely(id)) return Problem.At(nameof(command.ExternalId), "Enter the shop's own number of the customer, not an address.");
        if (command.Email is { Length: > 0 } email && !EmailAddress.IsLikely(email.Trim())) return Problem.At(nameof(command.Email), "An e-mail address looks like name@example.com.");
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.Customers.AnyAsync(c => c.ExternalId == id, ct)) return Problem.At(nameof(command.ExternalId), "There is a customer with this number already.");
        if (command.Email is { Length: > 0 } known && vault.FindByEmail(known).Count > 0) return Problem.At(nameof(command.Email), "Another customer has this address.");

        var now = clock.GetUtcNow();
        await log.AppendAsync(
            new EventBatch(EventTableReader.PortalSource, [new NewEvent { MessageId = Guid.CreateVersion7().ToString("N"), Type = KnownEvents.ProfileUpdated, Customer = id, OccurredAt = now }])
            {
                Contacts = [new ContactDraft(id) { Name = command.Name?.Trim(), Email = command.Email?.Trim(), Phone = command.Phone?.Trim() }],
            },
            ct);
        await projections.CatchUpAsync(ct);
        var number = await db.Customers.Where(c => c.ExternalId == id).Select(c => c.Id).SingleAsync(ct);
        db.AuditEntries.Add(new AuditEntry { At = now, Actor = FormattableString.Invariant($"{command.By}"), Action = "customers.write add", Target = FormattableString.Invariant($"customer {number}") });
        await db.SaveChangesAsync(ct);
        return number;
    }
}
