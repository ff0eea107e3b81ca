using System.Globalization;

namespace CampaignPortal.Benchmarks.Ranking;

/// <summary>Test pairs and the negatives that each is ranked among.</summary>
internal static class NegativesFile
{
    /// <summary>Cases of users that training knows; CSV <c>user_id,item_id</c> and <c>user_id,positive_item_id,negative_item_ids</c>.</summary>
    /// <exception cref="InvalidDataException">No row of the negatives belongs to a test pair.</exception>
    public static RankingCase[] Read(string testPath, string negativesPath, InteractionSequences data)
    {
        var pairs = ReadTest(testPath, data);
        var cases = new List<RankingCase>();
        using var rows = new CsvRows(negativesPath);
        var (user, positive, negatives) = (rows.Column("user_id"), rows.Column("positive_item_id"), rows.Column("negative_item_ids"));
        while (rows.Read())
        {
            if (data.Users.Find(rows[user]) is not { } known) continue;
            var item = data.Items.Of(rows[positive]);
            if (!pairs.Contains((known, item))) continue;
            var ids = rows[negatives].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (ids.Length == 0) throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{negativesPath} row {rows.RowNumber} has no negatives."));
            cases.Add(new RankingCase(known, item, Array.ConvertAll(ids, id => data.Items.Of(id))));
        }
        return cases.Count > 0 ? [.. cases] : throw new InvalidDataException("No row of the negatives belongs to a test pair.");
    }

    private static HashSet<(int User, int Item)> ReadTest(string path, InteractionSequences data)
    {
        var pairs = new HashSet<(int, int)>();
        using var rows = new CsvRows(path);
        var (user, item) = (rows.Column("user_id"), rows.Column("item_id"));
        while (rows.Read())
        {
            if (data.Users.Find(rows[user]) is { } known) pairs.Add((known, data.Items.Of(rows[item])));
        }
        return pairs;
    }
}
