using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Preprocessing;

/// <summary>Options of <see cref="TargetEncoder"/>.</summary>
public sealed record TargetEncoderOptions
{
    /// <summary>Rows of the overall mean mixed into the mean of each category, so that rare ones do not lead. Default 20.</summary>
    public double Smoothing { get; init; } = 20;

    /// <summary>Folds of the training rows, each encoded by the others. Default 5.</summary>
    public int FoldCount { get; init; } = 5;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Smoothing, "options.Smoothing");
        ArgumentOutOfRangeException.ThrowIfLessThan(FoldCount, 2, "options.FoldCount");
    }
}

/// <summary>Replaces category codes by the smoothed mean of the target among training rows of the same code (Micci-Barreca 2001).</summary>
/// <remarks>(sum + smoothing·mean) / (rows + smoothing). Unknown and missing codes get the overall mean. Training rows must be encoded out of fold, or a model trusts rates that already contain each row's own target.</remarks>
public sealed class TargetEncoder : ITransformer, IStorable<TargetEncoder>
{
    private readonly int[] _encoded;
    private readonly float[][] _codes; // ascending
    private readonly float[][] _means;
    private readonly float _overall;
    private readonly string[] _names;

    private TargetEncoder(int[] encoded, float[][] codes, float[][] means, float overall, string[] names)
    {
        (_encoded, _codes, _means, _overall, _names) = (encoded, codes, means, overall, names);
        SourceColumns = Enumerable.Range(0, names.Length).ToArray();
    }

    /// <inheritdoc/>
    public static string Kind => "target-encoder";

    /// <inheritdoc/>
    public int InputColumnCount => _names.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string> OutputNames => _names;

    /// <inheritdoc/>
    public IReadOnlyList<int> SourceColumns { get; }

    /// <summary>Learns the means of the given columns; for rows that were not trained on.</summary>
    /// <exception cref="ArgumentException">There is no row, or lengths differ.</exception>
    public static TargetEncoder Fit(Matrix data, ReadOnlySpan<float> targets, IReadOnlyList<int> columns, TargetEncoderOptions options)
    {
        options.Validate();
        return Fit(data, targets, columns, options, _ => true);
    }

    /// <summary>Learns the means, and encodes the training rows fold by fold, each by the means of the others.</summary>
    /// <param name="data">Training rows.</param>
    /// <param name="targets">A number per row.</param>
    /// <param name="columns">Which columns to encode.</param>
    /// <param name="options">Options.</param>
    /// <param name="rng">Source of the folds.</param>
    public static (TargetEncoder Encoder, Matrix Training) FitTransform(Matrix data, ReadOnlySpan<float> targets, IReadOnlyList<int> columns, TargetEncoderOptions options, Rng rng)
    {
        var encoder = Fit(data, targets, columns, options);
        var fold = new int[data.RowCount];
        for (var i = 0; i < fold.Length; i++) fold[i] = rng.NextInt(options.FoldCount);
        var result = new Matrix(data.RowCount, data.ColumnCount, encoder.OutputNames);
        for (var f = 0; f < options.FoldCount; f++)
        {
            var others = Fit(data, targets, columns, options, i => fold[i] != f);
            for (var i = 0; i < fold.Length; i++) if (fold[i] == f) others.Encode(data.Row(i), result.Row(i));
        }
        return (encoder, result);
    }

    /// <inheritdoc/>
    public Matrix Transform(Matrix input)
    {
        input.RequireColumns(InputColumnCount);
        var result = new Matrix(input.RowCount, input.ColumnCount, _names);
        for (var i = 0; i < input.RowCount; i++) Encode(input.Row(i), result.Row(i));
        return result;
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["columns"] = StoredLists.Of(_names);
        part.Put("encoded", _encoded);
        part.Put("overall", new[] { _overall });
        part.Put("counts", Array.ConvertAll(_codes, c => c.Length));
        part.Put("codes", _codes.SelectMany(c => c).ToArray());
        part.Put("means", _means.SelectMany(c => c).ToArray());
    }

    /// <inheritdoc/>
    public static TargetEncoder Restore(ModelPart part)
    {
        var names = StoredLists.Strings(part, "columns");
        var encoded = part.Get<int>("encoded");
        if (Array.Exists(encoded, j => j < 0 || j >= names.Length)) throw new InvalidDataException("A target encoder encodes a column that does not exist.");
        var counts = part.Get<int>("counts", encoded.Length);
        return new TargetEncoder(encoded, StoredLists.Split(part.Get<float>("codes"), counts), StoredLists.Split(part.Get<float>("means"), counts), part.Get<float>("overall", 1)[0], names);
    }

    private static TargetEncoder Fit(Matrix data, ReadOnlySpan<float> targets, IReadOnlyList<int> columns, TargetEncoderOptions options, Func<int, bool> isUsed)
    {
        if (targets.IsEmpty || targets.Length != data.RowCount) throw new ArgumentException($"{data.RowCount} rows need as many targets, at least one; got {targets.Length}.", nameof(targets));
        double sum = 0, rows = 0;
        for (var i = 0; i < targets.Length; i++) if (isUsed(i)) (sum, rows) = (sum + targets[i], rows + 1);
        var overall = rows > 0 ? sum / rows : 0;
        var encoded = columns.Distinct().Order().ToArray();
        var (codes, means) = (new float[encoded.Length][], new float[encoded.Length][]);
        for (var q = 0; q < encoded.Length; q++)
        {
            var sums = new SortedDictionary<float, (double Sum, double Rows)>();
            for (var i = 0; i < targets.Length; i++)
            {
                var code = data[i, encoded[q]];
                if (float.IsNaN(code) || !isUsed(i)) continue;
                var (s, n) = sums.GetValueOrDefault(code);
                sums[code] = (s + targets[i], n + 1);
            }
            codes[q] = [.. sums.Keys];
            means[q] = [.. sums.Values.Select(v => (float)((v.Sum + options.Smoothing * overall) / Math.Max(1e-12, v.Rows + options.Smoothing)))];
        }
        return new TargetEncoder(encoded, codes, means, (float)overall, ColumnScaler.Names(data));
    }

    private void Encode(ReadOnlySpan<float> source, Span<float> target)
    {
        source.CopyTo(target);
        for (var q = 0; q < _encoded.Length; q++)
        {
            var found = Array.BinarySearch(_codes[q], source[_encoded[q]]);
            target[_encoded[q]] = found >= 0 ? _means[q][found] : _overall;
        }
    }
}
