using CampaignPortal.Learning.Data;

namespace CampaignPortal.Learning.Ranking;

/// <summary>A fitted model that scores every item for a user known by the history alone; so a user of a minute ago is scored like any other. Safe for concurrent use.</summary>
public interface IRecommender
{
    /// <summary>Number of items the model knows.</summary>
    int ItemCount { get; }

    /// <summary>Scores all items; higher is better, only the order within one user has a meaning.</summary>
    /// <param name="history">Items the user took, ascending, with their counts (positive). Empty for a user nobody knows.</param>
    /// <param name="scores">Receives one score per item.</param>
    /// <exception cref="ArgumentException"><paramref name="scores"/> is not <see cref="ItemCount"/> long, or the history names an unknown item.</exception>
    void Score(SparseRow history, Span<float> scores);
}

/// <summary>A recommender whose scores are sums over the history, so that it can say which items a suggestion comes from.</summary>
public interface IExplainByHistory
{
    /// <summary>What each history item adds to the score of one item; the parts add up to the score.</summary>
    /// <param name="history">As given to <see cref="IRecommender.Score"/>.</param>
    /// <param name="item">The item to explain.</param>
    /// <param name="contributions">Receives one number per entry of the history.</param>
    void Contributions(SparseRow history, int item, Span<float> contributions);
}

/// <summary>An item and its score.</summary>
public readonly record struct ScoredItem(int Item, float Score);

/// <summary>Which items may be suggested, seen from the user's history.</summary>
public enum Candidates
{
    /// <summary>All items.</summary>
    All,

    /// <summary>Only items that are not in the history.</summary>
    NewToUser,

    /// <summary>Only items of the history.</summary>
    FromHistory,
}
