namespace CampaignPortal.Learning.Sequences;

/// <summary>A fitted model that says what a user takes next from what the user took before, in order. Safe for concurrent use.</summary>
public interface ISequenceRecommender
{
    /// <summary>Number of items the model knows.</summary>
    int ItemCount { get; }

    /// <summary>Scores all items; higher is better, only the order within one user has a meaning.</summary>
    /// <param name="sequence">Items the user took, oldest first; an item may occur again. Empty for a user nobody knows.</param>
    /// <param name="scores">Receives one score per item.</param>
    /// <exception cref="ArgumentException"><paramref name="scores"/> is not <see cref="ItemCount"/> long, or the sequence names an unknown item.</exception>
    void Score(ReadOnlySpan<int> sequence, Span<float> scores);
}
