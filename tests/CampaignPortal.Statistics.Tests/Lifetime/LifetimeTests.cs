using System.Diagnostics;
using CampaignPortal.Statistics.Lifetime;
using CampaignPortal.Statistics.Numerics;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;

namespace CampaignPortal.Statistics.Tests.Lifetime;

public sealed class LifetimeTests(ITestOutputHelper output)
{
    private static readonly BetaGeometricModel Published = new(0.243, 4.414, 0.793, 2.426);

    [Fact]
    public void Online_retail_stops_cleanly_at_the_nbd_limit()
    {
        var customers = Purchases.OnlineRetail(SharedData.PathOrSkip("data/online-retail/transactions-2010-12-to-2011-08.csv.gz"));
        Assert.Equal(3317, customers.Length);

        var fit = BetaGeometric.Fit([.. customers.Select(c => c.Purchases)]).Value;
        Assert.True(fit.Model.IsNbdLimit);
        Assert.Null(fit.Model.A);
        Assert.Null(fit.Model.B);
        Assert.Equal(0.721, fit.Model.R, 0.0005);
        // 9.464 was read off a BG/NBD fit with a huge b; the plain NBD likelihood has its maximum at 9.46719, found by scipy's BFGS too.
        Assert.Equal(9.464, fit.Model.Alpha, 0.005);
        Assert.Equal(9.46719, fit.Model.Alpha, 0.00005);
        Assert.Equal(-21791.57, fit.LogLikelihood, 0.005);

        var spend = GammaGamma.Fit([.. customers.Select(c => c.Spend)]).Value;
        Assert.Equal(2.395, spend.Model.P, 0.0005);
        Assert.Equal(3.302, spend.Model.Q, 0.0005);
        Assert.Equal(396.44, spend.Model.V, 0.02);

        PurchaseHistory[] histories = [.. customers.Select(c => c.Purchases)];
        SpendHistory[] spends = [.. customers.Select(c => c.Spend)];
        var ms = Enumerable.Range(0, 7).Select(_ => Milliseconds(() => BetaGeometric.Fit(histories))).Order().ToArray();
        var spendMs = Enumerable.Range(0, 7).Select(_ => Milliseconds(() => GammaGamma.Fit(spends))).Order().ToArray();
        output.WriteLine($"purchases {fit.GroupCount} groups, {fit.IterationCount} steps, median {ms[3]:0.0} ms; spend {spend.IterationCount} steps, median {spendMs[3]:0.0} ms");

        var forecast = new LifetimeValueForecast(fit, spend);
        Outcome<Estimate> total = default!;
        output.WriteLine($"total in {Milliseconds(() => total = forecast.ForTotal(customers, new Rng(7))):0} ms: {total.Value}");
        Assert.InRange(total.Value.Point, total.Value.Lower, total.Value.Upper);
        Assert.InRange((total.Value.Upper - total.Value.Lower) / total.Value.Point, 0.02, 0.4);
    }

    [Fact]
    public void Cdnow_from_its_transactions_gives_the_published_models()
    {
        var customers = Purchases.Cdnow(SharedData.PathOrSkip("data/cdnow/cdnow-sample.csv.gz"), new DateOnly(1997, 9, 30));
        var fit = BetaGeometric.Fit([.. customers.Select(c => c.Purchases)]).Value;
        Assert.False(fit.Model.IsNbdLimit);
        Assert.Equal(0.2426, fit.Model.R, 0.00005);
        Assert.Equal(4.4136, fit.Model.Alpha, 0.0002);
        Assert.Equal(0.7929, fit.Model.A!.Value, 0.00005);
        Assert.Equal(2.4259, fit.Model.B!.Value, 0.0003);
        Assert.Equal(-9582.43, fit.LogLikelihood, 0.005);
        Assert.Equal(2357, fit.CustomerCount);
        Assert.NotNull(fit.LogStandardErrors);

        var spend = GammaGamma.Fit([.. customers.Select(c => c.Spend)]).Value;
        Assert.Equal(946, spend.CustomerCount);
        Assert.Equal(6.250, spend.Model.P, 0.0005);
        Assert.Equal(3.744, spend.Model.Q, 0.0005);
        Assert.Equal(15.443, spend.Model.V, 0.002);

        // Forecast of the 39 weeks after: 1,653.4 predicted.
        Assert.Equal(1653.4, customers.Sum(c => fit.Model.ExpectedPurchases(c.Purchases, 39)), 0.5);
    }

    [Theory]
    [InlineData(DropoutTiming.AfterRepeatPurchase)]
    [InlineData(DropoutTiming.AfterEveryPurchase)]
    public void Gradients_agree_with_finite_differences(DropoutTiming timing)
    {
        var rng = new Rng(3);
        var likelihood = PurchaseLikelihood.Of(Enumerable.Range(0, 200).Select(_ => SomeHistory(rng)), timing);
        AssertGradient(likelihood.NegativeWithDropout, [-1, 1, -0.3, 0.8]);
        AssertGradient(likelihood.NegativeWithoutDropout, [-1, 1]);
        var spend = new SpendLikelihood(Enumerable.Range(0, 200).Select(_ => SpendHistory.Create(1 + rng.NextInt(9), 1 + 50 * rng.NextDouble()).Value));
        AssertGradient(spend.Negative, [1.2, 0.9, 2.5]);
    }

    [Fact]
    public void Fit_finds_planted_parameters()
    {
        var truth = new BetaGeometricModel(0.8, 6, 1.2, 3.5);
        var rng = new Rng(11);
        var histories = Enumerable.Range(0, 20_000).Select(i => Live(truth, 30 + 20 * rng.NextDouble(), rng.Fork(i))).ToArray();
        var fit = BetaGeometric.Fit(histories).Value;
        var errors = fit.LogStandardErrors!;
        double[] truths = [truth.R, truth.Alpha, truth.A!.Value, truth.B!.Value];
        double[] found = [fit.Model.R, fit.Model.Alpha, fit.Model.A!.Value, fit.Model.B!.Value];
        for (var i = 0; i < 4; i++) Assert.InRange((Math.Log(found[i]) - Math.Log(truths[i])) / errors[i], -3.5, 3.5);
    }

    [Fact]
    public void Without_dropout_the_fit_says_so()
    {
        var rng = new Rng(5);
        var truth = new BetaGeometricModel(0.8, 6);
        var histories = Enumerable.Range(0, 3000).Select(i => Live(truth, 50, rng.Fork(i))).ToArray();
        var fit = BetaGeometric.Fit(histories).Value;
        if (!fit.Model.IsNbdLimit)
        {
            // Chance may show a trace of dropout; then it must be a trace.
            Assert.True(fit.Model.A / (fit.Model.A + fit.Model.B) < 0.02);
            return;
        }
        Assert.Equal(1, fit.Model.ProbabilityAlive(histories[0]));
        Assert.Equal((fit.Model.R + histories[0].Frequency) / (fit.Model.Alpha + 50) * 10, fit.Model.ExpectedPurchases(histories[0], 10), 1e-12);
    }

    [Fact]
    public void Simulated_futures_have_the_expected_mean()
    {
        foreach (var timing in Enum.GetValues<DropoutTiming>())
        {
            var model = new BetaGeometricModel(0.525, 6.183, 0.891, 1.614, timing);
            foreach (var history in (PurchaseHistory[])[default, PurchaseHistory.Create(2, 30.43, 38.86).Value, PurchaseHistory.Create(10, 35, 39).Value])
            {
                const int DrawCount = 40_000;
                var rng = new Rng(history.Frequency);
                var counts = new int[13];
                double[] ends = [.. Enumerable.Range(1, 13).Select(period => period * 3.0)];
                double sum = 0, squares = 0;
                for (var i = 0; i < DrawCount; i++)
                {
                    model.Simulate(history, ends, counts, rng);
                    sum += counts.Sum();
                    squares += Math.Pow(counts.Sum(), 2);
                }
                var mean = sum / DrawCount;
                var error = Math.Sqrt((squares / DrawCount - mean * mean) / DrawCount);
                Assert.InRange(model.ExpectedPurchases(history, 39), mean - 4 * error, mean + 4 * error);
            }
        }
    }

    [Fact]
    public void Count_probabilities_add_up_and_have_the_expected_mean()
    {
        foreach (var timing in Enum.GetValues<DropoutTiming>())
        {
            var model = new BetaGeometricModel(0.8, 6, 0.9, 2.5, timing);
            var probabilities = Enumerable.Range(0, 400).Select(n => model.ProbabilityOfCount(n, 26)).ToArray();
            Assert.Equal(1, probabilities.Sum(), 1e-9);
            Assert.Equal(model.ExpectedPurchases(26), probabilities.Select((p, n) => n * p).Sum(), 1e-7);
        }
    }

    [Fact]
    public void Expected_purchases_are_smooth_where_a_is_one()
    {
        var history = PurchaseHistory.Create(3, 20, 30).Value;
        double At(double a) => new BetaGeometricModel(0.5, 5, a, 2).ExpectedPurchases(history, 20);
        Assert.Equal((At(0.999) + At(1.001)) / 2, At(1), 1e-6);
        Assert.True(double.IsFinite(new BetaGeometricModel(0.5, 5, 0.2, 0.5).ExpectedPurchases(20)));
    }

    [Fact]
    public void Impossible_histories_are_refused()
    {
        Assert.Equal(Reasons.NegativeCount, PurchaseHistory.Create(-1, 0, 1).Reason);
        Assert.Equal(Reasons.NonFiniteValue, PurchaseHistory.Create(1, double.NaN, 1).Reason);
        Assert.Equal(Reasons.NegativeValue, PurchaseHistory.Create(0, 0, -1).Reason);
        Assert.Equal(Reasons.NoUnits, BetaGeometric.Fit([]).Reason);
        Assert.Equal(Reasons.NoRepeatCustomers, BetaGeometric.Fit([PurchaseHistory.Create(0, 0, 10).Value]).Reason);
        Assert.Equal(Reasons.NoRepeatCustomers, GammaGamma.Fit([SpendHistory.Create(0, 0).Value]).Reason);
    }

    [Fact]
    public void Forecasts_repeat_bit_for_bit_and_follow_the_formula()
    {
        var (fit, spend) = (new BetaGeometricFit(Published, 0, 1, 1, 0), new GammaGammaFit(new GammaGammaModel(6.25, 3.74, 15.44), 0, 1, 0));
        var options = new LifetimeValueOptions { DiscountFactor = 0.99, Margin = 0.4, AcquisitionCost = 3 };
        var customer = new CustomerHistory(PurchaseHistory.Create(10, 35, 39).Value, SpendHistory.Create(10, 50).Value);
        var forecast = new LifetimeValueForecast(fit, spend, options);

        var revenues = new double[12];
        for (var t = 0; t < 12; t++)
        {
            var purchases = Published.ExpectedPurchases(customer.Purchases, 4.345 * (t + 1)) - Published.ExpectedPurchases(customer.Purchases, 4.345 * t);
            revenues[t] = 0.4 * purchases * spend.Model.ExpectedSpend(customer.Spend).Value;
        }
        Assert.Equal(LifetimeValue.Discounted(revenues, 0.99, 3), forecast.Expected(customer).Value, 1e-9);

        var (first, second) = (forecast.ForCustomer(customer, new Rng(1)).Value, forecast.ForCustomer(customer, new Rng(1)).Value);
        Assert.Equal(first, second);
        Assert.True(first.Lower < first.Point && first.Point < first.Upper);
        Assert.Equal(-3, forecast.ForCustomer(new CustomerHistory(PurchaseHistory.Create(1, 0.1, 300).Value, SpendHistory.Create(1, 9).Value), new Rng(2)).Value.Lower, 1e-12);
    }

    [Fact]
    public void Interval_of_a_total_covers_what_then_happens()
    {
        // The truth is known here: shops of 300 customers live on after the forecast.
        var (truth, spendTruth) = (new BetaGeometricModel(0.8, 6, 0.9, 3), new GammaGammaModel(4, 4, 30));
        var options = new LifetimeValueOptions { PeriodCount = 6 };
        int inside = 0, shops = 40;
        for (var shop = 0; shop < shops; shop++)
        {
            var rng = new Rng(100 + shop);
            var customers = Enumerable.Range(0, 300).Select(i =>
            {
                var own = rng.Fork(i);
                var history = Live(truth, 40, own);
                var rate = spendTruth.DrawRate(default, own);
                var total = history.Frequency is 0 ? 0 : new CampaignPortal.Statistics.Distributions.GammaDistribution(4 * history.Frequency, rate).Sample(own);
                return new CustomerHistory(history, SpendHistory.Create(history.Frequency, history.Frequency is 0 ? 0 : total / history.Frequency).Value);
            }).ToArray();
            var purchases = BetaGeometric.Fit([.. customers.Select(c => c.Purchases)]).Value;
            var spend = GammaGamma.Fit([.. customers.Select(c => c.Spend)]).Value;
            var estimate = new LifetimeValueForecast(purchases, spend, options).ForTotal(customers, new Rng(shop), 0.9, 80).Value;

            // One true future, drawn from the true posterior of each customer.
            var future = new LifetimeValueForecast(new BetaGeometricFit(truth, 0, 1, 1, 0), new GammaGammaFit(spendTruth, 0, 1, 0), options);
            var actual = future.ForTotal(customers, new Rng(9000 + shop), 0.9, 1).Value.Lower;
            if (estimate.Lower <= actual && actual <= estimate.Upper) inside++;
        }
        Assert.InRange(inside, 29, 40); // 36 expected, standard deviation 1.9
    }

    private static PurchaseHistory SomeHistory(Rng rng)
    {
        var age = 10 + 30 * rng.NextDouble();
        var frequency = rng.NextInt(8);
        return PurchaseHistory.Create(frequency, frequency is 0 ? 0 : age * rng.NextDouble(), age).Value;
    }

    // A customer of a known model, watched for a time.
    private static PurchaseHistory Live(BetaGeometricModel model, double age, Rng rng)
    {
        const int PeriodCount = 4096;
        var counts = new int[PeriodCount];
        double[] ends = [.. Enumerable.Range(1, PeriodCount).Select(period => period * age / PeriodCount)];
        model.Simulate(default, ends, counts, rng);
        var last = Array.FindLastIndex(counts, c => c > 0);
        return PurchaseHistory.Create(counts.Sum(), last < 0 ? 0 : (last + 0.5) * age / PeriodCount, age).Value;
    }

    private static void AssertGradient(Objective objective, double[] point)
    {
        var (gradient, numerical) = (new double[point.Length], new double[point.Length]);
        objective(point, gradient);
        Bfgs.WithNumericalGradient(at => objective(at, new double[at.Length]))(point, numerical);
        for (var i = 0; i < point.Length; i++) Assert.Equal(numerical[i], gradient[i], 1e-7);
    }

    private static double Milliseconds(Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed.TotalMilliseconds;
    }
}
