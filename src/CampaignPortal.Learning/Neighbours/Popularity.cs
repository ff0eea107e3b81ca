using CampaignPortal.Learning.Data;
using CampaignPortal.Learning.Persistence;
using CampaignPortal.Learning.Ranking;

namespace CampaignPortal.Learning.Neighbours;

/// <summary>The same list for everybody: items by the number of users who took them. What a user without history gets, and the least a model must beat. Immutable.</summary>
public sealed class Popularity : IRecommender, IStorable<Popularity>
{
    private readonly float[] _userCounts;

    /// <summary>From known counts.</summary>
    /// <param name="userCounts">Users who took each item.</param>
    /// <param name="userCount">All users.</param>
    public Popularity(ReadOnlySpan<float> userCounts, int userCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(userCount);
        (_userCounts, UserCount) = (userCounts.ToArray(), userCount);
    }

    /// <inheritdoc/>
    public int ItemCount => _userCounts.Length;

    /// <summary>How many users were counted.</summary>
    public int UserCount { get; }

    /// <summary>How many users took each item.</summary>
    public ReadOnlySpan<float> UserCounts => _userCounts;

    /// <inheritdoc/>
    public static string Kind => "popularity";

    /// <inheritdoc/>
    public void Store(ModelPart part)
    {
        part.Settings["user_count"] = UserCount;
        part.Put("user_counts", _userCounts);
    }

    /// <inheritdoc/>
    public static Popularity Restore(ModelPart part) => new(part.Get<float>("user_counts"), part.Setting<int>("user_count"));

    /// <summary>Counts the users of each item.</summary>
    /// <param name="interactions">Users × items.</param>
    public static Popularity Fit(Csr interactions)
    {
        var counts = new float[interactions.ColumnCount];
        foreach (var item in interactions.Columns) counts[item]++;
        return new Popularity(counts, interactions.RowCount);
    }

    /// <inheritdoc/>
    public void Score(SparseRow history, Span<float> scores)
    {
        Recommend.CheckScores(this, history, scores);
        _userCounts.CopyTo(scores);
    }
}
