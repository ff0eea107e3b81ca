using CampaignPortal.Marketing.Audiences.Evaluation;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Audiences;

/// <summary>Makes a list that stays as it is: of customers that somebody chose, or of the members that an audience has now.</summary>
/// <param name="Customers">The portal's numbers; null takes the members of <paramref name="Of"/>.</param>
/// <param name="Of">An audience or another list.</param>
public sealed record FixAudience(string Name, IReadOnlyCollection<long>? Customers, long? Of, long By)
{
    /// <summary>Nobody chose the name: a number is put behind it where another audience has it.</summary>
    public bool IsNameGiven { get; init; }
}

public sealed class FixAudienceHandler(IDbContextFactory<PortalDbContext> databases, PortalDatabase database, TimeProvider clock)
{
    private const int ChunkSize = 4_000;

    /// <summary>The new audience, or a problem whose field is one of <see cref="AudienceProblems"/>.</summary>
    public async Task<Result<long>> HandleAsync(FixAudience command, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var name = command.IsNameGiven ? await AudienceNames.FreeAsync(db, command.Name.Trim(), ct) : command.Name.Trim();
        if (await AudienceNames.ProblemOfAsync(db, name, own: null, ct) is { } problem) return problem;
        var rule = command.Of is { } id ? await db.Audiences.AsNoTracking().Where(a => a.Id == id).Select(a => a.RuleJson).FirstOrDefaultAsync(ct) : RuleJson.Write(AudienceRule.Everyone);
        if (rule is null) return Problem.At(AudienceProblems.Gone, "The audience does not exist any more.");
        var members = Members(command);
        if (members.Length is 0) return Problem.At(AudienceProblems.NobodyChosen, "Nobody is chosen.");

        var now = clock.GetUtcNow();
        var audience = new Audience
        {
            Name = name, Kind = AudienceKind.Fixed, RuleJson = rule, State = AudienceState.Waiting, EvaluatedAt = null, Size = members.Length, CreatedBy = command.By, CreatedAt = now, ChangedAt = now,
        };
        db.Audiences.Add(audience);
        await db.SaveChangesAsync(ct);
        foreach (var chunk in members.Chunk(ChunkSize))
        {
            await database.WriteAsync(
                transaction =>
                {
                    using var insert = transaction.Prepare("insert into \"AudienceMembers\" (\"AudienceId\", \"CustomerId\", \"JoinedAt\") values (@0, @1, @2) on conflict do nothing", 3);
                    foreach (var customer in chunk) insert.Run(audience.Id, customer, Stored.Ticks(now));
                },
                ct);
        }
        (audience.State, audience.EvaluatedAt) = (AudienceState.Ready, now);
        db.AuditEntries.Add(AudienceNames.Audit(now, command.By, "list made", audience));
        await db.SaveChangesAsync(ct);
        return audience.Id;
    }

    private long[] Members(FixAudience command)
    {
        using var connection = database.OpenReader();
        var everyone = StoredSets.Everyone(connection);
        var chosen = command.Customers is { } customers ? CustomerSet.Of(customers, everyone.Capacity) : StoredSets.MembersOf(connection, command.Of!.Value, everyone.Capacity); // one of the two
        return chosen.And(everyone).ToArray();
    }
}
