using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Text;

/// <summary>Choices of <see cref="NaiveBayes"/>.</summary>
public sealed record NaiveBayesOptions
{
    /// <summary>How texts are cut and which terms count.</summary>
    public VocabularyOptions Vocabulary { get; init; } = new();

    /// <summary>α, the count that every term has in every class beforehand. Default 1.</summary>
    public double Smoothing { get; init; } = 1;

    /// <summary>Complement form (Rennie, Shih, Teevan &amp; Karger 2003): a term speaks against a class by its share in all other classes, which suffers less from classes of unequal size. Default false.</summary>
    public bool Complement { get; init; }
}

/// <summary>Multinomial naive Bayes over term counts (Manning, Raghavan &amp; Schütze 2008, chapter 13), or its complement form. Immutable.</summary>
public sealed class NaiveBayes : IStorable<NaiveBayes>
{
    private readonly Vocabulary _vocabulary;
    private readonly double[] _logPriors;
    private readonly double[][] _logTerms; // classes × terms; complement: −log share in the other classes

    private NaiveBayes(Vocabulary vocabulary, double[] logPriors, double[][] logTerms) => (_vocabulary, _logPriors, _logTerms) = (vocabulary, logPriors, logTerms);

    /// <inheritdoc/>
    public static string Kind => "naive-bayes";

    /// <summary>Number of classes.</summary>
    public int ClassCount => _logPriors.Length;

    /// <summary>Counts terms by class.</summary>
    /// <param name="documents">Texts.</param>
    /// <param name="labels">Class of each text, from 0.</param>
    /// <param name="options">How texts are cut and counts smoothed.</param>
    /// <exception cref="ArgumentException">Labels do not fit the documents, or a class below the highest has no document.</exception>
    public static NaiveBayes Fit(IReadOnlyList<string> documents, ReadOnlySpan<int> labels, NaiveBayesOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Smoothing, "options.Smoothing");
        var classes = TextLabels.ClassCount(documents.Count, labels);
        var vocabulary = Vocabulary.Fit(documents, options.Vocabulary, out var counts);
        var (priors, terms) = (new double[classes], new double[classes][]);
        foreach (var label in labels) priors[label]++;
        for (var k = 0; k < classes; k++)
        {
            priors[k] = options.Complement ? 0 : Math.Log(priors[k] / labels.Length); // the complement form has no prior
            var logs = TermLogs.Of(counts, labels, k, options.Complement, options.Smoothing);
            terms[k] = options.Complement ? Array.ConvertAll(logs, log => -log) : logs;
        }
        return new NaiveBayes(vocabulary, priors, terms);
    }

    /// <summary>Probability of each class; the complement form gives shares that order the classes and are no probabilities.</summary>
    public double[] Predict(string document)
    {
        var logs = _logPriors.ToArray();
        var row = _vocabulary.CountTerms([document]).Row(0);
        for (var k = 0; k < logs.Length; k++)
        {
            for (var at = 0; at < row.Count; at++) logs[k] += row.Values[at] * _logTerms[k][row.Columns[at]];
        }
        var highest = logs.Max();
        var sum = logs.Sum(log => Math.Exp(log - highest));
        return Array.ConvertAll(logs, log => Math.Exp(log - highest) / sum);
    }

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.PutPart("vocabulary", _vocabulary);
        part.Put("log_priors", _logPriors);
        for (var k = 0; k < ClassCount; k++) part.Put($"log_terms.{k}", _logTerms[k]);
    }

    /// <inheritdoc/>
    public static NaiveBayes Restore(ModelPart part)
    {
        var vocabulary = part.GetPart<Vocabulary>("vocabulary");
        var priors = part.Get<double>("log_priors");
        double[][] terms = [.. Enumerable.Range(0, priors.Length).Select(k => part.Get<double>($"log_terms.{k}", vocabulary.ColumnCount))];
        return new NaiveBayes(vocabulary, priors, terms);
    }
}
