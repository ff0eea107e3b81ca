namespace CampaignPortal.Learning.Tabular;

/// <summary>Tells whether whole numbers are codes: whether each value by itself says more about the label than its neighbourhood does.</summary>
internal static class CodeDetection
{
    private const int Bins = 32, Folds = 5;
    private const double Prior = 10; // rows of the wider group mixed into each rate
    private const double Clearly = 4; // standard errors

    /// <summary>Whether rates of values, drawn towards those of their quantile bin, predict rows of other folds clearly better than the bins do.</summary>
    public static bool IsCode(ReadOnlySpan<float> values, ReadOnlySpan<float> labels)
    {
        var present = values.ToArray().Where(v => !float.IsNaN(v)).Order().ToArray();
        if (present.Length == 0) return false;
        var edges = Enumerable.Range(1, Bins - 1).Select(b => present[(int)((long)b * present.Length / Bins)]).Distinct().ToArray();
        var (own, bins) = (new Rates(labels.Length), new Rates(labels.Length));
        var (bin, all) = (new float[values.Length], new Rates(labels.Length));
        for (var i = 0; i < bin.Length; i++)
        {
            bin[i] = float.IsNaN(values[i]) ? -1 : Position(edges, values[i]);
            all.Add(0, labels[i], i);
            bins.Add(bin[i], labels[i], i);
            own.Add(values[i], labels[i], i);
        }
        double sum = 0, squares = 0;
        for (var i = 0; i < bin.Length; i++)
        {
            var near = bins.Of(bin[i], i, all.Of(0, i, 0.5));
            var gain = Loss(near, labels[i]) - Loss(own.Of(values[i], i, near), labels[i]);
            (sum, squares) = (sum + gain, squares + gain * gain);
        }
        var mean = sum / bin.Length;
        return mean > Clearly * Math.Sqrt((squares / bin.Length - mean * mean) / bin.Length);
    }

    private static double Loss(double chance, float label) => -Math.Log(label == 1 ? chance : 1 - chance);

    private static int Position(float[] edges, float value)
    {
        var found = Array.BinarySearch(edges, value);
        return found >= 0 ? found + 1 : ~found;
    }

    /// <summary>Counts per group and fold (every fifth row a fold).</summary>
    private sealed class Rates(int rowCount)
    {
        private readonly Dictionary<float, int> _numbers = new(Math.Min(rowCount, 1 << 16));
        private readonly List<(double Positives, double Rows)[]> _counts = [];

        public void Add(float group, float label, int row)
        {
            if (!_numbers.TryGetValue(group, out var number))
            {
                _numbers[group] = number = _counts.Count;
                _counts.Add(new (double, double)[Folds + 1]);
            }
            var own = _counts[number];
            foreach (var f in (ReadOnlySpan<int>)[row % Folds, Folds]) own[f] = (own[f].Positives + label, own[f].Rows + 1);
        }

        /// <summary>The rate of a group in the folds that a row is not in, drawn towards another rate.</summary>
        public double Of(float group, int row, double towards)
        {
            var own = _counts[_numbers[group]];
            var (left, all) = (own[row % Folds], own[Folds]);
            return (all.Positives - left.Positives + Prior * towards) / (all.Rows - left.Rows + Prior);
        }
    }
}
