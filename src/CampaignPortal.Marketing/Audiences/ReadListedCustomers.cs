using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Audiences;

public sealed record ListedCustomer(long Id, string ShopNumber);

/// <summary>Shop numbers of customers whom somebody chose by hand; erased people have none any more.</summary>
public sealed class ReadListedCustomersHandler(IDbContextFactory<PortalDbContext> databases)
{
    /// <summary>As many as a page shows.</summary>
    public const int Shown = 30;

    public async Task<IReadOnlyList<ListedCustomer>> HandleAsync(IReadOnlyList<long> customers, CancellationToken ct)
    {
        var shown = customers.Take(Shown).ToArray();
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Customers.AsNoTracking().Where(c => shown.Contains(c.Id) && c.ErasedAt == null).OrderBy(c => c.Id).Select(c => new ListedCustomer(c.Id, c.ExternalId)).ToListAsync(ct);
    }
}
