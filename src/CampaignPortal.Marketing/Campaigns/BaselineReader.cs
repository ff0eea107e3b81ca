using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Experiments;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>What usually happens to a message of this shop: the start of every power estimate.</summary>
public sealed class BaselineReader(PortalDatabase database)
{
    private const long MinDelivered = 200;

    /// <summary>The rate of past campaigns, or a usual one where there are too few messages.</summary>
    public (double Rate, bool IsOwn) Read(ResultMetric metric)
    {
        var column = metric switch
        {
            ResultMetric.Opens => "Opened",
            ResultMetric.Orders or ResultMetric.Revenue => "Ordered",
            _ => "Clicked",
        };
        using var connection = database.OpenReader();
        using var command = connection.Prepare($"select coalesce(sum(\"Sent\" - \"Bounced\"), 0), coalesce(sum(\"{column}\"), 0) from \"CampaignArmDays\" where \"VariantId\" > 0", 0);
        using var reader = command.ExecuteReader();
        reader.Read();
        var (delivered, count) = (reader.GetInt64(0), reader.GetInt64(1));
        return delivered >= MinDelivered && count > 0 && count < delivered ? ((double)count / delivered, true) : (Usual(metric), false);
    }

    // Rough figures of retail mail; a portal uses its own as soon as it has some.
    private static double Usual(ResultMetric metric) => metric switch
    {
        ResultMetric.Opens => 0.25,
        ResultMetric.Orders or ResultMetric.Revenue => 0.02,
        _ => 0.03,
    };
}
