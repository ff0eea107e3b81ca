using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Neighbours;

public sealed class TopScoresTests
{
    [Theory]
    [InlineData(3, 7, 10)] // fewer items than asked for
    [InlineData(130, 40, 5)] // a second block of users
    [InlineData(2, 4500, 8)] // a second block of items
    public void The_best_items_of_many_users_are_those_of_a_full_sort_for_every_degree(int users, int items, int count)
    {
        const int Dimension = 5;
        var rng = new Rng(1);
        // Whole numbers: sums are exact and ties occur.
        float[] Whole(int rows) => Array.ConvertAll(Samples.Normals(rng, rows * Dimension, 3), v => MathF.Round(v));
        var (u, y) = (Whole(users), Whole(items));
        foreach (var degree in new[] { 1, 2, 3 })
        {
            var (best, scores) = (new int[users * count], new float[users * count]);
            TopScores.Select(u, y, Dimension, count, best, scores, degree);
            for (var user = 0; user < users; user++)
            {
                float Score(int item) => Enumerable.Range(0, Dimension).Sum(k => u[user * Dimension + k] * y[item * Dimension + k]);
                var expected = Enumerable.Range(0, items).OrderByDescending(Score).ThenBy(i => i).Take(count).ToList();
                while (expected.Count < count) expected.Add(-1);
                Assert.Equal(expected, best.AsSpan(user * count, count).ToArray());
                Assert.Equal(Score(expected[0]), scores[user * count]);
            }
        }
    }
}
