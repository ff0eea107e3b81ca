using CampaignPortal.Marketing.Insights;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Customers;

public sealed class CustomerColumnsTests
{
    [Fact]
    public void Pages_by_key_show_every_row_once_whatever_the_keys_the_direction_and_the_size()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var rng = new Rng(seed);
            var keys = Enumerable.Range(0, 1 + (int)(rng.NextDouble() * 60)).Select(_ => rng.NextDouble() < 0.2 ? CustomerOrder.NoKey : (long)(rng.NextDouble() * 8) - 4).ToArray(); // many ties
            var order = CustomerOrder.Make(keys);
            var size = 1 + (int)(rng.NextDouble() * 7);
            foreach (var isAscending in new[] { true, false })
            {
                var rows = new List<int>();
                var page = order.FromStart(isAscending).Take(size).ToArray();
                while (page.Length > 0)
                {
                    rows.AddRange(page);
                    page = [.. order.After(keys[page[^1]], page[^1], isAscending, fromRest: keys[page[^1]] == CustomerOrder.NoKey).Take(size)];
                }
                Assert.Equal(Enumerable.Range(0, keys.Length), rows.Order());
                var known = rows.Select(r => keys[r]).TakeWhile(k => k != CustomerOrder.NoKey).ToArray();
                Assert.Equal(isAscending ? known.Order() : known.OrderDescending(), known);
                Assert.Equal(keys.Count(k => k == CustomerOrder.NoKey), rows.Count - known.Length);
            }
        }
    }

    [Fact]
    public void Keys_of_numbers_have_the_order_of_the_numbers()
    {
        double[] values = [double.NegativeInfinity, -1e300, -2, -1, -double.Epsilon, 0, double.Epsilon, 0.5, 1, 1e300];
        var keys = values.Select(CustomerOrder.KeyOf).ToArray();
        Assert.Equal(keys.Order(), keys);
        Assert.Equal(CustomerOrder.KeyOf(0), CustomerOrder.KeyOf(-0.0));
        Assert.Equal(CustomerOrder.NoKey, CustomerOrder.KeyOf(double.NaN));
    }

    [Fact]
    public void Classes_follow_the_limits_of_the_grid()
    {
        var now = ManualClock.Noon;
        long Ago(double days) => now.AddDays(-days).UtcTicks;
        var (recency, frequency) = RfmScale.Rank([Ago(2), Ago(30.5), Ago(31.5), Ago(100), Ago(200), Ago(400), 0], [1, 2, 3, 4, 5, 70, 0], now);
        Assert.Equal([5, 5, 4, 3, 2, 1, 0], recency);
        Assert.Equal([1, 2, 3, 4, 5, 5, 0], frequency);
    }
}
