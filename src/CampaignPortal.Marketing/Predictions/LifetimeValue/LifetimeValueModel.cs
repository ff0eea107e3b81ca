using System.Collections.Concurrent;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Statistics;
using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Lifetime;

namespace CampaignPortal.Marketing.Predictions.LifetimeValue;

/// <summary>What the model says of one customer.</summary>
/// <param name="Value">Expected discounted value in money over the main horizon, acquisition cost taken off.</param>
/// <param name="Range">The value will lie in it with the stated confidence.</param>
/// <param name="Alive">Probability that the customer will buy again at all, as far as the model knows; 1 at the NBD limit.</param>
/// <param name="ExpectedOrders">Order days expected over the main horizon.</param>
/// <param name="NextOrder">Days from now by which the next order has come with probability 0.2, 0.5 and 0.8; null where the probability is never reached.</param>
public sealed record CustomerValue(
    double Value, Estimate Range, double ValueIn3Months, double ValueIn24Months, double Alive, double ExpectedOrders, NextOrder NextOrder);

/// <summary>Days from now by which the next order has come.</summary>
public sealed record NextOrder(double? Early, double? Median, double? Late);

/// <summary>Fitted purchase and spend models; answers for any history. Immutable.</summary>
public sealed class LifetimeValueModel(BetaGeometricModel purchases, GammaGammaModel spend, LifetimeValueSettings settings) : IStorable<LifetimeValueModel>
{
    internal const double DaysPerWeek = 7, DaysPerMonth = 365.25 / 12;

    private const int DropoutSliceCount = 24;

    private readonly ConcurrentDictionary<int, double[]> _dropouts = new();

    private const double EarlyProbability = 0.2, LateProbability = 0.8;

    public BetaGeometricModel Purchases { get; } = purchases;

    public GammaGammaModel Spend { get; } = spend;

    public LifetimeValueSettings Settings { get; } = settings;

    /// <summary>Futures of all customers together, simulated by the training; null in versions of before there were any.</summary>
    public LifetimeForecast? Forecast { get; private init; }

    public static string Kind => "lifetime-value";

    internal LifetimeValueModel With(LifetimeForecast? forecast) => new(Purchases, Spend, Settings) { Forecast = forecast };

    public void Store(ModelPart part)
    {
        part.Put("purchases", Purchases.A is { } a && Purchases.B is { } b ? [Purchases.R, Purchases.Alpha, a, b] : new[] { Purchases.R, Purchases.Alpha });
        part.Put("spend", new[] { Spend.P, Spend.Q, Spend.V });
        part.Settings["dropout"] = Purchases.Timing.ToString();
        part.Settings["months"] = Settings.MonthCount;
        part.Settings["annual_discount_rate"] = Settings.AnnualDiscountRate;
        part.Settings["margin"] = Settings.Margin;
        part.Settings["acquisition_cost"] = Settings.AcquisitionCost;
        part.Settings["confidence"] = Settings.CustomerConfidence;
        if (Forecast is not null) part.PutPart("forecast", Forecast);
    }

    public static LifetimeValueModel Restore(ModelPart part)
    {
        var spend = part.Get<double>("spend", 3);
        if (!Enum.TryParse<DropoutTiming>(part.Setting<string>("dropout"), out var timing)) throw new InvalidDataException("The dropout of a lifetime value is not known.");
        var purchases = part.Get<double>("purchases") switch
        {
            [var r, var alpha] => new BetaGeometricModel(r, alpha),
            [var r, var alpha, var a, var b] => new BetaGeometricModel(r, alpha, a, b, timing),
            var other => throw new InvalidDataException($"A purchase model has two or four parameters; this one has {other.Length}."),
        };
        return new LifetimeValueModel(purchases, new GammaGammaModel(spend[0], spend[1], spend[2]), new LifetimeValueSettings
        {
            MonthCount = part.Setting<int>("months"), AnnualDiscountRate = part.Setting<double>("annual_discount_rate"), Margin = part.Setting<double>("margin"),
            AcquisitionCost = part.Setting<double>("acquisition_cost"), CustomerConfidence = part.Setting<double>("confidence"),
        }).With(part.KindOf("forecast") is null ? null : part.GetPart<LifetimeForecast>("forecast"));
    }

    internal LifetimeValueOptions OptionsFor(int months) => new()
    {
        PeriodCount = months,
        PeriodLength = DaysPerMonth / DaysPerWeek,
        DiscountFactor = Math.Pow(1 + Settings.AnnualDiscountRate, -1.0 / 12),
        Margin = Settings.Margin,
        AcquisitionCost = Settings.AcquisitionCost,
    };

    /// <summary>Expected value of one purchase day; the population's mean for customers without a repeat purchase.</summary>
    public double ValuePerPurchase(SpendHistory history) => Spend.ExpectedSpend(history).Value;

    /// <summary>Everything that pages show of one customer.</summary>
    public CustomerValue For(CustomerHistory customer)
    {
        var (history, spend) = (customer.Purchases, customer.Spend);
        var kept = Settings.Margin * ValuePerPurchase(spend);
        var horizon = Settings.MonthCount * DaysPerMonth / DaysPerWeek;
        var orders = Purchases.ExpectedPurchases(history, horizon);
        double Worth(int months) => kept * Discounted(history, months) - Settings.AcquisitionCost;
        var value = Worth(Settings.MonthCount);
        return new CustomerValue(value, RangeOf(customer, value, orders), Worth(3), Worth(24), Purchases.ProbabilityAlive(history), orders, Next(history));
    }

    private double Discounted(PurchaseHistory history, int months) =>
        Statistics.Lifetime.LifetimeValue.DiscountedPurchases(Purchases, history, OptionsFor(months));

    /// <summary>The range from the first two moments of the predictive distribution.</summary>
    /// <remarks>
    /// N purchases have the first two moments of the purchase model, their values are Gamma(p, ν) with ν from its posterior Gamma(a, b). Given a purchase at
    /// all, the sum is taken as a gamma variable of the same mean and variance (lognormal while nothing is known of the customer's own spending: the spread between
    /// customers has the longer tail); without one it is 0. A simulation of whole futures agrees (tests).
    /// </remarks>
    private Estimate RangeOf(CustomerHistory customer, double value, double orders)
    {
        var history = customer.Purchases;
        double a = Spend.P * history.Frequency + Spend.Q, b = Spend.V + history.Frequency * customer.Spend.AverageValue;
        var horizon = Settings.MonthCount * DaysPerMonth / DaysPerWeek;
        var alive = Purchases.ProbabilityAlive(history);
        var none = 1 - alive + alive * Math.Pow((Purchases.Alpha + history.Age) / (Purchases.Alpha + history.Age + horizon), Purchases.R + history.Frequency);
        var tail = (1 - Settings.CustomerConfidence) / 2;
        var buys = 1 - none;
        if (buys < 1e-9) return new Estimate(value, -Settings.AcquisitionCost, -Settings.AcquisitionCost, Settings.CustomerConfidence);

        // E[1/ν²] exists for a > 2 only; below, the spread of the customer's own mean is left out rather than made infinite.
        var inverse = b / (a - 1);
        var inverseSquare = a > 2 ? b * b / ((a - 1) * (a - 2)) : inverse * inverse;
        var secondOfCount = orders + alive * PairsWhileAlive(history, horizon);
        var mean = orders * Spend.P * inverse;
        var second = Spend.P * inverseSquare * orders + Spend.P * Spend.P * inverseSquare * secondOfCount;
        double meanBuys = mean / buys, varianceBuys = Math.Max(second / buys - meanBuys * meanBuys, 1e-12 * meanBuys * meanBuys);
        var quantileOfSum = QuantilesOfSum(meanBuys, varianceBuys, isHeavy: history.Frequency == 0);
        var scale = mean > 0 ? (value + Settings.AcquisitionCost) / mean : 0; // discount and margin
        double Quantile(double p) => p <= none ? 0 : quantileOfSum((p - none) / buys);
        return new Estimate(value, scale * Quantile(tail) - Settings.AcquisitionCost, scale * Quantile(1 - tail) - Settings.AcquisitionCost, Settings.CustomerConfidence);
    }

    private static Func<double, double> QuantilesOfSum(double mean, double variance, bool isHeavy)
    {
        if (!isHeavy) return new GammaDistribution(mean * mean / variance, mean / variance).Quantile;
        var logVariance = Math.Log(1 + variance / (mean * mean));
        return p => mean * Math.Exp(Math.Sqrt(logVariance) * Normal.Standard.Quantile(p) - logVariance / 2);
    }

    /// <summary>E[N(N − 1)] of the purchases in the horizon, given that the customer is alive.</summary>
    /// <remarks>
    /// Given rate λ and dropout p a pair of purchases at u &lt; s has intensity λ²(1 − p)e^(−λps), so E[N(N − 1)] = 2(1 − p)/p² · (1 − e^(−λph)(1 + λph)), or (λh)² without
    /// dropout; λ is integrated over its gamma posterior in closed form, p over equal slices of its beta posterior.
    /// </remarks>
    private double PairsWhileAlive(PurchaseHistory history, double horizon)
    {
        double shape = Purchases.R + history.Frequency, rate = Purchases.Alpha + history.Age;
        if (Purchases.A is not { } a || Purchases.B is not { } b) return shape * (shape + 1) / (rate * rate) * horizon * horizon;
        var slices = _dropouts.GetOrAdd(history.Frequency, count => Slices(new BetaDistribution(a, b + count)));
        double sum = 0;
        foreach (var p in slices)
        {
            var h = p * horizon;
            if (h < 1e-3 * rate)
            {
                sum += (1 - p) * shape * (shape + 1) / (rate * rate) * horizon * horizon; // the limit for a small p, where the formula loses its digits
                continue;
            }
            var survives = Math.Pow(rate / (rate + h), shape);
            sum += 2 * (1 - p) / (p * p) * (1 - survives * (1 + shape * h / (rate + h)));
        }
        return sum / slices.Length;
    }

    private static double[] Slices(BetaDistribution beta) => [.. Enumerable.Range(0, DropoutSliceCount).Select(i => beta.Quantile((i + 0.5) / DropoutSliceCount))];

    /// <summary>The wait for the next purchase of a customer who is alive is Lomax: P(wait > t) = ((α + T)/(α + T + t))^(r + x).</summary>
    private NextOrder Next(PurchaseHistory history)
    {
        var alive = Purchases.ProbabilityAlive(history);
        double? By(double probability)
        {
            var whileAlive = probability / alive;
            if (whileAlive >= 1) return null;
            var days = (Purchases.Alpha + history.Age) * (Math.Pow(1 - whileAlive, -1 / (Purchases.R + history.Frequency)) - 1) * DaysPerWeek;
            return double.IsFinite(days) ? days : null;
        }
        return new NextOrder(By(EarlyProbability), By(0.5), By(LateProbability));
    }
}
