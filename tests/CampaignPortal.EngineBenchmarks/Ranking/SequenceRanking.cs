using System.Diagnostics;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Benchmarks.Ranking;

/// <summary>What <c>ranking</c> prints for sequences and for given negatives.</summary>
internal sealed record SequenceRankingResult(string Model, string Chosen, string Protocol, double Hr10, double Ndcg10, int Users, int Items, int Epochs, double Seconds)
{
    /// <summary>HR@10 and NDCG@10 of every setting on the validation items; empty where there was nothing to choose.</summary>
    public Dictionary<string, double[]> Validation { get; init; } = [];
}

/// <summary>A withheld item and what it is ranked among; null stands for all items the user has not taken.</summary>
internal sealed record RankingCase(int User, int Item, int[]? Rivals);

/// <summary>Next-item ranking: every user's withheld item among all unseen items, 100 random unseen ones, or given negatives.</summary>
/// <remarks>Equal scores are ordered by popularity; what is still equal counts half against the withheld item, so a model that scores everything alike gains nothing.</remarks>
internal static class SequenceRanking
{
    private const int SampledRivals = 100;

    /// <summary>Last item test, the one before validation; users with fewer than three items only teach.</summary>
    public static SequenceRankingResult RunSequences(string path, string rank, string model, long seed, int? degree)
    {
        if (rank is not ("all" or "100")) throw new ArgumentException($"--rank must be all or 100; found '{rank}'.");
        var clock = Stopwatch.StartNew();
        var data = InteractionSequences.ReadPositions(path);
        var models = new SequenceModels(data.Items.Count, Ordered: true, Sampled: rank == "100", seed, degree);
        var full = data.Sequences.ConvertAll(sequence => sequence.ToArray());
        var users = Enumerable.Range(0, full.Count).Where(user => full[user].Length >= 3).ToArray();
        var (train, known) = (Without(full, users, 2), Without(full, users, 1));
        RankingCase[] Cases(int fromEnd) => [.. users.Select(user => new RankingCase(user, full[user][^fromEnd], rank == "all" ? null : Sampled(full[user], data.Items.Count, seed, user)))];
        return Run(models, model, train, Cases(2), known, Cases(1), rank == "all" ? "all unseen items" : "100 random unseen items", clock);
    }

    /// <summary>Train and test pairs with the negatives to rank each test item among. Rows of a user are taken as a set: the file promises no order.</summary>
    public static SequenceRankingResult RunNegatives(string trainPath, string testPath, string negativesPath, string model, long seed, int? degree)
    {
        var clock = Stopwatch.StartNew();
        var data = InteractionSequences.ReadPairs(trainPath);
        var known = Shuffled(data.Sequences, seed);
        var cases = NegativesFile.Read(testPath, negativesPath, data);
        return RunSets(model, known, cases, data.Items.Count, seed, degree, clock); // items first seen in test or negatives are known by number and never by training
    }

    /// <summary>Timed ratings: the newest of each user is the test, ranked among 99 random items the user never took (the protocol of He et al. 2017).</summary>
    public static SequenceRankingResult RunRatings(string path, string model, long seed, int? degree)
    {
        var clock = Stopwatch.StartNew();
        var data = InteractionSequences.ReadTimed(path);
        var cases = data.Sequences.Select((sequence, user) => (Items: sequence.ToArray(), User: user)).Where(of => of.Items.Length >= 2)
            .Select(of => new RankingCase(of.User, of.Items[^1], Sampled(of.Items, data.Items.Count, seed + 1, of.User, 99))).ToArray();
        foreach (var at in cases) data.Sequences[at.User].RemoveAt(data.Sequences[at.User].Count - 1);
        return RunSets(model, Shuffled(data.Sequences, seed), cases, data.Items.Count, seed, degree, clock);
    }

    private static SequenceRankingResult RunSets(string model, List<int[]> known, RankingCase[] cases, int itemCount, long seed, int? degree, Stopwatch clock)
    {
        var users = Enumerable.Range(0, known.Count).Where(user => known[user].Length >= 2).ToArray();
        RankingCase[] validation = [.. users.Select(user => new RankingCase(user, known[user][^1], Sampled(known[user], itemCount, seed, user)))];
        return Run(new SequenceModels(itemCount, Ordered: false, Sampled: true, seed, degree), model, Without(known, users, 1), validation, known, cases, "given negatives", clock);
    }

    private static SequenceRankingResult Run(SequenceModels models, string name, List<int[]> train, RankingCase[] validation, List<int[]> known, RankingCase[] test, string protocol, Stopwatch clock)
    {
        var candidates = models.Named(name);
        var quality = candidates.Count == 1 ? [] : candidates.ToDictionary(candidate => candidate.Name, candidate => Judge(candidate, train, validation, models));
        var chosen = candidates.Count == 1 ? candidates[0] : candidates.MaxBy(candidate => quality[candidate.Name].Ndcg)!; // never empty
        var (hitRate, ndcg) = Judge(chosen, known, test, models);
        return new SequenceRankingResult(name, chosen.Name, protocol, Math.Round(hitRate, 5), Math.Round(ndcg, 5), test.Length, models.ItemCount, 1, clock.Elapsed.TotalSeconds)
        {
            Validation = quality.ToDictionary(entry => entry.Key, entry => new[] { Math.Round(entry.Value.HitRate, 5), Math.Round(entry.Value.Ndcg, 5) }),
        };
    }

    private static (double HitRate, double Ndcg) Judge(SequenceModel model, List<int[]> known, RankingCase[] cases, SequenceModels models)
    {
        var scorer = model.Fit(known);
        var popularity = new int[models.ItemCount];
        foreach (var item in known.SelectMany(sequence => sequence.Distinct())) popularity[item]++;
        var gains = new double[cases.Length];
        ParallelRows.Run(cases.Length, 32, models.Degree, () => new float[models.ItemCount], (scores, from, to) =>
        {
            for (var at = from; at < to; at++)
            {
                scorer(cases[at].User, scores);
                var rank = RankOf(cases[at], known[cases[at].User], scores, popularity);
                gains[at] = rank < 10 ? 1 / Math.Log2(rank + 2) : 0;
            }
        }, default);
        return ((double)gains.Count(gain => gain > 0) / cases.Length, gains.Sum() / cases.Length);
    }

    private static int RankOf(RankingCase of, int[] history, float[] scores, int[] popularity)
    {
        var (greater, equal) = (0, 0);
        var rivals = of.Rivals?.Length ?? scores.Length;
        if (of.Rivals is null)
        {
            foreach (var seen in history) scores[seen] = seen == of.Item ? scores[seen] : float.NegativeInfinity;
        }
        for (var at = 0; at < rivals; at++)
        {
            var other = of.Rivals is null ? at : of.Rivals[at];
            if (scores[other] < scores[of.Item] || other == of.Item) continue;
            var order = scores[other] == scores[of.Item] ? popularity[other].CompareTo(popularity[of.Item]) : 1;
            if (order > 0) greater++;
            else if (order == 0) equal++;
        }
        return greater + equal / 2;
    }

    private static List<int[]> Without(List<int[]> sequences, int[] users, int last)
    {
        var result = sequences.ToList();
        foreach (var user in users) result[user] = result[user][..^last];
        return result;
    }

    private static List<int[]> Shuffled(List<List<int>> sequences, long seed)
    {
        var rng = new Rng(seed);
        return [.. sequences.Select((sequence, user) =>
        {
            var items = sequence.ToArray();
            rng.Fork(user).Shuffle(items.AsSpan());
            return items;
        })];
    }

    private static int[] Sampled(int[] sequence, int itemCount, long seed, int user, int count = SampledRivals)
    {
        var taken = sequence.ToHashSet();
        if (itemCount - taken.Count <= count) return [.. Enumerable.Range(0, itemCount).Where(item => !taken.Contains(item))];
        var drawn = new HashSet<int>();
        for (ulong index = 0; drawn.Count < count; index++)
        {
            var item = (int)(CounterRng.Uniform((ulong)seed, (ulong)user, index) * itemCount);
            if (!taken.Contains(item)) drawn.Add(item);
        }
        return [.. drawn];
    }
}
