using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Preprocessing;

/// <summary>Options of <see cref="FeatureSelection"/>.</summary>
public sealed record FeatureSelectionOptions
{
    /// <summary>Keep at most so many columns. Null: no limit.</summary>
    public int? MaxColumns { get; init; }

    /// <summary>Keep columns whose corrected mutual information exceeds this, in nats. Default 0.</summary>
    public double MinInformation { get; init; }

    /// <summary>Number of quantile bins per column. Default 10.</summary>
    public int BinCount { get; init; } = 10;
}

/// <summary>Keeps the columns that say most about a label, by mutual information.</summary>
public sealed class FeatureSelection : ITransformer, IStorable<FeatureSelection>
{
    private readonly int[] _kept;
    private readonly string[] _names;

    private FeatureSelection(int[] kept, double[] information, string[] names)
    {
        (_kept, Information, _names) = (kept, information, names);
        OutputNames = Array.ConvertAll(kept, j => names[j]);
    }

    /// <inheritdoc/>
    public static string Kind => "feature-selection";

    /// <summary>Corrected mutual information of every input column with the label, in nats, not below 0.</summary>
    public IReadOnlyList<double> Information { get; }

    /// <inheritdoc/>
    public int InputColumnCount => _names.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string> OutputNames { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> SourceColumns => _kept;

    /// <summary>Chooses columns.</summary>
    /// <exception cref="ArgumentException">No column reaches the options' minimum.</exception>
    public static FeatureSelection Fit(Matrix data, ReadOnlySpan<float> labels, FeatureSelectionOptions options)
    {
        if (labels.Length != data.RowCount) throw new ArgumentException($"{data.RowCount} rows need as many labels; got {labels.Length}.", nameof(labels));
        var information = new double[data.ColumnCount];
        for (var j = 0; j < information.Length; j++) information[j] = MutualInformation(data.Column(j), labels, options.BinCount);
        return ByImportance(ColumnScaler.Names(data), information, options);
    }

    /// <summary>Chooses columns by any figure that is high for useful ones: gains of trees, permutation importance, or mutual information.</summary>
    /// <param name="names">Names of the columns.</param>
    /// <param name="information">One figure per column.</param>
    /// <param name="options">How many to keep, and the figure they must exceed.</param>
    /// <exception cref="ArgumentException">No column reaches the options' minimum, or lengths differ.</exception>
    public static FeatureSelection ByImportance(IReadOnlyList<string> names, double[] information, FeatureSelectionOptions options)
    {
        if (names.Count != information.Length) throw new ArgumentException($"{names.Count} columns need as many figures; got {information.Length}.", nameof(information));
        if (options.MaxColumns is { } max) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max, "options.MaxColumns");
        var kept = Enumerable.Range(0, information.Length).Where(j => information[j] > options.MinInformation)
            .OrderByDescending(j => information[j]).ThenBy(j => j).Take(options.MaxColumns ?? int.MaxValue).Order().ToArray();
        if (kept.Length == 0)
        {
            throw new ArgumentException($"None of the {information.Length} columns has more than {options.MinInformation} (nats of mutual information with the label, or the importance given); lower MinInformation or check the label.", nameof(information));
        }
        return new FeatureSelection(kept, information, names.ToArray());
    }

    /// <summary>Mutual information between a numeric column and a class label, in nats.</summary>
    /// <remarks>
    /// Plug-in estimate over quantile bins (equal values share a bin, missing values are a bin of their own), less its bias for independent variables,
    /// (bins − 1)(classes − 1) / 2n (Miller 1955), cut at 0. A constant column or a single class gives 0.
    /// </remarks>
    public static double MutualInformation(ReadOnlySpan<float> values, ReadOnlySpan<float> labels, int binCount = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(binCount, 2);
        if (values.Length != labels.Length) throw new ArgumentException($"{values.Length} values need as many labels; got {labels.Length}.", nameof(labels));
        var n = values.Length;
        if (n == 0) return 0;
        var sorted = values.ToArray().Where(v => !float.IsNaN(v)).Order().ToArray();
        var edges = Enumerable.Range(1, binCount - 1).Where(_ => sorted.Length > 0).Select(q => sorted[(int)((long)q * sorted.Length / binCount)]).Distinct().ToArray();
        var counts = new Dictionary<(int Bin, float Label), int>();
        var bins = new Dictionary<int, int>();
        var classes = new Dictionary<float, int>();
        for (var i = 0; i < n; i++)
        {
            var bin = float.IsNaN(values[i]) ? -1 : BinOf(edges, values[i]);
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, (bin, labels[i]), out _)++;
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(bins, bin, out _)++;
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(classes, labels[i], out _)++;
        }
        double information = 0;
        foreach (var (cell, count) in counts.OrderBy(c => c.Key)) information += (double)count / n * Math.Log((double)count * n / ((double)bins[cell.Bin] * classes[cell.Label]));
        return Math.Max(0, information - (bins.Count - 1.0) * (classes.Count - 1) / (2.0 * n));
    }

    /// <inheritdoc/>
    public Matrix Transform(Matrix input)
    {
        input.RequireColumns(InputColumnCount);
        return input.SelectColumns(_kept);
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["columns"] = StoredLists.Of(_names);
        part.Put("kept", _kept);
        part.Put("information", Information.ToArray());
    }

    /// <inheritdoc/>
    public static FeatureSelection Restore(ModelPart part)
    {
        var names = StoredLists.Strings(part, "columns");
        var kept = part.Get<int>("kept");
        if (Array.Exists(kept, j => j < 0 || j >= names.Length)) throw new InvalidDataException("A kept column does not exist.");
        return new FeatureSelection(kept, part.Get<double>("information", names.Length), names);
    }

    private static int BinOf(float[] edges, float value)
    {
        var bin = 0;
        while (bin < edges.Length && value >= edges[bin]) bin++;
        return bin;
    }
}
