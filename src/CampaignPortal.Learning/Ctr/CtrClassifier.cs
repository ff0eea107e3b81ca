using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Ctr;

/// <summary>A trained click model with the story of its training.</summary>
/// <param name="Model">The network with the best weights.</param>
/// <param name="Training">Its epochs.</param>
public sealed record CtrFit(CtrModel Model, TrainingResult Training);

/// <summary>Trains factorisation machines and networks over categories.</summary>
/// <remarks>Vectors of categories that a batch does not name stay as they are (lazy Adam), so an epoch costs what its rows cost, not what the tables hold.</remarks>
public static class CtrClassifier
{
    /// <summary>Trains a network.</summary>
    /// <param name="training">Training rows.</param>
    /// <param name="validation">Rows that decide when to stop and which weights to keep; null trains all epochs.</param>
    /// <param name="inputs">Sizes of the inputs.</param>
    /// <param name="options">Options.</param>
    /// <param name="rng">Source of first weights; the order of rows and dropout follow the seed of the training options.</param>
    /// <param name="progress">Told after each epoch; may be null.</param>
    /// <param name="ct">Looked at between steps.</param>
    /// <exception cref="ArgumentException">Sizes do not fit, a category is out of range, a number is not finite, or only one class occurs.</exception>
    /// <exception cref="TrainingDivergedException">The loss is not finite.</exception>
    public static CtrFit Fit(CtrRows training, CtrRows? validation, CtrInputs inputs, CtrOptions options, Rng rng, IProgress<EpochReport>? progress, CancellationToken ct)
    {
        inputs.Validate();
        options.Validate();
        training.Check(inputs);
        validation?.Check(inputs);
        BinaryLabels.Weights(training.Labels.Length, training.Labels, [], balanced: false);
        var (mean, scale) = Moments(training.Dense, inputs.DenseCount);
        var network = new CtrNetwork(inputs, options, rng);
        var rate = training.Labels.Average();
        network.StartAt(Math.Log(rate / (1 - rate)));
        var model = new CtrModel(network, inputs, options, mean, scale);
        var result = Trainer.Fit(new Task(model, training, validation), options.Training, progress, ct);
        return new CtrFit(model, result);
    }

    private static (float[] Mean, float[] Scale) Moments(float[] dense, int columns)
    {
        if (columns == 0) return ([], []);
        var moments = Linear.ColumnMoments.Of(new Matrix(dense.Length / columns, columns, dense), Enumerable.Repeat(1f, dense.Length / columns).ToArray());
        return (moments.Shift, moments.Scale);
    }

    private sealed class Task(CtrModel model, CtrRows training, CtrRows? validation) : ITrainingTask
    {
        public IReadOnlyList<Parameter> Parameters => model.Network.Parameters;

        public int ExampleCount => training.Labels.Length;

        public Tensor Loss(Tape tape, ReadOnlySpan<int> examples)
        {
            var labels = tape.Allocate(new Shape(examples.Length));
            for (var i = 0; i < examples.Length; i++) labels.Values[i] = training.Labels[examples[i]];
            return tape.BinaryCrossEntropy(model.Forward(tape, training.Dense, training.Categories, examples), labels.Values);
        }

        public Evaluation? Evaluate(Tape tape)
        {
            if (validation is null) return null;
            var logits = new float[validation.Labels.Length];
            model.LogOddsMany(tape, validation.Dense, validation.Categories, logits);
            return new Evaluation(Losses.BinaryCrossEntropy(logits, validation.Labels, new float[logits.Length], 1, default));
        }
    }
}
