using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Linear;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Tabular;

/// <summary>Mixed columns as the fields of a click model: categories by their number ("other" is 0), numbers standardised and once more as a field: whole numbers that repeat by value, others by quantile bin (missing and rare is 0).</summary>
/// <remarks>Whether a whole number is a code cannot be seen from its own rates when only pairs of columns matter, so vectors stand for its values in any case.</remarks>
public sealed class FieldDesign : IStorable<FieldDesign>
{
    private const int Bins = 16;

    private readonly int[] _numbers, _categories;
    private readonly float[] _mean, _scale;
    private readonly float[][] _edges;
    private readonly bool[] _isExact; // edges are the values themselves
    private readonly int[][] _slots;

    private FieldDesign(int[] numbers, float[] mean, float[] scale, float[][] edges, bool[] isExact, int[] categories, int[][] slots)
    {
        (_numbers, _mean, _scale, _edges, _isExact, _categories, _slots) = (numbers, mean, scale, edges, isExact, categories, slots);
        FieldSizes = [.. edges.Select(e => e.Length + 2), .. slots.Select(s => s.DefaultIfEmpty(-1).Max() + 2)];
    }

    /// <inheritdoc/>
    public static string Kind => "field-design";

    /// <summary>Numbers per row.</summary>
    public int NumberCount => _numbers.Length;

    /// <summary>Categories of each field.</summary>
    public IReadOnlyList<int> FieldSizes { get; }

    /// <summary>Learns scales, bins and frequent categories.</summary>
    /// <param name="schema">What the columns mean.</param>
    /// <param name="data">Training rows.</param>
    /// <param name="minRowCount">Categories with fewer rows are "other".</param>
    public static FieldDesign Fit(TabularSchema schema, Matrix data, int minRowCount = 3)
    {
        int[] numbers = schema.Indices(ColumnKind.Number), categories = schema.Indices(ColumnKind.Category);
        var (mean, scale, edges, isExact) = (new float[numbers.Length], new float[numbers.Length], new float[numbers.Length][], new bool[numbers.Length]);
        for (var q = 0; q < numbers.Length; q++)
        {
            var present = Array.FindAll(data.Column(numbers[q]), float.IsFinite);
            Array.Sort(present);
            if (present.Length > 0)
            {
                var moments = ColumnMoments.Of(new Matrix(present.Length, 1, present), Enumerable.Repeat(1f, present.Length).ToArray());
                (mean[q], scale[q]) = (moments.Shift[0], moments.Scale[0]);
            }
            (edges[q], isExact[q]) = Edges(present, minRowCount);
        }
        return new FieldDesign(numbers, mean, scale, edges, isExact, categories, Array.ConvertAll(categories, j => LinearDesign.Slots(data.Column(j), schema.Columns[j].Categories.Count, minRowCount)));
    }

    /// <summary>Numbers (rows × numbers) and categories (rows × fields).</summary>
    public (float[] Numbers, int[] Categories) Transform(Matrix data)
    {
        var (numbers, fields) = (new float[data.RowCount * NumberCount], new int[data.RowCount * FieldSizes.Count]);
        for (var i = 0; i < data.RowCount; i++)
        {
            var row = data.Row(i);
            var own = fields.AsSpan(i * FieldSizes.Count, FieldSizes.Count);
            for (var q = 0; q < _numbers.Length; q++)
            {
                var value = row[_numbers[q]];
                var isMissing = !float.IsFinite(value);
                numbers[i * NumberCount + q] = isMissing ? 0 : (value - _mean[q]) * _scale[q];
                own[q] = isMissing ? 0 : FieldOf(q, value);
            }
            for (var q = 0; q < _categories.Length; q++)
            {
                var code = row[_categories[q]];
                own[_numbers.Length + q] = float.IsNaN(code) || (int)code >= _slots[q].Length ? 0 : 1 + _slots[q][(int)code];
            }
        }
        return (numbers, fields);
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Put("numbers", _numbers);
        part.Put("mean", _mean);
        part.Put("scale", _scale);
        part.Put("edge_counts", Array.ConvertAll(_edges, e => e.Length));
        part.Put("edges", _edges.SelectMany(e => e).ToArray());
        part.Put("is_exact", Array.ConvertAll(_isExact, e => e ? (byte)1 : (byte)0));
        part.Put("categories", _categories);
        part.Put("slot_counts", Array.ConvertAll(_slots, s => s.Length));
        part.Put("slots", _slots.SelectMany(s => s).ToArray());
    }

    /// <inheritdoc/>
    public static FieldDesign Restore(ModelPart part)
    {
        var (numbers, categories) = (part.Get<int>("numbers"), part.Get<int>("categories"));
        return new FieldDesign(
            numbers, part.Get<float>("mean", numbers.Length), part.Get<float>("scale", numbers.Length), StoredLists.Split(part.Get<float>("edges"), part.Get<int>("edge_counts", numbers.Length)), Array.ConvertAll(part.Get<byte>("is_exact", numbers.Length), e => e != 0),
            categories, StoredLists.Split(part.Get<int>("slots"), part.Get<int>("slot_counts", categories.Length)));
    }

    /// <summary>The values themselves where whole numbers repeat, else quantiles.</summary>
    private static (float[] Edges, bool IsExact) Edges(float[] sorted, int minRowCount)
    {
        var values = sorted.CountBy(v => v).ToArray();
        if (values.Length > Bins && sorted.Length >= 3 * values.Length && Array.TrueForAll(sorted, v => v == MathF.Floor(v))) return ([.. values.Where(v => v.Value >= minRowCount).Select(v => v.Key)], true);
        return ([.. Enumerable.Range(1, Bins - 1).Where(_ => sorted.Length > 0).Select(b => sorted[(int)((long)b * sorted.Length / Bins)]).Distinct()], false);
    }

    private int FieldOf(int number, float value)
    {
        var found = Array.BinarySearch(_edges[number], value);
        if (_isExact[number]) return found >= 0 ? 1 + found : 0;
        return 1 + (found >= 0 ? found + 1 : ~found);
    }
}
