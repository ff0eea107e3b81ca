using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Insights;

/// <summary>Reads <see cref="CustomerColumns"/>: each table once, scores and countries from their indexes alone.</summary>
internal static class CustomerColumnsReader
{
    public static CustomerColumns Read(DbConnection connection, DateTimeOffset asOf)
    {
        var ids = ReadIds(connection);
        var rows = RowsOf(ids);
        var count = ids.Length;
        var (first, last, orders, spent) = (new long[count], new long[count], new int[count], new long[count]);
        Each(connection, """select "CustomerId", "FirstOrderAt", "LastOrderAt", "OrderCount", "Revenue" - "ReturnedAmount" from "CustomerTotals" """, rows, (row, reader) =>
        {
            (first[row], last[row]) = (reader.NumberOrNull(1) ?? 0, reader.NumberOrNull(2) ?? 0);
            (orders[row], spent[row]) = (reader.GetInt32(3), reader.GetInt64(4));
        });
        var seen = new long[count];
        Each(connection, """select "CustomerId", "LastSeenAt" from "CustomerProfiles" """, rows, (row, reader) => seen[row] = reader.GetInt64(1));
        var segment = new short[count];
        Array.Fill(segment, (short)-1);
        EachScore(connection, ModelNames.Segments, rows, (row, value) => segment[row] = (short)value);
        var expected = ReadScores(connection, ModelNames.LifetimeValue, rows, count);
        var (country, countries) = ReadCountries(connection, rows, count);
        var owner = new int[count];
        Each(connection, """select "CustomerId", "UserId" from "CustomerOwners" """, rows, (row, reader) => owner[row] = reader.GetInt32(1));
        var stage = new LifeStage[count];
        for (var row = 0; row < count; row++) stage[row] = LifeStages.Of(orders[row], TimeOf(first[row]), TimeOf(last[row]), asOf);
        var (recency, frequency) = RfmScale.Rank(last, orders, asOf);
        return new CustomerColumns
        {
            AsOf = asOf, Ids = ids, FirstOrderAt = first, LastOrderAt = last, OrderCount = orders, Spent = spent, LastSeenAt = seen, Expected = expected,
            Purchase = ReadScores(connection, ModelNames.Purchase, rows, count), Leave = ReadScores(connection, ModelNames.Churn, rows, count), Segment = segment, Tenth = TenthsOf(expected),
            Country = country, Countries = countries, Consent = ReadConsents(connection, rows, count), Owner = owner, Stage = stage, Recency = recency, Frequency = frequency,
        };
    }

    private static DateTimeOffset? TimeOf(long ticks) => ticks == 0 ? null : Stored.Time(ticks);

    private static long[] ReadIds(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """select "Id" from "Customers" where "ErasedAt" is null order by "Id" """;
        using var reader = command.ExecuteReader();
        var ids = new List<long>();
        while (reader.Read()) ids.Add(reader.GetInt64(0));
        return [.. ids];
    }

    // The portal's numbers are dense: an array finds the row of a number.
    private static int[] RowsOf(long[] ids)
    {
        var rows = new int[ids.Length == 0 ? 0 : ids[^1] + 1];
        Array.Fill(rows, -1);
        for (var row = 0; row < ids.Length; row++) rows[ids[row]] = row;
        return rows;
    }

    private static void Each(DbConnection connection, string sql, int[] rows, Action<int, DbDataReader> take)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var id = reader.GetInt64(0);
            if (id > 0 && id < rows.Length && rows[id] is >= 0 and var row) take(row, reader);
        }
    }

    // Model, value and customer are one index: the reasons beside them, a hundred times as wide, are not touched.
    private static void EachScore(DbConnection connection, string model, int[] rows, Action<int, double> take) =>
        Each(connection, $"select \"CustomerId\", \"Value\" from \"CustomerScores\" where \"Model\" = '{model}'", rows, (row, reader) => take(row, reader.GetDouble(1)));

    private static double[] ReadScores(DbConnection connection, string model, int[] rows, int count)
    {
        var values = new double[count];
        Array.Fill(values, double.NaN);
        EachScore(connection, model, rows, (row, value) => values[row] = value);
        return values;
    }

    private static byte[] TenthsOf(double[] expected)
    {
        var scored = Enumerable.Range(0, expected.Length).Where(row => !double.IsNaN(expected[row])).ToArray();
        Array.Sort(scored, (a, b) => expected[a] != expected[b] ? expected[b].CompareTo(expected[a]) : a.CompareTo(b));
        var tenths = new byte[expected.Length];
        for (var rank = 0; rank < scored.Length; rank++) tenths[scored[rank]] = (byte)(1 + rank * 10L / scored.Length);
        return tenths;
    }

    private static (short[] Country, List<string> Countries) ReadCountries(DbConnection connection, int[] rows, int count)
    {
        var country = new short[count];
        Array.Fill(country, (short)-1);
        var countries = new List<string>();
        var numbers = new Dictionary<string, short>(StringComparer.Ordinal);
        Each(connection, """select "CustomerId", "Value" from "CustomerTraits" where "Name" = 'country'""", rows, (row, reader) =>
        {
            var name = reader.GetString(1);
            if (!numbers.TryGetValue(name, out var number))
            {
                if (countries.Count == short.MaxValue) return; // no list of countries is that long
                numbers[name] = number = (short)countries.Count;
                countries.Add(name);
            }
            country[row] = number;
        });
        return (country, countries);
    }

    private static ConsentMask[] ReadConsents(DbConnection connection, int[] rows, int count)
    {
        var masks = new ConsentMask[count];
        Each(connection, $"select \"CustomerId\", \"Channel\", \"IsGranted\" from \"Consents\" where \"Purpose\" = '{ConsentProjection.Marketing}'", rows, (row, reader) =>
            masks[row] |= ConsentMask.Asked | (Convert.ToInt64(reader[2], CultureInfo.InvariantCulture) != 0 ? MaskOf(reader.GetString(1)) : ConsentMask.None));
        Each(connection, """select "CustomerId", "Channel" from "Suppressions" """, rows, (row, reader) => masks[row] &= ~MaskOf(reader.GetString(1)));
        return masks;
    }

    private static ConsentMask MaskOf(string channel) => channel switch
    {
        "email" => ConsentMask.Email,
        "sms" => ConsentMask.Sms,
        "push" => ConsentMask.Push,
        _ => ConsentMask.None,
    };
}
