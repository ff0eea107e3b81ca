using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignPortal.Marketing.Campaigns.Results;

/// <summary>That a person followed one link of a campaign's mail: the link map of a result page counts these rows.</summary>
/// <remarks>One row for each person and link, so that whoever clicks ten times is one who clicked. Machines leave none.</remarks>
public sealed class CampaignClick
{
    public long CampaignId { get; init; }
    public long VariantId { get; init; }
    /// <summary>Place of the link in the mail, from 0; −1 where the sender of the event did not say.</summary>
    public int Link { get; init; }
    public long CustomerId { get; init; }
    /// <summary>Where it led, without query; null when the event did not say.</summary>
    public string? Url { get; init; }
}

internal sealed class CampaignClickConfiguration : IEntityTypeConfiguration<CampaignClick>
{
    public void Configure(EntityTypeBuilder<CampaignClick> builder) => builder.HasKey(c => new { c.CampaignId, c.VariantId, c.Link, c.CustomerId });
}
