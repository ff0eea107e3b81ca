using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Uplift;

/// <summary>Points of a curve, x ascending.</summary>
public sealed record Curve(double[] X, double[] Y)
{
    /// <summary>Area by trapezoids.</summary>
    public double Area
    {
        get
        {
            double area = 0;
            for (var i = 1; i < X.Length; i++) area += (X[i] - X[i - 1]) * (Y[i] + Y[i - 1]) / 2;
            return area;
        }
    }

    /// <summary>Area above the straight line from the first to the last point.</summary>
    internal double AreaAboveBaseline => Area - new Curve([X[0], X[^1]], [Y[0], Y[^1]]).Area;
}

/// <summary>How well a score sorts units by uplift; null is what does not exist.</summary>
/// <param name="UpliftCurve">Units targeted → difference of rates times units.</param>
/// <param name="QiniCurve">Units targeted → extra outcomes of the treated.</param>
/// <param name="PerfectUpliftCurve">Of the best possible order.</param>
/// <param name="PerfectQiniCurve">Of the best possible order.</param>
/// <param name="PerfectQiniCurveNoNegative">Of the best possible order when nobody is put off by the treatment.</param>
/// <param name="Auuc">Area of the uplift curve above the baseline, over that of the perfect one.</param>
/// <param name="Qini">The same of the Qini curve.</param>
/// <param name="QiniNoNegative">The same against the perfect curve without negative effects.</param>
public sealed record UpliftRanking(
    Curve UpliftCurve, Curve QiniCurve, Curve PerfectUpliftCurve, Curve PerfectQiniCurve, Curve? PerfectQiniCurveNoNegative,
    double? Auuc, double? Qini, double? QiniNoNegative);

/// <summary>Uplift among the highest scores; null where an arm is missing there.</summary>
/// <param name="Overall">Among the top rows of all.</param>
/// <param name="ByGroup">Among the top rows of each arm.</param>
public sealed record UpliftAtTop(double? Overall, double? ByGroup);

/// <summary>Uplift by bins of the score, highest first; null where an arm is missing.</summary>
/// <param name="NTreatment">Treated units.</param>
/// <param name="NControl">Control units.</param>
/// <param name="ResponseTreatment">Rate of the treated.</param>
/// <param name="ResponseControl">Rate of the controls.</param>
/// <param name="Uplift">Difference of the rates.</param>
/// <param name="WeightedAverageUplift">Mean of the uplifts, weighted by treated units.</param>
public sealed record UpliftBins(
    int[] NTreatment, int[] NControl, double?[] ResponseTreatment, double?[] ResponseControl, double?[] Uplift, double? WeightedAverageUplift);

/// <summary>Measures of uplift models on data of a randomised test.</summary>
/// <remarks>
/// Radcliffe 2007; Devriendt et al. 2020. Areas are divided by those of the perfect curve, as scikit-uplift does: figures of other libraries that are called
/// Qini are not comparable. Among equal scores later rows come first, as in that library; curves do not depend on it.
/// </remarks>
public static class UpliftMetrics
{
    /// <summary>Curves and areas; O(n log n).</summary>
    /// <param name="outcome">0 or 1.</param>
    /// <param name="score">Higher: to be treated sooner.</param>
    /// <param name="treatment">0 or 1.</param>
    public static Outcome<UpliftRanking> Ranking(ReadOnlySpan<double> outcome, ReadOnlySpan<double> score, ReadOnlySpan<double> treatment)
    {
        if (Check(outcome, score, treatment) is { } problem) return problem;
        double[] y = outcome.ToArray(), w = treatment.ToArray(), s = score.ToArray();
        var controlResponders = y.Where((v, i) => v is 1 && w[i] is 0).Count();
        var treatedWithout = y.Where((v, i) => v is 0 && w[i] is 1).Count();
        double[] perfect = [.. y.Select((v, i) => (v.Equals(w[i]) ? 2 : 0) + (controlResponders > treatedWithout ? v : w[i]))];
        double[] perfectQini = [.. y.Select((v, i) => v * (2 * w[i] - 1))];

        Curve uplift = CurveOf(y, s, w, qini: false), qini = CurveOf(y, s, w, qini: true);
        Curve bestUplift = CurveOf(y, perfect, w, qini: false), bestQini = CurveOf(y, perfectQini, w, qini: true);
        var gain = qini.Y[^1];
        var noNegative = gain > 0 ? new Curve([0, gain, y.Length], [0, gain, gain]) : null;
        return new UpliftRanking(
            uplift, qini, bestUplift, bestQini, noNegative, Share(uplift, bestUplift), Share(qini, bestQini),
            noNegative is null ? null : Share(qini, noNegative));
    }

    /// <summary>Difference of the rates among the share <paramref name="k"/> of highest scores; counts are rounded down.</summary>
    public static Outcome<UpliftAtTop> AtTop(ReadOnlySpan<double> outcome, ReadOnlySpan<double> score, ReadOnlySpan<double> treatment, double k)
    {
        if (Check(outcome, score, treatment) is { } problem) return problem;
        if (!(k is > 0 and <= 1)) return Refusal.Invalid(Reasons.ProbabilityOutOfRange);
        double[] y = outcome.ToArray(), w = treatment.ToArray();
        var order = Descending(score);
        int[] treated = [.. order.Where(i => w[i] is 1)], controls = [.. order.Where(i => w[i] is 0)];
        var top = order[..(int)(k * order.Length)];
        return new UpliftAtTop(
            Rate(y, [.. top.Where(i => w[i] is 1)]) - Rate(y, [.. top.Where(i => w[i] is 0)]),
            Rate(y, treated[..(int)(k * treated.Length)]) - Rate(y, controls[..(int)(k * controls.Length)]));
    }

    /// <summary>Rates of both arms in bins of equal size, highest scores first; the first n mod bins bins have one row more.</summary>
    public static Outcome<UpliftBins> ByBin(ReadOnlySpan<double> outcome, ReadOnlySpan<double> score, ReadOnlySpan<double> treatment, int binCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(binCount);
        if (Check(outcome, score, treatment) is { } problem) return problem;
        double[] y = outcome.ToArray(), w = treatment.ToArray();
        var order = Descending(score);
        var bins = EvenSplit.Of(order.Length, binCount)
            .Select(range => (Treated: order[range].Where(i => w[i] is 1).ToArray(), Controls: order[range].Where(i => w[i] is 0).ToArray())).ToArray();
        double?[] responseT = [.. bins.Select(b => Rate(y, b.Treated))], responseC = [.. bins.Select(b => Rate(y, b.Controls))];
        double?[] uplift = [.. responseT.Zip(responseC, (t, c) => t - c)];
        var complete = Enumerable.Range(0, binCount).Where(b => uplift[b] is not null).ToArray();
        double weight = complete.Sum(b => bins[b].Treated.Length);
        double? average = weight > 0 ? complete.Sum(b => bins[b].Treated.Length * uplift[b]) / weight : null;
        return new UpliftBins([.. bins.Select(b => b.Treated.Length)], [.. bins.Select(b => b.Controls.Length)], responseT, responseC, uplift, average);
    }

    /// <summary>Z = Y (W − p)/(p (1 − p)), whose mean is the average effect.</summary>
    /// <remarks>Athey and Imbens 2016.</remarks>
    /// <param name="outcome">Any number.</param>
    /// <param name="treatment">0 or 1.</param>
    /// <param name="propensity">Probability of treatment of each unit, in (0, 1).</param>
    public static Outcome<double[]> TransformedOutcome(ReadOnlySpan<double> outcome, ReadOnlySpan<double> treatment, ReadOnlySpan<double> propensity)
    {
        if ((InputChecks.SameLength(outcome.Length, treatment.Length, propensity.Length) ?? ArmChecks.Finite(outcome) ?? InputChecks.Binary(treatment)
            ?? InputChecks.Propensities(propensity)) is { } problem)
            return problem;
        var transformed = new double[outcome.Length];
        for (var i = 0; i < transformed.Length; i++)
            transformed[i] = outcome[i] * (treatment[i] - propensity[i]) / (propensity[i] * (1 - propensity[i]));
        return transformed;
    }

    private static Refusal? Check(ReadOnlySpan<double> outcome, ReadOnlySpan<double> score, ReadOnlySpan<double> treatment)
    {
        if ((InputChecks.SameLength(outcome.Length, score.Length, treatment.Length) ?? ArmChecks.Finite(score) ?? InputChecks.Binary(outcome)
            ?? InputChecks.Binary(treatment)) is { } problem)
            return problem;
        if (outcome.IsEmpty) return Refusal.Insufficient(Reasons.NoUnits);
        return treatment.Contains(0) && treatment.Contains(1) ? null : Refusal.Insufficient(Reasons.SingleGroup);
    }

    // One point per distinct score. A side without units yet contributes nothing.
    private static Curve CurveOf(double[] y, double[] score, double[] w, bool qini)
    {
        var order = Descending(score);
        List<double> xs = [0], ys = [0];
        double nT = 0, nC = 0, yT = 0, yC = 0;
        for (var k = 0; k < order.Length; k++)
        {
            var i = order[k];
            (nT, yT, nC, yC) = w[i] is 1 ? (nT + 1, yT + y[i], nC, yC) : (nT, yT, nC + 1, yC + y[i]);
            if (k + 1 < order.Length && score[order[k + 1]].Equals(score[i])) continue;
            xs.Add(k + 1);
            ys.Add(qini ? yT - (nC > 0 ? yC * nT / nC : 0) : ((nT > 0 ? yT / nT : 0) - (nC > 0 ? yC / nC : 0)) * (k + 1));
        }
        return new Curve([.. xs], [.. ys]);
    }

    private static int[] Descending(ReadOnlySpan<double> score)
    {
        var values = score.ToArray();
        return [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i]).Reverse()];
    }

    private static double? Rate(double[] y, int[] rows) => rows.Length is 0 ? null : rows.Average(i => y[i]);

    private static double? Share(Curve actual, Curve perfect)
    {
        var best = perfect.AreaAboveBaseline;
        return best is 0 ? null : actual.AreaAboveBaseline / best;
    }
}
