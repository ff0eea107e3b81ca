using CampaignPortal.Marketing.Campaigns.Results;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Insights.Campaigns;

/// <summary>One link of a version's mail.</summary>
/// <param name="Link">Place in the mail, from 0; −1 where the events did not say.</param>
/// <param name="Url">Where it led; the most clicked address where each person had another.</param>
/// <param name="UrlCount">Different addresses behind it: more than one where products were chosen for each person.</param>
/// <param name="People">People who followed it.</param>
public sealed record CampaignLink(long VariantId, int Link, string? Url, int UrlCount, long People);

/// <summary>Reads where people clicked: the link map of a campaign (RP-02). Cost grows with the clicks of the campaign, not with its people.</summary>
public sealed class ReadCampaignLinksHandler(PortalDatabase database)
{
    public IReadOnlyList<CampaignLink> Handle(long campaignId)
    {
        using var connection = database.OpenReader();
        using var command = connection.Prepare(
            $"select \"VariantId\", \"Link\", \"Url\", count(*) from \"CampaignClicks\" where \"CampaignId\" = @0 and \"VariantId\" > {CampaignRecipient.Holdout} group by \"VariantId\", \"Link\", \"Url\"", 1);
        command.Set(0, campaignId);
        using var reader = command.ExecuteReader();
        var addresses = new List<(long Variant, int Link, string? Url, long People)>();
        while (reader.Read()) addresses.Add((reader.GetInt64(0), reader.GetInt32(1), reader.TextOrNull(2), reader.GetInt64(3)));
        return
        [
            .. from address in addresses
               group address by (address.Variant, address.Link) into link
               let people = link.Sum(a => a.People)
               orderby people descending, link.Key.Link
               select new CampaignLink(link.Key.Variant, link.Key.Link, link.MaxBy(a => a.People).Url, link.Count(), people),
        ];
    }
}
