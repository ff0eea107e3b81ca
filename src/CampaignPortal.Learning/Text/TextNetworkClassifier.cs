using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Text;

/// <summary>Trains networks that classify texts, from random vectors, with early stopping on a part of the texts.</summary>
public static class TextNetworkClassifier
{
    /// <summary>Trains one network.</summary>
    /// <param name="documents">Texts.</param>
    /// <param name="labels">Class of each text, from 0.</param>
    /// <param name="options">Options.</param>
    /// <param name="progress">Told after each epoch; may be null.</param>
    /// <param name="ct">Looked at between steps.</param>
    /// <exception cref="ArgumentException">Labels do not fit the documents, or a class below the highest has no document.</exception>
    /// <exception cref="TrainingDivergedException">The loss is not finite.</exception>
    public static TextNetworkModel Fit(IReadOnlyList<string> documents, ReadOnlySpan<int> labels, TextNetworkOptions options, IProgress<EpochReport>? progress, CancellationToken ct)
    {
        options.Validate();
        var texts = new TextSet(documents, labels.ToArray());
        int[] rows = [.. Enumerable.Range(0, documents.Count)];
        return Fit(texts, rows, options, progress, ct);
    }

    /// <summary>Trains one network on some of the texts; its vocabulary is that of all.</summary>
    internal static TextNetworkModel Fit(TextSet texts, int[] rows, TextNetworkOptions options, IProgress<EpochReport>? progress, CancellationToken ct)
    {
        var (vocabulary, counts) = texts.Counts(options.Terms);
        var rng = new Rng(options.Training.Seed);
        var order = rows.ToArray();
        rng.Fork(3).Shuffle<int>(order);
        var held = (int)(options.ValidationShare * rows.Length);
        var network = new TextNetwork("", options, TermSequences.RowCount(vocabulary), texts.OutputCount, rng);
        var train = order[held..];
        var (seen, labels) = (counts.SelectRows(train), texts.LabelsOf(train));
        for (var output = 0; output < Math.Min(texts.OutputCount, options.Width); output++) network.StartTerms(output, TermLogs.Ratio(seen, labels, texts.OutputCount == 1 ? 1 : output, smoothing: 1), (float)options.RatioStart);
        var sequences = TermSequences.Of(vocabulary, texts.Documents, options.MaxLength);
        Trainer.Fit(new TextTask(network, sequences, texts, train, order[..held]), options.Training, progress, ct);
        return new TextNetworkModel(vocabulary, options, [network], texts.ClassCount);
    }

    private sealed class TextTask(TextNetwork network, TermSequences sequences, TextSet texts, int[] train, int[] held) : ITrainingTask
    {
        private const int EvaluationRows = 256;

        public IReadOnlyList<Parameter> Parameters => network.Parameters;

        public int ExampleCount => train.Length;

        public Tensor Loss(Tape tape, ReadOnlySpan<int> examples)
        {
            Span<int> rows = stackalloc int[examples.Length];
            for (var at = 0; at < rows.Length; at++) rows[at] = train[examples[at]];
            return LossOf(tape, rows);
        }

        public Evaluation? Evaluate(Tape tape)
        {
            if (held.Length == 0) return null;
            double sum = 0;
            for (var first = 0; first < held.Length; first += EvaluationRows)
            {
                var rows = held.AsSpan(first, Math.Min(EvaluationRows, held.Length - first));
                tape.Begin(training: false);
                sum += rows.Length * LossOf(tape, rows).Scalar;
            }
            return new Evaluation(sum / held.Length);
        }

        private Tensor LossOf(Tape tape, ReadOnlySpan<int> rows)
        {
            var logits = network.Forward(tape, sequences, rows);
            Span<int> labels = stackalloc int[rows.Length];
            for (var at = 0; at < labels.Length; at++) labels[at] = texts.Labels[rows[at]];
            if (texts.OutputCount > 1) return tape.CrossEntropy(logits, tape.Indices(labels));
            Span<float> targets = stackalloc float[rows.Length];
            for (var at = 0; at < targets.Length; at++) targets[at] = labels[at];
            return tape.BinaryCrossEntropy(logits, targets);
        }
    }
}
