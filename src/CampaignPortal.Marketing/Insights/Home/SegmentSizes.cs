using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Predictions;

namespace CampaignPortal.Marketing.Insights;

/// <summary>Customers who went from one segment to another at the newest scoring that moved anybody.</summary>
public sealed record SegmentShift(int From, int To, long Count);

/// <summary>Reads movements from the history of scores, which keeps a row for each change.</summary>
public sealed class SegmentSizesReader(PortalDatabase database)
{
    public IReadOnlyList<SegmentShift> ReadMoves()
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        // A first score is no movement: the join drops it.
        command.CommandText = $"""
            select p."Value", h."Value", count(*) from "ScoreHistory" h join "ScoreHistory" p on p."CustomerId" = h."CustomerId" and p."Model" = h."Model"
              and p."AsOf" = (select max(q."AsOf") from "ScoreHistory" q where q."CustomerId" = h."CustomerId" and q."Model" = h."Model" and q."AsOf" < h."AsOf")
            where h."Model" = '{ModelNames.Segments}' and h."AsOf" = (select max("AsOf") from "ScoreHistory" where "Model" = '{ModelNames.Segments}')
            group by p."Value", h."Value"
            """;
        using var reader = command.ExecuteReader();
        var moves = new List<SegmentShift>();
        while (reader.Read()) moves.Add(new SegmentShift((int)reader.GetDouble(0), (int)reader.GetDouble(1), reader.GetInt64(2)));
        return moves;
    }
}
