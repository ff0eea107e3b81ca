using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Numerics;

namespace CampaignPortal.Statistics.Experiments;

/// <summary>How the error probability is spent over the looks.</summary>
public enum SpendingFunction
{
    /// <summary>2 − 2Φ(z_{α/2}/√t): almost nothing early.</summary>
    OBrienFleming,

    /// <summary>α ln(1 + (e−1) t): evenly.</summary>
    Pocock,

    /// <summary>α t^ρ (Kim and DeMets 1987).</summary>
    KimDeMets,

    /// <summary>α (1−e^{−γt})/(1−e^{−γ}) (Hwang, Shih and DeCani 1990).</summary>
    HwangShihDeCani,
}

/// <summary>Boundaries of a group-sequential test with alpha spending.</summary>
/// <param name="Upper">z at each look; the lower boundary of a two-sided test mirrors it.</param>
/// <param name="CumulativeSpend">Error probability of one side spent up to each look.</param>
/// <param name="NominalTwoSidedP">p of an unadjusted two-sided test at the boundary.</param>
public sealed record SpendingBoundaries(double[] Upper, double[] CumulativeSpend, double[] NominalTwoSidedP);

/// <summary>Shape of classic boundaries.</summary>
public enum ClassicBoundary
{
    /// <summary>The same z at every look (Pocock 1977).</summary>
    Pocock,

    /// <summary>z falls as √(K/k) (O'Brien and Fleming 1979).</summary>
    OBrienFleming,
}

/// <summary>A classic design with equally spaced looks.</summary>
/// <param name="Constant">z at the last look.</param>
/// <param name="Bounds">z at each look.</param>
/// <param name="DriftForPower">Mean of the final z that gives the power.</param>
/// <param name="InflationFactor">Largest sample over that of a fixed-horizon test.</param>
/// <param name="ExpectedInformationUnderAlternative">Expected share of the largest sample when the effect is as planned.</param>
public sealed record ClassicDesign(
    double Constant, double[] Bounds, double DriftForPower, double InflationFactor, double ExpectedInformationUnderAlternative);

/// <summary>Group-sequential boundaries by recursive integration of the score process.</summary>
/// <remarks>Armitage, McPherson and Rowe 1969; Lan and DeMets 1983; Jennison and Turnbull 2000, chapter 19. O(looks × nodes²).</remarks>
public static class GroupSequential
{
    /// <summary>Boundaries that spend the error probability along a spending function.</summary>
    /// <param name="informationFractions">Ascending in (0, 1].</param>
    /// <param name="spending">How much by when.</param>
    /// <param name="alphaPerSide">Spent on each side until fraction 1.</param>
    /// <param name="parameter">ρ or γ of the functions that have one.</param>
    /// <param name="sides">1 or 2.</param>
    public static Outcome<SpendingBoundaries> Spend(
        ReadOnlySpan<double> informationFractions, SpendingFunction spending, double alphaPerSide = 0.025, double? parameter = null, int sides = 2)
    {
        if (!(alphaPerSide is > 0 and < 0.5)) return Refusal.Invalid(Reasons.AlphaOutOfRange);
        if (sides is not (1 or 2)) throw new ArgumentOutOfRangeException(nameof(sides), sides, "One or two.");
        if (informationFractions.IsEmpty) return Refusal.Insufficient(Reasons.TooFewObservations);
        double before = 0;
        foreach (var fraction in informationFractions)
        {
            if (!(fraction > before && fraction <= 1)) return Refusal.Invalid(Reasons.ProbabilityOutOfRange);
            before = fraction;
        }
        var looks = informationFractions.Length;
        double[] upper = new double[looks], spent = new double[looks], nominal = new double[looks];
        var process = new ScoreProcess(drift: 0, sides);
        for (var k = 0; k < looks; k++)
        {
            var t = informationFractions[k];
            spent[k] = Spent(spending, t, alphaPerSide, parameter);
            process.Advance(t);
            var now = spent[k] - (k is 0 ? 0 : spent[k - 1]);
            upper[k] = now <= 0 ? double.PositiveInfinity : process.BoundWithCrossing(now);
            nominal[k] = 2 * Normal.Standard.Survival(upper[k]);
            process.Stop(upper[k]);
        }
        return new SpendingBoundaries(upper, spent, nominal);
    }

    /// <summary>A classic design and its cost.</summary>
    /// <param name="looks">Equally spaced, one or more.</param>
    /// <param name="boundary">Shape.</param>
    /// <param name="alpha">Total error probability of both sides (or the one).</param>
    /// <param name="sides">1 or 2.</param>
    /// <param name="power">Probability to cross on the side of the planned effect: a crossing on the wrong side is no success.</param>
    public static Outcome<ClassicDesign> Classic(int looks, ClassicBoundary boundary, double alpha = 0.05, int sides = 2, double power = 0.8)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(looks);
        if (sides is not (1 or 2)) throw new ArgumentOutOfRangeException(nameof(sides), sides, "One or two.");
        if (!(alpha is > 0 and < 1)) return Refusal.Invalid(Reasons.AlphaOutOfRange);
        if (!(power < 1 && power > alpha)) return Refusal.Invalid(Reasons.ProbabilityOutOfRange);
        double[] Bounds(double c) => [.. Enumerable.Range(1, looks).Select(k => boundary is ClassicBoundary.Pocock ? c : c * Math.Sqrt((double)looks / k))];

        var za = Normal.Standard.Quantile(1 - alpha / sides);
        var constant = Roots.Brent(c => Crossings(Bounds(c), 0, sides).Sum(k => k.Right + k.Wrong) - alpha, za * 0.99, za + 3, 1e-9);
        var bounds = Bounds(constant);
        var fixedDrift = za + Normal.Standard.Quantile(power);
        var drift = Roots.Brent(d => Crossings(bounds, d, sides).Sum(k => k.Right) - power, 0, Math.Max(1, 3 * fixedDrift), 1e-9);
        // A crossing on either side ends the test early.
        var information = 1 - Crossings(bounds, drift, sides).Select((c, k) => (c.Right + c.Wrong) * (1 - (k + 1.0) / looks)).Sum();
        return new ClassicDesign(constant, bounds, drift, drift * drift / (fixedDrift * fixedDrift), information);
    }

    // Probability to cross first at each look: on the side of the drift, and on the other.
    private static (double Right, double Wrong)[] Crossings(double[] bounds, double drift, int sides)
    {
        var process = new ScoreProcess(drift, sides);
        var crossings = new (double Right, double Wrong)[bounds.Length];
        for (var k = 0; k < bounds.Length; k++)
        {
            process.Advance((k + 1.0) / bounds.Length);
            crossings[k] = (process.Crossing(bounds[k]), sides is 2 ? process.CrossingBelow(bounds[k]) : 0);
            process.Stop(bounds[k]);
        }
        return crossings;
    }

    private static double Spent(SpendingFunction spending, double t, double alpha, double? parameter) => spending switch
    {
        SpendingFunction.OBrienFleming => 2 * Normal.Standard.Survival(Normal.Standard.Quantile(1 - alpha / 2) / Math.Sqrt(t)),
        SpendingFunction.Pocock => alpha * Math.Log(1 + (Math.E - 1) * t),
        SpendingFunction.KimDeMets => alpha * Math.Pow(t, parameter ?? throw Missing()),
        SpendingFunction.HwangShihDeCani when parameter is 0 => alpha * t,
        SpendingFunction.HwangShihDeCani =>
            alpha * SpecialFunctions.ExpMinusOne(-(parameter ?? throw Missing()) * t) / SpecialFunctions.ExpMinusOne(-(parameter ?? throw Missing())),
        _ => throw new ArgumentOutOfRangeException(nameof(spending), spending, "Unknown function."),
    };

    private static ArgumentException Missing() => new("This spending function needs its parameter.", "parameter");
}
