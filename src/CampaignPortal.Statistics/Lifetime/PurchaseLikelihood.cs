using System.Runtime.InteropServices;
using CampaignPortal.Statistics.Distributions;

namespace CampaignPortal.Statistics.Lifetime;

/// <summary>The BG/NBD and NBD likelihoods over distinct weighted histories, with gradients in the logarithms of the parameters.</summary>
/// <remarks>
/// A shop has few distinct (x, t_x, T), and fewer distinct x and times: gamma functions are evaluated per distinct x, logarithms per distinct time. All
/// values are means per customer, so that steps of the optimiser do not depend on the size of the shop. Not thread-safe: buffers are reused.
/// </remarks>
internal sealed class PurchaseLikelihood
{
    private readonly Group[] _groups;
    private readonly int[] _counts;      // distinct x
    private readonly double[] _weights;  // customers with that x
    private readonly int _extra;         // 1 when the first purchase too is a chance to drop out
    private readonly double _customers;
    private readonly double[] _times;    // distinct T and t_x
    private readonly double[] _logs;     // ln(α + time), and its slope in α, of the evaluation that runs
    private readonly double[] _inverses;

    private PurchaseLikelihood(Dictionary<PurchaseHistory, int> weights, DropoutTiming timing)
    {
        _extra = timing is DropoutTiming.AfterEveryPurchase ? 1 : 0;
        // Sorted, so that the sums do not depend on the order of the customers.
        var sorted = weights.OrderBy(w => w.Key.Frequency).ThenBy(w => w.Key.Age).ThenBy(w => w.Key.Recency).ToArray();
        _times = [.. sorted.SelectMany(w => (double[])[w.Key.Age, w.Key.Recency]).Distinct().Order()];
        (_logs, _inverses) = (new double[_times.Length], new double[_times.Length]);
        _groups = [.. sorted.Select(w => new Group(w.Key, w.Value, _times))];
        var byCount = _groups.GroupBy(g => g.Frequency).ToArray();
        _counts = [.. byCount.Select(g => (int)g.Key)];
        _weights = [.. byCount.Select(g => g.Sum(member => member.Weight))];
        _customers = _weights.Sum();
    }

    public int GroupCount => _groups.Length;

    public double CustomerCount => _customers;

    public static PurchaseLikelihood Of(IEnumerable<PurchaseHistory> histories, DropoutTiming timing)
    {
        var weights = new Dictionary<PurchaseHistory, int>();
        foreach (var history in histories) CollectionsMarshal.GetValueRefOrAddDefault(weights, history, out _)++;
        return new PurchaseLikelihood(weights, timing);
    }

    /// <summary>Log-likelihood of all customers under a model.</summary>
    public double Value(BetaGeometricModel model)
    {
        Span<double> gradient = stackalloc double[4];
        return model is { A: { } a, B: { } b }
            ? -_customers * NegativeWithDropout([Math.Log(model.R), Math.Log(model.Alpha), Math.Log(a), Math.Log(b)], gradient)
            : -_customers * NegativeWithoutDropout([Math.Log(model.R), Math.Log(model.Alpha)], gradient);
    }

    /// <summary>Mean negative log-likelihood of NBD at (ln r, ln α).</summary>
    public double NegativeWithoutDropout(ReadOnlySpan<double> point, Span<double> gradient)
    {
        double r = Math.Exp(point[0]), alpha = Math.Exp(point[1]), logAlpha = point[1];
        double sum = 0, dr = 0, dAlpha = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            sum += _weights[i] * (SpecialFunctions.LogGamma(r + _counts[i]) - SpecialFunctions.LogGamma(r) + r * logAlpha);
            dr += _weights[i] * (SpecialFunctions.Digamma(r + _counts[i]) - SpecialFunctions.Digamma(r) + logAlpha);
        }
        dAlpha += _customers * r / alpha;
        TakeLogs(alpha);
        foreach (ref readonly var group in _groups.AsSpan())
        {
            var shape = r + group.Frequency;
            var log = _logs[group.AgeIndex];
            sum -= group.Weight * shape * log;
            dr -= group.Weight * log;
            dAlpha -= group.Weight * shape * _inverses[group.AgeIndex];
        }
        gradient[0] = -dr * r / _customers;
        gradient[1] = -dAlpha * alpha / _customers;
        return -sum / _customers;
    }

    /// <summary>Mean negative log-likelihood of BG/NBD (or MBG/NBD) at (ln r, ln α, ln a, ln b).</summary>
    /// <remarks>
    /// Per customer, with m chances to drop out survived if alive:
    /// ln Γ(r+x)/Γ(r) + r ln α + ln B(a, b+m)/B(a, b) + ln[(α+T)^−(r+x) + 1(m&gt;0) a/(b+m−1) (α+t_x)^−(r+x)].
    /// </remarks>
    public double NegativeWithDropout(ReadOnlySpan<double> point, Span<double> gradient)
    {
        double r = Math.Exp(point[0]), alpha = Math.Exp(point[1]), a = Math.Exp(point[2]), b = Math.Exp(point[3]);
        double logAlpha = point[1], sum = 0, dr = 0, dAlpha = _customers * r / alpha, da = 0, db = 0;
        double logGammaR = SpecialFunctions.LogGamma(r), digammaR = SpecialFunctions.Digamma(r);
        double digammaB = SpecialFunctions.Digamma(b), digammaAb = SpecialFunctions.Digamma(a + b), logBeta = SpecialFunctions.LogBeta(a, b);
        for (var i = 0; i < _counts.Length; i++)
        {
            int x = _counts[i], m = x + _extra;
            var w = _weights[i];
            var abOfM = digammaAb - SpecialFunctions.Digamma(a + b + m);
            sum += w * (SpecialFunctions.LogGamma(r + x) - logGammaR + r * logAlpha + SpecialFunctions.LogBeta(a, b + m) - logBeta);
            dr += w * (SpecialFunctions.Digamma(r + x) - digammaR + logAlpha);
            da += w * abOfM;
            db += w * (abOfM + SpecialFunctions.Digamma(b + m) - digammaB);
        }
        TakeLogs(alpha);
        foreach (ref readonly var group in _groups.AsSpan())
        {
            var shape = r + group.Frequency;
            var w = group.Weight;
            double logAge = _logs[group.AgeIndex], perAge = _inverses[group.AgeIndex];
            var m = group.Frequency + _extra;
            sum -= w * shape * logAge;
            dr -= w * logAge;
            dAlpha -= w * shape * perAge;
            if (m is 0) continue;

            // The second term as a multiple e^d of the first: gone = e^d/(1+e^d) is the probability of having dropped out.
            var logRecency = _logs[group.RecencyIndex];
            var d = Math.Log(a / (b + m - 1)) + shape * (logAge - logRecency);
            var small = Math.Exp(-Math.Abs(d));
            var gone = (d > 0 ? 1 : small) / (1 + small);
            sum += w * (Math.Max(d, 0) + Math.Log(1 + small)); // small matters beside 1 only
            dr += w * gone * (logAge - logRecency);
            dAlpha += w * gone * shape * (perAge - _inverses[group.RecencyIndex]);
            da += w * gone / a;
            db -= w * gone / (b + m - 1);
        }
        gradient[0] = -dr * r / _customers;
        gradient[1] = -dAlpha * alpha / _customers;
        gradient[2] = -da * a / _customers;
        gradient[3] = -db * b / _customers;
        return -sum / _customers;
    }

    private void TakeLogs(double alpha)
    {
        for (var i = 0; i < _times.Length; i++)
        {
            _logs[i] = Math.Log(alpha + _times[i]);
            _inverses[i] = 1 / (alpha + _times[i]);
        }
    }

    private readonly struct Group(PurchaseHistory history, int weight, double[] times)
    {
        public readonly double Frequency = history.Frequency;
        public readonly double Weight = weight;
        public readonly int AgeIndex = Array.BinarySearch(times, history.Age);
        public readonly int RecencyIndex = Array.BinarySearch(times, history.Recency);
    }
}
