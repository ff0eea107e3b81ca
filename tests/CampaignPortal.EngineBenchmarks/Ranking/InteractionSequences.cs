using System.Globalization;

namespace CampaignPortal.Benchmarks.Ranking;

/// <summary>Users and what they took, oldest first, numbered in order of appearance.</summary>
internal sealed class InteractionSequences
{
    public Numbering Users { get; } = new();

    public Numbering Items { get; } = new();

    public List<List<int>> Sequences { get; } = [];

    /// <summary>CSV <c>user_id,position,item_id</c>, in any order of rows.</summary>
    public static InteractionSequences ReadPositions(string path) => ReadOrdered(path, "item_id", "position");

    /// <summary>CSV <c>user_id,movie_id,timestamp</c>, in any order of rows; equal times keep the order of the file.</summary>
    public static InteractionSequences ReadTimed(string path) => ReadOrdered(path, "movie_id", "timestamp");

    private static InteractionSequences ReadOrdered(string path, string itemColumn, string orderColumn)
    {
        var result = new InteractionSequences();
        var positions = new List<List<double>>();
        using var rows = new CsvRows(path);
        var (user, position, item) = (rows.Column("user_id"), rows.Column(orderColumn), rows.Column(itemColumn));
        while (rows.Read())
        {
            var row = result.Add(rows[user], rows[item]);
            if (row == positions.Count) positions.Add([]);
            positions[row].Add(double.Parse(rows[position], CultureInfo.InvariantCulture));
        }
        for (var row = 0; row < positions.Count; row++)
        {
            var order = positions[row];
            result.Sequences[row] = [.. result.Sequences[row].Select((of, at) => (of, at)).OrderBy(entry => order[entry.at]).Select(entry => entry.of)];
        }
        return result;
    }

    /// <summary>CSV <c>user_id,item_id</c>; rows in any order.</summary>
    public static InteractionSequences ReadPairs(string path)
    {
        var result = new InteractionSequences();
        using var rows = new CsvRows(path);
        var (user, item) = (rows.Column("user_id"), rows.Column("item_id"));
        while (rows.Read()) result.Add(rows[user], rows[item]);
        return result;
    }

    private int Add(ReadOnlySpan<char> user, ReadOnlySpan<char> item)
    {
        var row = Users.Of(user);
        if (row == Sequences.Count) Sequences.Add([]);
        Sequences[row].Add(Items.Of(item));
        return row;
    }
}
