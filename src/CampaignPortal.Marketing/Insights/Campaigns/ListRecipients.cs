using CampaignPortal.Marketing.Campaigns.Results;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Insights.Campaigns;

/// <summary>How far a person came.</summary>
public enum RecipientStatus
{
    Any, Sent, NotSent, Opened, Clicked, Ordered, Unsubscribed, Bounced,
}

/// <param name="VariantId">A version, 0 for the holdout, −1 for who waits; null for all.</param>
/// <param name="After">Customers behind this number: the page before ended there.</param>
public sealed record ListRecipients(long CampaignId, long? VariantId, RecipientStatus Status, long After);

/// <param name="Customer">The shop's own id.</param>
public sealed record RecipientRow(CampaignRecipient Recipient, string Customer);

/// <param name="Next">Where the next page begins; null at the end.</param>
public sealed record RecipientPage(IReadOnlyList<RecipientRow> Rows, long? Next);

/// <summary>Lists the people of a campaign, a page at a time.</summary>
public sealed class ListRecipientsHandler(IDbContextFactory<PortalDbContext> databases)
{
    public const int PageSize = 50;

    public async Task<RecipientPage> HandleAsync(ListRecipients query, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var people = db.CampaignRecipients.AsNoTracking().Where(r => r.CampaignId == query.CampaignId && r.CustomerId > query.After);
        if (query.VariantId is { } variant) people = people.Where(r => r.VariantId == variant);
        people = query.Status switch
        {
            RecipientStatus.Sent => people.Where(r => r.SentAt != null),
            RecipientStatus.NotSent => people.Where(r => r.SentAt == null && r.VariantId > 0),
            RecipientStatus.Opened => people.Where(r => r.OpenedAt != null),
            RecipientStatus.Clicked => people.Where(r => r.ClickedAt != null),
            RecipientStatus.Ordered => people.Where(r => r.OrderedAt != null),
            RecipientStatus.Unsubscribed => people.Where(r => r.UnsubscribedAt != null),
            RecipientStatus.Bounced => people.Where(r => r.BouncedAt != null),
            _ => people,
        };
        var rows = await people.OrderBy(r => r.CustomerId).Take(PageSize + 1).Join(db.Customers, r => r.CustomerId, c => c.Id, (r, c) => new { r, c.ExternalId }).OrderBy(x => x.r.CustomerId).ToListAsync(ct);
        return new RecipientPage([.. rows.Take(PageSize).Select(x => new RecipientRow(x.r, x.ExternalId))], rows.Count > PageSize ? rows[PageSize - 1].r.CustomerId : null);
    }
}
