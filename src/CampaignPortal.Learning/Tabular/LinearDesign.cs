using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Tabular;

/// <summary>Options of <see cref="LinearDesign"/>.</summary>
public sealed record LinearDesignOptions
{
    /// <summary>Knots per number column, at quantiles: the model becomes a piecewise linear function of it. Default 0: a straight line.</summary>
    public int Knots { get; init; }

    /// <summary>Categories with fewer training rows share one column. Default 3.</summary>
    public int MinRowCount { get; init; } = 3;
}

/// <summary>The design of a linear model over mixed columns: numbers standardised, with hinges at quantiles and a column "missing"; categories one-hot with "other".</summary>
/// <remarks>Rows are sparse: a row holds one value per category and those of its numbers. Hinges are max(0, x − knot) (Friedman 1991).</remarks>
public sealed class LinearDesign : IStorable<LinearDesign>
{
    private readonly int[] _numbers;
    private readonly float[] _mean, _inverseDeviation, _median;
    private readonly float[][] _knots; // in standardised units
    private readonly int[] _categories;
    private readonly int[][] _slots; // of each category column: the place of a code, −1 for "other"
    private readonly int[] _starts; // first output of each number, then of each category

    private LinearDesign(int[] numbers, float[] mean, float[] inverseDeviation, float[] median, float[][] knots, int[] categories, int[][] slots)
    {
        (_numbers, _mean, _inverseDeviation, _median, _knots, _categories, _slots) = (numbers, mean, inverseDeviation, median, knots, categories, slots);
        _starts = new int[numbers.Length + categories.Length];
        var next = 0;
        for (var q = 0; q < numbers.Length; q++) (_starts[q], next) = (next, next + 2 + knots[q].Length);
        for (var q = 0; q < categories.Length; q++) (_starts[numbers.Length + q], next) = (next, next + slots[q].DefaultIfEmpty(-1).Max() + 2);
        ColumnCount = next;
    }

    /// <inheritdoc/>
    public static string Kind => "linear-design";

    /// <summary>Number of columns that come out.</summary>
    public int ColumnCount { get; }

    /// <summary>Learns scales, knots and frequent categories.</summary>
    public static LinearDesign Fit(TabularSchema schema, Matrix data, LinearDesignOptions options)
    {
        int[] numbers = schema.Indices(ColumnKind.Number), categories = schema.Indices(ColumnKind.Category);
        var (mean, inverse, median, knots) = (new float[numbers.Length], new float[numbers.Length], new float[numbers.Length], new float[numbers.Length][]);
        for (var q = 0; q < numbers.Length; q++)
        {
            var present = Array.FindAll(data.Column(numbers[q]), float.IsFinite);
            Array.Sort(present);
            (mean[q], inverse[q]) = Moments(present);
            median[q] = present.Length == 0 ? 0 : present[present.Length / 2];
            var (m, s) = (mean[q], inverse[q]);
            knots[q] = [.. Enumerable.Range(1, options.Knots).Where(_ => present.Length > 0).Select(k => (present[(int)((long)k * present.Length / (options.Knots + 1))] - m) * s)
                .Distinct().Where(k => k > (present[0] - m) * s)];
        }
        return new LinearDesign(numbers, mean, inverse, median, knots, categories, Array.ConvertAll(categories, j => Slots(data.Column(j), schema.Columns[j].Categories.Count, options.MinRowCount)));
    }

    /// <summary>The rows as sparse rows.</summary>
    public Csr Transform(Matrix data)
    {
        var starts = new int[data.RowCount + 1];
        var (columns, values) = (new List<int>(), new List<float>());
        for (var i = 0; i < data.RowCount; i++)
        {
            Emit(data.Row(i), columns, values);
            starts[i + 1] = columns.Count;
        }
        return Csr.FromParts(ColumnCount, starts, [.. columns], [.. values]);
    }

    /// <summary>The rows as a dense matrix; for designs of up to some hundred columns.</summary>
    public Matrix TransformDense(Matrix data)
    {
        var result = new Matrix(data.RowCount, ColumnCount);
        var (columns, values) = (new List<int>(), new List<float>());
        for (var i = 0; i < data.RowCount; i++)
        {
            columns.Clear();
            values.Clear();
            Emit(data.Row(i), columns, values);
            var row = result.Row(i);
            for (var q = 0; q < columns.Count; q++) row[columns[q]] = values[q];
        }
        return result;
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Put("numbers", _numbers);
        part.Put("mean", _mean);
        part.Put("inverse_deviation", _inverseDeviation);
        part.Put("median", _median);
        part.Put("knot_counts", Array.ConvertAll(_knots, k => k.Length));
        part.Put("knots", _knots.SelectMany(k => k).ToArray());
        part.Put("categories", _categories);
        part.Put("slot_counts", Array.ConvertAll(_slots, s => s.Length));
        part.Put("slots", _slots.SelectMany(s => s).ToArray());
    }

    /// <inheritdoc/>
    public static LinearDesign Restore(ModelPart part)
    {
        var (numbers, categories) = (part.Get<int>("numbers"), part.Get<int>("categories"));
        var knots = StoredLists.Split(part.Get<float>("knots"), part.Get<int>("knot_counts", numbers.Length));
        var slots = StoredLists.Split(part.Get<int>("slots"), part.Get<int>("slot_counts", categories.Length));
        return new LinearDesign(numbers, part.Get<float>("mean", numbers.Length), part.Get<float>("inverse_deviation", numbers.Length), part.Get<float>("median", numbers.Length), knots, categories, slots);
    }

    private void Emit(ReadOnlySpan<float> row, List<int> columns, List<float> values)
    {
        for (var q = 0; q < _numbers.Length; q++)
        {
            var (value, at) = (row[_numbers[q]], _starts[q]);
            var isMissing = !float.IsFinite(value);
            var x = ((isMissing ? _median[q] : value) - _mean[q]) * _inverseDeviation[q];
            Add(at, x);
            for (var k = 0; k < _knots[q].Length; k++) Add(at + 1 + k, Math.Max(0, x - _knots[q][k]));
            Add(at + 1 + _knots[q].Length, isMissing ? 1 : 0);
        }
        for (var q = 0; q < _categories.Length; q++)
        {
            var code = row[_categories[q]];
            var start = _starts[_numbers.Length + q];
            // "Other" stands first: rare and unknown codes.
            Add(float.IsNaN(code) || (int)code >= _slots[q].Length ? start : start + 1 + _slots[q][(int)code], 1);
        }

        void Add(int column, float value)
        {
            if (value == 0) return;
            columns.Add(column);
            values.Add(value);
        }
    }

    /// <summary>The place of each code among those with enough rows, −1 for the others.</summary>
    internal static int[] Slots(float[] codes, int categoryCount, int minRowCount)
    {
        var counts = new int[categoryCount];
        foreach (var code in codes) if (!float.IsNaN(code)) counts[(int)code]++;
        var next = 0;
        return Array.ConvertAll(counts, c => c >= minRowCount ? next++ : -1);
    }

    private static (float Mean, float InverseDeviation) Moments(float[] values)
    {
        if (values.Length == 0) return (0, 0);
        double mean = 0, squares = 0;
        foreach (var v in values) mean += v;
        mean /= values.Length;
        foreach (var v in values) squares += (v - mean) * (v - mean);
        var deviation = Math.Sqrt(squares / values.Length);
        return ((float)mean, deviation > 1e-7 * Math.Abs(mean) && deviation > 1e-30 ? (float)(1 / deviation) : 0);
    }
}
