using CampaignPortal.Marketing.Content.Templates;

namespace CampaignPortal.Marketing.Content;

/// <summary>What a message may say about one customer, and where it goes.</summary>
/// <param name="CustomerId">The portal's number.</param>
/// <param name="ExternalId">The shop's number.</param>
/// <param name="Values">Fields by their first name: <c>customer</c>, <c>traits</c>, <c>orders</c>, <c>scores</c>, <c>segment</c>, <c>recommendations</c>, <c>shop</c>, <c>now</c>.</param>
public sealed record RenderData(long CustomerId, string ExternalId, TemplateMap Values)
{
    /// <summary>Null when the vault knows none: nothing can be sent.</summary>
    public string? Email { get; init; }

    /// <summary>As it is shown in the portal; null when the vault knows none.</summary>
    public string? Name { get; init; }

    /// <summary>Zone in which times are written.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>The moment of the message.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>Never the content: a record that slips into a log must not tell anything.</summary>
    public override string ToString() => $"RenderData of customer {CustomerId}";
}

/// <summary>A list of products that a message asks for.</summary>
/// <param name="Strategy">Key of the strategy, such as <c>for-you</c>.</param>
public readonly record struct ListNeed(string Strategy, int Count);

/// <summary>What a message reads, so that nothing else is fetched for ten thousand people.</summary>
/// <param name="Fields">Paths, such as <c>customer.first_name</c>.</param>
public sealed record ContentNeeds(IReadOnlySet<string> Fields, IReadOnlySet<ListNeed> Lists)
{
    public static ContentNeeds None { get; } = new(new HashSet<string>(StringComparer.Ordinal), new HashSet<ListNeed>());

    public bool Any(string firstName) => Fields.Any(f => f == firstName || (f.Length > firstName.Length && f[firstName.Length] is '.' && f.StartsWith(firstName, StringComparison.Ordinal)));

    /// <summary>What either needs: versions of a campaign are read for together.</summary>
    public ContentNeeds With(ContentNeeds other) =>
        new(Fields.Union(other.Fields, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal), Lists.Union(other.Lists).ToHashSet());
}
