using System.Runtime.CompilerServices;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Trees;

/// <summary>Gradient-boosted trees with second-order gains (Chen and Guestrin 2016) on histograms of at most 255 bins a column.</summary>
/// <remarks>Missing values need no imputation: each split learns where they go. Cost: rounds × rows × columns × depth / 2.</remarks>
public static class GradientBoosting
{
    /// <summary>Trains an ensemble.</summary>
    /// <param name="training">Training rows; NaN is missing, infinite values are refused.</param>
    /// <param name="validation">Rows that decide when to stop; null takes the options' share of the training rows at random.</param>
    /// <param name="options">Options.</param>
    /// <param name="rng">Source of the validation split.</param>
    /// <param name="progress">Told after each tree; may be null.</param>
    /// <param name="ct">Looked at between trees.</param>
    /// <exception cref="ArgumentException">Lengths differ, a value is infinite (the column is named), or a binary fit has only one class.</exception>
    public static GbdtFit Fit(LabelledRows training, LabelledRows? validation, GbdtOptions options, Rng rng, IProgress<BoostingReport>? progress, CancellationToken ct)
    {
        options.Validate();
        Check(training);
        if (validation is not null)
        {
            Check(validation);
            validation.Rows.RequireColumns(training.Rows.ColumnCount);
        }
        else if (options.ValidationShare > 0)
        {
            (training, validation) = Split(training, options.ValidationShare, rng.Fork(1));
        }
        var weights = options.Objective == BoostingObjective.BinaryLogistic
            ? BinaryLabels.Weights(training.Rows.RowCount, training.Labels, training.Weights, balanced: false)
            : training.Weights ?? Enumerable.Repeat(1f, training.Labels.Length).ToArray();
        var baseScore = options.BaseScore ?? BestConstant(training.Labels, weights, options.Objective);
        var degree = ParallelRanges.Degree(options.Degree);
        var grower = new TreeGrower(new BinnedMatrix(training.Rows, options.MaxBins), options, degree);

        var scores = Enumerable.Repeat(baseScore, training.Rows.RowCount).ToArray();
        var held = validation is { Rows.RowCount: > 0 } ? Enumerable.Repeat(baseScore, validation.Rows.RowCount).ToArray() : null;
        var gradients = new double[2 * scores.Length];
        var (trees, history) = (new List<RegressionTree>(), new List<BoostingReport>());
        var (best, bestRound) = (double.PositiveInfinity, 0);
        for (var round = 1; round <= options.MaxRounds; round++)
        {
            ct.ThrowIfCancellationRequested();
            Gradients(options.Objective, training.Labels, weights, scores, gradients);
            var tree = grower.Grow(gradients, scores);
            trees.Add(tree);
            double? validationLoss = null;
            if (held is not null)
            {
                for (var i = 0; i < held.Length; i++) held[i] += tree.Value[tree.LeafOf(validation!.Rows.Row(i))]; // held implies validation
                validationLoss = Loss(options.Objective, validation!.Labels, validation.Weights, held);
            }
            history.Add(new BoostingReport(round, Loss(options.Objective, training.Labels, weights, scores), validationLoss));
            progress?.Report(history[^1]);
            if (validationLoss is null) bestRound = round;
            else if (validationLoss < best) (best, bestRound) = (validationLoss.Value, round);
            else if (round - bestRound >= options.Patience) break;
        }
        var model = new GbdtModel(trees[..bestRound], baseScore, options.Objective, training.Rows.ColumnCount, training.Rows.ColumnNames);
        return new GbdtFit(model, history, bestRound);
    }

    private static void Check(LabelledRows part)
    {
        if (part.Labels.Length != part.Rows.RowCount || part.Rows.RowCount == 0) throw new ArgumentException($"{part.Rows.RowCount} rows need as many labels, at least one; got {part.Labels.Length}.", nameof(part));
        if (part.Rows.ColumnCount == 0) throw new ArgumentException("The rows have no column.", nameof(part));
        foreach (var label in part.Labels) if (!float.IsFinite(label)) throw new ArgumentException("Labels must be finite.", nameof(part));
        for (var i = 0; i < part.Rows.RowCount; i++)
        {
            var bad = part.Rows.Row(i).IndexOfAny(float.PositiveInfinity, float.NegativeInfinity);
            if (bad >= 0) throw new ArgumentException($"Column '{part.Rows.ColumnName(bad)}' holds an infinite value in row {i}; cap it or mark it missing (NaN).", nameof(part));
        }
    }

    private static (LabelledRows Training, LabelledRows Validation) Split(LabelledRows all, double share, Rng rng)
    {
        var order = Enumerable.Range(0, all.Rows.RowCount).ToArray();
        rng.Shuffle(order.AsSpan());
        var count = (int)(order.Length * share);
        LabelledRows Take(int[] rows)
        {
            Array.Sort(rows);
            return new LabelledRows(all.Rows.SelectRows(rows), Array.ConvertAll(rows, i => all.Labels[i]), all.Weights is null ? null : Array.ConvertAll(rows, i => all.Weights[i]));
        }
        return (Take(order[count..]), Take(order[..count]));
    }

    private static double BestConstant(float[] labels, float[] weights, BoostingObjective objective)
    {
        double sum = 0, total = 0;
        for (var i = 0; i < labels.Length; i++) (sum, total) = (sum + (double)weights[i] * labels[i], total + weights[i]);
        return objective == BoostingObjective.BinaryLogistic ? Math.Log(sum / (total - sum)) : sum / total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gradients(BoostingObjective objective, float[] labels, float[] weights, double[] scores, double[] gradients)
    {
        for (var i = 0; i < labels.Length; i++)
        {
            double w = weights[i];
            if (objective == BoostingObjective.SquaredError)
            {
                (gradients[2 * i], gradients[2 * i + 1]) = (w * (scores[i] - labels[i]), w);
                continue;
            }
            var p = 1 / (1 + Math.Exp(-scores[i]));
            (gradients[2 * i], gradients[2 * i + 1]) = (w * (p - labels[i]), w * Math.Max(p * (1 - p), 1e-16));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Loss(BoostingObjective objective, float[] labels, float[]? weights, double[] scores)
    {
        double loss = 0, total = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            double w = weights is null ? 1 : weights[i], x = scores[i];
            loss += w * (objective == BoostingObjective.SquaredError ? (x - labels[i]) * (x - labels[i]) : Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x))) - labels[i] * x);
            total += w;
        }
        return loss / total;
    }
}
