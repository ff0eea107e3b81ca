using CampaignPortal.Learning.Data;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tests.Ranking;

/// <summary>Small interaction matrices with planted structure.</summary>
internal static class Interactions
{
    /// <summary>Even users take about half of the lower half of the items, odd users of the upper half, and each one item from anywhere.</summary>
    public static Csr TwoGroups(int userCount, int itemCount, Rng rng)
    {
        var (users, items, counts) = (new List<int>(), new List<int>(), new List<float>());
        for (var user = 0; user < userCount; user++)
        {
            var (from, to) = user % 2 == 0 ? (0, itemCount / 2) : (itemCount / 2, itemCount);
            for (var item = from; item < to; item++)
            {
                if (rng.NextDouble() < 0.5) Add(item);
            }
            Add(rng.NextInt(itemCount));

            void Add(int item)
            {
                users.Add(user);
                items.Add(item);
                counts.Add(1 + rng.NextInt(3));
            }
        }
        return Csr.FromTriplets(userCount, itemCount, users.ToArray(), items.ToArray(), counts.ToArray());
    }

    /// <summary>A dense matrix of zeros and ones, each one with the given probability.</summary>
    public static Csr Random(int userCount, int itemCount, double density, Rng rng)
    {
        var (users, items) = (new List<int>(), new List<int>());
        for (var user = 0; user < userCount; user++)
        {
            for (var item = 0; item < itemCount; item++)
            {
                if (rng.NextDouble() >= density) continue;
                users.Add(user);
                items.Add(item);
            }
        }
        return Csr.FromTriplets(userCount, itemCount, users.ToArray(), items.ToArray(), [.. users.Select(_ => 1f)]);
    }
}
