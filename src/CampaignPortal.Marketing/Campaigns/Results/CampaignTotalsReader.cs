using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Experiments;

namespace CampaignPortal.Marketing.Campaigns.Results;

/// <summary>Sums of one arm of one part.</summary>
public sealed record ArmTotals(RunPart Part, long VariantId, ArmSums Sums);

/// <summary>Reads the maintained sums: a few rows, whatever the size of the campaign.</summary>
public sealed class CampaignTotalsReader(PortalDatabase database, TimeProvider clock)
{
    private const string Sql =
        "select \"Part\", \"VariantId\", \"Day\", sum(\"Assigned\"), sum(\"Sent\"), sum(\"Bounced\"), sum(\"Opened\"), sum(\"OpenedByMachine\"), sum(\"Clicked\"), sum(\"ClickedByMachine\"), sum(\"Unsubscribed\"), "
        + "sum(\"Complained\"), sum(\"Ordered\"), sum(\"OrderedAfterClick\"), sum(\"Buyers\"), sum(\"Revenue\"), sum(\"RevenueSquares\"), sum(\"AttributedRevenue\"), sum(\"SawAnother\") "
        + "from \"CampaignArmDays\" where \"CampaignId\" = @0 and (@1 is null or \"Occurrence\" = @1) group by \"Part\", \"VariantId\", \"Day\"";

    /// <param name="campaignId">The campaign.</param>
    /// <param name="occurrence">One run; null for all of them together.</param>
    public IReadOnlyList<ArmTotals> Read(long campaignId, long? occurrence)
    {
        using var connection = database.OpenReader();
        using var command = connection.Prepare(Sql, 2);
        command.Set(0, campaignId);
        command.Set(1, occurrence);
        using var reader = command.ExecuteReader();
        var now = clock.GetUtcNow();
        var arms = new Dictionary<(RunPart, long), ArmSums>();
        while (reader.Read())
        {
            var key = ((RunPart)reader.GetInt32(0), reader.GetInt64(1));
            arms[key] = (arms.GetValueOrDefault(key) ?? ArmSums.None).Add(Read(reader, now));
        }
        return [.. arms.OrderBy(a => a.Key).Select(a => new ArmTotals(a.Key.Item1, a.Key.Item2, a.Value))];
    }

    private static ArmSums Read(System.Data.Common.DbDataReader reader, DateTimeOffset now)
    {
        var day = reader.GetInt32(2);
        var assigned = reader.GetInt64(3);
        // The last of a day's windows closes at the end of the day that many days later.
        bool IsClosed(TimeSpan window) => day > 0 && new DateTimeOffset((day + 1) * TimeSpan.TicksPerDay, TimeSpan.Zero) + window <= now;
        return new ArmSums
        {
            Assigned = assigned,
            Exposed = day > 0 ? assigned : 0,
            OrderWindowsClosed = IsClosed(OutcomeWindows.Orders) ? assigned : 0,
            RevenueWindowsClosed = IsClosed(OutcomeWindows.Revenue) ? assigned : 0,
            Sent = reader.GetInt64(4),
            Bounced = reader.GetInt64(5),
            Opened = reader.GetInt64(6),
            OpenedByMachine = reader.GetInt64(7),
            Clicked = reader.GetInt64(8),
            ClickedByMachine = reader.GetInt64(9),
            Unsubscribed = reader.GetInt64(10),
            Complained = reader.GetInt64(11),
            Ordered = reader.GetInt64(12),
            OrderedAfterClick = reader.GetInt64(13),
            Buyers = reader.GetInt64(14),
            Revenue = Stored.Amount(reader.GetInt64(15)),
            RevenueSquares = reader.GetDouble(16) / 10_000, // hundredths squared
            AttributedRevenue = Stored.Amount(reader.GetInt64(17)),
            SawAnother = reader.GetInt64(18),
        };
    }
}
