using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Privacy;

/// <summary>An address or a domain that is never written to, whatever the consent (CU-11). An address is a keyed hash: it outlives its customer and tells nobody whose it was.</summary>
public sealed class SuppressedContact
{
    public long Id { get; init; }
    /// <summary>HMAC of the normalised address; null for a domain.</summary>
    public byte[]? AddressHash { get; init; }
    /// <summary>In lower case, as it travels; null for an address.</summary>
    public string? Domain { get; init; }
    /// <summary>One of <see cref="SuppressionReasons"/>.</summary>
    public required string Reason { get; init; }
    public DateTimeOffset Since { get; init; }
    /// <summary>The user who added it; null when the portal did.</summary>
    public long? AddedBy { get; init; }
    /// <summary>What somebody noted; never an address.</summary>
    public string? Note { get; init; }
}

/// <summary>Why an address is on the list.</summary>
public static class SuppressionReasons
{
    /// <summary>The person said so; a later consent of their own lifts it.</summary>
    public const string Unsubscribed = "unsubscribed";
    public const string HardBounce = "hard-bounce";
    /// <summary>Three soft bounces within 30 days.</summary>
    public const string SoftBounces = "soft-bounces";
    public const string Complaint = "complaint";
    public const string Manual = "manual";
    /// <summary>Somebody took the address off the list: what was found before does not count any more.</summary>
    public const string Allowed = "allowed";

    public static IReadOnlyList<string> All { get; } = [Unsubscribed, HardBounce, SoftBounces, Complaint, Manual];
}

internal sealed class SuppressedContactConfiguration : IEntityTypeConfiguration<SuppressedContact>
{
    public void Configure(EntityTypeBuilder<SuppressedContact> builder)
    {
        builder.ToTable("SuppressedContacts");
        builder.HasIndex(s => new { s.AddressHash, s.Reason }).IsUnique().HasFilter("\"AddressHash\" IS NOT NULL");
        builder.HasIndex(s => s.Domain).IsUnique().HasFilter("\"Domain\" IS NOT NULL");
        builder.HasIndex(s => s.Since);
    }
}
