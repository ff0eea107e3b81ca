namespace CampaignPortal.Learning.Text;

/// <summary>One way to classify texts that competes in <see cref="TextStacking"/>.</summary>
public abstract class TextCandidate
{
    /// <summary>Name in reports.</summary>
    public abstract string Name { get; }

    /// <summary>Fits on all texts.</summary>
    internal abstract ITextModel Fit(TextSet texts, CancellationToken ct);

    /// <summary>Fits on some texts and scores others.</summary>
    /// <param name="texts">All texts.</param>
    /// <param name="train">Texts to fit on.</param>
    /// <param name="held">Texts to score.</param>
    /// <param name="ct">Looked at between passes.</param>
    /// <returns>Held × outputs, row by row.</returns>
    internal abstract float[] ScoreHeldOut(TextSet texts, int[] train, int[] held, CancellationToken ct);

    /// <summary>A linear model.</summary>
    public static TextCandidate Linear(string name, LinearTextOptions options) => new LinearCandidate(name, options);

    private sealed class LinearCandidate(string name, LinearTextOptions options) : TextCandidate
    {
        public override string Name => name;

        internal override ITextModel Fit(TextSet texts, CancellationToken ct)
        {
            var (vocabulary, counts) = texts.Counts(options.Terms.Vocabulary);
            var terms = TfIdf.Fit(vocabulary, counts, options.Terms);
            return new LinearTextModel(terms, LinearText.Fit(terms.Weigh(counts), texts.Labels, texts.ClassCount, options, ct));
        }

        internal override float[] ScoreHeldOut(TextSet texts, int[] train, int[] held, CancellationToken ct)
        {
            var (vocabulary, counts) = texts.Counts(options.Terms.Vocabulary);
            var rows = TfIdf.Fit(vocabulary, counts, options.Terms).Weigh(counts);
            var outputs = LinearText.Fit(rows.SelectRows(train), texts.LabelsOf(train), texts.ClassCount, options, ct);
            var scores = new float[held.Length * outputs.Length];
            for (var at = 0; at < held.Length; at++)
            {
                for (var output = 0; output < outputs.Length; output++) scores[at * outputs.Length + output] = (float)outputs[output].Score(rows.Row(held[at]));
            }
            return scores;
        }
    }
}
