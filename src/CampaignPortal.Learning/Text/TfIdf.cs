using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Text;

/// <summary>How a count becomes the value of a cell, before idf and length.</summary>
public enum TermScale
{
    /// <summary>The count itself.</summary>
    Count,

    /// <summary>1 + ln(count).</summary>
    Sublinear,

    /// <summary>1, however often a term occurs.</summary>
    Presence,
}

/// <summary>Choices of <see cref="TfIdf"/>.</summary>
public sealed record TfIdfOptions
{
    /// <summary>How texts are cut and which terms count.</summary>
    public VocabularyOptions Vocabulary { get; init; } = new();

    /// <summary>How counts are scaled. Default <see cref="TermScale.Sublinear"/>.</summary>
    public TermScale Scale { get; init; } = TermScale.Sublinear;

    /// <summary>Whether rare terms weigh more: idf = ln((1 + documents) / (1 + documents with the term)) + 1. Default true; otherwise every term weighs 1.</summary>
    public bool Idf { get; init; } = true;

    /// <summary>Whether rows are scaled to Euclidean length 1. Default true.</summary>
    public bool UnitLength { get; init; } = true;
}

/// <summary>Term weights of documents: tf · idf with idf = ln((1 + documents) / (1 + documents with the term)) + 1, rows of unit length (Salton &amp; Buckley 1988, smoothed). Immutable.</summary>
public sealed class TfIdf : IStorable<TfIdf>
{
    private readonly float[] _idf;

    private TfIdf(Vocabulary vocabulary, float[] idf, TfIdfOptions options) => (Vocabulary, _idf, Options) = (vocabulary, idf, options);

    /// <summary>The terms and their columns.</summary>
    public Vocabulary Vocabulary { get; }

    /// <summary>Weight of each term.</summary>
    public ReadOnlySpan<float> Idf => _idf;

    /// <summary>How texts are cut, counted and weighted.</summary>
    public TfIdfOptions Options { get; }

    /// <inheritdoc/>
    public static string Kind => "tf-idf";

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["scale"] = Options.Scale.ToString();
        part.Settings["uses_idf"] = Options.Idf;
        part.Settings["unit_length"] = Options.UnitLength;
        part.PutPart("vocabulary", Vocabulary);
        part.Put("idf", _idf);
    }

    /// <inheritdoc/>
    public static TfIdf Restore(ModelPart part)
    {
        if (!Enum.TryParse<TermScale>(part.Setting<string>("scale"), out var scale)) throw new InvalidDataException($"Unknown scale of terms '{part.Setting<string>("scale")}'.");
        var vocabulary = part.GetPart<Vocabulary>("vocabulary");
        var options = new TfIdfOptions { Vocabulary = vocabulary.Options, Scale = scale, Idf = part.Setting<bool>("uses_idf"), UnitLength = part.Setting<bool>("unit_length") };
        return new TfIdf(vocabulary, part.Get<float>("idf", vocabulary.ColumnCount), options);
    }

    /// <summary>Learns vocabulary and weights.</summary>
    public static TfIdf Fit(IReadOnlyList<string> documents, TfIdfOptions options) => Fit(documents, options, out _);

    /// <summary>Learns vocabulary and weights and gives the rows of the same documents, which are cut once.</summary>
    /// <param name="documents">Texts.</param>
    /// <param name="options">How texts are cut, counted and weighted.</param>
    /// <param name="rows">Documents × terms, as <see cref="Transform"/> would give them.</param>
    /// <param name="degree">Threads; the result does not depend on it.</param>
    public static TfIdf Fit(IReadOnlyList<string> documents, TfIdfOptions options, out Csr rows, int degree = 1)
    {
        var vocabulary = Vocabulary.Fit(documents, options.Vocabulary, out var counts, degree);
        var fitted = Fit(vocabulary, counts, options);
        rows = fitted.Weigh(counts);
        return fitted;
    }

    /// <summary>Documents × terms; unknown terms are left out, a document without known terms is an empty row.</summary>
    public Csr Transform(IReadOnlyList<string> documents) => Weigh(Vocabulary.CountTerms(documents));

    /// <summary>Weights from counts that are known already.</summary>
    internal static TfIdf Fit(Vocabulary vocabulary, Csr counts, TfIdfOptions options)
    {
        var idf = new float[vocabulary.ColumnCount];
        Array.Fill(idf, 1);
        if (!options.Idf) return new TfIdf(vocabulary, idf, options);
        var documents = new int[idf.Length];
        foreach (var column in counts.Columns) documents[column]++;
        for (var column = 0; column < idf.Length; column++) idf[column] = (float)(Math.Log((1.0 + counts.RowCount) / (1 + documents[column])) + 1);
        return new TfIdf(vocabulary, idf, options);
    }

    /// <summary>Weights in place of counts.</summary>
    internal Csr Weigh(Csr counts)
    {
        var values = counts.Values.ToArray();
        for (var row = 0; row < counts.RowCount; row++)
        {
            double square = 0;
            for (var at = counts.Starts[row]; at < counts.Starts[row + 1]; at++)
            {
                var value = Scaled(values[at]) * _idf[counts.Columns[at]];
                square += value * value;
                values[at] = (float)value;
            }
            if (!Options.UnitLength) continue;
            for (var at = counts.Starts[row]; at < counts.Starts[row + 1]; at++) values[at] = (float)(values[at] / Math.Sqrt(square));
        }
        return counts.WithValues(values);
    }

    private double Scaled(float count) => Options.Scale switch
    {
        TermScale.Count => count,
        TermScale.Presence => 1,
        _ => count == 1 ? 1 : 1 + Math.Log(count),
    };
}
