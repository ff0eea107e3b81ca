using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Optim;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Benchmarks.Speed;

/// <summary>Three epochs of a network of two convolutions over 4000 pictures.</summary>
internal sealed class CnnEpochRow : ISpeedRow
{
    private const int Side = 28, ImageSize = Side * Side, Count = 5000, TrainCount = 4000, BatchSize = 64, Epochs = 3;

    private float[] _x = [];
    private int[] _y = [];
    private int _degree;
    private double _accuracy;

    public string Job => "cnn-epoch";

    public void Prepare(int degree) => ((_x, _y), _degree) = (Recipes.Images(1, Count), degree);

    public IReadOnlyList<double> Run()
    {
        var network = new Network(new Rng(1));
        var adam = new Adam();
        using var tape = new Tape(seed: 1, _degree);
        var seconds = new List<double>();
        for (var epoch = 0; epoch < Epochs; epoch++) seconds.Add(Timed.Seconds(() => Train(network, adam, tape, epoch)));
        var right = 0;
        for (var from = TrainCount; from < Count; from += 500)
        {
            tape.Begin(training: false);
            var logits = network.Forward(tape, tape.Input(_x.AsSpan(from * ImageSize, 500 * ImageSize), new Shape(500, Side, Side, 1)));
            for (var i = 0; i < 500; i++) right += System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(logits.Row(i)) == _y[from + i] ? 1 : 0;
        }
        _accuracy = right / (double)(Count - TrainCount);
        return seconds;
    }

    public SpeedOutcome Outcome() => SpeedOutcome.Of(("accuracy", _accuracy));

    private void Train(Network network, Adam adam, Tape tape, int epoch)
    {
        var order = Enumerable.Range(0, TrainCount).ToArray();
        new Rng(1).Fork(epoch).Shuffle<int>(order);
        var targets = new int[BatchSize];
        for (var from = 0; from < TrainCount; from += BatchSize)
        {
            var batch = order.AsSpan(from, Math.Min(BatchSize, TrainCount - from));
            tape.Begin(training: true, epoch * TrainCount + from);
            var x = tape.Allocate(new Shape(batch.Length, Side, Side, 1));
            for (var i = 0; i < batch.Length; i++)
            {
                _x.AsSpan(batch[i] * ImageSize, ImageSize).CopyTo(x.Values[(i * ImageSize)..]);
                targets[i] = _y[batch[i]];
            }
            tape.Backward(tape.CrossEntropy(network.Forward(tape, x), tape.Indices(targets.AsSpan(0, batch.Length))));
            adam.Step(network.Parameters, 1e-3);
        }
    }

    private sealed class Network : Module
    {
        private readonly Conv2d _first, _second;
        private readonly Linear _hidden, _output;

        public Network(Rng rng) : base("")
        {
            (_first, _second) = (Add(new Conv2d("first", 1, 8, 3, rng)), Add(new Conv2d("second", 8, 16, 3, rng)));
            (_hidden, _output) = (Add(new Linear("hidden", 16 * 49, 64, rng)), Add(new Linear("output", 64, 10, rng, gain: 1)));
        }

        public Tensor Forward(Tape tape, in Tensor x)
        {
            var pooled = tape.MaxPool2d(_second.Forward(tape, tape.MaxPool2d(_first.Forward(tape, x, rectify: true), 2), rectify: true), 2);
            return _output.Forward(tape, _hidden.Forward(tape, pooled.Reshape(new Shape(x.Shape[0], 16 * 49)), Activation.Relu));
        }
    }
}
