namespace CampaignPortal.Marketing.Audiences;

/// <summary>Something that relies on an audience.</summary>
/// <param name="Kind">What it is, such as <c>campaign</c> or <c>audience</c>.</param>
/// <param name="Id">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Path">Where its page is.</param>
/// <param name="IsActive">It acts on the audience now or later, such as a scheduled campaign: a change of the rule changes whom it reaches.</param>
public sealed record AudienceUse(string Kind, long Id, string Name, string Path, bool IsActive);

/// <summary>A feature that relies on audiences; each says for itself what it uses.</summary>
public interface IAudienceUser
{
    string Kind { get; }

    Task<IReadOnlyList<AudienceUse>> UsesOfAsync(long audienceId, CancellationToken ct);
}
