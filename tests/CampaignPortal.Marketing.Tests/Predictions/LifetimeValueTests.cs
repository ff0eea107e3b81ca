using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Predictions.LifetimeValue;
using CampaignPortal.Statistics.Lifetime;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Predictions;

public sealed class LifetimeValueTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static TrainingResult<TrainedLifetimeValue> Train(EventTable table, LifetimeValueSettings? settings = null, long seed = 1) =>
        LifetimeValueTrainer.Train(table, settings ?? new LifetimeValueSettings(), new Rng(seed), TestContext.Current.CancellationToken);

    [Fact]
    public void The_shared_shop_reaches_the_published_fit_and_its_back_test()
    {
        var table = OnlineRetail.TableOrSkip();
        Train(table);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var trained = Train(table).Model!;
        output.WriteLine($"{watch.ElapsedMilliseconds} ms, total {trained.Total}, back-test {trained.BackTest}");

        Assert.Equal([LifetimeValueTrainer.NoDropout], trained.Notes);
        Assert.Equal(-21791.57, trained.PurchaseLogLikelihood, 0.01);
        Assert.Equal(2.395, trained.Model.Spend.P, 0.005);
        Assert.Equal(3.302, trained.Model.Spend.Q, 0.005);
        Assert.Equal(396.44, trained.Model.Spend.V, 0.5);
        var back = trained.BackTest!;
        Assert.Equal(1_385_574, back.Forecast, 3_000.0);
        Assert.Equal(1_540_970, back.Actual, 100.0);
        Assert.True(back.RankCorrelation >= 0.481 - 0.002 && back.RankCorrelation > back.RankCorrelationOfPastRate);
        Assert.True(back.AucBuysAgain >= 0.725 - 0.002);
        Assert.True(back.TopTenthShare >= 0.602 - 0.005);
        Assert.Equal(3317, trained.Values.Count);
        Assert.True(trained.Total.Lower < trained.Total.Point && trained.Total.Point < trained.Total.Upper);
        Assert.Equal(trained.Total.Point, trained.Values.Values.Sum(v => v.Value), trained.Total.Point * 1e-9);
    }

    [Fact]
    public void The_formula_of_the_value_is_the_discounted_sum_of_monthly_margins_less_the_cost()
    {
        var model = new LifetimeValueModel(new BetaGeometricModel(0.8, 6, 0.4, 3), new GammaGammaModel(2.4, 3.3, 400),
            new LifetimeValueSettings { MonthCount = 3, AnnualDiscountRate = 0.2, Margin = 0.3, AcquisitionCost = 7 });
        var history = new CustomerHistory(PurchaseHistory.Create(4, 20, 26).Value, SpendHistory.Create(4, 120).Value);
        const double Month = 365.25 / 12 / 7;
        var gamma = Math.Pow(1.2, -1.0 / 12);
        double expected = -7, before = 0;
        for (var t = 1; t <= 3; t++)
        {
            var until = model.Purchases.ExpectedPurchases(history.Purchases, t * Month);
            expected += Math.Pow(gamma, t - 1) * 0.3 * (until - before) * model.ValuePerPurchase(history.Spend);
            before = until;
        }

        Assert.Equal(expected, model.For(history).Value, 1e-9);
    }

    [Theory]
    [InlineData(0, 0, 10)]
    [InlineData(2, 12, 20)]
    [InlineData(15, 30, 32)]
    public void The_range_of_a_customer_agrees_with_simulated_futures(int frequency, double recency, double age)
    {
        var random = new Rng(5);
        var histories = Enumerable.Range(0, 1500).Select(_ => RandomHistory(random)).ToList();
        var buying = BetaGeometric.Fit([.. histories.Select(h => h.Purchases)]).Value;
        var spending = GammaGamma.Fit([.. histories.Select(h => h.Spend)]).Value;
        var settings = new LifetimeValueSettings();
        var model = new LifetimeValueModel(buying.Model, spending.Model, settings);
        var customer = new CustomerHistory(PurchaseHistory.Create(frequency, recency, age).Value, SpendHistory.Create(frequency, 90).Value);

        var simulated = new LifetimeValueForecast(buying, spending, model.OptionsFor(12)).ForCustomer(customer, new Rng(3), settings.CustomerConfidence, 4000).Value;
        var range = model.For(customer).Range;

        var width = simulated.Upper - simulated.Lower;
        Assert.Equal(simulated.Point, range.Point, 1e-6 * simulated.Point);
        Assert.InRange(range.Upper, simulated.Upper - 0.1 * width, simulated.Upper + 0.1 * width);
        Assert.InRange(range.Lower, simulated.Lower - 0.1 * width, simulated.Lower + 0.1 * width);
    }

    /// <summary>26 weeks of a customer with an exponential rate, a dropout chance after each purchase, and lognormal spending.</summary>
    private static CustomerHistory RandomHistory(Rng random)
    {
        double rate = -Math.Log(1 - random.NextDouble()) * 0.25, dropout = 0.4 * random.NextDouble(), time = 0, last = 0, mean = 80 * Math.Exp(0.6 * random.NextNormal()), spent = 0;
        var count = 0;
        while (true)
        {
            time -= Math.Log(1 - random.NextDouble()) / rate;
            if (time > 26) break;
            (last, count, spent) = (time, count + 1, spent + mean * Math.Exp(0.5 * random.NextNormal()));
            if (random.NextDouble() < dropout) break;
        }
        return new CustomerHistory(PurchaseHistory.Create(count, last, 26).Value, SpendHistory.Create(count, count > 0 ? spent / count : 0).Value);
    }

    [Fact]
    public void The_median_of_the_next_order_is_where_half_of_the_waits_have_ended()
    {
        var model = new LifetimeValueModel(new BetaGeometricModel(0.8, 6), new GammaGammaModel(2.4, 3.3, 400), new LifetimeValueSettings());
        var customer = new CustomerHistory(PurchaseHistory.Create(5, 20, 22).Value, SpendHistory.Create(5, 90).Value);
        var next = model.For(customer).NextOrder;

        Assert.True(next.Early < next.Median && next.Median < next.Late);
        var waited = Math.Pow((6 + 22) / (6 + 22 + next.Median!.Value / 7), 5.8);
        Assert.Equal(0.5, waited, 1e-9);
    }

    [Fact]
    public void Below_the_floor_it_says_what_is_missing_and_shows_the_past_rate()
    {
        var builder = new EventTableBuilder();
        for (var i = 0; i < 20; i++) builder.Add($"c{i}", Begin.AddDays(i), EventKind.OrderPlaced, builder.Item("x"), $"o{i}", 1, 10 + i);
        var result = Train(builder.Build());

        Assert.Equal(TrainingOutcome.NotEnoughData, result.Outcome);
        Assert.Contains("Needs 500 customers with an order; there are 20.", result.Reason, StringComparison.Ordinal);
        Assert.Equal(20, result.Fallback.Count);
        Assert.All(result.Fallback, row => Assert.True(row.Value > 0));
        Assert.Equal(TrainingOutcome.NotEnoughData, Train(new EventTableBuilder().Build()).Outcome);
    }
}
