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
    private const int MinCutsByTime = 3, FoldCount = 5;

    /// <summary>The folds as rows of the feature table.</summary>
    public IReadOnlyList<(int[] Fit, int[] Validation)> Folds { get; } =
        [.. Positions.Select(f => (Array.ConvertAll(f.Fit, p => Training[p]), Array.ConvertAll(f.Validation, p => Training[p])))];

    /// <summary>Null when the history is too short for one cut to learn from and one to test on.</summary>
    public static PropensitySplit? Of(PropensityDefinition definition, PropensityFeatures features)
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
        foreach (var cut in training)
        {
            var own = features.RowsOf(definition, cut);
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

    /// <summary>All rows of a customer lie in one fold; a hash, so that it does not depend on who else is there.</summary>
    private static int FoldOf(PropensityFeatures features, int row) =>
        (int)(Statistics.Random.CounterRng.Mix((ulong)features.Table.CustomerIds[features.Features.Customers[row]]) % FoldCount);
}
