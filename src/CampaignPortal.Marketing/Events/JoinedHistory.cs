using System.Data.Common;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Events;

/// <summary>What browsers did before they said who they are, as part of a statement: <c>j</c> is the identification and names the customer, <c>e</c> the event, which names nobody.</summary>
/// <remarks>
/// Whoever reads the events of customers reads these beside them. Whoever follows the log by number reads them when it reaches <c>j."Sequence"</c>: that is
/// where they became the customer's. The cost follows the browsers that were identified, through the index on (visitor, time) of events without a customer.
/// </remarks>
internal static class JoinedHistory
{
    public const string From =
        "\"Identifications\" j join \"Events\" e on e.\"VisitorId\" = j.\"VisitorId\" and e.\"CustomerId\" is null and e.\"Sequence\" < j.\"Sequence\" and j.\"TakesHistory\"";

    /// <summary>Who takes the history of which browser.</summary>
    public static Dictionary<long, (long CustomerId, long Sequence, long At)> Read(DbConnection connection)
    {
        using var command = connection.Prepare("select \"VisitorId\", \"CustomerId\", \"Sequence\", \"At\" from \"Identifications\" where \"TakesHistory\"", 0);
        using var reader = command.ExecuteReader();
        var takers = new Dictionary<long, (long, long, long)>();
        while (reader.Read()) takers[reader.GetInt64(0)] = (reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
        return takers;
    }
}
