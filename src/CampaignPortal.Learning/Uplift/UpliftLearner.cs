using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Tabular;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Uplift;

/// <summary>Ways to learn the effect of a treatment on each row (Künzel et al. 2019 name S, T and X).</summary>
public enum UpliftMethod
{
    /// <summary>One classifier with the treatment as a column: p(x, 1) − p(x, 0).</summary>
    Joint,

    /// <summary>One classifier per arm: p₁(x) − p₀(x).</summary>
    Two,

    /// <summary>Effects imputed in each arm by the other arm's classifier, regressed and mixed by the chance of treatment.</summary>
    Cross,

    /// <summary>Residuals of the outcome on residuals of the treatment (Nie and Wager 2021), cross-fitted.</summary>
    Residual,

    /// <summary>Regression on doubly robust scores (Kennedy 2023), cross-fitted.</summary>
    DoublyRobust,

    /// <summary>One classifier of "treated and positive, or control and negative" (Jaskowski and Jaroszewicz 2012), arms weighted alike: 2p(x) − 1.</summary>
    ClassTransformation,
}

/// <summary>Fits uplift models over any classifier.</summary>
public static class UpliftLearner
{
    private const double LeastPropensity = 0.02; // estimated chances are kept away from 0 and 1, or single rows decide

    /// <summary>Fits a model.</summary>
    /// <param name="training">Rows of both arms.</param>
    /// <param name="method">The way.</param>
    /// <param name="options">Options.</param>
    /// <param name="rng">Source of folds and of what the base draws.</param>
    /// <param name="ct">Looked at between fits.</param>
    /// <exception cref="ArgumentException">Lengths differ, or an arm lacks an outcome.</exception>
    public static UpliftModel Fit(UpliftRows training, UpliftMethod method, UpliftOptions options, Rng rng, CancellationToken ct)
    {
        options.Validate();
        training.Check();
        return new Run(training, options, rng, ct).Fit(method);
    }

    private sealed class Run(UpliftRows training, UpliftOptions options, Rng rng, CancellationToken ct)
    {
        private int RowCount => training.Treated.Length;

        public UpliftModel Fit(UpliftMethod method) => method switch
        {
            UpliftMethod.Joint => UpliftModel.Single(Classify(WithTreatment(), 1)),
            UpliftMethod.Two => UpliftModel.Difference(Classify(Labelled(training.Arm(1)), 1), Classify(Labelled(training.Arm(0)), 2)),
            UpliftMethod.Cross => Cross(),
            UpliftMethod.Residual => UpliftModel.Effect(Residual()),
            UpliftMethod.DoublyRobust => UpliftModel.Effect(Regress(DoublyRobustScores(), null, 3)),
            UpliftMethod.ClassTransformation => UpliftModel.Transformed(Classify(Transformed(), 1)),
            _ => throw new ArgumentOutOfRangeException(nameof(method)),
        };

        private UpliftModel Cross()
        {
            var (treated, control) = (training.Arm(1), training.Arm(0));
            var (p1, p0) = (Classify(Labelled(treated), 1), Classify(Labelled(control), 2));
            var effect1 = Regress(treated, Subtract(treated.Outcomes, Chances(p0, treated.Rows)), 3);
            var effect0 = Regress(control, Subtract(Chances(p1, control.Rows), control.Outcomes), 4);
            return UpliftModel.Mixed(effect1, effect0, training.TreatedShare);
        }

        private ITabularScorer Residual()
        {
            var outcome = CrossFitted(_ => true, Labelled(training), 1);
            var propensity = Propensities();
            var (targets, weights) = (new float[RowCount], new float[RowCount]);
            for (var i = 0; i < RowCount; i++)
            {
                var residual = training.Treated[i] - propensity[i];
                (targets[i], weights[i]) = ((float)((training.Outcomes[i] - outcome[i]) / residual), (float)(residual * residual));
            }
            return Regress(targets, weights, 3);
        }

        /// <summary>p₁ − p₀ + (treated − e)/(e(1 − e))·(outcome − p of the own arm): unbiased when either the outcomes or the chances are right.</summary>
        private float[] DoublyRobustScores()
        {
            var labelled = Labelled(training);
            double[] p1 = CrossFitted(i => training.Treated[i] == 1, labelled, 1), p0 = CrossFitted(i => training.Treated[i] == 0, labelled, 2), e = Propensities();
            var scores = new float[RowCount];
            for (var i = 0; i < RowCount; i++)
            {
                var own = training.Treated[i] == 1 ? (training.Outcomes[i] - p1[i]) / e[i] : -(training.Outcomes[i] - p0[i]) / (1 - e[i]);
                scores[i] = (float)(p1[i] - p0[i] + own);
            }
            return scores;
        }

        private TabularRows Transformed()
        {
            var e = Propensities();
            var (labels, weights) = (new float[RowCount], new float[RowCount]);
            for (var i = 0; i < RowCount; i++)
            {
                labels[i] = training.Outcomes[i] == training.Treated[i] ? 1 : 0;
                weights[i] = (float)(0.5 / (training.Treated[i] == 1 ? e[i] : 1 - e[i]));
            }
            return new TabularRows(training.Schema, training.Rows, labels, weights);
        }

        private TabularRows WithTreatment()
        {
            var rows = UpliftModel.WithTreatment(training.Rows, i => training.Treated[i]);
            return new TabularRows(UpliftModel.WithTreatment(training.Schema), rows, training.Outcomes);
        }

        /// <summary>Chance of treatment per row: given, the share, or estimated and cross-fitted.</summary>
        private double[] Propensities()
        {
            if (!options.EstimatePropensity) return LogisticChance(options.Propensity ?? training.TreatedShare);
            var labelled = new TabularRows(training.Schema, training.Rows, Array.ConvertAll(training.Treated, t => (float)t));
            return Array.ConvertAll(CrossFitted(_ => true, labelled, 5), p => Math.Clamp(p, LeastPropensity, 1 - LeastPropensity));
        }

        private double[] LogisticChance(double share)
        {
            var chances = new double[RowCount];
            Array.Fill(chances, share);
            return chances;
        }

        /// <summary>Probabilities of every row by a classifier of the used rows of the other folds.</summary>
        private double[] CrossFitted(Func<int, bool> isUsed, TabularRows labelled, int fork)
        {
            var all = Enumerable.Range(0, RowCount).ToArray();
            var folds = StratifiedFolds.Of(Array.ConvertAll(all, i => 2 * training.Treated[i] + training.Outcomes[i]), options.FoldCount, rng.Fork(0));
            var result = new double[RowCount];
            for (var f = 0; f < options.FoldCount; f++)
            {
                var own = Array.FindAll(all, i => folds[i] == f);
                var fit = options.Base.Classify(labelled.Select(Array.FindAll(all, i => folds[i] != f && isUsed(i))), options.Degree, rng.Fork(fork).Fork(f), ct);
                var chances = Chances(fit, labelled.Rows.SelectRows(own));
                for (var i = 0; i < own.Length; i++) result[own[i]] = chances[i];
            }
            return result;
        }

        private ITabularScorer Classify(TabularRows rows, int fork) => options.Base.Classify(rows, options.Degree, rng.Fork(fork), ct);

        private ITabularScorer Regress(float[] targets, float[]? weights, int fork) => options.Base.Regress(new TabularRows(training.Schema, training.Rows, targets, weights), options.Degree, rng.Fork(fork), ct);

        private ITabularScorer Regress(UpliftRows rows, float[] targets, int fork) => options.Base.Regress(new TabularRows(rows.Schema, rows.Rows, targets), options.Degree, rng.Fork(fork), ct);

        private static TabularRows Labelled(UpliftRows rows) => new(rows.Schema, rows.Rows, rows.Outcomes);

        private static float[] Chances(ITabularScorer scorer, Matrix rows)
        {
            var z = new double[rows.RowCount];
            scorer.Score(rows, z);
            return Array.ConvertAll(z, v => (float)(1 / (1 + Math.Exp(-v))));
        }

        private static float[] Subtract(float[] a, float[] b)
        {
            var difference = new float[a.Length];
            for (var i = 0; i < a.Length; i++) difference[i] = a[i] - b[i];
            return difference;
        }
    }
}
