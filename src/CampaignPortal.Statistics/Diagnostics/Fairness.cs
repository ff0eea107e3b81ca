using CampaignPortal.Statistics.Experiments;
using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Diagnostics;

/// <summary>How decisions differ between groups; null is what does not exist.</summary>
/// <param name="SelectionRate">Share selected, by group.</param>
/// <param name="TruePositiveRate">Share selected of the positives, by group; null for a group without positives.</param>
/// <param name="FalsePositiveRate">Share selected of the negatives, by group; null for a group without negatives.</param>
/// <param name="ImpactRatio">Selection rate over the largest one, by group.</param>
/// <param name="DemographicParityDifference">Largest minus smallest selection rate.</param>
/// <param name="DemographicParityRatio">Smallest over largest selection rate.</param>
/// <param name="EqualOpportunityDifference">Largest minus smallest true positive rate.</param>
/// <param name="EqualizedOddsDifference">The worse of the differences of true and false positive rates.</param>
/// <param name="EqualizedOddsRatio">The worse of the ratios.</param>
/// <param name="FourFifthsPassed">Every impact ratio is at least 0.8.</param>
public sealed record FairnessResult(
    IReadOnlyDictionary<string, double> SelectionRate, IReadOnlyDictionary<string, double?> TruePositiveRate,
    IReadOnlyDictionary<string, double?> FalsePositiveRate, IReadOnlyDictionary<string, double?> ImpactRatio,
    double DemographicParityDifference, double? DemographicParityRatio, double? EqualOpportunityDifference,
    double? EqualizedOddsDifference, double? EqualizedOddsRatio, bool? FourFifthsPassed);

/// <summary>The four-fifths rule for two groups with a test.</summary>
/// <param name="ImpactRatio">Lower over higher selection rate.</param>
/// <param name="AdverseImpact">Below 0.8.</param>
/// <param name="Z">Pooled two-proportion z, first minus second group.</param>
/// <param name="PValue">Two-sided.</param>
public sealed record FourFifthsResult(double ImpactRatio, bool AdverseImpact, double Z, double PValue);

/// <summary>Differences between groups of people.</summary>
public static class Fairness
{
    private const double FourFifths = 0.8;

    /// <summary>Group rates and their differences; O(n).</summary>
    /// <remarks>Hardt, Price and Srebro 2016 for equalised odds; 29 CFR 1607.4(D) for the four-fifths rule.</remarks>
    /// <param name="actual">0 or 1.</param>
    /// <param name="predicted">Decision, 0 or 1.</param>
    /// <param name="groups">Name of each row's group.</param>
    public static Outcome<FairnessResult> Of(ReadOnlySpan<double> actual, ReadOnlySpan<double> predicted, IReadOnlyList<string> groups)
    {
        if ((InputChecks.SameLength(actual.Length, predicted.Length, groups.Count) ?? InputChecks.Binary(actual) ?? InputChecks.Binary(predicted)) is { } problem)
            return problem;
        if (groups.Count is 0) return Refusal.Insufficient(Reasons.NoUnits);
        var tallies = new SortedDictionary<string, Tally>(StringComparer.Ordinal);
        for (var i = 0; i < groups.Count; i++)
        {
            if (!tallies.TryGetValue(groups[i], out var tally)) tallies[groups[i]] = tally = new Tally();
            tally.Add(actual[i] is 1, predicted[i] is 1);
        }
        if (tallies.Count < 2) return Refusal.Insufficient(Reasons.SingleGroup);

        var selection = tallies.ToDictionary(t => t.Key, t => t.Value.SelectionRate);
        var tpr = tallies.ToDictionary(t => t.Key, t => t.Value.TruePositiveRate);
        var fpr = tallies.ToDictionary(t => t.Key, t => t.Value.FalsePositiveRate);
        var highest = selection.Values.Max();
        var impact = selection.ToDictionary(s => s.Key, s => highest > 0 ? s.Value / highest : (double?)null);
        double? oddsDifference = Difference(tpr.Values) is { } t && Difference(fpr.Values) is { } f ? Math.Max(t, f) : null;
        double? oddsRatio = Ratio(tpr.Values) is { } tr && Ratio(fpr.Values) is { } fr ? Math.Min(tr, fr) : null;
        var result = new FairnessResult(
            selection, tpr, fpr, impact, highest - selection.Values.Min(), highest > 0 ? selection.Values.Min() / highest : null,
            Difference(tpr.Values), oddsDifference, oddsRatio, highest > 0 ? impact.Values.All(ratio => ratio >= FourFifths) : null);
        return tpr.Values.Any(rate => rate is null) ? Outcome.Ok(result, WarningCodes.GroupWithoutPositives) : result;
    }

    /// <summary>Four-fifths rule for two groups.</summary>
    public static Outcome<FourFifthsResult> OfTwoGroups(ProportionStatistic first, ProportionStatistic second)
    {
        var test = ProportionTest.Compare(second, first);
        if (!test.IsOk) return test.Refusal;
        var ratio = Math.Min(first.Mean, second.Mean) / Math.Max(first.Mean, second.Mean);
        return test.Select(t => new FourFifthsResult(ratio, ratio < FourFifths, t.Z, t.PValue));
    }

    private static double? Difference(IEnumerable<double?> rates) => rates.Any(r => r is null) ? null : rates.Max() - rates.Min();

    private static double? Ratio(IEnumerable<double?> rates) => rates.Any(r => r is null) || rates.Max() is 0 ? null : rates.Min() / rates.Max();

    private sealed class Tally
    {
        private double _count, _selected, _positives, _truePositives;

        public double SelectionRate => _selected / _count;

        public double? TruePositiveRate => _positives is 0 ? null : _truePositives / _positives;

        public double? FalsePositiveRate => _count.Equals(_positives) ? null : (_selected - _truePositives) / (_count - _positives);

        public void Add(bool actual, bool predicted)
        {
            _count++;
            if (predicted) _selected++;
            if (actual) _positives++;
            if (actual && predicted) _truePositives++;
        }
    }
}
