using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Text;

namespace CampaignPortal.Learning.Ranking;

/// <summary>What an item is, without anybody having taken it.</summary>
/// <param name="Text">Name and description.</param>
/// <param name="Category">Null when there is none.</param>
/// <param name="Price">Positive; null when unknown.</param>
public sealed record ItemContent(string Text, string? Category = null, double? Price = null);

/// <summary>How much each side of an item counts in <see cref="ContentModel"/>.</summary>
public sealed record ContentOptions
{
    /// <summary>How texts are cut and weighted.</summary>
    public TfIdfOptions Text { get; init; } = new();

    /// <summary>Length of the text part of a vector.</summary>
    public double TextWeight { get; init; } = 1;

    /// <summary>Length of the category part.</summary>
    public double CategoryWeight { get; init; } = 0.5;

    /// <summary>Length of the price part.</summary>
    public double PriceWeight { get; init; } = 0.3;

    /// <summary>Ratio of two prices that have nothing in common any more; equal prices are fully alike.</summary>
    public double PriceRatio { get; init; } = 2;
}

/// <summary>Likeness by what items are: text (TF-IDF), category and closeness of price in one vector per item, compared by cosine. Knows items nobody has taken yet. Immutable.</summary>
/// <remarks>
/// A price lies between two knots of a logarithmic scale and is shared between them, so close prices have a large product
/// and prices more than two knots apart none. The score of an item is its cosine with each history item, averaged with the weights of the history.
/// </remarks>
public sealed class ContentModel : IRecommender, IExplainByHistory, IStorable<ContentModel>
{
    private readonly Csr _vectors;

    private ContentModel(Csr vectors) => _vectors = vectors;

    /// <inheritdoc/>
    public int ItemCount => _vectors.RowCount;

    /// <summary>Items × (terms, categories, price knots), rows of unit length or empty.</summary>
    public Csr Vectors => _vectors;

    /// <inheritdoc/>
    public static string Kind => "content";

    /// <inheritdoc/>
    public void Store(ModelPart part) => StoredMatrix.Put(part, "vectors", _vectors);

    /// <inheritdoc/>
    public static ContentModel Restore(ModelPart part) => new(StoredMatrix.Get(part, "vectors"));

    /// <summary>Builds the vectors of a catalogue.</summary>
    /// <exception cref="ArgumentException">A price is not positive and finite.</exception>
    public static ContentModel Fit(IReadOnlyList<ItemContent> items, ContentOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.PriceRatio, 1, nameof(options.PriceRatio));
        string[] texts = [.. items.Select(item => item.Text)];
        var text = TfIdf.Fit(texts, options.Text);
        var terms = text.Transform(texts);
        string[] categories = [.. items.Select(item => item.Category).OfType<string>().Distinct().Order(StringComparer.Ordinal)];
        var prices = PriceParts(items, options.PriceRatio);
        var firstKnot = prices.Length == 0 ? 0 : prices.Min(part => part?.Knot ?? int.MaxValue);
        var knotCount = prices.Max(part => part?.Knot - firstKnot + 2) ?? 0;
        var builder = new VectorBuilder();
        for (var item = 0; item < items.Count; item++)
        {
            builder.BeginRow();
            var row = terms.Row(item);
            for (var at = 0; at < row.Count; at++) builder.Add(row.Columns[at], options.TextWeight * row.Values[at]);
            if (items[item].Category is { } category) builder.Add(terms.ColumnCount + Array.BinarySearch(categories, category, StringComparer.Ordinal), options.CategoryWeight);
            if (prices[item] is { } price)
            {
                var knot = terms.ColumnCount + categories.Length + price.Knot - firstKnot;
                builder.Add(knot, options.PriceWeight * price.Low);
                builder.Add(knot + 1, options.PriceWeight * price.High);
            }
            builder.EndRow();
        }
        return new ContentModel(builder.ToCsr(terms.ColumnCount + categories.Length + knotCount));
    }

    /// <summary>Cosine of two items, between 0 and 1.</summary>
    public float Similarity(int item, int other)
    {
        var x = _vectors.Row(item);
        var y = _vectors.Row(other);
        var (i, j) = (0, 0);
        double sum = 0;
        while (i < x.Count && j < y.Count)
        {
            var order = x.Columns[i].CompareTo(y.Columns[j]);
            if (order == 0) sum += (double)x.Values[i] * y.Values[j];
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }
        return (float)sum;
    }

    /// <summary>The most alike items, best first, the item itself left out.</summary>
    public ScoredItem[] NeighboursOf(int item, int count)
    {
        var scores = new float[ItemCount];
        Score(new SparseRow([item], [1f]), scores);
        var others = new ItemMask(ItemCount);
        others.Exclude(item);
        return Recommend.Best(scores, others, count);
    }

    /// <inheritdoc/>
    public void Score(SparseRow history, Span<float> scores)
    {
        Recommend.CheckScores(this, history, scores);
        var total = Total(history);
        var rented = System.Buffers.ArrayPool<float>.Shared.Rent(_vectors.ColumnCount);
        var profile = rented.AsSpan(0, _vectors.ColumnCount);
        profile.Clear();
        for (var h = 0; h < history.Count; h++)
        {
            var row = _vectors.Row(history.Columns[h]);
            for (var at = 0; at < row.Columns.Length; at++) profile[row.Columns[at]] += history.Values[h] / total * row.Values[at];
        }
        for (var item = 0; item < scores.Length; item++)
        {
            var row = _vectors.Row(item);
            var sum = 0f;
            for (var at = 0; at < row.Columns.Length; at++) sum += row.Values[at] * profile[row.Columns[at]];
            scores[item] = sum;
        }
        System.Buffers.ArrayPool<float>.Shared.Return(rented);
    }

    /// <inheritdoc/>
    public void Contributions(SparseRow history, int item, Span<float> contributions)
    {
        var total = Total(history);
        for (var h = 0; h < history.Count; h++) contributions[h] = history.Values[h] / total * Similarity(history.Columns[h], item);
    }

    private static float Total(SparseRow history)
    {
        var total = 0f;
        foreach (var value in history.Values) total += value;
        return total > 0 ? total : 1;
    }

    // Shares of the two knots have squares that add up to 1: every known price is a part of the same length.
    private static (int Knot, double Low, double High)?[] PriceParts(IReadOnlyList<ItemContent> items, double ratio)
    {
        var parts = new (int, double, double)?[items.Count];
        for (var item = 0; item < parts.Length; item++)
        {
            if (items[item].Price is not { } price) continue;
            if (!(price > 0 && double.IsFinite(price))) throw new ArgumentException($"Item {item} has the price {price}; prices must be positive, or null when unknown.", nameof(items));
            var place = Math.Log(price) / Math.Log(ratio);
            var angle = (place - Math.Floor(place)) * Math.PI / 2;
            parts[item] = ((int)Math.Floor(place), Math.Cos(angle), Math.Sin(angle));
        }
        return parts;
    }

    private sealed class VectorBuilder
    {
        private readonly List<int> _starts = [0], _columns = [];
        private readonly List<float> _values = [];
        private double _square;

        public void BeginRow() => _square = 0;

        public void Add(int column, double value)
        {
            if (value == 0) return;
            _square += value * value;
            _columns.Add(column);
            _values.Add((float)value);
        }

        public void EndRow()
        {
            for (var at = _starts[^1]; at < _values.Count; at++) _values[at] = (float)(_values[at] / Math.Sqrt(_square));
            _starts.Add(_values.Count);
        }

        public Csr ToCsr(int columnCount) => Csr.FromParts(columnCount, [.. _starts], [.. _columns], [.. _values]);
    }
}
