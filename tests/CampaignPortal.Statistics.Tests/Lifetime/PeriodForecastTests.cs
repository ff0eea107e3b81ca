using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Lifetime;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Statistics.Resampling;

namespace CampaignPortal.Statistics.Tests.Lifetime;

public sealed class PeriodForecastTests
{
    private const int WeekCount = 52, AheadWeekCount = 26;

    private static readonly BetaGeometricModel Buying = new(0.8, 8, 0.7, 3);
    private static readonly GammaGammaModel Spending = new(4, 4, 60);

    [Fact]
    public void Expectations_are_those_of_the_customers_one_by_one()
    {
        var (histories, _) = Shop(new Rng(3), 60);
        int[] groups = [.. Enumerable.Range(0, histories.Length).Select(i => i % 3)];
        var forecast = Fit(histories).ForPeriods(histories, groups, new PeriodGrid([2, 5, 9], [0, 0, 1]), new Rng(1), drawCount: 10, TestContext.Current.CancellationToken).Value;

        var (buying, spending) = Models(histories);
        for (var group = 0; group < 3; group++)
        {
            var members = histories.Where((_, i) => i % 3 == group).ToArray();
            var purchases = members.Sum(m => buying.Model.ExpectedPurchases(m.Purchases, 9) - buying.Model.ExpectedPurchases(m.Purchases, 5));
            var money = members.Sum(m => buying.Model.ExpectedPurchases(m.Purchases, 2) * spending.Model.ExpectedSpend(m.Spend).Value);
            Assert.Equal(purchases, forecast.Purchases[group][2], 1e-9);
            Assert.Equal(money, forecast.Money[group][0], 1e-6);
            Assert.InRange(forecast.Buyers[group][0], 0, members.Length);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits()
    {
        var (histories, _) = Shop(new Rng(4), 40);
        int[] groups = new int[histories.Length];
        PeriodForecast Once() => Fit(histories).ForPeriods(histories, groups, new PeriodGrid([4, 8], [0, 1]), new Rng(9), drawCount: 30, TestContext.Current.CancellationToken).Value;
        var (first, second) = (Once(), Once());
        Assert.Equal(first.Draws.SelectMany(d => d), second.Draws.SelectMany(d => d));
        Assert.Equal(first.Buyers[0], second.Buyers[0]);
    }

    /// <summary>Shops of a known model: the money that came in later lies in the 80 % range of the fan about eight times in ten, in the 50 % range five times.</summary>
    [Fact]
    public void Ranges_of_the_fan_hold_what_they_promise()
    {
        const int ShopCount = 100;
        var (in80, in50) = (0, 0);
        for (var shop = 0; shop < ShopCount; shop++)
        {
            var (histories, later) = Shop(new Rng(1000 + shop), 300);
            var draws = Fit(histories).ForPeriods(histories, new int[histories.Length], new PeriodGrid([13, AheadWeekCount], [0, 1]), new Rng(shop), drawCount: 120, TestContext.Current.CancellationToken).Value.Draws;
            var totals = draws.Select(d => d.Sum()).Order().ToArray();
            if (later >= Quantiles.OfSorted(totals, 0.1) && later <= Quantiles.OfSorted(totals, 0.9)) in80++;
            if (later >= Quantiles.OfSorted(totals, 0.25) && later <= Quantiles.OfSorted(totals, 0.75)) in50++;
        }
        Assert.InRange(in80, 68, 92); // 80 ± 3 standard errors of 4
        Assert.InRange(in50, 35, 65); // 50 ± 3 standard errors of 5
    }

    [Fact]
    public void A_grid_must_ascend_and_leave_no_gap()
    {
        Assert.Throws<ArgumentException>(() => new PeriodGrid([], []));
        Assert.Throws<ArgumentException>(() => new PeriodGrid([3, 3], [0, 1]));
        Assert.Throws<ArgumentException>(() => new PeriodGrid([3, 4], [0, 2]));
        Assert.Throws<ArgumentException>(() => new PeriodGrid([3], [1]));
        Assert.Equal(2, new PeriodGrid([1, 2, 3], [0, 1, 1]).BucketCount);
    }

    private static (BetaGeometricFit Buying, GammaGammaFit Spending) Models(CustomerHistory[] histories) =>
        (BetaGeometric.Fit([.. histories.Select(h => h.Purchases)]).Value, GammaGamma.Fit([.. histories.Select(h => h.Spend)]).Value);

    private static LifetimeValueForecast Fit(CustomerHistory[] histories)
    {
        var (buying, spending) = Models(histories);
        return new LifetimeValueForecast(buying, spending);
    }

    /// <summary>Customers of the true model, watched for a year, and the money of the half year after it.</summary>
    private static (CustomerHistory[] Histories, double Later) Shop(Rng rng, int customerCount)
    {
        double later = 0;
        var histories = new CustomerHistory[customerCount];
        for (var i = 0; i < customerCount; i++)
        {
            var rate = new GammaDistribution(Buying.R, Buying.Alpha).Sample(rng);
            var dropout = new BetaDistribution(Buying.A!.Value, Buying.B!.Value).Sample(rng);
            var value = new GammaDistribution(Spending.Q, Spending.V).Sample(rng);
            double time = 0, last = 0, spent = 0;
            var count = 0;
            while (true)
            {
                time -= Math.Log(1 - rng.NextDouble()) / rate;
                if (time > WeekCount + AheadWeekCount) break;
                var paid = new GammaDistribution(Spending.P, value).Sample(rng);
                if (time > WeekCount) later += paid;
                else (last, count, spent) = (time, count + 1, spent + paid);
                if (rng.NextDouble() < dropout) break;
            }
            histories[i] = new CustomerHistory(PurchaseHistory.Create(count, last, WeekCount).Value, SpendHistory.Create(count, count > 0 ? spent / count : 0).Value);
        }
        return (histories, later);
    }
}
