using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Sequences;

/// <summary>A trained network with the course of its training.</summary>
/// <param name="Model">The network with its best weights.</param>
/// <param name="Training">One row per epoch.</param>
public sealed record SequenceFit(SequenceClassifierModel Model, TrainingResult Training);

/// <summary>Learns one or several answers from sequences of steps, with early stopping on a part of the sequences.</summary>
public static class SequenceClassifier
{
    /// <summary>Trains a network.</summary>
    /// <param name="sequences">The sequences.</param>
    /// <param name="targets">What is known of them; the loss is the sum over heads of the mean over the sequences whose answer is known.</param>
    /// <param name="options">Options.</param>
    /// <param name="progress">Told after each epoch; may be null.</param>
    /// <param name="ct">Looked at between steps.</param>
    /// <exception cref="ArgumentException">Parts do not fit each other, or a head has no sequence whose answer is known.</exception>
    /// <exception cref="TrainingDivergedException">The loss is not finite.</exception>
    public static SequenceFit Fit(StepSequences sequences, IReadOnlyList<SequenceTarget> targets, SequenceClassifierOptions options, IProgress<EpochReport>? progress, CancellationToken ct)
    {
        options.Validate();
        sequences.Check(sequences.Steps.ColumnCount, options.CodeCount);
        if (targets.Count == 0 || targets.Select(t => t.Name).Distinct(StringComparer.Ordinal).Count() < targets.Count) throw new ArgumentException("A network needs at least one head, and every name once.", nameof(targets));
        var heads = targets.Select(t => SequenceHead.Of(t, sequences.Count)).ToArray();
        var rng = new Rng(options.Training.Seed);
        var order = Enumerable.Range(0, sequences.Count).ToArray();
        rng.Fork(1).Shuffle(order.AsSpan());
        var held = (int)(options.ValidationShare * order.Length);
        var scaling = StepScaling.Of(sequences, order.AsSpan(held));
        var network = new SequenceNetwork(options, scaling, Array.ConvertAll(heads, h => h.Width), rng.Fork(2));
        var task = new SequenceTraining(network, sequences, targets, heads, order[held..], order[..held]);
        var result = Trainer.Fit(task, options.Training, progress, ct);
        return new SequenceFit(new SequenceClassifierModel(network, scaling, heads, options), result);
    }

    /// <summary>The network and its examples, as the trainer sees them.</summary>
    private sealed class SequenceTraining(SequenceNetwork network, StepSequences sequences, IReadOnlyList<SequenceTarget> targets, SequenceHead[] heads, int[] train, int[] held) : ITrainingTask
    {
        private const int EvaluationCount = 256;

        public IReadOnlyList<Parameter> Parameters => network.Parameters;

        public int ExampleCount => train.Length;

        public Tensor Loss(Tape tape, ReadOnlySpan<int> examples)
        {
            tape.NewIndices(examples.Length, out var chosen);
            for (var i = 0; i < chosen.Length; i++) chosen[i] = train[examples[i]];
            return LossOf(tape, chosen);
        }

        public Evaluation? Evaluate(Tape tape)
        {
            if (held.Length == 0) return null;
            double sum = 0;
            for (var first = 0; first < held.Length; first += EvaluationCount)
            {
                var chosen = held.AsSpan(first, Math.Min(EvaluationCount, held.Length - first));
                tape.Begin(training: false);
                sum += chosen.Length * (double)LossOf(tape, chosen).Scalar;
            }
            return new Evaluation(sum / held.Length);
        }

        private Tensor LossOf(Tape tape, ReadOnlySpan<int> chosen)
        {
            var pooled = network.Read(tape, sequences, chosen);
            var total = tape.Input([0], Shape.Scalar);
            for (var h = 0; h < heads.Length; h++)
            {
                var count = Known(tape, targets[h].Values, chosen, out var index, out var values);
                if (count == 0) continue;
                var rows = count == chosen.Length ? pooled : tape.Gather(pooled, index);
                total = tape.Add(total, heads[h].Loss(tape, network.Answer(tape, h, rows), values));
            }
            return total;
        }

        /// <summary>Places of the sequences whose answer is known, and the answers.</summary>
        private static int Known(Tape tape, float[] answers, ReadOnlySpan<int> chosen, out Indices index, out ReadOnlySpan<float> values)
        {
            var count = 0;
            foreach (var s in chosen) if (!float.IsNaN(answers[s])) count++;
            index = tape.NewIndices(count, out var places);
            var known = tape.Allocate(new Shape(count)).Values;
            for (var (i, at) = (0, 0); i < chosen.Length; i++)
            {
                if (float.IsNaN(answers[chosen[i]])) continue;
                (places[at], known[at]) = (i, answers[chosen[i]]);
                at++;
            }
            values = known;
            return count;
        }
    }
}
