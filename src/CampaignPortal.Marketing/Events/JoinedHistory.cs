using System.Data.Common;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Events;

/// <summary>What browsers did before they said who they are, as the end of a statement, to which conditions are added with <c>and</c>: <c>j</c> is the identification and names the customer, <c>e</c> the event, which names nobody.</summary>
/// <remarks>
/// Whoever reads the events of customers reads these beside them. Whoever follows the log by number reads them when it reaches <c>j."Sequence"</c>: that is
/// where they became the customer's. The cost follows the browsers that were identified, through the index on (visitor, time) of events without a customer.
/// </remarks>
internal static class JoinedHistory
{
    // "cross join" keeps the order: without statistics the engine would walk all events of nobody first.
    public const string From =
        "\"Identifications\" j cross join \"Events\" e where j.\"TakesHistory\" and e.\"VisitorId\" = j.\"VisitorId\" and e.\"CustomerId\" is null and e.\"Sequence\" < j.\"Sequence\"";

    /// <summary>Stands for the event's number where a customer's events are put in order: of two at one moment the one under a name is the later one.</summary>
    public const string Place = "e.\"Sequence\" - 4611686018427387904";

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
