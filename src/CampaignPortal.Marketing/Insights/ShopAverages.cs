using System.Globalization;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Predictions;

namespace CampaignPortal.Marketing.Insights;

/// <param name="AverageOrder">Mean money of an order; null without one.</param>
/// <param name="AverageScores">Mean score of each model over all customers.</param>
public sealed record ShopFigures(decimal? AverageOrder, IReadOnlyDictionary<string, double> AverageScores);

/// <summary>What one customer is compared with. Remembered for ten minutes or until a scoring: it costs a read of all scores.</summary>
public sealed class ShopAverages(PortalDatabase database, ScoreWriter scores, TimeProvider clock)
{
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);
    private Known? _known;

    public ShopFigures Read()
    {
        var now = clock.GetUtcNow();
        var scoring = scores.ChangeCount;
        if (_known is not { } known || now < known.ReadAt || now - known.ReadAt >= Memory || known.Scoring != scoring) _known = known = new Known(now, scoring, ReadStore());
        return known.Figures;
    }

    private ShopFigures ReadStore()
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = """select sum("Revenue"), sum("OrderCount") from "CustomerTotals" where "OrderCount" > 0""";
        decimal? averageOrder = null;
        using (var reader = command.ExecuteReader())
        {
            if (reader.Read() && !reader.IsDBNull(0)) averageOrder = Stored.Amount(Convert.ToInt64(reader[0], CultureInfo.InvariantCulture)) / reader.GetInt64(1);
        }
        command.CommandText = """select "Model", avg("Value") from "CustomerScores" group by "Model" """;
        var averages = new Dictionary<string, double>(StringComparer.Ordinal);
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read()) averages[reader.GetString(0)] = reader.GetDouble(1);
        }
        return new ShopFigures(averageOrder, averages);
    }

    private sealed record Known(DateTimeOffset ReadAt, long Scoring, ShopFigures Figures);
}
