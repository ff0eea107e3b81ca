using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Preprocessing;

/// <summary>How a column is scaled.</summary>
public enum Scaling
{
    /// <summary>As it is.</summary>
    None,

    /// <summary>(x − min) / (max − min), clipped to [0, 1]; a constant column becomes 0.</summary>
    MinMax,

    /// <summary>(x − mean) / population standard deviation; a constant column becomes 0.</summary>
    Standard,

    /// <summary>(x − median) / (third quartile − first quartile): outliers do not set the scale; without spread between the quartiles x − median.</summary>
    Robust,

    /// <summary>sign(x)·ln(1 + |x|).</summary>
    Log1p,

    /// <summary><see cref="Log1p"/>, then <see cref="Standard"/>.</summary>
    Log1pStandard,

    /// <summary>Share of training values below (ties count half), linear between at most 1000 training quantiles, in [0, 1]; a constant column becomes 0.5.</summary>
    Quantile,
}

/// <summary>Scales each column on its own; missing values stay missing.</summary>
public sealed class ColumnScaler : ITransformer, IStorable<ColumnScaler>
{
    private const int MaxQuantiles = 1000;

    private readonly Scaling[] _scalings;
    private readonly double[] _offset; // subtracted first
    private readonly double[] _factor; // multiplied second
    private readonly float[][] _quantiles;
    private readonly string[] _names;

    private ColumnScaler(Scaling[] scalings, double[] offset, double[] factor, float[][] quantiles, string[] names)
    {
        (_scalings, _offset, _factor, _quantiles, _names) = (scalings, offset, factor, quantiles, names);
        SourceColumns = Enumerable.Range(0, scalings.Length).ToArray();
    }

    /// <inheritdoc/>
    public static string Kind => "column-scaler";

    /// <inheritdoc/>
    public int InputColumnCount => _scalings.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string> OutputNames => _names;

    /// <inheritdoc/>
    public IReadOnlyList<int> SourceColumns { get; }

    /// <summary>Learns the same scaling for every column.</summary>
    public static ColumnScaler Fit(Matrix data, Scaling scaling) => Fit(data, Enumerable.Repeat(scaling, data.ColumnCount).ToArray());

    /// <summary>Learns one scaling per column. A column without any present value is left as it is.</summary>
    /// <exception cref="ArgumentException">The number of scalings is not that of the columns, or a value is infinite.</exception>
    public static ColumnScaler Fit(Matrix data, IReadOnlyList<Scaling> scalings)
    {
        if (scalings.Count != data.ColumnCount) throw new ArgumentException($"{data.ColumnCount} columns need as many scalings; got {scalings.Count}.", nameof(scalings));
        var (offset, factor, quantiles) = (new double[data.ColumnCount], new double[data.ColumnCount], new float[data.ColumnCount][]);
        for (var j = 0; j < data.ColumnCount; j++)
        {
            (offset[j], factor[j], quantiles[j]) = (0, 1, []);
            var present = data.Column(j).Where(v => !float.IsNaN(v)).ToArray();
            if (Array.Exists(present, float.IsInfinity)) throw new ArgumentException($"Column '{data.ColumnName(j)}' holds an infinite value; cap it or mark it missing (NaN).", nameof(data));
            if (present.Length == 0) continue;
            switch (scalings[j])
            {
                case Scaling.MinMax:
                    double min = present.Min(), max = present.Max();
                    (offset[j], factor[j]) = (min, max > min ? 1 / (max - min) : 0);
                    break;
                case Scaling.Standard:
                    (offset[j], factor[j]) = MeanAndInverseDeviation(present, v => v);
                    break;
                case Scaling.Robust:
                    Array.Sort(present);
                    var spread = QuantileOf(present, 0.75) - QuantileOf(present, 0.25);
                    (offset[j], factor[j]) = (QuantileOf(present, 0.5), spread > 0 ? 1 / spread : 1);
                    break;
                case Scaling.Log1pStandard:
                    (offset[j], factor[j]) = MeanAndInverseDeviation(present, SignedLog1p);
                    break;
                case Scaling.Quantile:
                    Array.Sort(present);
                    quantiles[j] = Thin(present);
                    break;
                case Scaling.None or Scaling.Log1p:
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(scalings));
            }
        }
        return new ColumnScaler(scalings.ToArray(), offset, factor, quantiles, Names(data));
    }

    /// <inheritdoc/>
    public Matrix Transform(Matrix input)
    {
        input.RequireColumns(InputColumnCount);
        var result = new Matrix(input.RowCount, input.ColumnCount, _names);
        for (var i = 0; i < input.RowCount; i++)
        {
            var source = input.Row(i);
            var target = result.Row(i);
            for (var j = 0; j < target.Length; j++) target[j] = (float)Scale(j, source[j]);
        }
        return result;
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["scalings"] = StoredLists.Of(_scalings.Select(s => s.ToString()));
        part.Settings["columns"] = StoredLists.Of(_names);
        part.Put("offset", _offset);
        part.Put("factor", _factor);
        part.Put("quantile_counts", Array.ConvertAll(_quantiles, q => q.Length));
        part.Put("quantiles", _quantiles.SelectMany(q => q).ToArray());
    }

    /// <inheritdoc/>
    public static ColumnScaler Restore(ModelPart part)
    {
        var names = StoredLists.Strings(part, "columns");
        var scalings = Array.ConvertAll(StoredLists.Strings(part, "scalings"), text => Enum.TryParse<Scaling>(text, out var s) ? s : throw new InvalidDataException($"'{text}' is not a known scaling."));
        var counts = part.Get<int>("quantile_counts", names.Length);
        var all = part.Get<float>("quantiles");
        if (scalings.Length != names.Length || counts.Any(c => c < 0) || counts.Sum(c => (long)c) != all.Length) throw new InvalidDataException("The lists of a column scaler do not fit together.");
        var quantiles = new float[names.Length][];
        for (int j = 0, start = 0; j < names.Length; start += counts[j], j++) quantiles[j] = all.AsSpan(start, counts[j]).ToArray();
        return new ColumnScaler(scalings, part.Get<double>("offset", names.Length), part.Get<double>("factor", names.Length), quantiles, names);
    }

    private double Scale(int column, float value)
    {
        if (float.IsNaN(value)) return double.NaN;
        return _scalings[column] switch
        {
            Scaling.None => value,
            Scaling.MinMax => Math.Clamp((value - _offset[column]) * _factor[column], 0, 1),
            Scaling.Standard or Scaling.Robust => (value - _offset[column]) * _factor[column],
            Scaling.Log1p => SignedLog1p(value),
            Scaling.Log1pStandard => (SignedLog1p(value) - _offset[column]) * _factor[column],
            Scaling.Quantile => _quantiles[column].Length == 0 ? value : Rank(_quantiles[column], value),
            _ => throw new InvalidOperationException($"Unknown scaling {_scalings[column]}."),
        };
    }

    private static double SignedLog1p(float value) => Math.CopySign(Math.Log(1 + Math.Abs((double)value)), value);

    private static (double Offset, double Factor) MeanAndInverseDeviation(float[] values, Func<float, double> map)
    {
        double mean = 0, squares = 0;
        foreach (var v in values) mean += map(v);
        mean /= values.Length;
        foreach (var v in values) squares += (map(v) - mean) * (map(v) - mean);
        var deviation = Math.Sqrt(squares / values.Length);
        // A deviation at the level of rounding is a constant column: dividing by it would blow up noise.
        return (mean, deviation > 1e-7 * Math.Max(1e-30, Math.Abs(mean)) && deviation > 0 ? 1 / deviation : 0);
    }

    /// <summary>Linear between the two nearest order statistics.</summary>
    internal static double QuantileOf(float[] sorted, double share)
    {
        var at = share * (sorted.Length - 1);
        var left = (int)at;
        return left + 1 < sorted.Length ? sorted[left] + (at - left) * ((double)sorted[left + 1] - sorted[left]) : sorted[left];
    }

    private static float[] Thin(float[] sorted)
    {
        if (sorted.Length <= MaxQuantiles) return sorted;
        var thin = new float[MaxQuantiles];
        for (var q = 0; q < MaxQuantiles; q++) thin[q] = sorted[(int)((long)q * (sorted.Length - 1) / (MaxQuantiles - 1))];
        return thin;
    }

    private static double Rank(float[] sorted, float value)
    {
        int below = Bound(sorted, value, inclusive: false), notAbove = Bound(sorted, value, inclusive: true);
        if (notAbove > below) return sorted.Length == 1 ? 0.5 : (below + notAbove - 1) / 2.0 / (sorted.Length - 1);
        if (below == 0) return 0;
        if (below == sorted.Length) return 1;
        double left = sorted[below - 1], right = sorted[below];
        return (below - 1 + (value - left) / (right - left)) / (sorted.Length - 1);
    }

    /// <summary>How many sorted values are below <paramref name="value"/>, or not above it.</summary>
    private static int Bound(float[] sorted, float value, bool inclusive)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] < value || (inclusive && sorted[middle] <= value)) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    internal static string[] Names(Matrix data) => Enumerable.Range(0, data.ColumnCount).Select(data.ColumnName).ToArray();
}
