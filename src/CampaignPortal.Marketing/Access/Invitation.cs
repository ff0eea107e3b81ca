using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Access;

/// <summary>A one-time link: it makes an account with a role, or sets a new password for an existing one. Only the hash of its secret is kept.</summary>
public sealed class Invitation
{
    public long Id { get; init; }
    public required string Email { get; init; }
    /// <summary>Role of the account to make; null for a new password.</summary>
    public string? Role { get; init; }
    /// <summary>The account that gets a new password; null for an invitation.</summary>
    public long? UserId { get; init; }
    public required byte[] TokenHash { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required long CreatedBy { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? AcceptedAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }

    public bool IsOpenAt(DateTimeOffset now) => AcceptedAt is null && RevokedAt is null && CreatedAt <= now && now < ExpiresAt;
}

internal sealed class InvitationConfiguration : IEntityTypeConfiguration<Invitation>
{
    public void Configure(EntityTypeBuilder<Invitation> builder)
    {
        builder.HasIndex(i => i.TokenHash).IsUnique();
        builder.HasIndex(i => i.Email);
    }
}
