using CampaignPortal.Statistics.Summaries;

namespace CampaignPortal.Statistics.Bandits;

/// <summary>Decisions that were logged with their propensities.</summary>
/// <param name="Rewards">One per event.</param>
/// <param name="Actions">Action taken.</param>
/// <param name="LoggingPropensities">Probability with which it was taken, in (0, 1].</param>
/// <param name="TargetProbabilities">Events × actions: what the policy in question would do.</param>
/// <param name="RewardModel">Events × actions: predicted reward.</param>
public sealed record LoggedDecisions(
    double[] Rewards, int[] Actions, double[] LoggingPropensities, double[][] TargetProbabilities, double[][] RewardModel);

/// <summary>Limits of the estimators that trade variance for bias.</summary>
/// <param name="ClipAt">Largest weight of the clipped estimator.</param>
/// <param name="SwitchAt">Weights above it trust the model alone.</param>
/// <param name="Shrinkage">λ of w ↦ λw/(w²+λ).</param>
public sealed record OffPolicyOptions(double ClipAt = 10, double SwitchAt = 10, double Shrinkage = 100);

/// <summary>Estimates of the mean reward of a policy from another policy's log; null is what does not exist.</summary>
/// <param name="Ips">mean(w r).</param>
/// <param name="Snips">Σ w r / Σ w.</param>
/// <param name="DirectMethod">Mean of the model under the policy.</param>
/// <param name="DoublyRobust">DirectMethod + mean(w (r − q)).</param>
/// <param name="SelfNormalizedDoublyRobust">The same with w/mean(w).</param>
/// <param name="ClippedIps">With weights cut at a limit.</param>
/// <param name="SwitchDoublyRobust">Doubly robust with the model alone where weights are large.</param>
/// <param name="ShrunkDoublyRobust">Doubly robust with shrunk weights.</param>
/// <param name="EffectiveSampleSize">(Σ w)²/Σ w².</param>
/// <param name="IpsStandardError">sd(w r)/√n.</param>
public sealed record OffPolicyValue(
    double Ips, double? Snips, double DirectMethod, double DoublyRobust, double? SelfNormalizedDoublyRobust, double ClippedIps,
    double SwitchDoublyRobust, double ShrunkDoublyRobust, double? EffectiveSampleSize, double? IpsStandardError);

/// <summary>What the replay method could match.</summary>
public sealed record ReplayValue(double Value, int Matched);

/// <summary>Evaluates a policy on the log of another.</summary>
/// <remarks>Dudík, Erhan, Langford and Li 2014 (doubly robust); Wang, Agarwal and Dudík 2017 (switch); Su et al. 2020 (shrinkage). O(events × actions).</remarks>
public static class OffPolicy
{
    /// <summary>All estimators at once.</summary>
    public static Outcome<OffPolicyValue> Evaluate(LoggedDecisions log, OffPolicyOptions? options = null)
    {
        var limits = options ?? new OffPolicyOptions();
        if (Check(log, limits) is { } problem) return problem;
        var n = log.Rewards.Length;
        double[] w = new double[n], modelled = new double[n], residual = new double[n], weighted = new double[n];
        for (var i = 0; i < n; i++)
        {
            var action = log.Actions[i];
            w[i] = log.TargetProbabilities[i][action] / log.LoggingPropensities[i];
            residual[i] = log.Rewards[i] - log.RewardModel[i][action];
            weighted[i] = w[i] * log.Rewards[i];
            for (var a = 0; a < log.RewardModel[i].Length; a++) modelled[i] += log.TargetProbabilities[i][a] * log.RewardModel[i][a];
        }
        double Mean(Func<int, double> of) => Enumerable.Range(0, n).Sum(of) / n;
        double sum = w.Sum(), squares = w.Sum(x => x * x), direct = modelled.Sum() / n, lambda = limits.Shrinkage;
        return new OffPolicyValue(
            weighted.Sum() / n,
            sum > 0 ? weighted.Sum() / sum : null,
            direct,
            direct + Mean(i => w[i] * residual[i]),
            sum > 0 ? direct + Mean(i => w[i] * residual[i]) * n / sum : null,
            Mean(i => Math.Min(w[i], limits.ClipAt) * log.Rewards[i]),
            direct + Mean(i => w[i] <= limits.SwitchAt ? w[i] * residual[i] : 0),
            direct + Mean(i => w[i] is 0 ? 0 : lambda * w[i] / (w[i] * w[i] + lambda) * residual[i]),
            squares > 0 ? sum * sum / squares : null,
            n > 1 ? Math.Sqrt(Moments.Of(weighted).Variance / n) : null);
    }

    /// <summary>Mean reward where the logged action is the one that the policy would take; for uniformly random logs.</summary>
    /// <remarks>Li, Chu, Langford and Wang 2011.</remarks>
    public static Outcome<ReplayValue> Replay(ReadOnlySpan<double> rewards, ReadOnlySpan<int> loggedActions, ReadOnlySpan<int> targetActions)
    {
        if ((InputChecks.SameLength(rewards.Length, loggedActions.Length, targetActions.Length) ?? ArmChecks.Finite(rewards)) is { } problem) return problem;
        CompensatedSum sum = default;
        var matched = 0;
        for (var i = 0; i < rewards.Length; i++)
        {
            if (loggedActions[i] != targetActions[i]) continue;
            sum.Add(rewards[i]);
            matched++;
        }
        if (matched is 0) return Refusal.Insufficient(Reasons.NoMatchedEvents);
        return new ReplayValue(sum.Value / matched, matched);
    }

    private static Refusal? Check(LoggedDecisions log, OffPolicyOptions limits)
    {
        var n = log.Rewards.Length;
        if (InputChecks.SameLength(n, log.Actions.Length, log.LoggingPropensities.Length, log.TargetProbabilities.Length, log.RewardModel.Length) is { } lengths)
            return lengths;
        if (ArmChecks.Finite(log.Rewards) is { } values) return values;
        if (limits.ClipAt < 0 || limits.SwitchAt < 0 || limits.Shrinkage < 0) return Refusal.Invalid(Reasons.NegativeValue);
        for (var i = 0; i < n; i++)
        {
            if (!(log.LoggingPropensities[i] is > 0 and <= 1)) return Refusal.Invalid(Reasons.PropensityOutOfRange);
            var row = log.TargetProbabilities[i];
            if (row.Length != log.RewardModel[i].Length) return Refusal.Invalid(Reasons.LengthMismatch);
            if ((InputChecks.Probabilities(row) ?? ArmChecks.Finite(log.RewardModel[i])) is { } problem) return problem;
            if (Math.Abs(row.Sum() - 1) > 1e-6) return Refusal.Invalid(Reasons.ProbabilityOutOfRange);
            if (log.Actions[i] < 0 || log.Actions[i] >= row.Length)
                throw new ArgumentOutOfRangeException(nameof(log), log.Actions[i], $"Event {i}: there are {row.Length} actions.");
        }
        return n is 0 ? Refusal.Insufficient(Reasons.NoEvents) : null;
    }
}
