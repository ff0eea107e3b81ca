using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Statistics.Resampling;

namespace CampaignPortal.Statistics.Lifetime;

/// <summary>What both models know of one customer.</summary>
/// <param name="Purchases">When the customer bought.</param>
/// <param name="Spend">For how much.</param>
public readonly record struct CustomerHistory(PurchaseHistory Purchases, SpendHistory Spend);

/// <summary>Lifetime values of customers, with intervals, from a purchase and a spend model.</summary>
/// <remarks>
/// Points are exact expectations at the fitted parameters. Intervals are quantiles of simulated futures: a draw takes parameters from their approximate
/// sampling distribution, then for each customer alive or not, rate, dropout and purchase values from the posterior, then purchases one by one. So an interval of one
/// customer holds what this customer may do, an interval of a total holds chance and the uncertainty of the parameters, which does not average out.
/// Draw d uses fork d of the generator: any number of threads gives the same bits.
/// </remarks>
public sealed class LifetimeValueForecast
{
    private readonly BetaGeometricFit _purchases;
    private readonly GammaGammaFit _spend;
    private readonly LifetimeValueOptions _options;

    /// <summary>Joins two fitted models.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public LifetimeValueForecast(BetaGeometricFit purchases, GammaGammaFit spend, LifetimeValueOptions? options = null)
    {
        _options = options ?? new LifetimeValueOptions();
        _options.Check();
        (_purchases, _spend) = (purchases, spend);
    }

    /// <summary>Expected lifetime value of a customer.</summary>
    /// <returns>Mean-undefined for customers without a repeat purchase where q ≤ 1.</returns>
    public Outcome<double> Expected(CustomerHistory customer)
    {
        var purchases = LifetimeValue.DiscountedPurchases(_purchases.Model, customer.Purchases, _options);
        return _spend.Model.ExpectedSpend(customer.Spend).Select(spend => _options.Margin * spend * purchases - _options.AcquisitionCost);
    }

    /// <summary>Expected lifetime value of a customer with the range that this customer's value will lie in.</summary>
    /// <param name="customer">What is known.</param>
    /// <param name="rng">Only its seed is used.</param>
    /// <param name="confidence">Probability that the value lies inside.</param>
    /// <param name="drawCount">Simulated futures; O(drawCount × purchases).</param>
    public Outcome<Estimate> ForCustomer(CustomerHistory customer, Rng rng, double confidence = 0.8, int drawCount = 2000) =>
        ForTotal([customer], rng, confidence, drawCount);

    /// <summary>Expected total value of customers with the range that the total will lie in.</summary>
    /// <param name="customers">All customers of the total.</param>
    /// <param name="rng">Only its seed is used.</param>
    /// <param name="confidence">Probability that the total lies inside.</param>
    /// <param name="drawCount">Simulated futures of all customers; O(drawCount × customers × purchases), in parallel.</param>
    public Outcome<Estimate> ForTotal(IReadOnlyList<CustomerHistory> customers, Rng rng, double confidence = 0.95, int drawCount = 400)
    {
        if (!(confidence is > 0 and < 1)) return Refusal.Invalid(Reasons.AlphaOutOfRange);
        double point = 0;
        foreach (var customer in customers)
        {
            var expected = Expected(customer);
            if (!expected.IsOk) return expected.Refusal;
            point += expected.Value;
        }
        var totals = new double[drawCount];
        Parallel.For(0, drawCount, draw => totals[draw] = SimulateTotal(customers, rng.Fork(draw)));
        Array.Sort(totals);
        var tail = (1 - confidence) / 2;
        return new Estimate(point, Quantiles.OfSorted(totals, tail), Quantiles.OfSorted(totals, 1 - tail), confidence);
    }

    /// <summary>What groups of customers will spend, period by period, with simulated futures of everybody together.</summary>
    /// <remarks>Margin, discount and cost of the options are left out. Sums over customers run in a fixed order: any number of threads gives the same bits.</remarks>
    /// <param name="customers">All customers.</param>
    /// <param name="groups">Group of each customer, from 0.</param>
    /// <param name="grid">The periods.</param>
    /// <param name="rng">Only its seed is used.</param>
    /// <param name="drawCount">Simulated futures; O(drawCount × customers × purchases), in parallel.</param>
    /// <param name="ct">Ends the computation between two draws.</param>
    /// <returns>Mean-undefined as <see cref="Expected"/>.</returns>
    /// <exception cref="ArgumentException">There is not one group for each customer.</exception>
    public Outcome<PeriodForecast> ForPeriods(
        IReadOnlyList<CustomerHistory> customers, IReadOnlyList<int> groups, PeriodGrid grid, Rng rng, int drawCount = 200, CancellationToken ct = default)
    {
        if (groups.Count != customers.Count) throw new ArgumentException($"Needs a group for each of {customers.Count} customers; there are {groups.Count}.", nameof(groups));
        if (_spend.Model.Q <= 1 && customers.Any(c => !_spend.Model.ExpectedSpend(c.Spend).IsOk)) return Refusal.Insufficient(Reasons.MeanUndefined);
        var groupCount = groups.Count == 0 ? 0 : groups.Max() + 1;
        var (money, purchases) = ExpectedByGroup(customers, groups, groupCount, grid, ct);
        var (draws, buyers) = (new double[drawCount][], new int[drawCount][]);
        Parallel.For(0, drawCount, new ParallelOptions { CancellationToken = ct }, draw =>
        {
            (draws[draw], buyers[draw]) = (new double[grid.Count], new int[groupCount * grid.BucketCount]);
            SimulatePeriods(customers, groups, grid, rng.Fork(draw), draws[draw], buyers[draw]);
        });
        var meanBuyers = Rows(groupCount, grid.BucketCount);
        for (var i = 0; i < groupCount * grid.BucketCount; i++)
            meanBuyers[i / grid.BucketCount][i % grid.BucketCount] = drawCount == 0 ? 0 : buyers.Sum(b => (long)b[i]) / (double)drawCount;
        return new PeriodForecast(money, purchases, meanBuyers, draws);
    }

    private (double[][] Money, double[][] Purchases) ExpectedByGroup(
        IReadOnlyList<CustomerHistory> customers, IReadOnlyList<int> groups, int groupCount, PeriodGrid grid, CancellationToken ct)
    {
        const int ChunkSize = 2_048; // fixed, so that the order of summation does not depend on the machine
        var chunks = new (double[][] Money, double[][] Purchases)[(customers.Count + ChunkSize - 1) / ChunkSize];
        Parallel.For(0, chunks.Length, new ParallelOptions { CancellationToken = ct }, chunk =>
        {
            var (money, purchases) = (Rows(groupCount, grid.Count), Rows(groupCount, grid.Count));
            for (var i = chunk * ChunkSize; i < Math.Min(customers.Count, (chunk + 1) * ChunkSize); i++)
            {
                var spend = _spend.Model.ExpectedSpend(customers[i].Spend).Value; // checked by the caller
                double before = 0;
                for (var period = 0; period < grid.Count; period++)
                {
                    var until = _purchases.Model.ExpectedPurchases(customers[i].Purchases, grid.Ends[period]);
                    purchases[groups[i]][period] += until - before;
                    money[groups[i]][period] += spend * (until - before);
                    before = until;
                }
            }
            chunks[chunk] = (money, purchases);
        });
        var (allMoney, allPurchases) = (Rows(groupCount, grid.Count), Rows(groupCount, grid.Count));
        foreach (var (money, purchases) in chunks)
        {
            for (var group = 0; group < groupCount; group++)
            {
                for (var period = 0; period < grid.Count; period++)
                {
                    allMoney[group][period] += money[group][period];
                    allPurchases[group][period] += purchases[group][period];
                }
            }
        }
        return (allMoney, allPurchases);
    }

    private void SimulatePeriods(IReadOnlyList<CustomerHistory> customers, IReadOnlyList<int> groups, PeriodGrid grid, Rng rng, double[] money, int[] buyers)
    {
        var purchases = _purchases.Draw(rng);
        var spend = _spend.Draw(rng);
        double[] ends = [.. grid.Ends];
        var counts = new int[ends.Length];
        for (var i = 0; i < customers.Count; i++)
        {
            purchases.Simulate(customers[i].Purchases, ends, counts, rng);
            if (counts.AsSpan().IndexOfAnyExcept(0) < 0) continue;
            var rate = spend.DrawRate(customers[i].Spend, rng);
            var lastBucket = -1;
            for (var period = 0; period < counts.Length; period++)
            {
                if (counts[period] is 0) continue;
                money[period] += new GammaDistribution(spend.P * counts[period], rate).Sample(rng); // a sum of gammas of one rate
                if (grid.Buckets[period] == lastBucket) continue;
                lastBucket = grid.Buckets[period];
                buyers[groups[i] * grid.BucketCount + lastBucket]++;
            }
        }
    }

    private static double[][] Rows(int count, int length) => [.. Enumerable.Range(0, count).Select(_ => new double[length])];

    private double SimulateTotal(IReadOnlyList<CustomerHistory> customers, Rng rng)
    {
        var purchases = _purchases.Draw(rng);
        var spend = _spend.Draw(rng);
        double[] ends = [.. Enumerable.Range(1, _options.PeriodCount).Select(period => period * _options.PeriodLength)];
        var counts = new int[ends.Length];
        double total = 0;
        foreach (var customer in customers)
        {
            total -= _options.AcquisitionCost;
            purchases.Simulate(customer.Purchases, ends, counts, rng);
            if (counts.AsSpan().IndexOfAnyExcept(0) < 0) continue;
            var rate = spend.DrawRate(customer.Spend, rng);
            for (var period = 0; period < counts.Length; period++)
            {
                if (counts[period] is 0) continue;
                var revenue = new GammaDistribution(spend.P * counts[period], rate).Sample(rng); // a sum of gammas of one rate
                total += _options.Margin * _options.DiscountOf(period) * revenue;
            }
        }
        return total;
    }
}
