using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Access;

/// <summary>A person signed in on one browser. Its number travels inside the sealed ticket.</summary>
public sealed class PortalSession
{
    public long Id { get; init; }
    public required long UserId { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset LastSeenAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    /// <summary>As the browser calls itself, cut to 200 characters.</summary>
    public string? UserAgent { get; init; }
    /// <summary>Network address at the last sight.</summary>
    public string? Address { get; init; }
}

internal sealed class PortalSessionConfiguration : IEntityTypeConfiguration<PortalSession>
{
    public void Configure(EntityTypeBuilder<PortalSession> builder)
    {
        builder.ToTable("PortalSessions");
        builder.HasIndex(s => new { s.UserId, s.EndedAt });
    }
}
