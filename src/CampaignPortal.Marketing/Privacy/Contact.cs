using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Privacy;

/// <summary>Contact data of one customer as <see cref="ContactVault"/> stores them: unreadable without the customer's key.</summary>
public sealed class Contact
{
    public long CustomerId { get; init; }
    /// <summary>Nonce, ciphertext and tag of AES-256-GCM; the customer's number is authenticated with them, so rows cannot be swapped.</summary>
    public required byte[] Sealed { get; init; }
    /// <summary>HMAC of the normalised address, for exact look-up.</summary>
    public byte[]? EmailHash { get; init; }
    /// <summary>HMAC of the normalised number.</summary>
    public byte[]? PhoneHash { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
}

internal sealed class ContactConfiguration : IEntityTypeConfiguration<Contact>
{
    public void Configure(EntityTypeBuilder<Contact> builder)
    {
        builder.HasKey(c => c.CustomerId);
        builder.Property(c => c.CustomerId).ValueGeneratedNever();
        builder.HasIndex(c => c.EmailHash);
        builder.HasIndex(c => c.PhoneHash);
    }
}

/// <summary>Whether one may write to a customer on a channel for a purpose. A projection: the history is the log.</summary>
public sealed class Consent
{
    public long CustomerId { get; init; }
    public required string Channel { get; init; }
    public required string Purpose { get; init; }
    public bool IsGranted { get; init; }
    public DateTimeOffset ChangedAt { get; init; }
    /// <summary>Where the statement came from.</summary>
    public string? Origin { get; init; }
    /// <summary>Legal basis and wording, as stated.</summary>
    public string? Basis { get; init; }
    /// <summary>For <see cref="ContactWishes.Frequency"/>: at most one message in so many days.</summary>
    public int? LimitDays { get; init; }
    /// <summary>For <see cref="ContactWishes.Pause"/>: when it ends.</summary>
    public DateTimeOffset? Until { get; init; }
    /// <summary>The event that says so.</summary>
    public long Sequence { get; init; }
}

internal sealed class ConsentConfiguration : IEntityTypeConfiguration<Consent>
{
    public void Configure(EntityTypeBuilder<Consent> builder) => builder.HasKey(c => new { c.CustomerId, c.Channel, c.Purpose });
}

/// <summary>A customer who is never written to on a channel, whatever the consent: bounced, complained, or by hand. A projection.</summary>
public sealed class Suppression
{
    public long CustomerId { get; init; }
    public required string Channel { get; init; }
    /// <summary><c>hard-bounce</c>, <c>complaint</c>, <c>unsubscribed</c>.</summary>
    public required string Reason { get; init; }
    public DateTimeOffset Since { get; init; }
    public long Sequence { get; init; }
}

internal sealed class SuppressionConfiguration : IEntityTypeConfiguration<Suppression>
{
    public void Configure(EntityTypeBuilder<Suppression> builder) => builder.HasKey(s => new { s.CustomerId, s.Channel, s.Reason });
}
