using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Text;

/// <summary>Choices of <see cref="TfIdf"/>.</summary>
public sealed record TfIdfOptions
{
    /// <summary>tf = 1 + ln(count) instead of the count.</summary>
    public bool Sublinear { get; init; } = true;

    /// <summary>Terms of fewer documents are left out.</summary>
    public int MinDocumentCount { get; init; } = 2;

    /// <summary>1 for words, 2 for words and pairs of neighbours, …</summary>
    public int LongestWordRun { get; init; } = 1;
}

/// <summary>Term weights of documents: tf · idf with idf = ln((1 + documents) / (1 + documents with the term)) + 1, rows of unit length (Salton &amp; Buckley 1988, smoothed). Immutable.</summary>
public sealed class TfIdf : IStorable<TfIdf>
{
    private readonly Dictionary<string, int> _columns;
    private readonly string[] _terms;
    private readonly float[] _idf;

    /// <summary>A vocabulary with known weights.</summary>
    /// <param name="terms">Terms in ordinal order, without repetition.</param>
    /// <param name="idf">One weight per term.</param>
    /// <param name="options">How texts are cut and counted.</param>
    public TfIdf(ReadOnlySpan<string> terms, ReadOnlySpan<float> idf, TfIdfOptions options)
    {
        if (terms.Length != idf.Length) throw new ArgumentException($"{terms.Length} terms need as many weights; there are {idf.Length}.", nameof(idf));
        (_terms, _idf, Options) = (terms.ToArray(), idf.ToArray(), options);
        _columns = new Dictionary<string, int>(_terms.Length);
        for (var column = 0; column < _terms.Length; column++) _columns.Add(_terms[column], column);
    }

    /// <summary>Terms by column, in ordinal order.</summary>
    public ReadOnlySpan<string> Terms => _terms;

    /// <summary>Weight of each term.</summary>
    public ReadOnlySpan<float> Idf => _idf;

    /// <summary>How texts are cut and counted.</summary>
    public TfIdfOptions Options { get; }

    /// <inheritdoc/>
    public static string Kind => "tf-idf";

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["sublinear"] = Options.Sublinear;
        part.Settings["min_document_count"] = Options.MinDocumentCount;
        part.Settings["longest_word_run"] = Options.LongestWordRun;
        part.Settings["terms"] = StoredLists.Of(_terms);
        part.Put("idf", _idf);
    }

    /// <inheritdoc/>
    public static TfIdf Restore(ModelPart part)
    {
        var terms = StoredLists.Strings(part, "terms");
        return new TfIdf(terms, part.Get<float>("idf", terms.Length), new TfIdfOptions
        {
            Sublinear = part.Setting<bool>("sublinear"),
            MinDocumentCount = part.Setting<int>("min_document_count"),
            LongestWordRun = part.Setting<int>("longest_word_run"),
        });
    }

    /// <summary>Learns vocabulary and weights.</summary>
    public static TfIdf Fit(IReadOnlyList<string> documents, TfIdfOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MinDocumentCount, 1, nameof(options.MinDocumentCount));
        var documentCounts = new Dictionary<string, int>();
        foreach (var document in documents)
        {
            foreach (var term in Tokenizer.Terms(document, options.LongestWordRun).Distinct()) documentCounts[term] = documentCounts.GetValueOrDefault(term) + 1;
        }
        string[] terms = [.. documentCounts.Where(entry => entry.Value >= options.MinDocumentCount).Select(entry => entry.Key).Order(StringComparer.Ordinal)];
        return new TfIdf(terms, Array.ConvertAll(terms, term => (float)(Math.Log((1.0 + documents.Count) / (1 + documentCounts[term])) + 1)), options);
    }

    /// <summary>Documents × terms; unknown terms are left out, a document without known terms is an empty row.</summary>
    public Csr Transform(IReadOnlyList<string> documents)
    {
        var (rows, columns, values) = (new List<int>(), new List<int>(), new List<float>());
        for (var row = 0; row < documents.Count; row++)
        {
            var first = values.Count;
            double square = 0;
            foreach (var (column, count) in Counts(documents[row]))
            {
                var value = (Options.Sublinear ? 1 + Math.Log(count) : count) * _idf[column];
                square += value * value;
                rows.Add(row);
                columns.Add(column);
                values.Add((float)value);
            }
            for (var at = first; at < values.Count; at++) values[at] = (float)(values[at] / Math.Sqrt(square));
        }
        return Csr.FromTriplets(documents.Count, _terms.Length, rows.ToArray(), columns.ToArray(), values.ToArray());
    }

    /// <summary>How often each known term occurs in a text.</summary>
    public IReadOnlyDictionary<int, int> Counts(string document)
    {
        var counts = new Dictionary<int, int>();
        foreach (var term in Tokenizer.Terms(document, Options.LongestWordRun))
        {
            if (_columns.TryGetValue(term, out var column)) counts[column] = counts.GetValueOrDefault(column) + 1;
        }
        return counts;
    }
}
