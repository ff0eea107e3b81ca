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

    private double SimulateTotal(IReadOnlyList<CustomerHistory> customers, Rng rng)
    {
        var purchases = _purchases.Draw(rng);
        var spend = _spend.Draw(rng);
        Span<int> counts = _options.PeriodCount <= 256 ? stackalloc int[_options.PeriodCount] : new int[_options.PeriodCount];
        double total = 0;
        foreach (var customer in customers)
        {
            total -= _options.AcquisitionCost;
            purchases.Simulate(customer.Purchases, _options.PeriodLength, counts, rng);
            if (counts.IndexOfAnyExcept(0) < 0) continue;
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
