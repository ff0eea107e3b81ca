using System.Data.Common;
using CampaignPortal.Marketing.Audiences.Evaluation;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Audiences;

/// <summary>Whom to reach: members of any of these audiences and of none of those.</summary>
/// <param name="Include">Empty is everyone.</param>
/// <param name="Exclude">Taken away afterwards.</param>
public sealed record AudienceSelection(IReadOnlyList<long> Include, IReadOnlyList<long> Exclude);

public enum StaleReason
{
    /// <summary>There is no such audience any more.</summary>
    Gone,
    /// <summary>The last count failed.</summary>
    Failed,
    /// <summary>Nobody has counted it yet.</summary>
    NotCounted,
    /// <summary>The members are older than <see cref="ResolveAudience.Late"/>.</summary>
    Late,
}

/// <summary>Why the members of an audience may not be those of now.</summary>
/// <param name="Name">Its name; its number where it is gone.</param>
/// <param name="AsOf">The moment that the members are of; null where they are of none.</param>
/// <param name="Failure">What the last count said, for whoever repairs it.</param>
public sealed record StaleAudience(string Name, StaleReason Reason, DateTimeOffset? AsOf = null, string? Failure = null)
{
    /// <summary>The audience that was asked for and relies on this one, at first hand or over others; null where it is itself the one.</summary>
    public string? NamedBy { get; init; }

    /// <summary>For logs and runs, in English.</summary>
    public override string ToString() => (NamedBy is null ? "" : $"{NamedBy} relies on another audience: ") + Reason switch
    {
        StaleReason.Gone => $"Audience {Name} does not exist.",
        StaleReason.Failed => $"{Name}: {Failure}",
        StaleReason.NotCounted => $"{Name} has not been counted yet.",
        _ => FormattableString.Invariant($"{Name} is as of {AsOf:yyyy-MM-dd HH:mm} UTC."),
    };
}

/// <param name="Customers">Ascending.</param>
/// <param name="AsOf">The oldest moment that one of the audiences is of.</param>
/// <param name="StaleBecause">The first audience whose members may not be those of now; null when all are. A send that relies on them waits, unless somebody says otherwise.</param>
public sealed record AudienceResolution(long[] Customers, DateTimeOffset AsOf, StaleAudience? StaleBecause)
{
    /// <summary>What a rule names in vain; a send waits until the rule is changed. Null when all is there.</summary>
    public GoneSegment? Gone { get; init; }
}

/// <summary>Reads the stored members of a selection; erased people are never among them.</summary>
public sealed class ResolveAudience(PortalDatabase database, TimeProvider clock)
{
    /// <summary>Members older than this are late.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromMinutes(5);

    public Task<AudienceResolution> HandleAsync(AudienceSelection selection, CancellationToken ct) => Task.Run(() => Resolve(selection, ct), ct);

    private AudienceResolution Resolve(AudienceSelection selection, CancellationToken ct)
    {
        using var connection = database.OpenReader();
        using var snapshot = database.BeginSnapshot(connection);
        var (asOf, stale) = Freshness(connection, selection.Include.Concat(selection.Exclude));
        return new AudienceResolution(SetOf(connection, selection, ct).ToArray(), asOf, stale) { Gone = GoneSegments.Find(connection, selection.Include.Concat(selection.Exclude)) };
    }

    /// <summary>Everybody whom the selection means.</summary>
    internal static CustomerSet SetOf(DbConnection connection, AudienceSelection selection, CancellationToken ct)
    {
        var everyone = StoredSets.Everyone(connection);
        var customers = selection.Include.Count is 0 ? everyone.Copy() : new CustomerSet(everyone.Capacity);
        foreach (var id in selection.Include) customers.Or(StoredSets.MembersOf(connection, id, everyone.Capacity));
        ct.ThrowIfCancellationRequested();
        foreach (var id in selection.Exclude) customers.AndNot(StoredSets.MembersOf(connection, id, everyone.Capacity));
        customers.And(everyone);
        return customers;
    }

    private (DateTimeOffset AsOf, StaleAudience? Stale) Freshness(DbConnection connection, IEnumerable<long> ids)
    {
        var now = clock.GetUtcNow();
        using var freshness = new AudienceFreshness(connection, now);
        var answers = ids.Distinct().Select(freshness.Of).ToArray();
        return (answers.Select(a => a.AsOf).Append(now).Min(), answers.Select(a => a.Stale).FirstOrDefault(stale => stale is not null));
    }
}
