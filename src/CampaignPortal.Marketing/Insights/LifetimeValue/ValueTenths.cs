using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Predictions;

namespace CampaignPortal.Marketing.Insights;

/// <summary>A tenth of the scored customers, the most valuable first.</summary>
/// <param name="Number">1 to 10.</param>
/// <param name="Value">Expected money of its customers together.</param>
/// <param name="Share">Of the expected money of all.</param>
/// <param name="Least">Value of its least valuable customer.</param>
public sealed record ValueTenth(int Number, int CustomerCount, double Value, double Share, double Least);

/// <summary>Where the expected value sits. Computed once for each scoring.</summary>
/// <param name="Total">Sum of all customers' values.</param>
public sealed record ValueConcentration(IReadOnlyList<ValueTenth> Tenths, int CustomerCount, double Total, DateTimeOffset? AsOf)
{
    /// <summary>Splits values into tenths that differ by one customer at most; the first ones are the larger.</summary>
    public static ValueConcentration Of(IReadOnlyList<double> descending, DateTimeOffset? asOf)
    {
        var total = descending.Sum();
        var tenths = new List<ValueTenth>();
        for (int i = 0, from = 0; i < 10 && from < descending.Count; i++)
        {
            var to = from + (descending.Count - from + (9 - i)) / (10 - i);
            double value = 0;
            for (var row = from; row < to; row++) value += descending[row];
            tenths.Add(new ValueTenth(i + 1, to - from, value, total > 0 ? value / total : 0, descending[to - 1]));
            from = to;
        }
        return new ValueConcentration(tenths, descending.Count, total, asOf);
    }
}

/// <summary>Holds the newest <see cref="ValueConcentration"/>.</summary>
public sealed class ValueConcentrations : IDisposable
{
    private readonly PortalDatabase _database;
    private readonly Snapshot<(long Version, long AsOf, long Erased), ValueConcentration> _snapshot;

    public ValueConcentrations(PortalDatabase database, TimeProvider clock)
    {
        _database = database;
        _snapshot = new(ReadKey, (key, _) => Build(key.AsOf), clock);
    }

    public Task<ValueConcentration> ReadAsync(CancellationToken ct) => _snapshot.ReadAsync(ct);

    public void Dispose() => _snapshot.Dispose();

    // A scoring writes all rows of one moment; the best row stands for them.
    private (long Version, long AsOf, long Erased) ReadKey()
    {
        using var connection = _database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            select "Version", "AsOf", (select coalesce(max("Id"), 0) from "AuditEntries" where "Action" = 'customers.erase')
            from "CustomerScores" where "Model" = '{ModelNames.LifetimeValue}' order by "Value" desc limit 1
            """;
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2)) : default;
    }

    private ValueConcentration Build(long asOf)
    {
        using var connection = _database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = $"""select "Value" from "CustomerScores" where "Model" = '{ModelNames.LifetimeValue}' order by "Value" desc""";
        using var reader = command.ExecuteReader();
        var values = new List<double>();
        while (reader.Read()) values.Add(Math.Max(0, reader.GetDouble(0))); // after the cost of winning a customer a value can be negative: it holds no share
        return ValueConcentration.Of(values, asOf == 0 ? null : Stored.Time(asOf));
    }
}
