using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Linear;

namespace CampaignPortal.Learning.Text;

/// <summary>Weighs candidates by their out-of-fold scores, and finds out which of them are worth a weight.</summary>
/// <param name="texts">Labels.</param>
/// <param name="scores">By candidate: texts × outputs, row by row.</param>
/// <param name="folds">Fold of each text.</param>
/// <param name="options">Penalty and least gain.</param>
internal sealed class StackSelection(TextSet texts, float[][] scores, int[] folds, TextStackingOptions options)
{
    /// <summary>Members in the order in which they joined, and their scores together, each text's by weights that were fitted without it.</summary>
    public sealed record Choice(int[] Members, float[] Scores, double Loss);

    /// <summary>Adds the candidate that lowers the held-out loss most, again and again, while it falls by the options' least gain.</summary>
    public Choice Forward(CancellationToken ct)
    {
        var chosen = new Choice([], [], double.PositiveInfinity);
        while (chosen.Members.Length < scores.Length)
        {
            Choice? best = null;
            for (var candidate = 0; candidate < scores.Length; candidate++)
            {
                if (chosen.Members.Contains(candidate)) continue;
                var tried = CrossFitted([.. chosen.Members, candidate], ct);
                if (best is null || tried.Loss < best.Loss) best = tried;
            }
            if (!(best!.Loss < chosen.Loss - options.MinGain)) break; // one candidate at least was left to try
            chosen = best;
        }
        return chosen;
    }

    /// <summary>One logistic regression per output over the members' scores of some texts.</summary>
    public LogisticModel[] Weigh(int[] members, int[] rows, CancellationToken ct)
    {
        var models = new LogisticModel[texts.OutputCount];
        for (var output = 0; output < models.Length; output++)
        {
            var targets = Array.ConvertAll(rows, row => IsOwn(row, output) ? 1f : 0f);
            models[output] = LogisticRegression.Fit(ScoresOf(members, rows, output), targets, new LogisticOptions { L2 = options.L2, Degree = 1 }, ct);
        }
        return models;
    }

    private Choice CrossFitted(int[] members, CancellationToken ct)
    {
        var outputs = texts.OutputCount;
        var (stacked, loss) = (new float[folds.Length * outputs], 0.0);
        for (var fold = 0; fold < options.FoldCount; fold++)
        {
            var (train, held) = Split(folds, fold);
            var weights = Weigh(members, train, ct);
            for (var output = 0; output < outputs; output++)
            {
                var rows = ScoresOf(members, held, output);
                for (var at = 0; at < held.Length; at++)
                {
                    var logOdds = weights[output].LogOdds(rows.Row(at));
                    stacked[held[at] * outputs + output] = (float)logOdds;
                    loss += Loss(IsOwn(held[at], output) ? logOdds : -logOdds);
                }
            }
        }
        return new Choice(members, stacked, loss / stacked.Length);
    }

    public static (int[] Train, int[] Held) Split(int[] folds, int fold)
    {
        var rows = Enumerable.Range(0, folds.Length).ToLookup(row => folds[row] == fold);
        return ([.. rows[false]], [.. rows[true]]);
    }

    private Matrix ScoresOf(int[] members, int[] rows, int output)
    {
        var matrix = new Matrix(rows.Length, members.Length);
        for (var at = 0; at < rows.Length; at++)
        {
            for (var member = 0; member < members.Length; member++) matrix[at, member] = scores[members[member]][rows[at] * texts.OutputCount + output];
        }
        return matrix;
    }

    private bool IsOwn(int row, int output) => texts.Labels[row] == (texts.OutputCount == 1 ? 1 : output);

    // ln(1 + e⁻ᵐ)
    private static double Loss(double margin) => Math.Max(0, -margin) + Math.Log(1 + Math.Exp(-Math.Abs(margin)));
}
