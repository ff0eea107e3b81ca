using CampaignPortal.Learning.Metrics;

namespace CampaignPortal.Marketing.Predictions.Propensity;

/// <summary>How many of those who say yes are reached by writing to the best-ranked share, by a model and by the best simple rule.</summary>
internal static class Gains
{
    private const int StepCount = 20;

    /// <summary>The rule that ranks best alone, and which way it ranks.</summary>
    public static (string Name, double Auc, float[] Scores) BestRule(PropensityFeatures features, int[] rows, float[] labels, IEnumerable<string> columns) => columns
        .Select(name =>
        {
            var column = features.Features.Schema.IndexOf(name);
            var scores = Array.ConvertAll(rows, row => features.Features.Row(row)[column]);
            var auc = BinaryMetrics.Auc(labels, scores);
            return auc >= 0.5 ? (name, auc, scores) : (name, 1 - auc, Array.ConvertAll(scores, s => -s));
        })
        .MaxBy(rule => rule.Item2);

    public static IReadOnlyList<GainPoint> Of(float[] labels, float[] model, float[] rule)
    {
        var (own, simple) = (Reached(labels, model), Reached(labels, rule));
        return [.. Enumerable.Range(0, StepCount + 1).Select(step => new GainPoint((double)step / StepCount, own[step], simple[step]))];
    }

    /// <summary>Rows of equal score share what they hold, so that the order of the file says nothing.</summary>
    private static double[] Reached(float[] labels, float[] scores)
    {
        var groups = Enumerable.Range(0, labels.Length).GroupBy(i => scores[i]).OrderByDescending(g => g.Key).Select(g => (Count: g.Count(), Yes: g.Sum(i => (double)labels[i]))).ToArray();
        var all = Math.Max(1, labels.Sum(y => (double)y));
        var reached = new double[StepCount + 1];
        var (group, before, yes) = (0, 0, 0.0);
        for (var step = 0; step <= StepCount; step++)
        {
            var wanted = (double)labels.Length * step / StepCount;
            while (group < groups.Length && before + groups[group].Count <= wanted)
            {
                before += groups[group].Count;
                yes += groups[group++].Yes;
            }
            var part = group < groups.Length ? (wanted - before) / groups[group].Count * groups[group].Yes : 0;
            reached[step] = (yes + part) / all;
        }
        return reached;
    }
}
