using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Access;

/// <summary>A key for the HTTP API. The secret is shown once; only its hash is kept.</summary>
public sealed class ApiKey
{
    public long Id { get; init; }

    public required string Name { get; init; }

    /// <summary>The first characters, by which a person recognises the key.</summary>
    public required string Prefix { get; init; }

    /// <summary>SHA-256 of the whole key; the key has 256 random bits, so a slow hash would add nothing.</summary>
    public required byte[] SecretHash { get; init; }

    /// <summary>Hash of the secret before the last rotation; it works until <see cref="PreviousUntil"/>.</summary>
    public byte[]? PreviousHash { get; private set; }

    public DateTimeOffset? PreviousUntil { get; private set; }

    /// <summary>Blank-separated scopes such as <c>events:write customers:write</c>.</summary>
    public required string Scopes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; private set; }

    public DateTimeOffset? LastUsedAt { get; private set; }

    /// <summary>Ends the key; a second time changes nothing.</summary>
    public void Revoke(DateTimeOffset now) => RevokedAt ??= now;

    public bool IsValidAt(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is not { } end || now < end);
}

internal sealed class ApiKeyConfiguration : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.HasIndex(k => k.SecretHash).IsUnique();
        builder.HasIndex(k => k.PreviousHash).IsUnique().HasFilter("\"PreviousHash\" IS NOT NULL");
        builder.HasIndex(k => k.Name).IsUnique(); // the name is the source of the events that come by it
    }
}
