using System.Numerics.Tensors;
using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Ranking;

/// <summary>Another model's scores times one positive weight per item. Scores that are not positive become tiny, so that a weight cannot lift them. Immutable.</summary>
public sealed class Reweighted : IRecommender, IExplainByHistory
{
    private const float Least = 1e-6f;
    private readonly float[] _weights;

    /// <summary>Joins a model and weights.</summary>
    /// <exception cref="ArgumentException">There is not one weight per item, or a weight is not positive.</exception>
    public Reweighted(IRecommender inner, ReadOnlySpan<float> weights)
    {
        if (weights.Length != inner.ItemCount) throw new ArgumentException($"The model knows {inner.ItemCount} items; there are {weights.Length} weights.", nameof(weights));
        foreach (var weight in weights)
        {
            if (!(weight > 0)) throw new ArgumentException($"Weights of items must be positive; found {weight}.", nameof(weights));
        }
        (Inner, _weights) = (inner, weights.ToArray());
    }

    /// <summary>The model behind the weights.</summary>
    public IRecommender Inner { get; }

    /// <inheritdoc/>
    public int ItemCount => Inner.ItemCount;

    /// <summary>One weight per item.</summary>
    public ReadOnlySpan<float> Weights => _weights;

    /// <inheritdoc/>
    public void Score(SparseRow history, Span<float> scores)
    {
        Inner.Score(history, scores);
        Apply(_weights, scores);
    }

    internal static void Apply(ReadOnlySpan<float> weights, Span<float> scores)
    {
        TensorPrimitives.Max(scores, Least, scores);
        TensorPrimitives.Multiply(scores, weights, scores);
    }

    /// <inheritdoc/>
    /// <remarks>All zero when the model behind cannot explain itself.</remarks>
    public void Contributions(SparseRow history, int item, Span<float> contributions)
    {
        contributions.Clear();
        if (Inner is not IExplainByHistory explained) return;
        explained.Contributions(history, item, contributions);
        foreach (ref var contribution in contributions) contribution *= _weights[item];
    }
}
