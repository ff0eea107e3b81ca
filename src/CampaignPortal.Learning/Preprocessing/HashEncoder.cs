using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Preprocessing;

/// <summary>Feature hashing (Weinberger et al. 2009): category codes become signed counts in a fixed number of columns, without a dictionary. Columns that are not encoded pass through, in front.</summary>
/// <remarks>Each (column, code) has a bucket and a sign by a fixed hash, so unseen codes need nothing and collisions cancel on average. A missing code adds nothing.</remarks>
public sealed class HashEncoder : ITransformer, IStorable<HashEncoder>
{
    private readonly int[] _encoded, _passed;
    private readonly int _bucketCount;
    private readonly string[] _names;

    /// <summary>An encoder of some columns; nothing is learned from data.</summary>
    /// <param name="names">Names of all columns of the input.</param>
    /// <param name="columns">Which columns hold codes.</param>
    /// <param name="bucketCount">Columns that come out for them.</param>
    /// <exception cref="ArgumentException">A column does not exist.</exception>
    public HashEncoder(IReadOnlyList<string> names, IReadOnlyList<int> columns, int bucketCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bucketCount);
        (_names, _encoded, _bucketCount) = (names.ToArray(), columns.Distinct().Order().ToArray(), bucketCount);
        if (_encoded.Length == 0 || _encoded[0] < 0 || _encoded[^1] >= _names.Length) throw new ArgumentException($"Encoded columns must lie in 0 to {_names.Length - 1}; got {string.Join(", ", _encoded)}.", nameof(columns));
        _passed = Enumerable.Range(0, _names.Length).Except(_encoded).ToArray();
        OutputNames = [.. _passed.Select(j => _names[j]), .. Enumerable.Range(0, bucketCount).Select(b => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"bucket {b}"))];
        // A bucket has many sources; explanations of buckets go to the first encoded column.
        SourceColumns = [.. _passed, .. Enumerable.Repeat(_encoded[0], bucketCount)];
    }

    /// <inheritdoc/>
    public static string Kind => "hash-encoder";

    /// <inheritdoc/>
    public int InputColumnCount => _names.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string> OutputNames { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> SourceColumns { get; }

    /// <inheritdoc/>
    public Matrix Transform(Matrix input)
    {
        input.RequireColumns(InputColumnCount);
        var result = new Matrix(input.RowCount, OutputNames.Count, OutputNames);
        for (var i = 0; i < input.RowCount; i++)
        {
            var source = input.Row(i);
            var target = result.Row(i);
            for (var q = 0; q < _passed.Length; q++) target[q] = source[_passed[q]];
            foreach (var j in _encoded)
            {
                if (float.IsNaN(source[j])) continue;
                var hash = CounterRng.Bits((ulong)j, 0, BitConverter.SingleToUInt32Bits(source[j] == 0 ? 0f : source[j])); // −0 is 0
                target[_passed.Length + (int)((hash >> 1) % (ulong)_bucketCount)] += (hash & 1) == 0 ? 1 : -1;
            }
        }
        return result;
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["columns"] = StoredLists.Of(_names);
        part.Settings["buckets"] = _bucketCount;
        part.Put("encoded", _encoded);
    }

    /// <inheritdoc/>
    public static HashEncoder Restore(ModelPart part)
    {
        var (names, encoded, buckets) = (StoredLists.Strings(part, "columns"), part.Get<int>("encoded"), part.Setting<int>("buckets"));
        if (buckets is < 1 or > 1 << 24 || encoded.Length == 0 || Array.Exists(encoded, j => j < 0 || j >= names.Length)) throw new InvalidDataException("The sizes of a stored hash encoder make no sense.");
        return new HashEncoder(names, encoded, buckets);
    }
}
