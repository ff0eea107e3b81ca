using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Text;

/// <summary>One way to classify texts that competes in <see cref="TextStacking"/>.</summary>
public abstract class TextCandidate
{
    /// <summary>Name in reports.</summary>
    public abstract string Name { get; }

    /// <summary>Fits on some texts and scores others.</summary>
    /// <param name="texts">All texts.</param>
    /// <param name="train">Texts to fit on.</param>
    /// <param name="held">Texts to score.</param>
    /// <param name="ct">Looked at between passes.</param>
    internal abstract HeldOut FitHeldOut(TextSet texts, int[] train, int[] held, CancellationToken ct);

    /// <summary>The model for new texts.</summary>
    /// <param name="texts">All texts.</param>
    /// <param name="folds">What <see cref="FitHeldOut"/> gave for each fold.</param>
    /// <param name="ct">Looked at between passes.</param>
    internal abstract ITextModel Finish(TextSet texts, IReadOnlyList<HeldOut> folds, CancellationToken ct);

    /// <summary>A linear model; what is kept is fitted on all texts.</summary>
    public static TextCandidate Linear(string name, LinearTextOptions options) => new LinearCandidate(name, options);

    /// <summary>A network; what is kept is the mean of the networks of all folds.</summary>
    public static TextCandidate Network(string name, TextNetworkOptions options) => new NetworkCandidate(name, options);

    /// <summary>Scores of held-out texts, row by row, and the model that gave them where it is to be kept.</summary>
    internal sealed record HeldOut(float[] Scores, ITextModel? Model);

    private sealed class LinearCandidate(string name, LinearTextOptions options) : TextCandidate
    {
        public override string Name => name;

        internal override ITextModel Finish(TextSet texts, IReadOnlyList<HeldOut> folds, CancellationToken ct)
        {
            var (terms, rows) = Weigh(texts);
            return new LinearTextModel(terms, LinearText.Fit(rows, texts.Labels, texts.ClassCount, options, ct));
        }

        internal override HeldOut FitHeldOut(TextSet texts, int[] train, int[] held, CancellationToken ct)
        {
            var (_, rows) = Weigh(texts);
            var outputs = LinearText.Fit(rows.SelectRows(train), texts.LabelsOf(train), texts.ClassCount, options, ct);
            var scores = new float[held.Length * outputs.Length];
            for (var at = 0; at < held.Length; at++)
            {
                for (var output = 0; output < outputs.Length; output++) scores[at * outputs.Length + output] = (float)outputs[output].Score(rows.Row(held[at]));
            }
            return new HeldOut(scores, null);
        }

        private (TfIdf Terms, Csr Rows) Weigh(TextSet texts)
        {
            var (vocabulary, counts) = texts.Counts(options.Terms.Vocabulary);
            var terms = TfIdf.Fit(vocabulary, counts, options.Terms);
            return (terms, terms.Weigh(counts));
        }
    }

    private sealed class NetworkCandidate(string name, TextNetworkOptions options) : TextCandidate
    {
        public override string Name => name;

        internal override ITextModel Finish(TextSet texts, IReadOnlyList<HeldOut> folds, CancellationToken ct) =>
            TextNetworkModel.Averaged([.. folds.Select(fold => fold.Model).OfType<TextNetworkModel>()]);

        internal override HeldOut FitHeldOut(TextSet texts, int[] train, int[] held, CancellationToken ct)
        {
            var training = options.Training with { Degree = 1 }; // folds and candidates run side by side
            var model = TextNetworkClassifier.Fit(texts, train, options with { Training = training }, null, ct);
            var scores = new float[held.Length * texts.OutputCount];
            model.Score(Array.ConvertAll(held, row => texts.Documents[row]), scores);
            return new HeldOut(scores, model);
        }
    }
}
