using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Customers;

/// <summary>The colleague who looks after a customer; customers without one belong to all (docs/adr/0008).</summary>
public sealed class CustomerOwner
{
    public long CustomerId { get; init; }
    public long UserId { get; set; }
    public DateTimeOffset AssignedAt { get; set; }
    public long AssignedBy { get; set; }
}

internal sealed class CustomerOwnerConfiguration : IEntityTypeConfiguration<CustomerOwner>
{
    public void Configure(EntityTypeBuilder<CustomerOwner> builder)
    {
        builder.HasKey(o => o.CustomerId);
        builder.Property(o => o.CustomerId).ValueGeneratedNever();
        builder.HasIndex(o => o.UserId);
        builder.HasIndex(o => o.AssignedAt);
    }
}

/// <summary>Whose customers a reader may see. Every query about single customers asks for it, so that no door stays open by forgetting it.</summary>
/// <param name="OwnOf">Only those of this user and those of nobody; null sees everybody.</param>
public readonly record struct CustomerScope(long? OwnOf)
{
    public static CustomerScope Everybody => default;

    /// <summary>The condition on a customer's number in SQL; empty for everybody.</summary>
    internal string Sql(string id) => OwnOf is { } user
        ? FormattableString.Invariant($" and not exists (select 1 from \"CustomerOwners\" w where w.\"CustomerId\" = {id} and w.\"UserId\" <> {user})")
        : "";

    /// <param name="owner">The customer's owner; 0 for none.</param>
    internal bool Sees(long owner) => OwnOf is not { } user || owner == 0 || owner == user;
}

/// <param name="UserId">Null for nobody.</param>
public sealed record OwnerChoice(long? UserId, string Name);

/// <summary>Who looks after which customer.</summary>
public sealed class CustomerOwners(IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    /// <summary>Whether a reader with this scope may see the customer.</summary>
    public async Task<bool> SeesAsync(CustomerScope scope, long customerId, CancellationToken ct)
    {
        if (scope.OwnOf is not { } user) return true;
        await using var db = await databases.CreateDbContextAsync(ct);
        return !await db.Set<CustomerOwner>().AnyAsync(o => o.CustomerId == customerId && o.UserId != user, ct);
    }

    /// <summary>Users who can look after customers, by name.</summary>
    public async Task<IReadOnlyList<OwnerChoice>> ChoicesAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var users = await db.Users.AsNoTracking().Where(u => !u.IsDisabled).OrderBy(u => u.DisplayName).Select(u => new { u.Id, u.DisplayName, u.Email }).ToListAsync(ct);
        return [.. users.Select(u => new OwnerChoice(u.Id, u.DisplayName.Length > 0 ? u.DisplayName : u.Email ?? ""))];
    }

    /// <summary>Gives the customer to a user, or to nobody; audited.</summary>
    public async Task AssignAsync(long customerId, long? userId, long by, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var owner = await db.Set<CustomerOwner>().FirstOrDefaultAsync(o => o.CustomerId == customerId, ct);
        var now = clock.GetUtcNow();
        var before = owner?.UserId;
        if (userId is not { } user)
        {
            if (owner is not null) db.Remove(owner);
        }
        else if (owner is null) db.Add(new CustomerOwner { CustomerId = customerId, UserId = user, AssignedAt = now, AssignedBy = by });
        else (owner.UserId, owner.AssignedAt, owner.AssignedBy) = (user, now, by);
        db.AuditEntries.Add(new Audit.AuditEntry
        {
            At = now, Actor = FormattableString.Invariant($"{by}"), Action = "customers.write owner", Target = FormattableString.Invariant($"customer {customerId}"),
            Detail = FormattableString.Invariant($"user {before?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"} → {userId?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"}"),
        });
        await db.SaveChangesAsync(ct);
    }
}
