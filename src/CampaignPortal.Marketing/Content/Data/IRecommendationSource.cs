namespace CampaignPortal.Marketing.Content.Data;

/// <summary>A product for somebody, with the code of the reason and what its words need.</summary>
public sealed record OfferedItem(long ItemId, string Reason, IReadOnlyList<string> Arguments);

/// <summary>Where messages get their lists of products from; whoever recommends implements it.</summary>
public interface IRecommendationSource
{
    /// <summary>By customer, best first, at most as many as asked for; who has none is left out.</summary>
    Task<IReadOnlyDictionary<long, IReadOnlyList<OfferedItem>>> ReadAsync(IReadOnlyList<long> customers, ListNeed need, CancellationToken ct);
}
