using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Campaigns.Planning;

/// <summary>The shop's own id of every customer: what chance is drawn from.</summary>
internal static class CustomerNames
{
    public static Dictionary<long, string> Read(PortalDatabase database)
    {
        using var connection = database.OpenReader();
        using var command = connection.Prepare("select \"Id\", \"ExternalId\" from \"Customers\"", 0);
        using var reader = command.ExecuteReader();
        var names = new Dictionary<long, string>();
        while (reader.Read()) names[reader.GetInt64(0)] = reader.GetString(1);
        return names;
    }
}
