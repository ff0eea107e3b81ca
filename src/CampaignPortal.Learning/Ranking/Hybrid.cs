using System.Numerics.Tensors;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Metrics;
using CampaignPortal.Learning.Neighbours;

namespace CampaignPortal.Learning.Ranking;

/// <summary>A model and its weight in a <see cref="Hybrid"/>.</summary>
public readonly record struct HybridPart(IRecommender Recommender, double Weight);

/// <summary>A weighted sum of models whose scores are first divided by each user's highest, so that every model speaks on the same scale. Immutable.</summary>
public sealed class Hybrid : IRecommender, IExplainByHistory
{
    private readonly HybridPart[] _parts;

    /// <summary>Joins models over the same items.</summary>
    /// <exception cref="ArgumentException">There is no part, or the parts know different numbers of items.</exception>
    public Hybrid(params ReadOnlySpan<HybridPart> parts)
    {
        if (parts.IsEmpty) throw new ArgumentException("A hybrid needs at least one model.", nameof(parts));
        foreach (var part in parts)
        {
            if (part.Recommender.ItemCount != parts[0].Recommender.ItemCount)
                throw new ArgumentException($"One model knows {parts[0].Recommender.ItemCount} items, another {part.Recommender.ItemCount}.", nameof(parts));
        }
        _parts = parts.ToArray();
    }

    /// <summary>The models and their weights.</summary>
    public ReadOnlySpan<HybridPart> Parts => _parts;

    /// <inheritdoc/>
    public int ItemCount => _parts[0].Recommender.ItemCount;

    /// <inheritdoc/>
    public void Score(SparseRow history, Span<float> scores)
    {
        Recommend.CheckScores(this, history, scores);
        scores.Clear();
        var own = System.Buffers.ArrayPool<float>.Shared.Rent(scores.Length);
        var part = own.AsSpan(0, scores.Length);
        foreach (var (recommender, weight) in _parts)
        {
            if (weight == 0) continue;
            recommender.Score(history, part);
            TensorPrimitives.MultiplyAdd(part, (float)weight * InverseOfHighest(part), scores, scores);
        }
        System.Buffers.ArrayPool<float>.Shared.Return(own);
    }

    /// <inheritdoc/>
    /// <remarks>Parts that cannot explain themselves add nothing.</remarks>
    public void Contributions(SparseRow history, int item, Span<float> contributions)
    {
        contributions.Clear();
        var scores = new float[ItemCount];
        var own = new float[history.Count];
        foreach (var (recommender, weight) in _parts)
        {
            if (weight == 0 || recommender is not IExplainByHistory explained) continue;
            recommender.Score(history, scores);
            explained.Contributions(history, item, own);
            TensorPrimitives.MultiplyAdd(own, (float)weight * InverseOfHighest(scores), contributions, contributions);
        }
    }

    /// <summary>Chooses α of (1 − α)·first + α·second by the mean NDCG over validation users; among equals the smallest.</summary>
    /// <param name="first">Model at α = 0.</param>
    /// <param name="second">Model at α = 1.</param>
    /// <param name="histories">Users × items, before the validation window.</param>
    /// <param name="truth">What the same users took in the validation window, never in the test.</param>
    /// <param name="options">k, candidates and filters of the lists to be made.</param>
    /// <param name="itemWeights">Weights that a <see cref="Reweighted"/> will put on the blend; null for none.</param>
    /// <param name="steps">α runs over 0, 1/steps, …, 1.</param>
    /// <param name="cancellationToken">Stops between blocks of users.</param>
    public static HybridChoice ChooseAlpha(IRecommender first, IRecommender second, Csr histories, Csr truth, ListOptions options, float[]? itemWeights = null, int steps = 10, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        var ndcg = new double[histories.RowCount * (steps + 1)];
        var judged = new bool[histories.RowCount];
        ParallelRows.Run(histories.RowCount, 32, options.Degree, () => new BlendScratch(first.ItemCount, options.Count, itemWeights), (scratch, from, to) =>
        {
            for (var row = from; row < to; row++)
            {
                var history = histories.Row(row);
                var relevant = RankingEvaluation.Relevant(history, truth.Row(row), options.Candidates);
                if (relevant.Count == 0) continue;
                judged[row] = true;
                scratch.Prepare(first, second, history, options);
                for (var step = 0; step <= steps; step++) ndcg[row * (steps + 1) + step] = scratch.Ndcg((float)step / steps, relevant);
            }
        }, cancellationToken);
        var userCount = judged.Count(j => j);
        var means = new double[steps + 1];
        for (var at = 0; at < ndcg.Length; at++) means[at % means.Length] += ndcg[at] / Math.Max(1, userCount);
        var best = 0;
        for (var step = 1; step < means.Length; step++)
        {
            if (means[step] > means[best] + 1e-12) best = step;
        }
        return new HybridChoice((double)best / steps, means[best], userCount);
    }

    /// <summary>1 / the highest score, 1 where no score is positive.</summary>
    internal static float InverseOfHighest(ReadOnlySpan<float> scores)
    {
        var highest = scores.IsEmpty ? 0 : TensorPrimitives.Max(scores);
        return highest > 0 ? 1 / highest : 1;
    }

    private sealed class BlendScratch(int itemCount, int k, float[]? itemWeights)
    {
        private readonly float[] _first = new float[itemCount], _second = new float[itemCount], _sum = new float[itemCount], _best = new float[k];
        private readonly int[] _items = new int[k];
        private readonly ItemMask _mask = new(itemCount);
        private ItemMask? _allowed;

        public void Prepare(IRecommender first, IRecommender second, SparseRow history, ListOptions options)
        {
            first.Score(history, _first);
            second.Score(history, _second);
            TensorPrimitives.Multiply(_first, InverseOfHighest(_first), _first);
            TensorPrimitives.Multiply(_second, InverseOfHighest(_second), _second);
            _allowed = Recommend.MaskFor(history, options, _mask);
        }

        public double Ndcg(float alpha, HashSet<int> relevant)
        {
            TensorPrimitives.Multiply(_first, 1 - alpha, _sum);
            TensorPrimitives.MultiplyAdd(_second, alpha, _sum, _sum);
            if (itemWeights is not null) Reweighted.Apply(itemWeights, _sum);
            var found = TopK.Select(_sum, _allowed, _items, _best);
            return RankingMetrics.Ndcg(_items.AsSpan(0, found), relevant, _items.Length);
        }
    }
}

/// <summary>What <see cref="Hybrid.ChooseAlpha"/> found.</summary>
/// <param name="Alpha">Weight of the second model.</param>
/// <param name="Ndcg">Mean NDCG on the validation users at that weight.</param>
/// <param name="UserCount">Users judged.</param>
public sealed record HybridChoice(double Alpha, double Ndcg, int UserCount);
