using System.Numerics.Tensors;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Learning.Ranking;

namespace CampaignPortal.Learning.Sequences;

/// <summary>First stage of a ranking in two stages: the items that the weighted sum of all parts puts first, each with a row of what every part says about it.</summary>
/// <remarks>
/// Columns per candidate: each part's score, each part's score over the user's highest, the weighted sum, the candidate's place in it,
/// users of the last item, and the length of the sequence. Immutable; what a user's call needs is in <see cref="Scratch"/>.
/// </remarks>
internal sealed class SequenceCandidates
{
    private readonly SequencePart[] _parts;
    private readonly float[] _weights;
    private readonly float[] _userCounts;

    public SequenceCandidates(IReadOnlyList<SequencePart> parts, float[] weights, float[] userCounts)
    {
        (_parts, _weights, _userCounts) = ([.. parts], weights, userCounts);
        foreach (var part in parts)
        {
            if (part.Model.ItemCount != userCounts.Length) throw new ArgumentException($"The part '{part.Name}' knows {part.Model.ItemCount} items; there are {userCounts.Length}.", nameof(parts));
        }
        ColumnNames = [.. parts.Select(part => part.Name), .. parts.Select(part => part.Name + ", relative"), "sum of parts", "place in the sum", "users of the last item", "length"];
    }

    public int ItemCount => _userCounts.Length;

    public IReadOnlyList<SequencePart> Parts => _parts;

    public ReadOnlySpan<float> Weights => _weights;

    public ReadOnlySpan<float> UserCounts => _userCounts;

    public IReadOnlyList<string> ColumnNames { get; }

    /// <summary>Weights by what each part alone is worth: the mean of 1/log₂(rank + 2) of the withheld items, the best part having 1.</summary>
    public static float[] WeightsByWorth(IReadOnlyList<SequencePart> parts, IReadOnlyList<int[]> sequences, IReadOnlyList<int> users, int itemCount, int? degree, CancellationToken ct)
    {
        var worth = new double[users.Count * parts.Count];
        ParallelRows.Run(users.Count, 16, degree, () => new float[itemCount], (scores, from, to) =>
        {
            for (var at = from; at < to; at++)
            {
                var sequence = sequences[users[at]];
                for (var part = 0; part < parts.Count; part++)
                {
                    parts[part].Model.Score(sequence.AsSpan(0, sequence.Length - 1), scores);
                    worth[at * parts.Count + part] = 1 / Math.Log2(RankOf(sequence[^1], scores) + 2);
                }
            }
        }, ct);
        var totals = new double[parts.Count];
        for (var at = 0; at < worth.Length; at++) totals[at % parts.Count] += worth[at];
        var best = totals.Max();
        return Array.ConvertAll(totals, total => best > 0 ? (float)(total / best) : 1);
    }

    // Ties count half, so that a part that knows nothing about an item is not taken for one that puts it first.
    private static double RankOf(int item, ReadOnlySpan<float> scores)
    {
        var (above, equal, own) = (0, -1, scores[item]);
        foreach (var score in scores)
        {
            if (score > own) above++;
            else if (score == own) equal++;
        }
        return above + equal / 2.0;
    }

    /// <summary>What one thread needs to look at one user after the other.</summary>
    public sealed class Scratch
    {
        private readonly SequenceCandidates _owner;
        private readonly float[][] _scores;
        private readonly float[] _inverse, _best;
        private readonly int[] _items;
        private readonly ItemMask _mask;

        public Scratch(SequenceCandidates owner, int candidateCount)
        {
            var (partCount, itemCount) = (owner._parts.Length, owner.ItemCount);
            _owner = owner;
            _scores = [.. Enumerable.Range(0, partCount).Select(_ => new float[itemCount])];
            _inverse = new float[partCount];
            (_items, _best) = (new int[Math.Min(candidateCount, itemCount)], new float[Math.Min(candidateCount, itemCount)]);
            _mask = new ItemMask(itemCount);
            Rows = new Matrix(_items.Length, owner.ColumnNames.Count);
            Sum = new float[itemCount];
            Probabilities = new float[_items.Length];
        }

        /// <summary>The weighted sum for every item.</summary>
        public float[] Sum { get; }

        /// <summary>One row per candidate; rows past the last candidate are of earlier users.</summary>
        public Matrix Rows { get; }

        /// <summary>Room for one number per candidate.</summary>
        public float[] Probabilities { get; }

        /// <summary>Finds the candidates of a user among the items that are not in the sequence, best first.</summary>
        public ReadOnlySpan<int> Find(ReadOnlySpan<int> sequence)
        {
            Array.Clear(Sum);
            for (var part = 0; part < _scores.Length; part++)
            {
                var scores = _scores[part];
                _owner._parts[part].Model.Score(sequence, scores);
                _inverse[part] = Hybrid.InverseOfHighest(scores);
                TensorPrimitives.MultiplyAdd(scores, _owner._weights[part] * _inverse[part], Sum, Sum);
            }
            _mask.CopyFrom(null);
            _mask.Exclude(sequence);
            var found = _items.AsSpan(0, TopK.Select(Sum, _mask, _items, _best));
            var lastUsers = sequence.IsEmpty ? 0 : _owner._userCounts[sequence[^1]];
            for (var place = 0; place < found.Length; place++) Describe(found[place], place, lastUsers, sequence.Length, Rows.Row(place));
            return found;
        }

        private void Describe(int item, int place, float lastUsers, int length, Span<float> row)
        {
            var partCount = _scores.Length;
            for (var part = 0; part < partCount; part++)
            {
                row[part] = _scores[part][item];
                row[partCount + part] = _scores[part][item] * _inverse[part];
            }
            (row[2 * partCount], row[2 * partCount + 1], row[2 * partCount + 2], row[2 * partCount + 3]) = (Sum[item], place, lastUsers, length);
        }
    }
}
