using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Audit;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Settings;
using Microsoft.Extensions.Logging;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>Finds out at the start whether the store is an older copy of itself, stops sending then, and holds every message that may have left after the copy was made (R-42).</summary>
/// <remarks>Messages that the copy does not hold yet are planned again when their campaign goes on; they are recognised by their key at the first claim.</remarks>
internal sealed class RestoredCopy(PortalDatabase database, SendingJournal journal, DeliverySettingsStore settings, TimeProvider clock, ILogger logger)
{
    /// <summary>Number of the newest claim that the store knows of.</summary>
    public const string ClaimKey = "delivery.claim";

    /// <summary>Claims that copies of the store did not know: <c>from-until</c>, one after the other with commas.</summary>
    private const string LostKey = "delivery.lost-claims";

    private static readonly string Open = string.Create(CultureInfo.InvariantCulture, $"\"State\" in ({(int)MessageState.Planned}, {(int)MessageState.Deferred}, {(int)MessageState.Claimed}) and \"Policy\" = {(int)DoubtPolicy.Hold}");

    private HashSet<UInt128> _mayHaveLeft = [];

    /// <summary>Before anything is claimed.</summary>
    public async Task CheckAsync(CancellationToken ct)
    {
        var (found, held) = await database.WriteAsync(Check, ct);
        if (!found) return;
        settings.Forget();
        logger.Restored(held);
    }

    /// <summary>Gives this claim its number, in its transaction.</summary>
    public static long Count(DbTransaction transaction)
    {
        var number = NumberOf(transaction) + 1;
        Save(transaction, ClaimKey, number.ToString(CultureInfo.InvariantCulture));
        return number;
    }

    /// <summary>Before anything of the claim leaves.</summary>
    /// <exception cref="IOException">The journal cannot be written.</exception>
    public void Note(long number, IReadOnlyList<ClaimedMessage> claimed) => journal.Append(number, [.. claimed.Select(m => m.MessageIdHeader)]);

    /// <summary>Whether a message that the copy did not know may have left already; asked of what was never claimed before.</summary>
    public bool MayHaveLeft(ClaimedMessage m) => _mayHaveLeft.Count > 0 && m.Policy is DoubtPolicy.Hold && m.Ticket.Attempt is 1 && _mayHaveLeft.Contains(SendingJournal.KeyOf(m.MessageIdHeader));

    private (bool Found, int Held) Check(DbTransaction transaction)
    {
        using var anybody = transaction.Prepare("select 1 from \"Customers\" limit 1", 0);
        if (anybody.RunScalar() is null)
        {
            journal.Clear(); // a new shop: what was sent before, another one sent
            return default;
        }
        var (known, isSaid) = (NumberOf(transaction), TextOf(transaction, KnownSettings.Restored) is KnownSettings.JustRestored);
        var (newest, lost) = (journal.Newest, TextOf(transaction, LostKey) ?? "");
        var isCopy = isSaid || newest > known || (newest is 0 && known > 0);
        if (isCopy)
        {
            lost = string.Create(CultureInfo.InvariantCulture, $"{lost}{(lost.Length > 0 ? "," : "")}{known}-{Math.Max(known, newest)}");
            Save(transaction, LostKey, lost);
            Save(transaction, ClaimKey, Math.Max(known, newest).ToString(CultureInfo.InvariantCulture));
        }
        var isComplete = ReadLost(lost);
        return isCopy ? (true, Hold(transaction, newest is 0 || !isComplete ? null : journal.Between(known, newest))) : default;
    }

    private bool ReadLost(string lost)
    {
        _mayHaveLeft = [];
        var isComplete = true;
        foreach (var range in lost.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var (from, until) = range.Split('-') is [var a, var b] ? (long.Parse(a, CultureInfo.InvariantCulture), long.Parse(b, CultureInfo.InvariantCulture)) : default;
            if (journal.Between(from, until) is { } keys) _mayHaveLeft.UnionWith(keys);
            else isComplete = false;
        }
        return isComplete;
    }

    /// <param name="left">What may have left since the copy; null where nobody knows, and then it is all that was due.</param>
    private int Hold(DbTransaction transaction, IReadOnlySet<UInt128>? left)
    {
        var now = clock.GetUtcNow();
        var doubted = new List<long>();
        using (var waiting = transaction.Prepare($"select \"Id\", \"MessageIdHeader\", \"DueAt\" from \"Messages\" where {Open}", 0))
        using (var rows = waiting.ExecuteReader())
        {
            while (rows.Read())
            {
                if (left?.Contains(SendingJournal.KeyOf(rows.GetString(1))) ?? rows.GetInt64(2) <= Stored.Ticks(now)) doubted.Add(rows.GetInt64(0));
            }
        }
        // One attempt more, as if it had been made: when a person sends it again it is no first claim.
        using var hold = transaction.Prepare(
            "update \"Messages\" set \"State\" = @1, \"Attempt\" = \"Attempt\" + 1, \"Owner\" = null, \"LeaseUntil\" = null, \"Reason\" = @2, \"EndedAt\" = @3 where \"Id\" = @0", 4);
        foreach (var id in doubted)
        {
            hold.Run(id, (int)MessageState.InDoubt, MessageReasons.Restored, Stored.Ticks(now));
            Reserve(transaction, id, now);
        }
        Save(transaction, KnownSettings.SendingStopped, "yes");
        Save(transaction, KnownSettings.Restored, doubted.Count.ToString(CultureInfo.InvariantCulture));
        transaction.Write(new AuditEntry { At = now, Actor = "portal", Action = "delivery.restored", Detail = string.Create(CultureInfo.InvariantCulture, $"an older copy of the store: sending stopped, {doubted.Count} messages held") });
        return doubted.Count;
    }

    /// <summary>What may have arrived counts against the customer's cap.</summary>
    public static void Reserve(DbTransaction transaction, long messageId, DateTimeOffset now) => transaction.Execute(
        "insert into \"CapReservations\" (\"MessageId\", \"CustomerId\", \"Channel\", \"At\") select \"Id\", \"CustomerId\", \"Channel\", @1 from \"Messages\" where \"Id\" = @0 on conflict (\"MessageId\") do nothing",
        messageId, Stored.Ticks(now));

    private static long NumberOf(DbTransaction transaction) => TextOf(transaction, ClaimKey) is { } number ? long.Parse(number, CultureInfo.InvariantCulture) : 0;

    private static string? TextOf(DbTransaction transaction, string key)
    {
        using var find = transaction.Prepare("select \"Value\" from \"Settings\" where \"Key\" = @0", 1);
        find.Set(0, key);
        return find.ExecuteScalar() as string;
    }

    private static void Save(DbTransaction transaction, string key, string value) =>
        transaction.Execute("insert into \"Settings\" (\"Key\", \"Value\") values (@0, @1) on conflict (\"Key\") do update set \"Value\" = excluded.\"Value\"", key, value);
}
