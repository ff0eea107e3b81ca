using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>The moves of messages as SQL: each names the state, the owner and the attempt that it expects, and changes no row when somebody else was faster.</summary>
/// <param name="owner">This run of the program.</param>
internal sealed class MessageTable(long owner)
{
    private static readonly string Waiting = In(MessageStates.Waiting), Recordable = In(MessageStates.Recordable), Held = In([MessageState.Claimed, MessageState.Sending]);
    private static readonly string Mine = string.Create(CultureInfo.InvariantCulture, $"\"Id\" = @0 and \"State\" = {(int)MessageState.Claimed} and \"Owner\" = @1 and \"Attempt\" = @2");

    public long Owner => owner;

    /// <summary>T1: takes what is due, in the order of lanes and times, at most so many.</summary>
    public IReadOnlyList<ClaimedMessage> Claim(DbTransaction transaction, IReadOnlyCollection<long> campaigns, int limit, DateTimeOffset now, TimeSpan lease)
    {
        using var find = transaction.Prepare(
            "select m.\"Id\", m.\"CampaignId\", m.\"StepId\", m.\"CustomerId\", c.\"ExternalId\", m.\"Occurrence\", m.\"Channel\", m.\"VariantId\", m.\"RunId\", m.\"Attempt\", m.\"PlannedAt\", m.\"Lane\", "
            + "m.\"Policy\", m.\"Tries\", m.\"SendBefore\", m.\"MessageIdHeader\", coalesce(m.\"FirstClaimedAt\", @4), "
            + "(select t.\"Value\" from \"CustomerTraits\" t where t.\"CustomerId\" = m.\"CustomerId\" and t.\"Name\" in ('timezone', 'time_zone') order by t.\"ChangedAt\" desc limit 1), "
            + "(select t.\"Value\" from \"CustomerTraits\" t where t.\"CustomerId\" = m.\"CustomerId\" and t.\"Name\" = 'country' limit 1) "
            + "from \"Messages\" m join \"Customers\" c on c.\"Id\" = m.\"CustomerId\" "
            + "where m.\"State\" = @0 and m.\"CampaignId\" = @1 and m.\"Lane\" = @2 and m.\"DueAt\" <= @3 order by m.\"DueAt\" limit @5",
            6);
        var nowTicks = Stored.Ticks(now);
        var claimed = new List<ClaimedMessage>();
        foreach (var lane in MessageLanes.All)
        {
            foreach (var campaign in campaigns)
            {
                foreach (var state in MessageStates.Waiting)
                {
                    if (claimed.Count >= limit) break;
                    Set(find, (int)state, campaign, lane, nowTicks, nowTicks, limit - claimed.Count);
                    using var rows = find.ExecuteReader();
                    while (rows.Read()) claimed.Add(Read(rows));
                }
            }
        }
        using var take = transaction.Prepare(
            "update \"Messages\" set \"State\" = @1, \"Owner\" = @2, \"LeaseUntil\" = @3, \"Attempt\" = @4, \"FirstClaimedAt\" = @5, \"Reason\" = null where \"Id\" = @0 and \"State\" in " + Waiting, 6);
        foreach (var m in claimed) take.Run(m.Id, (int)MessageState.Claimed, owner, Stored.Ticks(now + lease), m.Ticket.Attempt, Stored.Ticks(m.Date));
        return claimed;
    }

    /// <summary>Says that what this worker holds is still held.</summary>
    public int Renew(DbTransaction transaction, DateTimeOffset until) => transaction.Execute(
        "update \"Messages\" set \"LeaseUntil\" = @1 where \"State\" in " + Held + " and \"Owner\" = @0", owner, Stored.Ticks(until));

    /// <summary>Picks up what workers left behind: where the lease ran out, and on the start of the program whatever another run of it held.</summary>
    /// <returns>How many, and how many of them are in doubt now.</returns>
    public (int Count, int InDoubt) Recover(DbTransaction transaction, DateTimeOffset now, bool atStart)
    {
        var ticks = Stored.Ticks(now);
        var left = atStart ? "\"Owner\" <> @0" : "\"LeaseUntil\" < @1";
        var (count, inDoubt) = (0, 0);
        foreach (var state in new[] { MessageState.Claimed, MessageState.Sending })
        {
            foreach (var policy in new[] { DoubtPolicy.Hold, DoubtPolicy.Resend })
            {
                foreach (var isRepeatable in new[] { false, true })
                {
                    var next = MessageStates.Abandoned(state, policy, isRepeatable);
                    var isDoubt = next is MessageState.InDoubt;
                    var changed = transaction.Execute(
                        $"update \"Messages\" set \"State\" = @2, \"LeaseUntil\" = null, \"Owner\" = null, \"EndedAt\" = @3, \"Reason\" = @4, \"DueAt\" = case when @5 then @1 else \"DueAt\" end "
                        + $"where \"State\" = @6 and \"Policy\" = @7 and \"IsRepeatable\" = @8 and {left} and @0 is not null",
                        owner, ticks, (int)next, isDoubt ? ticks : null, state is MessageState.Sending ? MessageReasons.Unknown : null, next is MessageState.Deferred,
                        (int)state, (int)policy, isRepeatable);
                    count += changed;
                    if (isDoubt) inDoubt += changed;
                }
            }
        }
        return (count, inDoubt);
    }

    /// <summary>Whether this worker still holds the message under this attempt.</summary>
    public bool IsMine(DbTransaction transaction, ClaimedMessage m)
    {
        using var find = transaction.Prepare($"select 1 from \"Messages\" where {Mine}", 3);
        return find.RunScalar(m.Id, owner, m.Ticket.Attempt) is 1;
    }

    /// <summary>T2: the last durable word before the mail leaves.</summary>
    public bool Mark(DbTransaction transaction, ClaimedMessage m, DateTimeOffset now, TimeSpan lease, bool isRepeatable) => transaction.Execute(
        $"update \"Messages\" set \"State\" = @3, \"MarkedAt\" = @4, \"LeaseUntil\" = @5, \"IsRepeatable\" = @6 where {Mine}",
        m.Id, owner, m.Ticket.Attempt, (int)MessageState.Sending, Stored.Ticks(now), Stored.Ticks(now + lease), isRepeatable) is 1;

    /// <summary>Gives a claimed message back untouched.</summary>
    public void Release(DbTransaction transaction, ClaimedMessage m) => transaction.Execute(
        $"update \"Messages\" set \"State\" = @3, \"Owner\" = null, \"LeaseUntil\" = null where {Mine}", m.Id, owner, m.Ticket.Attempt, (int)MessageState.Planned);

    /// <summary>Puts a claimed message off.</summary>
    public bool PutOff(DbTransaction transaction, ClaimedMessage m, DateTimeOffset until, string reason, SendResult? result = null, bool isTry = false) => transaction.Execute(
        "update \"Messages\" set \"State\" = @3, \"Owner\" = null, \"LeaseUntil\" = null, \"DueAt\" = @4, \"Reason\" = @5, \"Tries\" = \"Tries\" + @6, "
        + $"\"Phase\" = coalesce(@7, \"Phase\"), \"ReplyCode\" = coalesce(@8, \"ReplyCode\"), \"ReplyText\" = coalesce(@9, \"ReplyText\") where {Mine}",
        m.Id, owner, m.Ticket.Attempt, (int)MessageState.Deferred, Stored.Ticks(until), reason, isTry ? 1 : 0, (int?)result?.Phase, result?.Code, result?.Text) is 1;

    /// <summary>Ends a claimed message that does not leave; its place under the cap is free again.</summary>
    public bool End(DbTransaction transaction, ClaimedMessage m, MessageState state, string reason, DateTimeOffset now, SendResult? result = null)
    {
        CapBook.Release(transaction, m.Id);
        return transaction.Execute(
            "update \"Messages\" set \"State\" = @3, \"Owner\" = null, \"LeaseUntil\" = null, \"Reason\" = @4, \"EndedAt\" = @5, "
            + $"\"Phase\" = coalesce(@6, \"Phase\"), \"ReplyCode\" = coalesce(@7, \"ReplyCode\"), \"ReplyText\" = coalesce(@8, \"ReplyText\") where {Mine}",
            m.Id, owner, m.Ticket.Attempt, (int)state, reason, Stored.Ticks(now), (int?)result?.Phase, result?.Code, result?.Text) is 1;
    }

    /// <summary>T3: what came of a marked message. Knowledge of the same attempt wins over doubt, over waiting and over giving up; that of an older attempt changes nothing.</summary>
    public static bool Record(DbTransaction transaction, ClaimedMessage m, MessageState state, SendResult result, DateTimeOffset now, DateTimeOffset? dueAt, bool isTry)
    {
        var isEnd = MessageStates.Ended.Contains(state);
        var changed = transaction.Execute(
            "update \"Messages\" set \"State\" = @2, \"Owner\" = null, \"LeaseUntil\" = null, \"Phase\" = @3, \"ReplyCode\" = @4, \"ReplyText\" = @5, \"Reason\" = @6, \"EndedAt\" = @7, "
            + "\"DueAt\" = coalesce(@8, \"DueAt\"), \"Tries\" = \"Tries\" + @9 where \"Id\" = @0 and \"Attempt\" = @1 and \"State\" in " + Recordable,
            m.Id, m.Ticket.Attempt, (int)state, (int)result.Phase, result.Code, result.Text, result.Reason, isEnd ? Stored.Ticks(now) : null,
            dueAt is { } due ? Stored.Ticks(due) : null, isTry ? 1 : 0) is 1;
        if (changed && state is MessageState.Rejected) CapBook.Release(transaction, m.Id);
        return changed;
    }

    private static ClaimedMessage Read(DbDataReader row) => new(
        new MessageTicket(
            row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetString(4), row.GetInt64(5), row.GetString(6), row.GetInt64(7), row.GetInt64(8), row.GetInt32(9) + 1)
        {
            PlannedAt = Stored.Time(row.GetInt64(10)),
        },
        row.GetInt32(11), (DoubtPolicy)row.GetInt32(12), row.GetInt32(13), Stored.Time(row.GetInt64(14)), row.GetString(15), Stored.Time(row.GetInt64(16)), row.TextOrNull(17), row.TextOrNull(18));

    private static void Set(DbCommand command, params ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++) command.Set(i, values[i]);
    }

    private static string In(IReadOnlyList<MessageState> states) => "(" + string.Join(", ", states.Select(s => ((int)s).ToString(CultureInfo.InvariantCulture))) + ")";
}
