using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Database;

/// <summary>How one person likes a page: columns, density. Nobody else's business, and nothing depends on it.</summary>
public sealed class UserPreference
{
    public long UserId { get; init; }
    public required string Name { get; init; }
    public required string Value { get; set; }
}

internal sealed class UserPreferenceConfiguration : IEntityTypeConfiguration<UserPreference>
{
    public void Configure(EntityTypeBuilder<UserPreference> builder) => builder.HasKey(p => new { p.UserId, p.Name });
}

/// <summary>A list as somebody saved it: the address behind its question mark, under a name.</summary>
public sealed class SavedView
{
    public long Id { get; init; }
    public long UserId { get; init; }
    /// <summary>Which list: <c>customers</c>.</summary>
    public required string Page { get; init; }
    public required string Name { get; set; }
    public required string Query { get; set; }
    public DateTimeOffset SavedAt { get; set; }
}

internal sealed class SavedViewConfiguration : IEntityTypeConfiguration<SavedView>
{
    public void Configure(EntityTypeBuilder<SavedView> builder) => builder.HasIndex(v => new { v.UserId, v.Page, v.Name }).IsUnique();
}

/// <summary>Reads and keeps what one person prefers.</summary>
public sealed class Preferences(IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    public const int MaxViewCount = 50;

    public async Task<string?> ReadAsync(long userId, string name, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Set<UserPreference>().AsNoTracking().Where(p => p.UserId == userId && p.Name == name).Select(p => p.Value).FirstOrDefaultAsync(ct);
    }

    public async Task SaveAsync(long userId, string name, string value, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.Set<UserPreference>().FirstOrDefaultAsync(p => p.UserId == userId && p.Name == name, ct) is { } known) known.Value = value;
        else db.Add(new UserPreference { UserId = userId, Name = name, Value = value });
        await db.SaveChangesAsync(ct);
    }

    public async Task<IReadOnlyList<SavedView>> ViewsAsync(long userId, string page, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Set<SavedView>().AsNoTracking().Where(v => v.UserId == userId && v.Page == page).OrderBy(v => v.Name).Take(MaxViewCount).ToListAsync(ct);
    }

    /// <summary>Saves under the name; a view of that name is replaced.</summary>
    public async Task SaveViewAsync(long userId, string page, string name, string query, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.Set<SavedView>().FirstOrDefaultAsync(v => v.UserId == userId && v.Page == page && v.Name == name, ct) is { } known) (known.Query, known.SavedAt) = (query, clock.GetUtcNow());
        else db.Add(new SavedView { UserId = userId, Page = page, Name = name, Query = query, SavedAt = clock.GetUtcNow() });
        await db.SaveChangesAsync(ct);
    }

    public async Task DeleteViewAsync(long userId, long viewId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await db.Set<SavedView>().Where(v => v.Id == viewId && v.UserId == userId).ExecuteDeleteAsync(ct);
    }
}
