using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Audiences.Membership;

/// <summary>Writes who joined and who left, in turns at the gate that hold nobody up.</summary>
internal sealed class MemberWriter(PortalDatabase database)
{
    private const int ChunkSize = 4_000;

    /// <param name="At">When who joined did.</param>
    /// <param name="AsOf">The moment that the members are of.</param>
    /// <param name="IsFirst">Nobody joins an audience that is counted for the first time: they are there.</param>
    public sealed record Change(long AudienceId, IReadOnlyList<long> Joined, IReadOnlyList<long> Left, int Size, DateTimeOffset At, DateTimeOffset AsOf, DateOnly Day, long Sequence, bool IsFirst);

    public async Task WriteAsync(Change change, CancellationToken ct)
    {
        if (change.Joined.Count + change.Left.Count <= ChunkSize)
        {
            await database.WriteAsync(
                transaction =>
                {
                    Join(transaction, change, change.Joined);
                    Leave(transaction, change, change.Left);
                    Close(transaction, change);
                },
                ct);
            return;
        }
        foreach (var chunk in change.Joined.Chunk(ChunkSize)) await database.WriteAsync(transaction => Join(transaction, change, chunk), ct);
        foreach (var chunk in change.Left.Chunk(ChunkSize)) await database.WriteAsync(transaction => Leave(transaction, change, chunk), ct);
        await database.WriteAsync(transaction => Close(transaction, change), ct);
    }

    /// <summary>Members stand as they are, at a later moment.</summary>
    public Task ConfirmAsync(IReadOnlyCollection<long> audiences, DateTimeOffset asOf, long sequence, CancellationToken ct) => database.WriteAsync(
        transaction =>
        {
            using var command = transaction.Prepare("update \"Audiences\" set \"EvaluatedAt\" = @1, \"EvaluatedSequence\" = @2 where \"Id\" = @0", 3);
            foreach (var id in audiences) command.Run(id, Stored.Ticks(asOf), sequence);
        },
        ct);

    public Task FailAsync(long audienceId, string reason, CancellationToken ct) => database.WriteAsync(
        (DbTransaction transaction) => transaction.Execute("update \"Audiences\" set \"State\" = @1, \"Failure\" = @2 where \"Id\" = @0", audienceId, nameof(AudienceState.Failed), reason), ct);

    private static void Join(DbTransaction transaction, Change change, IReadOnlyList<long> customers)
    {
        // Somebody erased since the evaluation gets no row any more.
        using var command = transaction.Prepare(
            "insert into \"AudienceMembers\" (\"AudienceId\", \"CustomerId\", \"JoinedAt\") select @0, @1, @2 "
            + "where exists (select 1 from \"Customers\" where \"Id\" = @1 and \"ErasedAt\" is null) on conflict do nothing",
            3);
        foreach (var customer in customers) command.Run(change.AudienceId, customer, Stored.Ticks(change.At));
    }

    private static void Leave(DbTransaction transaction, Change change, IReadOnlyList<long> customers)
    {
        using var command = transaction.Prepare("delete from \"AudienceMembers\" where \"AudienceId\" = @0 and \"CustomerId\" = @1", 2);
        foreach (var customer in customers) command.Run(change.AudienceId, customer);
    }

    private static void Close(DbTransaction transaction, Change change)
    {
        transaction.Execute(
            "update \"Audiences\" set \"State\" = @1, \"Failure\" = null, \"Size\" = @2, \"EvaluatedAt\" = @3, \"EvaluatedSequence\" = @4 where \"Id\" = @0",
            change.AudienceId, nameof(AudienceState.Ready), change.Size, Stored.Ticks(change.AsOf), change.Sequence);
        transaction.Execute(
            "insert into \"AudienceDays\" (\"AudienceId\", \"Day\", \"Size\", \"Joined\", \"Left\") values (@0, @1, @2, @3, @4) "
            + "on conflict (\"AudienceId\", \"Day\") do update set \"Size\" = excluded.\"Size\", \"Joined\" = \"AudienceDays\".\"Joined\" + excluded.\"Joined\", \"Left\" = \"AudienceDays\".\"Left\" + excluded.\"Left\"",
            change.AudienceId, change.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), change.Size, change.IsFirst ? 0 : change.Joined.Count, change.Left.Count);
    }
}
