using System.Diagnostics;
using System.Globalization;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Benchmarks.Ranking;

/// <summary>What <c>ranking</c> prints for sequences and for given negatives.</summary>
internal sealed record SequenceRankingResult(string Model, string Chosen, string Protocol, double Hr10, double Ndcg10, int Users, int Items, int Epochs, double Seconds);

/// <summary>Next-item ranking: every user's withheld item among all unseen items, 100 random unseen ones, or given negatives.</summary>
/// <remarks>Equal scores are ordered by popularity; what is still equal counts half against the withheld item, so a model that scores everything alike gains nothing.</remarks>
internal static class SequenceRanking
{
    private const int SampledNegatives = 100;

    /// <summary>Last item test, the one before validation; users with fewer than three items only teach.</summary>
    public static SequenceRankingResult RunSequences(string path, string rank, string model, long seed, int? degree)
    {
        if (rank is not ("all" or "100")) throw new ArgumentException($"--rank must be all or 100; found '{rank}'.");
        var clock = Stopwatch.StartNew();
        var data = InteractionSequences.ReadPositions(path);
        var itemCount = data.Items.Count;
        var full = data.Sequences.ConvertAll(sequence => sequence.ToArray());
        var users = Enumerable.Range(0, full.Count).Where(user => full[user].Length >= 3).ToArray();
        var (train, known) = (Without(full, users, 2), Without(full, users, 1));
        Func<int, int[]> others(List<int[]> seen) => rank == "all" ? user => Unseen(seen[user], itemCount) : user => Sampled(full[user], itemCount, seed, user);
        var chosen = Choose(SequenceModels.Named(model, itemCount, seed, degree), train, itemCount, [.. users.Select(user => (user, full[user][^2]))], others(train));
        var (hitRate, ndcg) = Judge(chosen, known, itemCount, [.. users.Select(user => (user, full[user][^1]))], others(known));
        return new SequenceRankingResult(model, chosen.Name, rank == "all" ? "all unseen items" : "100 random unseen items", Math.Round(hitRate, 5), Math.Round(ndcg, 5), users.Length, itemCount, 1, clock.Elapsed.TotalSeconds);
    }

    /// <summary>Train and test pairs with the negatives to rank each test item among; validation withholds the last training row of each user.</summary>
    public static SequenceRankingResult RunNegatives(string trainPath, string testPath, string negativesPath, string model, long seed, int? degree)
    {
        var clock = Stopwatch.StartNew();
        var data = InteractionSequences.ReadPairs(trainPath);
        var known = data.Sequences.ConvertAll(sequence => sequence.ToArray());
        var asked = ReadNegatives(negativesPath, data);
        var testPairs = ReadTest(testPath, data);
        var cases = asked.Where(entry => testPairs.Contains((entry.User, entry.Positive))).ToArray();
        if (cases.Length == 0) throw new InvalidDataException("No row of the negatives belongs to a test pair.");
        var itemCount = data.Items.Count; // items first seen in test or negatives are known by number and never by training
        var users = Enumerable.Range(0, known.Count).Where(user => known[user].Length >= 2).ToArray();
        var train = Without(known, users, 1);
        var chosen = Choose(SequenceModels.Named(model, itemCount, seed, degree), train, itemCount, [.. users.Select(user => (user, known[user][^1]))], user => Sampled(known[user], itemCount, seed, user));
        var negatives = cases.ToLookup(entry => (entry.User, entry.Positive), entry => entry.Negatives);
        var (hitRate, ndcg) = Judge(chosen, known, itemCount, [.. cases.Select(entry => (entry.User, entry.Positive))], null, (user, item) => negatives[(user, item)].First());
        return new SequenceRankingResult(model, chosen.Name, "given negatives", Math.Round(hitRate, 5), Math.Round(ndcg, 5), cases.Length, itemCount, 1, clock.Elapsed.TotalSeconds);
    }

    private static SequenceModel Choose(IReadOnlyList<SequenceModel> candidates, List<int[]> train, int itemCount, (int User, int Item)[] validation, Func<int, int[]> others) =>
        candidates.Count == 1 ? candidates[0] : candidates.MaxBy(candidate => Judge(candidate, train, itemCount, validation, others).Ndcg)!; // never empty

    private static (double HitRate, double Ndcg) Judge(SequenceModel model, List<int[]> known, int itemCount, (int User, int Item)[] cases, Func<int, int[]>? others, Func<int, int, int[]>? given = null)
    {
        var scorer = model.Fit(known, itemCount);
        var popularity = new int[itemCount];
        foreach (var item in known.SelectMany(sequence => sequence.Distinct())) popularity[item]++;
        var scores = new float[itemCount];
        double hits = 0, ndcg = 0;
        foreach (var (user, item) in cases)
        {
            scorer(user, scores);
            var (greater, equal) = (0, 0);
            foreach (var other in given?.Invoke(user, item) ?? others!(user)) // one of the two is given
            {
                if (other == item) continue;
                var order = scores[other] == scores[item] ? popularity[other].CompareTo(popularity[item]) : scores[other].CompareTo(scores[item]);
                if (order > 0) greater++;
                else if (order == 0) equal++;
            }
            var rank = greater + equal / 2;
            if (rank >= 10) continue;
            hits++;
            ndcg += 1 / Math.Log2(rank + 2);
        }
        return (hits / cases.Length, ndcg / cases.Length);
    }

    private static List<int[]> Without(List<int[]> sequences, int[] users, int last)
    {
        var result = sequences.ToList();
        foreach (var user in users) result[user] = result[user][..^last];
        return result;
    }

    private static int[] Unseen(int[] history, int itemCount)
    {
        var seen = history.ToHashSet();
        return [.. Enumerable.Range(0, itemCount).Where(item => !seen.Contains(item))];
    }

    private static int[] Sampled(int[] sequence, int itemCount, long seed, int user)
    {
        var taken = sequence.ToHashSet();
        var left = itemCount - taken.Count;
        if (left <= SampledNegatives) return Unseen(sequence, itemCount);
        var drawn = new HashSet<int>();
        for (ulong index = 0; drawn.Count < SampledNegatives; index++)
        {
            var item = (int)(CounterRng.Uniform((ulong)seed, (ulong)user, index) * itemCount);
            if (!taken.Contains(item)) drawn.Add(item);
        }
        return [.. drawn];
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

    private static List<(int User, int Positive, int[] Negatives)> ReadNegatives(string path, InteractionSequences data)
    {
        var result = new List<(int, int, int[])>();
        using var rows = new CsvRows(path);
        var (user, positive, negatives) = (rows.Column("user_id"), rows.Column("positive_item_id"), rows.Column("negative_item_ids"));
        while (rows.Read())
        {
            if (data.Users.Find(rows[user]) is not { } known) continue;
            var ids = rows[negatives].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (ids.Length == 0) throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{path} row {rows.RowNumber} has no negatives."));
            result.Add((known, data.Items.Of(rows[positive]), Array.ConvertAll(ids, id => data.Items.Of(id))));
        }
        return result;
    }
}
