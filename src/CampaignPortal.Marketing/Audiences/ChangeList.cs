using System.Data.Common;
using CampaignPortal.Marketing.Audiences.Membership;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Audiences;

/// <summary>Adds customers to a fixed list by hand, or takes them out.</summary>
/// <param name="Customers">The portal's numbers.</param>
/// <param name="IsOut">Takes them out.</param>
public sealed record ChangeList(long Id, IReadOnlyList<long> Customers, bool IsOut, long By);

/// <param name="Changed">Who was not in, or out, before.</param>
/// <param name="Size">Members now.</param>
public sealed record ChangedList(IReadOnlyList<long> Changed, int Size);

/// <summary>Changes the stored members in one transaction; audiences that name the list follow in the same breath.</summary>
public sealed class ChangeListHandler(IDbContextFactory<PortalDbContext> databases, PortalDatabase database, AudienceKeeper keeper, TimeProvider clock)
{
    private const string Insert =
        "insert into \"AudienceMembers\" (\"AudienceId\", \"CustomerId\", \"JoinedAt\") select @0, @1, @2 where exists (select 1 from \"Customers\" where \"Id\" = @1 and \"ErasedAt\" is null) on conflict do nothing";
    private const string Delete = "delete from \"AudienceMembers\" where \"AudienceId\" = @0 and \"CustomerId\" = @1";

    /// <summary>What changed, or a problem whose field is one of <see cref="AudienceProblems"/>.</summary>
    public async Task<Result<ChangedList>> HandleAsync(ChangeList command, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.Audiences.AsNoTracking().FirstOrDefaultAsync(a => a.Id == command.Id && a.Kind == AudienceKind.Fixed && a.ArchivedAt == null, ct) is not { } list) return Problem.At(AudienceProblems.Gone, "The list does not exist any more.");
        var changed = await database.WriteAsync(transaction => Change(transaction, command, clock.GetUtcNow()), ct);
        if (changed.Changed.Count is 0) return changed;
        db.AuditEntries.Add(AudienceNames.Audit(clock.GetUtcNow(), command.By, command.IsOut ? "list members out" : "list members in", list, after: FormattableString.Invariant($"{changed.Changed.Count} customers")));
        await db.SaveChangesAsync(ct);
        keeper.Note(changed.Changed);
        await keeper.TurnAsync(ct);
        return changed;
    }

    private static ChangedList Change(DbTransaction transaction, ChangeList command, DateTimeOffset now)
    {
        var changed = new List<long>();
        using (var change = transaction.Prepare(command.IsOut ? Delete : Insert, command.IsOut ? 2 : 3))
        {
            foreach (var customer in command.Customers)
            {
                var rows = command.IsOut ? change.Run(command.Id, customer) : change.Run(command.Id, customer, Stored.Ticks(now));
                if (rows > 0) changed.Add(customer);
            }
        }
        using var count = transaction.Prepare("select count(*) from \"AudienceMembers\" where \"AudienceId\" = @0", 1);
        var size = (int)(count.RunScalar(command.Id) ?? 0);
        if (changed.Count > 0) transaction.Execute("update \"Audiences\" set \"Size\" = @1, \"EvaluatedAt\" = @2, \"ChangedAt\" = @2 where \"Id\" = @0", command.Id, size, Stored.Ticks(now));
        return new ChangedList(changed, size);
    }
}
