using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Sequences;

/// <summary>Windows of sequences, in which every item but the first is to be said from those before it, and users whose last item is withheld to judge.</summary>
internal sealed class NextItemTraining : ITrainingTask
{
    private readonly NextItemNetwork _network;
    private readonly NextItemOptions _options;
    private readonly int _itemCount;
    private readonly List<ArraySegment<int>> _windows = [];
    private readonly int[][] _judged;
    private readonly double[] _share; // of each item among all targets
    private readonly NextItemLoss _loss;

    /// <summary>A task.</summary>
    /// <param name="network">What is trained.</param>
    /// <param name="sequences">Items to train on, oldest first.</param>
    /// <param name="judged">Sequences whose last item is to be found; empty for none.</param>
    /// <param name="itemCount">Number of items.</param>
    /// <param name="options">Loss and lengths.</param>
    public NextItemTraining(NextItemNetwork network, IReadOnlyList<int[]> sequences, int[][] judged, int itemCount, NextItemOptions options)
    {
        (_network, _options, _itemCount, _judged, _loss) = (network, options, itemCount, judged, options.LossFor(itemCount));
        _share = new double[itemCount];
        foreach (var sequence in sequences) Cut(sequence);
        var total = Math.Max(1, _share.Sum());
        for (var item = 0; item < itemCount; item++) _share[item] /= total;
    }

    public IReadOnlyList<Parameter> Parameters => _network.Parameters;

    public int ExampleCount => _windows.Count;

    // Windows share one item, the last input of one being the first of the next; they are cut from the end, so only the oldest is short.
    private void Cut(int[] sequence)
    {
        for (var end = sequence.Length; end > 1; end -= _options.Length)
        {
            var from = Math.Max(0, end - 1 - _options.Length);
            _windows.Add(new ArraySegment<int>(sequence, from, end - from));
        }
        for (var at = 1; at < sequence.Length; at++) _share[sequence[at]]++;
    }

    /// <inheritdoc/>
    public Tensor Loss(Tape tape, ReadOnlySpan<int> examples)
    {
        var count = 0;
        foreach (var example in examples) count += _windows[example].Count - 1;
        var inputs = tape.NewIndices(count, out var inputSpan);
        var offsets = tape.NewIndices(examples.Length + 1, out var offsetSpan);
        var targets = new int[count];
        offsetSpan[0] = 0;
        var at = 0;
        for (var e = 0; e < examples.Length; e++)
        {
            var window = _windows[examples[e]].AsSpan();
            window[..^1].CopyTo(inputSpan[at..]);
            window[1..].CopyTo(targets.AsSpan(at));
            offsetSpan[e + 1] = at += window.Length - 1;
        }
        var hidden = _network.Forward(tape, inputs, offsets);
        return _loss switch
        {
            NextItemLoss.FullSoftmax => tape.SoftmaxOverTable(hidden, tape.Use(_network.Items.Weight), tape.Indices(targets)),
            NextItemLoss.SampledSoftmax => Sampled(tape, hidden, targets),
            NextItemLoss.GeneralizedBinary => Binary(tape, hidden, targets),
            NextItemLoss.OneNegative => AgainstOne(tape, hidden, targets),
            _ => throw new InvalidOperationException($"Unknown loss {_loss}."),
        };
    }

    // Candidates are the batch's targets and random items; item j is among them q_j = count·share_j + drawn/items times on average.
    private Tensor Sampled(Tape tape, in Tensor hidden, int[] targets)
    {
        var drawn = Draw(tape, _options.NegativeCount);
        int[] candidates = [.. targets.Concat(drawn).Distinct()];
        var place = new Dictionary<int, int>(candidates.Length);
        for (var at = 0; at < candidates.Length; at++) place[candidates[at]] = at;
        var bias = Array.ConvertAll(candidates, item => (float)-Math.Log(Math.Min(1, targets.Length * _share[item] + (double)drawn.Length / _itemCount)));
        var rows = tape.Gather(_network.Items.Weight, tape.Indices(candidates));
        return tape.SoftmaxOverTable(hidden, rows, tape.Indices(Array.ConvertAll(targets, target => place[target])), bias: bias);
    }

    private Tensor Binary(Tape tape, in Tensor hidden, int[] targets)
    {
        var positive = tape.RowDot(hidden, tape.Gather(_network.Items.Weight, tape.Indices(targets)));
        var negatives = tape.MultiplyTransposed(hidden, tape.Gather(_network.Items.Weight, tape.Indices(Draw(tape, _options.NegativeCount))));
        return tape.GeneralizedBinaryCrossEntropy(positive, negatives, _itemCount, _options.Calibration);
    }

    private Tensor AgainstOne(Tape tape, in Tensor hidden, int[] targets)
    {
        var positive = tape.RowDot(hidden, tape.Gather(_network.Items.Weight, tape.Indices(targets)));
        var negative = tape.RowDot(hidden, tape.Gather(_network.Items.Weight, tape.Indices(Draw(tape, targets.Length))));
        var (ones, zeros) = (new float[targets.Length], new float[targets.Length]);
        Array.Fill(ones, 1);
        return tape.Add(tape.BinaryCrossEntropy(positive, ones), tape.BinaryCrossEntropy(negative, zeros));
    }

    private int[] Draw(Tape tape, int count)
    {
        var stream = tape.NextStream();
        var drawn = new int[count];
        for (var at = 0; at < count; at++) drawn[at] = (int)(CounterRng.Uniform(tape.Seed, stream, (ulong)at) * _itemCount);
        return drawn;
    }

    /// <inheritdoc/>
    public Evaluation? Evaluate(Tape tape)
    {
        if (_judged.Length == 0) return null;
        const int Block = 64;
        double ndcg = 0;
        var scores = new float[Block * _itemCount];
        for (var from = 0; from < _judged.Length; from += Block)
        {
            var users = _judged[from..Math.Min(_judged.Length, from + Block)];
            _network.Logits(tape, [.. users.Select(user => Newest(user))], scores);
            for (var at = 0; at < users.Length; at++) ndcg += Gain(scores.AsSpan(at * _itemCount, _itemCount), users[at]);
        }
        return new Evaluation(0, ndcg / _judged.Length);
    }

    private ArraySegment<int> Newest(int[] user)
    {
        var known = user.Length - 1;
        var length = Math.Min(known, _options.Length);
        return new ArraySegment<int>(user, known - length, length);
    }

    /// <summary>1/log₂(rank + 2) of the last item among all that are not in the sequence before it, 0 below the tenth place.</summary>
    internal static double Gain(Span<float> scores, int[] user)
    {
        var own = scores[user[^1]];
        foreach (var seen in user.AsSpan(0, user.Length - 1)) scores[seen] = float.NegativeInfinity;
        var above = 0;
        foreach (var score in scores)
        {
            if (score > own) above++;
        }
        return above < 10 ? 1 / Math.Log2(above + 2) : 0;
    }
}
