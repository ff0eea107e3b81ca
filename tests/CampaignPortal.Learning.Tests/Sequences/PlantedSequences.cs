using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Sequences;

/// <summary>Sequences whose next item follows from the last one.</summary>
internal static class PlantedSequences
{
    /// <summary>Three steps out of four go from an item to a fixed successor, the fourth anywhere; no item twice.</summary>
    public static int[][] Walks(int userCount, int itemCount, int length, Rng rng)
    {
        var successor = Enumerable.Range(0, itemCount).Select(item => (item * 7 + 3) % itemCount).ToArray();
        return [.. Enumerable.Range(0, userCount).Select(_ =>
        {
            var walk = new List<int> { rng.NextInt(itemCount) };
            while (walk.Count < length)
            {
                var next = rng.NextDouble() < 0.75 ? successor[walk[^1]] : rng.NextInt(itemCount);
                while (walk.Contains(next)) next = rng.NextInt(itemCount);
                walk.Add(next);
            }
            return walk.ToArray();
        })];
    }

    /// <summary>How often the withheld last item is the first of the list, and among its first ten.</summary>
    public static (double First, double Ten) HitRates(CampaignPortal.Learning.Sequences.ISequenceRecommender model, int[][] sequences)
    {
        var scores = new float[model.ItemCount];
        var (first, ten) = (0, 0);
        foreach (var sequence in sequences)
        {
            model.Score(sequence.AsSpan(0, sequence.Length - 1), scores);
            foreach (var seen in sequence[..^1]) scores[seen] = float.NegativeInfinity;
            var above = scores.Count(score => score > scores[sequence[^1]]);
            first += above == 0 ? 1 : 0;
            ten += above < 10 ? 1 : 0;
        }
        return ((double)first / sequences.Length, (double)ten / sequences.Length);
    }
}
