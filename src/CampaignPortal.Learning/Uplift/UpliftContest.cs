using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Tabular;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Uplift;

/// <summary>A way to fit an uplift model.</summary>
/// <param name="Name">What reports call it.</param>
/// <param name="Method">The learner.</param>
/// <param name="Base">Its classifier and regression.</param>
public sealed record UpliftCandidate(string Name, UpliftMethod Method, UpliftBase Base);

/// <summary>How a candidate did on rows that it had not seen.</summary>
/// <param name="Name">The candidate.</param>
/// <param name="Qini">Area of the Qini curve over the random line, over all folds.</param>
/// <param name="BehindBest">Qini lost against the best candidate.</param>
/// <param name="StandardError">Of that loss, by paired bootstrap.</param>
/// <param name="IsMember">Whether it is part of the chosen model.</param>
public sealed record UpliftCandidateReport(string Name, double Qini, double BehindBest, double StandardError, bool IsMember);

/// <summary>The outcome of a contest.</summary>
/// <param name="Model">The mean of the members.</param>
/// <param name="Candidates">Everybody's figures, best first.</param>
public sealed record UpliftContestFit(UpliftModel Model, IReadOnlyList<UpliftCandidateReport> Candidates);

/// <summary>Chooses among uplift learners by cross-validated Qini area.</summary>
/// <remarks>
/// Areas of single candidates are mostly noise, so nobody wins alone: all that are not clearly worse than the best, by two standard errors of a paired bootstrap, are members,
/// and the model is their mean, which varies less than any of them.
/// </remarks>
public static class UpliftContest
{
    private const int Replicates = 100;
    private const double ClearlyWorse = 2; // standard errors

    /// <summary>The learners that compete by default.</summary>
    public static IReadOnlyList<UpliftCandidate> Standard { get; } =
    [
        new("T, linear", UpliftMethod.Two, UpliftBases.Linear), new("X, linear", UpliftMethod.Cross, UpliftBases.Linear), new("R, linear", UpliftMethod.Residual, UpliftBases.Linear),
        new("DR, linear", UpliftMethod.DoublyRobust, UpliftBases.Linear), new("class transformation, linear", UpliftMethod.ClassTransformation, UpliftBases.Linear),
        new("S, trees", UpliftMethod.Joint, UpliftBases.Trees), new("X, trees", UpliftMethod.Cross, UpliftBases.Trees), new("DR, forest", UpliftMethod.DoublyRobust, UpliftBases.Forest),
    ];

    /// <summary>Judges, chooses, and fits the chosen on all rows.</summary>
    /// <param name="training">Rows of both arms.</param>
    /// <param name="candidates">Who competes.</param>
    /// <param name="options">Options; their base is that of each candidate.</param>
    /// <param name="rng">Source of folds and draws.</param>
    /// <param name="ct">Looked at between fits.</param>
    public static UpliftContestFit Fit(UpliftRows training, IReadOnlyList<UpliftCandidate> candidates, UpliftOptions options, Rng rng, CancellationToken ct)
    {
        if (candidates.Count == 0) throw new ArgumentException("At least one candidate must compete.", nameof(candidates));
        training.Check();
        var all = Enumerable.Range(0, training.Treated.Length).ToArray();
        var folds = StratifiedFolds.Of(Array.ConvertAll(all, i => 2 * training.Treated[i] + training.Outcomes[i]), options.FoldCount, rng.Fork(0));
        var scores = candidates.Select((c, k) => OutOfFold(training, c, folds, options, rng.Fork(k + 1), ct)).ToArray();

        var outcomes = Array.ConvertAll(training.Outcomes, y => (double)y);
        var areas = Array.ConvertAll(scores, s => QiniBootstrap.Area(training.Treated, outcomes, s));
        var best = Array.IndexOf(areas, areas.Max());
        var reports = candidates.Select((c, k) =>
        {
            var error = k == best ? 0 : QiniBootstrap.Difference(training.Treated, outcomes, scores[best], scores[k], Replicates, rng.Fork(100)).StandardError;
            return new UpliftCandidateReport(c.Name, areas[k], areas[best] - areas[k], error, areas[best] - areas[k] <= ClearlyWorse * error);
        }).ToArray();
        var members = candidates.Select((c, k) => (Candidate: c, k)).Where(m => reports[m.k].IsMember)
            .Select(m => UpliftLearner.Fit(training, m.Candidate.Method, options with { Base = m.Candidate.Base }, rng.Fork(200 + m.k), ct)).ToArray();
        return new UpliftContestFit(UpliftModel.MeanOf(members), [.. reports.OrderByDescending(r => r.Qini)]);
    }

    private static double[] OutOfFold(UpliftRows training, UpliftCandidate candidate, int[] folds, UpliftOptions options, Rng rng, CancellationToken ct)
    {
        var all = Enumerable.Range(0, folds.Length).ToArray();
        var scores = new double[folds.Length];
        for (var f = 0; f < options.FoldCount; f++)
        {
            var own = Array.FindAll(all, i => folds[i] == f);
            var model = UpliftLearner.Fit(training.Select(Array.FindAll(all, i => folds[i] != f)), candidate.Method, options with { Base = candidate.Base }, rng.Fork(f), ct);
            var uplift = new double[own.Length];
            model.PredictMany(training.Rows.SelectRows(own), uplift);
            for (var i = 0; i < own.Length; i++) scores[own[i]] = uplift[i];
        }
        return scores;
    }
}
