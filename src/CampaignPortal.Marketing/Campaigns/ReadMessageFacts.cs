using System.Globalization;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>What one version of a campaign says to people, for whoever has to react to it.</summary>
/// <param name="Subject">As the author wrote it, with its placeholders.</param>
/// <param name="Preheader">As the author wrote it.</param>
/// <param name="Body">As the author wrote it.</param>
/// <param name="Position">0 is version A.</param>
public sealed record MessageFacts(long CampaignId, long VariantId, int Position, string Subject, string Preheader, string Body);

/// <summary>Finds the version behind the ids of a <c>message_sent</c> event.</summary>
public sealed class ReadMessageFactsHandler(IDbContextFactory<PortalDbContext> databases)
{
    /// <summary>Null when the ids are not of this portal.</summary>
    public async Task<MessageFacts?> HandleAsync(string? campaignId, string? variantId, CancellationToken ct)
    {
        if (!Number(campaignId, out var campaign) || !Number(variantId, out var variant)) return null;
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.CampaignVariants.AsNoTracking().FirstOrDefaultAsync(v => v.Id == variant && v.CampaignId == campaign, ct) is not { } found) return null;
        var content = MessageContent.FromJson(found.Content);
        return new MessageFacts(campaign, variant, found.Position, content.Subject, content.Preheader, content.Body);
    }

    private static bool Number(string? text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
