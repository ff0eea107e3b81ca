using System.Data.Common;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Audit;

/// <summary>Who acts, and from where.</summary>
/// <param name="Name">A user's number, an API key's name, or <c>command line</c>.</param>
/// <param name="Origin">Network address; null where there is none.</param>
public sealed record Actor(string Name, string? Origin);

/// <summary>One thing that somebody did.</summary>
/// <param name="Action">A capability and what was done with it.</param>
/// <param name="Target">Upon what: <c>user 7</c>, <c>shop.name</c>.</param>
/// <param name="Before">Value before a change.</param>
/// <param name="After">Value after a change.</param>
/// <param name="Detail">Anything else that an auditor needs; never contact data.</param>
public sealed record AuditFact(string Action, string? Target, string? Before = null, string? After = null, string? Detail = null);

/// <summary>Writes entries of the audit log and seals them in the same transaction.</summary>
public sealed class AuditTrail(PortalDatabase database, AuditChain chain, TimeProvider clock)
{
    public Task WriteAsync(Actor actor, AuditFact fact, CancellationToken ct) => WriteAsync(actor, [fact], _ => true, ct);

    /// <summary>Does the work and notes the facts in one transaction, when the work answers <see langword="true"/>; answers what the work answered.</summary>
    public async Task<bool> WriteAsync(Actor actor, IReadOnlyList<AuditFact> facts, Func<DbTransaction, bool> work, CancellationToken ct)
    {
        var (isDone, id, seal) = await database.WriteAsync(
            transaction =>
            {
                if (!work(transaction)) return (false, 0L, Array.Empty<byte>());
                foreach (var fact in facts) Insert(transaction, actor, fact);
                var (_, lastId, lastSeal) = chain.SealIn(transaction);
                return (true, lastId, lastSeal);
            },
            ct);
        if (isDone && id > 0) chain.MoveAnchor(id, seal);
        return isDone;
    }

    private void Insert(DbTransaction transaction, Actor actor, AuditFact fact) => transaction.Execute(
        "insert into \"AuditEntries\" (\"At\", \"Actor\", \"Action\", \"Target\", \"Detail\", \"Origin\", \"Before\", \"After\") values (@0, @1, @2, @3, @4, @5, @6, @7)",
        Stored.Ticks(clock.GetUtcNow()), actor.Name, fact.Action, fact.Target, fact.Detail, actor.Origin, fact.Before, fact.After);
}
