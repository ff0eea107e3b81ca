using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Delivery.Tracking;

/// <param name="Ticket">Null in its customer when they were erased: then nothing is recorded.</param>
internal sealed record SentMessage(MessageTicket Ticket, bool IsErased, DateTimeOffset? SentAt, MessageState State, DateTimeOffset? MarkedAt);

/// <summary>Finds the message behind a token, and settles one that was in doubt when its reader proves that it arrived.</summary>
internal static class SentMessages
{
    private const string Sql =
        "select m.\"CampaignId\", m.\"StepId\", m.\"CustomerId\", c.\"ExternalId\", m.\"Occurrence\", m.\"Channel\", m.\"VariantId\", m.\"RunId\", m.\"Attempt\", m.\"PlannedAt\", c.\"ErasedAt\", "
        + "coalesce(m.\"EndedAt\", m.\"MarkedAt\"), m.\"State\", m.\"MarkedAt\" from \"Messages\" m join \"Customers\" c on c.\"Id\" = m.\"CustomerId\" where m.\"Id\" = @0";

    public static SentMessage? Find(PortalDatabase database, long messageId)
    {
        using var reader = database.OpenReader();
        using var find = reader.Prepare(Sql, 1);
        return Read(find, messageId);
    }

    /// <summary>As it stands in this transaction.</summary>
    public static SentMessage? Find(DbTransaction transaction, long messageId)
    {
        using var find = transaction.Prepare(Sql, 1);
        return Read(find, messageId);
    }

    /// <summary>Whoever opens a mail has it: doubt is over (RELIABILITY.md §4.1, promise E).</summary>
    public static bool Settle(DbTransaction transaction, long messageId, DateTimeOffset now) => transaction.Execute(
        string.Create(CultureInfo.InvariantCulture, $"update \"Messages\" set \"State\" = {(int)MessageState.Accepted}, \"Reason\" = null, \"EndedAt\" = @1 where \"Id\" = @0 and \"State\" = {(int)MessageState.InDoubt}"),
        messageId, Stored.Ticks(now)) is 1;

    private static SentMessage? Read(DbCommand find, long messageId)
    {
        find.Set(0, messageId);
        using var row = find.ExecuteReader();
        if (!row.Read()) return null;
        var ticket = new MessageTicket(
            messageId, row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetString(3), row.GetInt64(4), row.GetString(5), row.GetInt64(6), row.GetInt64(7), row.GetInt32(8))
        {
            PlannedAt = Stored.Time(row.GetInt64(9)),
        };
        return new SentMessage(ticket, !row.IsDBNull(10), TimeOf(row, 11), (MessageState)row.GetInt32(12), TimeOf(row, 13));
    }

    private static DateTimeOffset? TimeOf(DbDataReader row, int column) => row.NumberOrNull(column) is { } at ? Stored.Time(at) : null;
}
