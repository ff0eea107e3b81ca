using System.Collections.Concurrent;
using System.Numerics.Tensors;
using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Ranking;
using CampaignPortal.Learning.Tensors;

namespace CampaignPortal.Learning.Factorization;

/// <summary>Fitted item factors. A user is the least-squares answer to the own history (<see cref="FoldIn"/>), so new users need no new fit. Immutable, safe for concurrent use.</summary>
public sealed class ImplicitAlsModel : IRecommender, IExplainByHistory, IStorable<ImplicitAlsModel>
{
    private readonly int _width;
    private readonly AlignedFloats _factors; // items × width
    private readonly AlignedFloats _gram; // a₀·YᵀY
    private readonly FactorTable _table;
    private readonly Lazy<float[]> _inverseNorms;
    private readonly ConcurrentBag<NormalEquations> _scratch = []; // one per thread that scored at the same time

    internal ImplicitAlsModel(AlignedFloats factors, int itemCount, ImplicitAlsOptions options)
    {
        (ItemCount, Options, _factors, _width) = (itemCount, options, factors, NormalEquations.WidthOf(options.Dimension));
        _gram = NormalEquations.Gram(factors, itemCount, _width, (float)options.UnobservedWeight);
        _table = new FactorTable(factors.Span, itemCount, _width);
        _inverseNorms = new Lazy<float[]>(() => InverseNorms(factors, itemCount, _width));
    }

    /// <inheritdoc/>
    public int ItemCount { get; }

    /// <summary>What the model was fitted with.</summary>
    public ImplicitAlsOptions Options { get; }

    /// <summary>A model from stored factors.</summary>
    /// <param name="itemFactors">Items × dimension, row by row.</param>
    /// <param name="options">What they were fitted with.</param>
    /// <exception cref="ArgumentException">The length is no multiple of the dimension.</exception>
    public static ImplicitAlsModel FromFactors(ReadOnlySpan<float> itemFactors, ImplicitAlsOptions options)
    {
        options.Validate();
        var (itemCount, rest) = Math.DivRem(itemFactors.Length, options.Dimension);
        if (rest != 0) throw new ArgumentException($"{itemFactors.Length} factors are no whole number of rows of {options.Dimension}.", nameof(itemFactors));
        var width = NormalEquations.WidthOf(options.Dimension);
        var factors = new AlignedFloats(checked(itemCount * width));
        for (var item = 0; item < itemCount; item++)
            itemFactors.Slice(item * options.Dimension, options.Dimension).CopyTo(factors.Span[(item * width)..]);
        return new ImplicitAlsModel(factors, itemCount, options);
    }

    /// <inheritdoc/>
    public static string Kind => "implicit-als";

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["dimension"] = Options.Dimension;
        part.Settings["sweeps"] = Options.Sweeps;
        part.Settings["unobserved_weight"] = Options.UnobservedWeight;
        part.Settings["regularization"] = Options.Regularization;
        part.Settings["count_boost"] = Options.CountBoost;
        var factors = new float[ItemCount * Options.Dimension];
        for (var item = 0; item < ItemCount; item++) ItemFactors(item).CopyTo(factors.AsSpan(item * Options.Dimension));
        part.Put("item_factors", factors, ItemCount, Options.Dimension);
    }

    /// <inheritdoc/>
    public static ImplicitAlsModel Restore(ModelPart part)
    {
        try
        {
            return FromFactors(part.Get<float>("item_factors"), new ImplicitAlsOptions
            {
                Dimension = part.Setting<int>("dimension"),
                Sweeps = part.Setting<int>("sweeps"),
                UnobservedWeight = part.Setting<double>("unobserved_weight"),
                Regularization = part.Setting<double>("regularization"),
                CountBoost = part.Setting<double>("count_boost"),
            });
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"The stored factors are damaged: {e.Message}", e);
        }
    }

    /// <summary>The factors of one item (dimension).</summary>
    public ReadOnlySpan<float> ItemFactors(int item) => _factors.Span.Slice(item * _width, Options.Dimension);

    /// <summary>The user's factors: one exact solve over the history. Zero for an empty history.</summary>
    /// <param name="history">Items with positive counts.</param>
    /// <param name="factors">Receives the dimension's values.</param>
    public void FoldIn(SparseRow history, Span<float> factors)
    {
        if (history.Count == 0)
        {
            factors.Clear();
            return;
        }
        var equations = Equations(history);
        equations.Solve(Lambda(history))[..Options.Dimension].CopyTo(factors);
        _scratch.Add(equations);
    }

    /// <inheritdoc/>
    public void Score(SparseRow history, Span<float> scores)
    {
        Recommend.CheckScores(this, history, scores);
        if (history.Count == 0)
        {
            scores.Clear();
            return;
        }
        var equations = Equations(history);
        _table.Score(equations.Solve(Lambda(history)), scores);
        _scratch.Add(equations);
    }

    /// <summary>Cosine of the factors of two items.</summary>
    public float Similarity(int item, int other) => Cosine(ItemFactors(item), ItemFactors(other));

    /// <summary>The items whose factors point the same way, best first, the item itself left out.</summary>
    public ScoredItem[] SimilarItems(int item, int count)
    {
        var scores = new float[ItemCount];
        Similarities(item, scores);
        scores[item] = float.NegativeInfinity;
        return Recommend.Best(scores, null, count);
    }

    /// <summary>Cosine of the factors of one item with those of every item; 0 where either has none.</summary>
    /// <param name="item">The item.</param>
    /// <param name="scores">One per item.</param>
    public void Similarities(int item, Span<float> scores)
    {
        _table.Score(_factors.Span.Slice(item * _width, _width), scores);
        TensorPrimitives.Multiply(scores, _inverseNorms.Value, scores);
        TensorPrimitives.Multiply(scores, _inverseNorms.Value[item], scores);
    }

    private static float[] InverseNorms(AlignedFloats factors, int itemCount, int width)
    {
        var norms = new float[itemCount];
        for (var item = 0; item < itemCount; item++) norms[item] = TensorPrimitives.Norm(factors.Span.Slice(item * width, width)) is > 0 and var norm ? 1 / norm : 0;
        return norms;
    }

    /// <inheritdoc/>
    /// <remarks>Hu, Koren &amp; Volinsky 2008, section 5: with W the user's matrix, score = Σ over the history of weight_h · y_hᵀ W⁻¹ y_item.</remarks>
    public void Contributions(SparseRow history, int item, Span<float> contributions)
    {
        if (history.Count == 0) return;
        var equations = Equations(history);
        equations.SetRightSide(_factors.Span.Slice(item * _width, _width));
        var direction = equations.Solve(Lambda(history));
        for (var h = 0; h < history.Columns.Length; h++)
        {
            var weight = ImplicitAls.Weight(history.Values[h], Options.CountBoost) + (float)Options.UnobservedWeight;
            contributions[h] = weight * TensorPrimitives.Dot(_factors.Span.Slice(history.Columns[h] * _width, _width), direction);
        }
        _scratch.Add(equations);
    }

    private NormalEquations Equations(SparseRow history)
    {
        if (!_scratch.TryTake(out var equations)) equations = new NormalEquations(_width);
        equations.Begin(_gram);
        Span<float> weights = history.Count <= 256 ? stackalloc float[history.Count] : new float[history.Count];
        for (var h = 0; h < weights.Length; h++) weights[h] = ImplicitAls.Weight(history.Values[h], Options.CountBoost);
        equations.Add(_factors, history.Columns, weights, (float)Options.UnobservedWeight);
        return equations;
    }

    private float Lambda(SparseRow history) => ImplicitAls.RowRegularization(Options, history.Count, ItemCount);

    private static float Cosine(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var norms = TensorPrimitives.Norm(x) * TensorPrimitives.Norm(y);
        return norms > 0 ? TensorPrimitives.Dot(x, y) / norms : 0;
    }
}
