using CampaignPortal.Statistics.Numerics;

namespace CampaignPortal.Statistics.Attribution;

/// <summary>Credit of channels by what would be lost without each.</summary>
/// <param name="ConversionProbability">Of a journey, under the chain.</param>
/// <param name="RemovalEffect">Share of that probability lost when a channel is taken away.</param>
/// <param name="Credit">The conversions, divided in proportion to the removal effects.</param>
public sealed record MarkovCredit(
    double ConversionProbability, IReadOnlyDictionary<string, double> RemovalEffect, IReadOnlyDictionary<string, double> Credit);

/// <summary>Attribution by a first-order Markov chain over channels.</summary>
/// <remarks>Anderl, Becker, von Wangenheim and Schumann 2016. Self transitions are kept; a removed channel sends its traffic to "no conversion". O(channels⁴).</remarks>
public static class MarkovAttribution
{
    /// <summary>Removal effects and credits.</summary>
    public static Outcome<MarkovCredit> Of(IReadOnlyCollection<ChannelPath> paths)
    {
        if (paths.Any(p => !double.IsFinite(p.Conversions) || !double.IsFinite(p.Nulls))) return Refusal.Invalid(Reasons.NonFiniteValue);
        if (paths.Any(p => p.Conversions < 0 || p.Nulls < 0)) return Refusal.Invalid(Reasons.NegativeCount);
        var conversions = paths.Sum(p => p.Conversions);
        if (conversions is 0) return Refusal.Insufficient(Reasons.NoConversions);

        string[] channels = [.. paths.SelectMany(p => p.Channels).Distinct()];
        var index = channels.Select((name, i) => (name, i)).ToDictionary(c => c.name, c => c.i + 1);
        // States: 0 start, 1… channels, last conversion. What is missing to a row's total goes to "no conversion".
        var size = channels.Length + 2;
        var counts = new double[size, size];
        var totals = new double[size];
        foreach (var path in paths)
        {
            var journeys = path.Conversions + path.Nulls;
            var at = 0;
            foreach (var channel in path.Channels)
            {
                counts[at, index[channel]] += journeys;
                totals[at] += journeys;
                at = index[channel];
            }
            counts[at, size - 1] += path.Conversions;
            totals[at] += journeys;
        }
        var probability = Absorption(counts, totals, removed: -1);
        var effects = channels.ToDictionary(c => c, c => 1 - Absorption(counts, totals, index[c]) / probability);
        var sum = effects.Values.Sum();
        // Journeys that convert without any touch leave nothing to divide.
        var credit = effects.ToDictionary(e => e.Key, e => sum > 0 ? conversions * e.Value / sum : 0);
        return new MarkovCredit(probability, effects, credit);
    }

    // x = P x + r over start and channels, solved for the start.
    private static double Absorption(double[,] counts, double[] totals, int removed)
    {
        var n = totals.Length - 1;
        var system = new double[n, n];
        var right = new double[n];
        for (var i = 0; i < n; i++)
        {
            system[i, i] = 1;
            if (totals[i] is 0 || i == removed) continue;
            for (var j = 0; j < n; j++) if (j != removed) system[i, j] -= counts[i, j] / totals[i];
            right[i] = counts[i, n] / totals[i];
        }
        return LinearSystem.Solve(system, right)[0];
    }
}
