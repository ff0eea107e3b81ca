using CampaignPortal.Statistics.Distributions;
using CampaignPortal.Statistics.Experiments;
using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Bandits;

/// <summary>Traffic weights by Thompson sampling on normal posteriors.</summary>
/// <param name="Means">Posterior means.</param>
/// <param name="StandardErrors">Posterior standard deviations.</param>
/// <param name="ProbabilityBest">By integration; adds up to 1.</param>
/// <param name="Weights">floor + (1 − k floor) · probability.</param>
public sealed record ThompsonWeights(double[] Means, double[] StandardErrors, double[] ProbabilityBest, double[] Weights);

/// <summary>Upper confidence bounds and the arm they choose.</summary>
/// <param name="Scores">Infinite for an arm that was never pulled.</param>
/// <param name="Choice">Index of the highest score, the first among equals.</param>
public sealed record UpperConfidenceBounds(double[] Scores, int Choice);

/// <summary>How traffic is divided while learning.</summary>
public static class BanditPolicy
{
    /// <summary>Units that every arm needs before weights move.</summary>
    public const int LeastUnitCount = 100;

    /// <summary>Weights by the probability of being best.</summary>
    /// <param name="arms">One statistic per arm; a higher mean is better.</param>
    /// <param name="minimumWeight">Floor of every arm; where k floors exceed 1 the arms share equally, with a warning.</param>
    public static Outcome<ThompsonWeights> GaussianThompson(IReadOnlyList<IArmStatistic> arms, double minimumWeight)
    {
        if (!(minimumWeight is >= 0 and <= 1)) return Refusal.Invalid(Reasons.ProbabilityOutOfRange);
        if (arms.Count is 0) return Refusal.Insufficient(Reasons.EmptyArm);
        Refusal? worst = null;
        foreach (var arm in arms) worst = ArmChecks.Worst(worst, arm.Problem);
        if (worst is { } problem) return problem;
        if (arms.Any(arm => arm.Count < LeastUnitCount)) return Refusal.Insufficient(Reasons.ArmBelow100Units);
        double[] means = [.. arms.Select(a => a.Mean)], errors = [.. arms.Select(a => Math.Sqrt(a.Variance / a.Count))];
        if (errors.Contains(0)) return Refusal.Insufficient(Reasons.ZeroVariance);
        var best = BayesianComparison.ProbabilityBest([.. means.Zip(errors, (m, e) => new Normal(m, e))]);
        var spread = 1 - arms.Count * minimumWeight;
        if (spread < 0)
        {
            double[] equal = [.. arms.Select(_ => 1.0 / arms.Count)];
            return Outcome.Ok(new ThompsonWeights(means, errors, best, equal), WarningCodes.FloorTooHigh);
        }
        return new ThompsonWeights(means, errors, best, [.. best.Select(p => minimumWeight + spread * p)]);
    }

    /// <summary>Upper confidence bounds: mean + √(c ln t / pulls).</summary>
    /// <remarks>Auer, Cesa-Bianchi and Fischer 2002, UCB1 for c = 2.</remarks>
    public static Outcome<UpperConfidenceBounds> Ucb1(
        ReadOnlySpan<double> pulls, ReadOnlySpan<double> rewardSums, double totalPulls, double explorationConstant = 2)
    {
        if ((InputChecks.SameLength(pulls.Length, rewardSums.Length) ?? InputChecks.NonNegative(pulls, Reasons.NegativeCount) ?? ArmChecks.Finite(rewardSums)
            ?? InputChecks.NonNegative([totalPulls], Reasons.NegativeCount) ?? InputChecks.NonNegative([explorationConstant], Reasons.NegativeValue)) is { } problem)
            return problem;
        if (pulls.IsEmpty) return Refusal.Insufficient(Reasons.EmptyArm);
        var scores = new double[pulls.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = pulls[i] is 0 ? double.PositiveInfinity
                : rewardSums[i] / pulls[i] + Math.Sqrt(explorationConstant * Math.Log(Math.Max(1, totalPulls)) / pulls[i]);
        }
        return new UpperConfidenceBounds(scores, Array.IndexOf(scores, scores.Max()));
    }

    /// <summary>ε over all arms, the rest to the best; ties share it.</summary>
    public static Outcome<double[]> EpsilonGreedy(ReadOnlySpan<double> meanRewards, double epsilon)
    {
        if ((ArmChecks.Finite(meanRewards) ?? InputChecks.Probabilities([epsilon])) is { } problem) return problem;
        if (meanRewards.IsEmpty) return Refusal.Insufficient(Reasons.EmptyArm);
        var rewards = meanRewards.ToArray();
        var highest = rewards.Max();
        double leaders = rewards.Count(r => r.Equals(highest));
        return rewards.Select(r => epsilon / rewards.Length + (r.Equals(highest) ? (1 - epsilon) / leaders : 0)).ToArray();
    }

    /// <summary>Boltzmann exploration: shares in proportion to e^(value/temperature).</summary>
    public static Outcome<double[]> Softmax(ReadOnlySpan<double> values, double temperature)
    {
        if (ArmChecks.Finite(values) is { } problem) return problem;
        if (!(temperature > 0)) return Refusal.Invalid(Reasons.NegativeValue);
        if (values.IsEmpty) return Refusal.Insufficient(Reasons.EmptyArm);
        var all = values.ToArray();
        var highest = all.Max(); // subtracted first, so that nothing overflows
        double[] weights = [.. all.Select(v => Math.Exp((v - highest) / temperature))];
        var total = weights.Sum();
        return weights.Select(w => w / total).ToArray();
    }

    /// <summary>Beta posteriors of the arms after 0/1 rewards.</summary>
    public static Outcome<IReadOnlyList<BetaDistribution>> UpdateBeta(
        double priorAlpha, double priorBeta, int armCount, IEnumerable<(int Arm, double Reward)> observations)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(armCount);
        if (!(priorAlpha > 0 && priorBeta > 0)) return Refusal.Invalid(Reasons.PriorNotPositive);
        double[] alpha = [.. Enumerable.Repeat(priorAlpha, armCount)], beta = [.. Enumerable.Repeat(priorBeta, armCount)];
        foreach (var (arm, reward) in observations)
        {
            if (reward is not (0 or 1)) return Refusal.Invalid(Reasons.OutcomeNotBinary);
            alpha[arm] += reward;
            beta[arm] += 1 - reward;
        }
        return Outcome.Ok<IReadOnlyList<BetaDistribution>>([.. alpha.Zip(beta, (a, b) => new BetaDistribution(a, b))]);
    }
}
