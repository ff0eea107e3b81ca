using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Linear;

namespace CampaignPortal.Learning.Text;

/// <summary>How <see cref="LinearText"/> finds the weight of a term.</summary>
public enum TextLearner
{
    /// <summary>Logistic regression.</summary>
    Logistic,

    /// <summary>Linear support vector machine with squared hinge loss.</summary>
    SupportVectors,

    /// <summary>The log-count ratio itself: multinomial naive Bayes.</summary>
    NaiveBayes,
}

/// <summary>Options of <see cref="LinearText"/>.</summary>
public sealed record LinearTextOptions
{
    /// <summary>How texts become rows.</summary>
    public TfIdfOptions Terms { get; init; } = new();

    /// <summary>How the weight of a term is found. Default <see cref="TextLearner.Logistic"/>.</summary>
    public TextLearner Learner { get; init; }

    /// <summary>Whether cells are multiplied with the log-count ratio of their term first, so that the penalty spares terms of which one class is full
    /// (NB-SVM of Wang &amp; Manning 2012, with all of the ratio's weight). Naive Bayes is that ratio anyway. Default false.</summary>
    public bool ByLogCountRatio { get; init; }

    /// <summary>λ of the penalty ½·λ·|w|²; plays no part in naive Bayes. Default 0.25.</summary>
    public double L2 { get; init; } = 0.25;

    /// <summary>The count that every term has in every class before its log-count ratio is taken. Default 1.</summary>
    public double Smoothing { get; init; } = 1;

    /// <summary>Seed of the order in which rows are visited.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Threads that cut texts; null (the default) means all processors but one. The result does not depend on it.</summary>
    public int? Degree { get; init; }
}

/// <summary>Fits classifiers of texts whose score is a sum over terms: logistic, support vectors, naive Bayes, or the first two on cells weighted by naive Bayes. More than two classes: each against the others.</summary>
public static class LinearText
{
    /// <summary>Fits a model.</summary>
    /// <param name="documents">Texts.</param>
    /// <param name="labels">Class of each text, from 0.</param>
    /// <param name="options">Options.</param>
    /// <param name="ct">Looked at between passes.</param>
    /// <exception cref="ArgumentException">Labels do not fit the documents, or a class below the highest has no document.</exception>
    public static LinearTextModel Fit(IReadOnlyList<string> documents, ReadOnlySpan<int> labels, LinearTextOptions options, CancellationToken ct)
    {
        var classes = TextLabels.ClassCount(documents.Count, labels);
        var terms = TfIdf.Fit(documents, options.Terms, out var rows, ParallelRanges.Degree(options.Degree));
        return new LinearTextModel(terms, Fit(rows, labels, classes, options, ct));
    }

    /// <summary>One score for two classes, else one per class, from rows that are weighted already.</summary>
    internal static SparseLinearModel[] Fit(Csr rows, ReadOnlySpan<int> labels, int classCount, LinearTextOptions options, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Smoothing, "options.Smoothing");
        var models = new SparseLinearModel[TextModels.OutputsOf(classCount)];
        for (var output = 0; output < models.Length; output++) models[output] = FitOne(rows, labels, models.Length == 1 ? 1 : output, options, ct);
        return models;
    }

    private static SparseLinearModel FitOne(Csr rows, ReadOnlySpan<int> labels, int label, LinearTextOptions options, CancellationToken ct)
    {
        var ratio = options.ByLogCountRatio || options.Learner == TextLearner.NaiveBayes ? TermLogs.Ratio(rows, labels, label, options.Smoothing) : null;
        if (options.Learner == TextLearner.NaiveBayes) return new SparseLinearModel(ratio!, LogOdds(labels, label), 1, true); // taken one line above
        var targets = new float[labels.Length];
        for (var row = 0; row < targets.Length; row++) targets[row] = labels[row] == label ? 1 : 0;
        var linear = new SparseLinearOptions
        {
            Loss = options.Learner == TextLearner.Logistic ? SparseLoss.Logistic : SparseLoss.SquaredHinge,
            L2 = options.L2,
            Seed = options.Seed,
        };
        if (ratio is null) return SparseLinear.Fit(rows, targets, [], linear, ct);
        var values = rows.Values.ToArray();
        for (var at = 0; at < values.Length; at++) values[at] *= ratio[rows.Columns[at]];
        return SparseLinear.Fit(rows.WithValues(values), targets, [], linear, ct).ScaledBy(ratio);
    }

    private static double LogOdds(ReadOnlySpan<int> labels, int label)
    {
        var own = labels.Count(label);
        return Math.Log((double)own / (labels.Length - own));
    }
}
