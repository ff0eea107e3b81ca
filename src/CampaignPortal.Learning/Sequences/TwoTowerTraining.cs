using CampaignPortal.Learning.Autograd;
using CampaignPortal.Learning.Nn;
using CampaignPortal.Learning.Tensors;
using CampaignPortal.Learning.Training;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Learning.Sequences;

/// <summary>Pairs of a history and the item that came with it, judged on withheld last items.</summary>
internal sealed class TwoTowerTraining : ITrainingTask
{
    private readonly TwoTowerNetwork _network;
    private readonly IReadOnlyList<int[]> _sequences;
    private readonly int[][] _judged;
    private readonly TwoTowerOptions _options;
    private readonly List<(int Sequence, int Position)> _examples = [];
    private readonly double[] _share; // of each item among all targets

    public TwoTowerTraining(TwoTowerNetwork network, IReadOnlyList<int[]> sequences, int[][] judged, TwoTowerOptions options)
    {
        (_network, _sequences, _judged, _options, _share) = (network, sequences, judged, options, new double[network.ItemCount]);
        for (var user = 0; user < sequences.Count; user++)
        {
            for (var at = options.Ordered ? 1 : 0; at < sequences[user].Length && sequences[user].Length > 1; at++)
            {
                _examples.Add((user, at));
                _share[sequences[user][at]]++;
            }
        }
        for (var item = 0; item < _share.Length; item++) _share[item] /= Math.Max(1, _examples.Count);
    }

    public IReadOnlyList<Parameter> Parameters => _network.Parameters;

    public int ExampleCount => _examples.Count;

    /// <inheritdoc/>
    public Tensor Loss(Tape tape, ReadOnlySpan<int> examples)
    {
        var (histories, targets) = (new ArraySegment<int>[examples.Length], new int[examples.Length]);
        for (var e = 0; e < examples.Length; e++)
        {
            var (user, position) = _examples[examples[e]];
            (histories[e], targets[e]) = (History(_sequences[user], position), _sequences[user][position]);
        }
        int[] candidates = [.. targets.Distinct()];
        var place = new Dictionary<int, int>(candidates.Length);
        for (var at = 0; at < candidates.Length; at++) place[candidates[at]] = at;
        // log-Q: chance that the item is among the candidates of a batch of this size
        var bias = Array.ConvertAll(candidates, item => (float)-Math.Log(1 - Math.Pow(1 - _share[item], targets.Length)));
        var items = _network.ItemVectors(tape, candidates, Hidden(tape, candidates));
        return tape.SoftmaxOverTable(Users(tape, histories), items, tape.Indices(Array.ConvertAll(targets, target => place[target])), _options.Temperature, bias);
    }

    /// <inheritdoc/>
    public Evaluation? Evaluate(Tape tape)
    {
        if (_judged.Length == 0) return null;
        var model = TwoTowerModel.Of(_network, _options);
        var scores = new float[_network.ItemCount];
        double ndcg = 0;
        foreach (var user in _judged)
        {
            model.Score(user.AsSpan(0, user.Length - 1), scores);
            ndcg += NextItemTraining.Gain(scores, user);
        }
        return new Evaluation(0, ndcg / _judged.Length);
    }

    private Tensor Users(Tape tape, ArraySegment<int>[] histories)
    {
        var items = StepIndices.Room(tape, histories.Sum(history => history.Count), out var itemSpan);
        var offsets = StepIndices.Room(tape, histories.Length + 1, out var starts);
        var last = StepIndices.Room(tape, histories.Length, out var newest);
        starts[0] = 0;
        for (var at = 0; at < histories.Length; at++)
        {
            histories[at].AsSpan().CopyTo(itemSpan[starts[at]..]);
            starts[at + 1] = starts[at] + histories[at].Count;
            newest[at] = histories[at][^1];
        }
        return _network.Users(tape, items, offsets, last);
    }

    private ArraySegment<int> History(int[] sequence, int position)
    {
        if (!_options.Ordered) sequence = [.. sequence[(position + 1)..], .. sequence[..position]]; // a turn of the ring: everything but the item
        var end = _options.Ordered ? position : sequence.Length;
        var length = Math.Min(end, _options.Length);
        return new ArraySegment<int>(sequence, end - length, length);
    }

    private int[] Hidden(Tape tape, int[] items)
    {
        var own = (int[])items.Clone();
        if (!_network.HasSides) return own;
        var stream = tape.NextStream();
        for (var at = 0; at < own.Length; at++)
        {
            if (CounterRng.Uniform(tape.Seed, stream, (ulong)at) < _options.ColdShare) own[at] = _network.ItemCount;
        }
        return own;
    }
}
