using CampaignPortal.Marketing.Database;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>Which messages to show.</summary>
/// <param name="State">Null for all.</param>
/// <param name="Before">Messages older than this number: the next page. Null for the first.</param>
public sealed record ListOutbox(MessageState? State, long? Before)
{
    /// <summary>Only this campaign's; null for all.</summary>
    public long? Campaign { get; init; }
}

/// <param name="HasBody">Whether the mail as it left is kept.</param>
public sealed record OutboxRow(
    long Id, long CampaignId, long CustomerId, string Customer, bool IsErased, MessageState State, string? Reason, int? ReplyCode, string? ReplyText, int Tries, DateTimeOffset PlannedAt, DateTimeOffset DueAt,
    DateTimeOffset? EndedAt, bool HasBody);

/// <param name="Rows">Newest first.</param>
/// <param name="Next">Value of <see cref="ListOutbox.Before"/> for the next page; null on the last one.</param>
/// <param name="Counts">Messages in each state, whatever state is shown.</param>
public sealed record OutboxPage(IReadOnlyList<OutboxRow> Rows, long? Next, IReadOnlyDictionary<MessageState, int> Counts)
{
    public int Total => Counts.Values.Sum();

    /// <summary>Messages in doubt that the start of a restored copy held, whatever state is shown; at most <see cref="ListOutboxHandler.MostHeld"/> at once.</summary>
    public IReadOnlyList<long> HeldByRestore { get; init; } = [];
}

/// <summary>The outbox as people see it.</summary>
public sealed class ListOutboxHandler(IDbContextFactory<PortalDbContext> databases)
{
    public const int PageSize = 50, MostHeld = 10_000;

    public async Task<OutboxPage> HandleAsync(ListOutbox query, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var all = query.Campaign is { } campaign ? db.Messages.AsNoTracking().Where(m => m.CampaignId == campaign) : db.Messages.AsNoTracking();
        var counts = await all.TagWith("outbox counts").GroupBy(m => m.State).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        var messages = all.TagWith("outbox list");
        if (query.State is { } state) messages = messages.Where(m => m.State == state);
        if (query.Before is { } before) messages = messages.Where(m => m.Id < before);
        var rows = await Rows(db, messages).Take(PageSize + 1).ToListAsync(ct);
        var held = counts.ContainsKey(MessageState.InDoubt)
            ? await all.TagWith("outbox held").Where(m => m.State == MessageState.InDoubt && m.Reason == MessageReasons.Restored).OrderBy(m => m.Id).Select(m => m.Id).Take(MostHeld).ToListAsync(ct)
            : [];
        return new OutboxPage([.. rows.Take(PageSize)], rows.Count > PageSize ? rows[PageSize - 1].Id : null, counts) { HeldByRestore = held };
    }

    /// <summary>One message; null when there is none.</summary>
    public async Task<OutboxRow?> FindAsync(long id, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await Rows(db, db.Messages.AsNoTracking().Where(m => m.Id == id)).FirstOrDefaultAsync(ct);
    }

    private static IQueryable<OutboxRow> Rows(PortalDbContext db, IQueryable<Message> messages) =>
        from m in messages
        join c in db.Customers on m.CustomerId equals c.Id
        orderby m.Id descending
        select new OutboxRow(
            m.Id, m.CampaignId, m.CustomerId, c.ExternalId, c.ErasedAt != null, m.State, m.Reason, m.ReplyCode, m.ReplyText, m.Tries, m.PlannedAt, m.DueAt, m.EndedAt, db.MessageBodies.Any(b => b.MessageId == m.Id));
}
