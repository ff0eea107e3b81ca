using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Training;

/// <summary>A network, its examples and its loss, as <see cref="Trainer"/> sees them.</summary>
public interface ITrainingTask
{
    /// <summary>What is learned, in a fixed order.</summary>
    IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Number of training examples.</summary>
    int ExampleCount { get; }

    /// <summary>True where rows of a batch know of each other (batch norm, in-batch negatives), so that it must not be cut into shards.</summary>
    bool NeedsWholeBatches => false;

    /// <summary>Records the mean loss of some examples on the tape.</summary>
    /// <remarks>With several shards it is called on several threads at once, each with its own tape: keep nothing but what the tape holds.</remarks>
    Tensor Loss(Tape tape, ReadOnlySpan<int> examples);

    /// <summary>Judges the present weights on examples that are not trained on; null where there are none.</summary>
    /// <param name="tape">A tape that the task may begin without training, as often as it likes.</param>
    Evaluation? Evaluate(Tape tape);
}

/// <summary>A judgement of weights.</summary>
/// <param name="Loss">Mean loss of the validation part.</param>
/// <param name="Metric">A figure that shall be high, AUC or NDCG for instance; early stopping watches it where it is given, else the loss.</param>
public sealed record Evaluation(double Loss, double? Metric = null)
{
    /// <summary>What early stopping compares; higher is better.</summary>
    internal double Score => Metric ?? -Loss;
}

/// <summary>Hears of the course of a training run.</summary>
public interface ITrainingCallbacks
{
    /// <summary>An epoch begins; numbers from 1.</summary>
    void EpochBegan(int epoch);

    /// <summary>A step of a batch is done; numbers from 1 over all epochs.</summary>
    void StepEnded(int step, double loss);

    /// <summary>An epoch is over and judged.</summary>
    void EpochEnded(EpochReport report);
}

/// <summary>The course of a training run; the task's parameters hold the best weights.</summary>
/// <param name="History">One row per epoch.</param>
/// <param name="BestEpoch">Epoch whose weights were kept.</param>
/// <param name="Best">Its judgement; null without a validation part.</param>
public sealed record TrainingResult(IReadOnlyList<EpochReport> History, int BestEpoch, Evaluation? Best);

/// <summary>Where and how often the state of a run is written, so that it can go on after a stop as if nothing had happened.</summary>
/// <param name="Folder">A folder of its own for the run; the newest state in it is taken up again.</param>
/// <param name="Every">Time between two writings; the state is also written when the run is cancelled.</param>
/// <param name="Clock">Measures that time.</param>
public sealed record Checkpoints(string Folder, TimeSpan Every, TimeProvider Clock);
