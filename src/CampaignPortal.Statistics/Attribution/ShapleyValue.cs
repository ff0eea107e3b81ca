using System.Numerics;

namespace CampaignPortal.Statistics.Attribution;

/// <summary>The fair division of what players earn together.</summary>
/// <remarks>Shapley 1953.</remarks>
public static class ShapleyValue
{
    /// <summary>Largest number of players: every coalition is looked at.</summary>
    public const int MaxPlayerCount = 20;

    /// <summary>Exact values; O(players × 2^players).</summary>
    /// <param name="playerCount">At most <see cref="MaxPlayerCount"/>.</param>
    /// <param name="worth">Worth of a coalition; bit k of the mask is player k. The empty coalition is worth nothing and not asked for.</param>
    public static double[] Of(int playerCount, Func<uint, double> worth)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(playerCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(playerCount, MaxPlayerCount);
        var worths = new double[1 << playerCount];
        for (var mask = 1u; mask < worths.Length; mask++) worths[mask] = worth(mask);
        // Weight of joining a coalition of s others: s! (n−s−1)! / n!
        var weights = new double[playerCount];
        weights[0] = 1.0 / playerCount;
        for (var s = 1; s < playerCount; s++) weights[s] = weights[s - 1] * s / (playerCount - s);
        var values = new double[playerCount];
        for (var mask = 0u; mask < worths.Length; mask++)
        {
            var size = BitOperations.PopCount(mask);
            for (var player = 0; player < playerCount; player++)
            {
                var bit = 1u << player;
                if ((mask & bit) is 0) values[player] += weights[size] * (worths[mask | bit] - worths[mask]);
            }
        }
        return values;
    }

    /// <summary>Credit of channels when a coalition is worth the conversions of the paths inside it: the distinct channels of a path share equally.</summary>
    /// <remarks>Zhao, Mahboobi and Bagheri 2018. O(touches).</remarks>
    public static Outcome<IReadOnlyDictionary<string, double>> OfPaths(IEnumerable<ChannelPath> paths)
    {
        var credit = new Dictionary<string, double>();
        double total = 0;
        foreach (var path in paths)
        {
            if (path.Conversions < 0 || path.Nulls < 0) return Refusal.Invalid(Reasons.NegativeCount);
            string[] distinct = [.. path.Channels.Distinct()];
            foreach (var channel in distinct) credit[channel] = credit.GetValueOrDefault(channel) + path.Conversions / distinct.Length;
            total += path.Conversions;
        }
        if (total is 0) return Refusal.Insufficient(Reasons.NoConversions);
        return Outcome.Ok<IReadOnlyDictionary<string, double>>(credit);
    }
}

/// <summary>Journeys with the same touches.</summary>
/// <param name="Channels">In the order of the touches.</param>
/// <param name="Conversions">Journeys that ended in a conversion.</param>
/// <param name="Nulls">Journeys that did not.</param>
public sealed record ChannelPath(IReadOnlyList<string> Channels, double Conversions, double Nulls = 0);
