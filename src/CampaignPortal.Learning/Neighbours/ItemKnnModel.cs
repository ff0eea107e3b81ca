using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Factorization;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Ranking;

namespace CampaignPortal.Learning.Neighbours;

/// <summary>A fitted item neighbourhood: the score of an item is the sum of its similarities to the items of the history. Immutable.</summary>
/// <param name="similarity">Items × items: row i holds the neighbours that i speaks for.</param>
/// <param name="countBoost">A history item weighs 1 + boost·ln(count).</param>
/// <param name="valuesAreWeights">A history item weighs its value as it is, for callers that fade old items.</param>
public sealed class ItemKnnModel(Csr similarity, double countBoost = 0, bool valuesAreWeights = false) : IRecommender, IExplainByHistory, IStorable<ItemKnnModel>
{
    /// <inheritdoc/>
    public int ItemCount => Similarity.RowCount;

    /// <summary>Items × items; symmetric when all neighbours are kept.</summary>
    public Csr Similarity { get; } = similarity;

    /// <summary>A history item weighs 1 + boost·ln(count).</summary>
    public double CountBoost { get; } = countBoost;

    /// <summary>A history item weighs its value as it is, whatever <see cref="CountBoost"/> says.</summary>
    public bool ValuesAreWeights { get; } = valuesAreWeights;

    /// <inheritdoc/>
    public static string Kind => "item-knn";

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["count_boost"] = CountBoost;
        part.Settings["values_are_weights"] = ValuesAreWeights;
        StoredMatrix.Put(part, "similarity", Similarity);
    }

    /// <inheritdoc/>
    public static ItemKnnModel Restore(ModelPart part) => new(StoredMatrix.Get(part, "similarity"), part.Setting<double>("count_boost"), part.Setting<bool>("values_are_weights"));

    /// <summary>The nearest items of one item, best first.</summary>
    public ScoredItem[] NeighboursOf(int item, int count)
    {
        var scores = new float[ItemCount];
        var row = Similarity.Row(item);
        for (var at = 0; at < row.Count; at++) scores[row.Columns[at]] = row.Values[at];
        return [.. Recommend.Best(scores, null, count).Where(scored => scored.Score > 0)];
    }

    /// <inheritdoc/>
    public void Score(SparseRow history, Span<float> scores)
    {
        Recommend.CheckScores(this, history, scores);
        scores.Clear();
        for (var h = 0; h < history.Count; h++)
        {
            var weight = Weight(history.Values[h]);
            var row = Similarity.Row(history.Columns[h]);
            for (var at = 0; at < row.Columns.Length; at++) scores[row.Columns[at]] += weight * row.Values[at];
        }
    }

    /// <inheritdoc/>
    public void Contributions(SparseRow history, int item, Span<float> contributions)
    {
        for (var h = 0; h < history.Count; h++)
        {
            var row = Similarity.Row(history.Columns[h]);
            var at = row.Columns.BinarySearch(item);
            contributions[h] = at < 0 ? 0 : Weight(history.Values[h]) * row.Values[at];
        }
    }

    private float Weight(float count) => ValuesAreWeights ? count : CountBoost == 0 ? 1 : (float)(1 + CountBoost * Math.Log(Math.Max(count, float.Epsilon)));
}
