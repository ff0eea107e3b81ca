namespace CampaignPortal.Learning.Tabular;

/// <summary>The rows that candidates are judged on: all of them out of fold, and where time matters the newest once more by fits on the older ones.</summary>
internal sealed class Judgement
{
    private readonly float[] _labels; // all rows, then the newest again
    private readonly double[] _rowWeights;
    private readonly int _rowCount;

    private Judgement(float[] labels, double[] rowWeights, int rowCount) => (_labels, _rowWeights, _rowCount) = (labels, rowWeights, rowCount);

    /// <summary>Prepares the rows; the log-odds of the newest ones are moved to their rate: the level of a target drifts, and only the order is asked for there.</summary>
    public static Judgement Of(float[] labels, List<AutoTabular.Entry> entries, bool isOrdered)
    {
        if (!isOrdered) return new Judgement(labels, [.. labels.Select(_ => 1.0)], labels.Length);
        var newest = labels[RowOrder.NewestFrom(labels.Length)..];
        foreach (var entry in entries) Level(entry.Newest, newest);
        var weight = (double)labels.Length / newest.Length; // both parts count the same
        return new Judgement([.. labels, .. newest], [.. labels.Select(_ => 1.0), .. newest.Select(_ => weight)], labels.Length);
    }

    /// <summary>Weighted loss of a candidate over both parts.</summary>
    public double LossOf(AutoTabular.Entry entry)
    {
        double sum = 0;
        var z = Joined(entry);
        for (var i = 0; i < z.Length; i++) sum += _rowWeights[i] * LogOddsLoss.Of(z[i], _labels[i]);
        return sum;
    }

    /// <summary>Joint weights, learned from the rows for which <paramref name="isUsed"/> holds.</summary>
    public double[] Weights(IReadOnlyList<AutoTabular.Entry> entries, double penalty, Func<int, bool> isUsed)
    {
        var rowWeights = new double[_labels.Length];
        for (var i = 0; i < rowWeights.Length; i++) rowWeights[i] = isUsed(i) ? _rowWeights[i] : 0;
        return LogOddsStack.Fit([.. entries.Select(Joined)], _labels, rowWeights, penalty);
    }

    /// <summary>The stack as a candidate: every row joined by weights of the other folds (the newest rows: of every fifth other row).</summary>
    public AutoTabular.Entry CrossFitted(List<AutoTabular.Entry> entries, double penalty, int[] folds, int foldCount)
    {
        var parts = entries.Select(Joined).ToArray();
        var z = new double[_labels.Length];
        int FoldOf(int i) => i < _rowCount ? folds[i] : (i - _rowCount) % foldCount;
        for (var f = 0; f < foldCount; f++)
        {
            var weights = Weights(entries, penalty, i => FoldOf(i) != f);
            for (var i = 0; i < z.Length; i++) if (FoldOf(i) == f) z[i] = LogOddsStack.Combine(weights, parts, i);
        }
        return new AutoTabular.Entry("stack", [], z[.._rowCount], z[_rowCount..]) { Seconds = entries.Sum(e => e.Seconds) };
    }

    private static double[] Joined(AutoTabular.Entry entry) => [.. entry.LogOdds, .. entry.Newest];

    private static void Level(double[] logOdds, float[] labels)
    {
        double rate = labels.Average(), low = -30, high = 30; // of the shift
        for (var step = 0; step < 60; step++)
        {
            var middle = (low + high) / 2;
            if (logOdds.Average(z => 1 / (1 + Math.Exp(-z - middle))) < rate) low = middle;
            else high = middle;
        }
        for (var i = 0; i < logOdds.Length; i++) logOdds[i] += low;
    }
}
