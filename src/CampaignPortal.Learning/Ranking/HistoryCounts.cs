using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Neighbours;
using CampaignPortal.Learning.Persistence;

namespace CampaignPortal.Learning.Ranking;

/// <summary>What the user took most often comes first; popularity breaks ties and fills the rest. The base line of repeated choice. Immutable.</summary>
/// <param name="popularity">Users per item.</param>
public sealed class HistoryCounts(Popularity popularity) : IRecommender, IExplainByHistory, IStorable<HistoryCounts>
{
    /// <inheritdoc/>
    public int ItemCount => popularity.ItemCount;

    /// <inheritdoc/>
    public static string Kind => "history-counts";

    /// <inheritdoc/>
    public void Store(ModelPart part) => part.PutPart("popularity", popularity);

    /// <inheritdoc/>
    public static HistoryCounts Restore(ModelPart part) => new(part.GetPart<Popularity>("popularity"));

    /// <inheritdoc/>
    public void Score(SparseRow history, Span<float> scores)
    {
        Recommend.CheckScores(this, history, scores);
        // Below a half for every item, so popularity never outweighs a whole count.
        var share = 0.5f / (popularity.UserCount + 1);
        for (var item = 0; item < scores.Length; item++) scores[item] = share * popularity.UserCounts[item];
        for (var h = 0; h < history.Count; h++) scores[history.Columns[h]] += history.Values[h];
    }

    /// <inheritdoc/>
    /// <remarks>The share that popularity adds has no history item behind it and is left out.</remarks>
    public void Contributions(SparseRow history, int item, Span<float> contributions)
    {
        for (var h = 0; h < history.Count; h++) contributions[h] = history.Columns[h] == item ? history.Values[h] : 0;
    }
}
