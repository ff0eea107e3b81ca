using CampaignPortal.Marketing.Insights;
using CampaignPortal.Statistics.Random;

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
    public void Equal_customers_share_a_class_and_classes_follow_the_values()
    {
        var rng = new Rng(3);
        var last = Enumerable.Range(0, 500).Select(i => i < 20 ? 0L : 1 + (long)(rng.NextDouble() * 90)).ToArray();
        var orders = Enumerable.Range(0, 500).Select(_ => 1 + (int)(rng.NextDouble() * 6)).ToArray();
        var (recency, frequency) = RfmScale.Rank(last, orders);
        Assert.All(Enumerable.Range(0, 20), i => Assert.Equal((0, 0), (recency[i], frequency[i])));
        for (var i = 20; i < 499; i++)
        {
            Assert.InRange(recency[i], 1, RfmScale.ClassCount);
            Assert.Equal(Math.Sign(orders[i].CompareTo(orders[i + 1])) * Math.Abs(frequency[i] - frequency[i + 1]), frequency[i] - frequency[i + 1]);
            if (last[i] == last[i + 1]) Assert.Equal(recency[i], recency[i + 1]);
        }
    }
}
