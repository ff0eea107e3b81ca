using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Attribution;

/// <summary>A conversion's value divided among the channels that were touched before it, by five rules.</summary>
/// <param name="First">All to the first touch.</param>
/// <param name="Last">All to the last touch.</param>
/// <param name="Linear">Equally to every touch.</param>
/// <param name="TimeDecay">A touch counts half as much every half-life before the last.</param>
/// <param name="Position">40 % first, 40 % last, the rest to those between; two touches share equally.</param>
public sealed record TouchCredit(
    IReadOnlyDictionary<string, double> First, IReadOnlyDictionary<string, double> Last, IReadOnlyDictionary<string, double> Linear,
    IReadOnlyDictionary<string, double> TimeDecay, IReadOnlyDictionary<string, double> Position);

/// <summary>Rules of thumb for the credit of touches. They describe a path; they do not show what caused the conversion.</summary>
public static class TouchAttribution
{
    private const double EndShare = 0.4;

    /// <summary>Credit of each channel of a path; repeated touches of one channel add up.</summary>
    /// <param name="path">Channels in the order of the touches.</param>
    /// <param name="times">Times of the touches in days, ascending.</param>
    /// <param name="halfLife">Of the time decay, in days.</param>
    /// <param name="value">Of the conversion.</param>
    public static Outcome<TouchCredit> Divide(IReadOnlyList<string> path, ReadOnlySpan<double> times, double halfLife = 7, double value = 1)
    {
        if ((InputChecks.SameLength(path.Count, times.Length) ?? ArmChecks.Finite(times) ?? ArmChecks.Finite(value, halfLife)) is { } problem) return problem;
        if (halfLife <= 0) return Refusal.Invalid(Reasons.NegativeValue);
        if (path.Count is 0) return Refusal.Insufficient(Reasons.NoEvents);
        var n = path.Count;
        var last = times[n - 1];
        double[] decay = [.. times.ToArray().Select(t => Math.Pow(2, -(last - t) / halfLife))];
        double[] position = [.. Enumerable.Range(0, n).Select(i => n <= 2 ? 1 : i == 0 || i == n - 1 ? EndShare : (1 - 2 * EndShare) / (n - 2))];
        IReadOnlyDictionary<string, double> Credit(Func<int, double> weight)
        {
            var total = Enumerable.Range(0, n).Sum(weight);
            var credit = new Dictionary<string, double>();
            for (var i = 0; i < n; i++) credit[path[i]] = credit.GetValueOrDefault(path[i]) + value * weight(i) / total;
            return credit;
        }

        return new TouchCredit(
            Credit(i => i == 0 ? 1 : 0), Credit(i => i == n - 1 ? 1 : 0), Credit(_ => 1), Credit(i => decay[i]), Credit(i => position[i]));
    }
}
