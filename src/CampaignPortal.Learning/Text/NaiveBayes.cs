namespace CampaignPortal.Learning.Text;

/// <summary>Multinomial naive Bayes over term counts with add-one smoothing (Manning, Raghavan &amp; Schütze 2008, chapter 13). Immutable.</summary>
public sealed class NaiveBayes
{
    private readonly TfIdf _vocabulary;
    private readonly double[] _logPriors;
    private readonly double[][] _logTerms; // classes × terms

    private NaiveBayes(TfIdf vocabulary, double[] logPriors, double[][] logTerms) => (_vocabulary, _logPriors, _logTerms) = (vocabulary, logPriors, logTerms);

    /// <summary>Number of classes.</summary>
    public int ClassCount => _logPriors.Length;

    /// <summary>Counts terms by class.</summary>
    /// <param name="documents">Texts.</param>
    /// <param name="labels">Class of each text, from 0.</param>
    /// <param name="options">How texts are cut; weights play no part here.</param>
    /// <exception cref="ArgumentException">Labels do not fit the documents, or a class below the highest has no document.</exception>
    public static NaiveBayes Fit(IReadOnlyList<string> documents, ReadOnlySpan<int> labels, TfIdfOptions options)
    {
        if (documents.Count != labels.Length || labels.IsEmpty) throw new ArgumentException($"{documents.Count} documents need as many labels, at least one; there are {labels.Length}.", nameof(labels));
        var classes = labels.ToArray().Max() + 1;
        var vocabulary = TfIdf.Fit(documents, options);
        var priors = new double[classes];
        var terms = new double[classes][];
        for (var k = 0; k < classes; k++) terms[k] = Enumerable.Repeat(1.0, vocabulary.Terms.Length).ToArray();
        for (var document = 0; document < labels.Length; document++)
        {
            priors[labels[document]]++;
            foreach (var (column, count) in vocabulary.Counts(documents[document])) terms[labels[document]][column] += count;
        }
        for (var k = 0; k < classes; k++)
        {
            if (priors[k] == 0) throw new ArgumentException($"Class {k} has no document.", nameof(labels));
            priors[k] = Math.Log(priors[k] / labels.Length);
            var total = terms[k].Sum();
            terms[k] = Array.ConvertAll(terms[k], count => Math.Log(count / total));
        }
        return new NaiveBayes(vocabulary, priors, terms);
    }

    /// <summary>Probability of each class.</summary>
    public double[] Predict(string document)
    {
        var logs = _logPriors.ToArray();
        foreach (var (column, count) in _vocabulary.Counts(document))
        {
            for (var k = 0; k < logs.Length; k++) logs[k] += count * _logTerms[k][column];
        }
        var highest = logs.Max();
        var sum = logs.Sum(log => Math.Exp(log - highest));
        return Array.ConvertAll(logs, log => Math.Exp(log - highest) / sum);
    }
}
