namespace CampaignPortal.Marketing.Predictions.Propensity;

/// <summary>Which rows train, validate and test. Numbers are rows of the feature table.</summary>
/// <param name="Training">All cuts whose outcome was known at the test cut.</param>
/// <param name="Positions">Pairs of positions in <paramref name="Training"/>: rows to fit and rows to judge.</param>
/// <param name="Scheme"><see cref="PropensityTrainer.ByTime"/>: judged on the newest training cut by fits on cuts whose outcome was known then.
/// <see cref="PropensityTrainer.ByCustomer"/>: there are too few cuts for that, so on other customers.</param>
/// <param name="CalibrationRows">Positions in <paramref name="Training"/> of the newest training cut: what calibration is fitted on.</param>
internal sealed record PropensitySplit(
    int[] Training, int[] Test, int TestCut, int TestDay, IReadOnlyList<(int[] Fit, int[] Validation)> Positions, string Scheme, int[] CalibrationRows)
{
    /// <summary>Rows that fits learn from at most. More of them change the third decimal of the AUC and cost gigabytes: a large shop learns from a share of its customers.</summary>
    public const int MaxTrainingRows = 250_000;

    private const int MinCutsByTime = 3, FoldCount = 5;

    /// <summary>The folds as rows of the feature table.</summary>
    public IReadOnlyList<(int[] Fit, int[] Validation)> Folds { get; } =
        [.. Positions.Select(f => (Array.ConvertAll(f.Fit, p => Training[p]), Array.ConvertAll(f.Validation, p => Training[p])))];

    /// <summary>Null when the history is too short for one cut to learn from and one to test on.</summary>
    /// <param name="maxTrainingRows">Above it customers are thinned out, by a hash of their number; the test asks everybody.</param>
    public static PropensitySplit? Of(PropensityDefinition definition, PropensityFeatures features, int maxTrainingRows = MaxTrainingRows)
    {
        var days = features.Features.CutDays;
        var testDay = features.EndDay - definition.TestAgeDays;
        var testCut = -1;
        List<int> training = [];
        for (var cut = 0; cut < days.Count; cut++)
        {
            if (days[cut] == testDay) testCut = cut;
            if (days[cut] + definition.WindowDays <= testDay) training.Add(cut);
        }
        if (testCut < 0 || training.Count == 0) return null;

        var rows = new List<int>();
        var cutOf = new List<int>();
        var asked = training.ConvertAll(cut => (Cut: cut, Rows: features.RowsOf(definition, cut)));
        var share = (double)maxTrainingRows / Math.Max(1, asked.Sum(a => (long)a.Rows.Length));
        foreach (var (cut, all) in asked)
        {
            var own = share >= 1 ? all : Array.FindAll(all, row => IsKept(features, row, share));
            rows.AddRange(own);
            cutOf.AddRange(Enumerable.Repeat(cut, own.Length));
        }
        var newest = training[^1];
        int[] Where(Func<int, bool> accept) => [.. Enumerable.Range(0, rows.Count).Where(accept)];
        var calibration = Where(p => cutOf[p] == newest);
        var earlier = training.Where(cut => days[cut] + definition.WindowDays <= days[newest]).ToHashSet();
        var byTime = earlier.Count >= MinCutsByTime - 1;
        IReadOnlyList<(int[], int[])> folds = byTime
            ? [(Where(p => earlier.Contains(cutOf[p])), calibration)]
            : [.. Enumerable.Range(0, FoldCount).Select(fold => (
                Where(p => FoldOf(features, rows[p]) != fold), Where(p => FoldOf(features, rows[p]) == fold)))];
        return new PropensitySplit([.. rows], features.RowsOf(definition, testCut), testCut, testDay, folds,
            byTime ? PropensityTrainer.ByTime : PropensityTrainer.ByCustomer, calibration);
    }

    /// <summary>A customer is kept at all cuts or at none, and stays kept as others come.</summary>
    private static bool IsKept(PropensityFeatures features, int row, double share) =>
        Statistics.Random.CounterRng.Mix(~(ulong)features.Table.CustomerIds[features.Features.Customers[row]]) < share * ulong.MaxValue;

    /// <summary>All rows of a customer lie in one fold; a hash, so that it does not depend on who else is there.</summary>
    private static int FoldOf(PropensityFeatures features, int row) =>
        (int)(Statistics.Random.CounterRng.Mix((ulong)features.Table.CustomerIds[features.Features.Customers[row]]) % FoldCount);
}
