using CampaignPortal.Learning.Calibration;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Tabular;

/// <summary>Lets candidates compete for a binary target over mixed columns, joins them, and calibrates.</summary>
/// <remarks>
/// Each candidate is fitted once per fold; the rows of a fold are judged by fits that have not seen them. On these scores the candidates are joined
/// (<see cref="LogOddsStack"/>), the join being judged by weights of the other folds. It wins only where it loses less than the best candidate. Where rows
/// look ordered in time, a fit on the older four fifths also judges the newest fifth, and both judgements count the same.
/// </remarks>
public static class AutoTabular
{
    private const string Stack = "stack";
    private const double LeastWeight = 0.02; // of the stack: less is not worth a model

    /// <summary>Fits, chooses and calibrates.</summary>
    /// <param name="training">All rows to learn from, in file order.</param>
    /// <param name="options">Options.</param>
    /// <param name="rng">Source of folds and of what the candidates draw.</param>
    /// <param name="clock">Measures the candidates' time.</param>
    /// <param name="ct">Looked at within fits.</param>
    /// <exception cref="ArgumentException">Lengths differ, or a class has fewer rows than there are folds.</exception>
    public static AutoTabularFit Fit(TabularRows training, AutoTabularOptions options, Rng rng, TimeProvider clock, CancellationToken ct)
    {
        options.Validate();
        var folds = StratifiedFolds.Of(training.Labels, options.FoldCount, rng.Fork(0));
        var isOrdered = RowOrder.IsOrdered(training.Rows);
        var (entries, skipped) = Compete(training, folds, isOrdered, options, rng, clock, ct);
        var judged = Judgement.Of(training.Labels, entries, isOrdered);

        var weights = judged.Weights(entries, options.StackPenalty, _ => true);
        var kept = entries.Where((_, m) => weights[m] >= LeastWeight).ToList();
        var stacked = judged.CrossFitted(kept, options.StackPenalty, folds, options.FoldCount);
        var best = entries.MinBy(judged.LossOf)!; // one candidate has run at least
        var stackWins = entries.Count > 1 && judged.LossOf(stacked) < judged.LossOf(best);
        var winner = stackWins ? stacked : best;
        var (members, joint) = stackWins ? (kept, judged.Weights(kept, options.StackPenalty, _ => true)) : ([best], [1.0, 0.0]);

        var model = new TabularModel(training.Schema, [.. members.Select(m => m.Scorers)], joint, Calibrator(winner.LogOdds, training.Labels, options.IsotonicFrom));
        var reports = entries.Append(stacked).Select(e => Report(e, winner, training.Labels, members.IndexOf(e) is >= 0 and var m ? joint[m] : 0)).OrderBy(r => r.LogLoss);
        return new AutoTabularFit(model, winner.Name, isOrdered, [.. entries.Count > 1 ? reports : reports.Where(r => r.Name != Stack)], skipped);
    }

    private static (List<Entry> Entries, List<string> Skipped) Compete(TabularRows training, int[] folds, bool isOrdered, AutoTabularOptions options, Rng rng, TimeProvider clock, CancellationToken ct)
    {
        var (entries, skipped, start) = (new List<Entry>(), new List<string>(), clock.GetTimestamp());
        for (var c = 0; c < options.Candidates.Count; c++)
        {
            var candidate = options.Candidates[c];
            if (entries.Count > 0 && clock.GetElapsedTime(start) > options.TimeBudget)
            {
                skipped.Add(candidate.Name + ": no time left");
                continue;
            }
            var began = clock.GetTimestamp();
            if (candidate.Refuses(training.Schema, training.Rows.RowCount) is { } reason && options.Candidates.Count > 1) skipped.Add($"{candidate.Name}: {reason}");
            else entries.Add(Run(candidate, training, folds, isOrdered, options, rng.Fork(c + 1), ct) with { Seconds = clock.GetElapsedTime(began).TotalSeconds });
        }
        return (entries, skipped);
    }

    private static Entry Run(TabularCandidate candidate, TabularRows training, int[] folds, bool isOrdered, AutoTabularOptions options, Rng rng, CancellationToken ct)
    {
        var all = Enumerable.Range(0, folds.Length).ToArray();
        var (scorers, logOdds) = (new ITabularScorer[options.FoldCount], new double[folds.Length]);
        for (var f = 0; f < scorers.Length; f++)
        {
            var own = Array.FindAll(all, i => folds[i] == f);
            var (scorer, z) = FitAndJudge(candidate, training, Array.FindAll(all, i => folds[i] != f), own, own, options.Degree, rng.Fork(f), ct);
            scorers[f] = scorer;
            for (var i = 0; i < own.Length; i++) logOdds[own[i]] = z[i];
        }
        if (!isOrdered) return new Entry(candidate.Name, scorers, logOdds, []);
        // Whoever says when to stop must not see the newest rows, or what stops by them looks as if it could foresee.
        var cut = RowOrder.NewestFrom(folds.Length);
        int[] older = all[..cut], fit = Array.FindAll(older, i => folds[i] > 0), stop = Array.FindAll(older, i => folds[i] == 0);
        return new Entry(candidate.Name, scorers, logOdds, FitAndJudge(candidate, training, fit, stop, all[cut..], options.Degree, rng.Fork(options.FoldCount), ct).LogOdds);
    }

    private static (ITabularScorer Scorer, double[] LogOdds) FitAndJudge(TabularCandidate candidate, TabularRows training, int[] fit, int[] stop, int[] judge, int? degree, Rng rng, CancellationToken ct)
    {
        var scorer = candidate.Fit(training.Select(fit), training.Select(stop), degree, rng, ct);
        var z = new double[judge.Length];
        scorer.Score(training.Rows.SelectRows(judge), z);
        return (scorer, z);
    }

    private static ICalibrator Calibrator(double[] logOdds, float[] labels, int isotonicFrom) =>
        Math.Min(labels.Count(y => y == 1), labels.Count(y => y == 0)) >= isotonicFrom ? IsotonicCalibrator.FitCentred(logOdds, labels) : PlattCalibrator.Fit(logOdds, labels);

    private static CandidateReport Report(Entry entry, Entry winner, float[] labels, double weight)
    {
        double sum = 0, squares = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            var difference = LogOddsLoss.Of(entry.LogOdds[i], labels[i]) - LogOddsLoss.Of(winner.LogOdds[i], labels[i]);
            (sum, squares) = (sum + difference, squares + difference * difference);
        }
        var mean = sum / labels.Length;
        var auc = BinaryMetrics.Auc(labels, Array.ConvertAll(entry.LogOdds, z => (float)z));
        double? newest = entry.Newest.Length == 0 ? null : LogOddsLoss.Mean(entry.Newest, labels.AsSpan(labels.Length - entry.Newest.Length));
        return new CandidateReport(entry.Name, LogOddsLoss.Mean(entry.LogOdds, labels), auc, newest, mean, Math.Sqrt(Math.Max(0, squares / labels.Length - mean * mean) / labels.Length), weight, entry.Seconds);
    }

    /// <summary>A candidate's fits and what they say of rows that they have not seen.</summary>
    internal sealed record Entry(string Name, IReadOnlyList<ITabularScorer> Scorers, double[] LogOdds, double[] Newest)
    {
        public double Seconds { get; init; }
    }
}
