using System.Buffers.Binary;
using System.Data.Common;
using System.Text;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Audit;

/// <summary>What a verification of the audit log found.</summary>
public enum AuditFault
{
    None,
    /// <summary>An entry, or one before it, was changed, removed, added or moved.</summary>
    Broken,
    /// <summary>The last entries are missing.</summary>
    CutOff,
}

/// <param name="Fault">What is wrong.</param>
/// <param name="EntryCount">Entries read.</param>
/// <param name="UnsealedCount">Entries of the last moments, which the next seal covers.</param>
/// <param name="FirstBadId">The first entry whose seal does not fit.</param>
/// <param name="CheckedAt">When.</param>
public sealed record AuditVerification(AuditFault Fault, long EntryCount, long UnsealedCount, long? FirstBadId, DateTimeOffset CheckedAt);

/// <summary>Links the entries of the audit log: each seal is an HMAC-SHA256 over the seal before it and all fields of the entry.</summary>
/// <remarks>
/// Entries are written in many places, also inside other transactions, so they are sealed afterwards, in the order of their numbers:
/// at once by <see cref="AuditTrail"/>, and within seconds by a service of the host. Until then an entry counts as unsealed, not as broken.
/// </remarks>
public sealed class AuditChain(PortalDatabase database, AuditKey key, TimeProvider clock)
{
    private const string Columns = "\"Id\", \"At\", \"Actor\", \"Action\", \"Target\", \"Detail\", \"Origin\", \"Before\", \"After\", \"Seal\"";
    private static readonly byte[] Start = new byte[32];

    /// <summary>Seals whatever is new; answers how many entries.</summary>
    public async Task<int> SealAsync(CancellationToken ct)
    {
        if (!HasUnsealed()) return 0;
        var (count, id, seal) = await database.WriteAsync(SealIn, ct);
        if (count > 0) key.WriteAnchor(id, seal);
        return count;
    }

    /// <summary>Reads the whole log and says where it does not fit together.</summary>
    public AuditVerification Verify()
    {
        var anchor = key.ReadAnchor();
        using var reader = database.OpenReader();
        using var snapshot = database.BeginSnapshot(reader);
        using var command = snapshot.Prepare($"select {Columns} from \"AuditEntries\" order by \"Id\"", 0);
        using var rows = command.ExecuteReader();
        var (link, count, unsealed, sawAnchor) = (Start, 0L, 0L, anchor is null);
        while (rows.Read())
        {
            count++;
            var id = rows.GetInt64(0);
            if (rows.IsDBNull(9))
            {
                unsealed++;
                continue;
            }
            link = Link(link, rows);
            // A sealed entry after an unsealed one: somebody took a seal away, or pushed an entry in.
            if (unsealed > 0 || !link.AsSpan().SequenceEqual((byte[])rows[9])) return Result(AuditFault.Broken, id);
            if (anchor is { } a && a.EntryId == id) sawAnchor = a.Seal.AsSpan().SequenceEqual(link);
        }
        return Result(sawAnchor ? AuditFault.None : AuditFault.CutOff, null);

        AuditVerification Result(AuditFault fault, long? badId) => new(fault, count, unsealed, badId, clock.GetUtcNow());
    }

    /// <summary>Seals inside a transaction of the writer; the caller moves the anchor after the commit.</summary>
    internal (int Count, long LastId, byte[] LastSeal) SealIn(DbTransaction transaction)
    {
        var (lastId, link) = LastSeal(transaction);
        var seals = new List<(long Id, byte[] Seal)>();
        using (var command = transaction.Prepare($"select {Columns} from \"AuditEntries\" where \"Seal\" is null and \"Id\" > @0 order by \"Id\"", 1))
        {
            command.Set(0, lastId);
            using var rows = command.ExecuteReader();
            while (rows.Read()) seals.Add((rows.GetInt64(0), link = Link(link, rows)));
        }
        using var save = transaction.Prepare("update \"AuditEntries\" set \"Seal\" = @1 where \"Id\" = @0", 2);
        foreach (var (id, seal) in seals) save.Run(id, seal);
        return seals.Count == 0 ? (0, lastId, link) : (seals.Count, seals[^1].Id, link);
    }

    internal void MoveAnchor(long entryId, byte[] seal) => key.WriteAnchor(entryId, seal);

    private bool HasUnsealed()
    {
        using var reader = database.OpenReader();
        using var command = reader.Prepare("select exists (select 1 from \"AuditEntries\" where \"Seal\" is null)", 0);
        return command.RunScalar() is 1;
    }

    private static (long Id, byte[] Seal) LastSeal(DbTransaction transaction)
    {
        using var command = transaction.Prepare("select \"Id\", \"Seal\" from \"AuditEntries\" where \"Seal\" is not null order by \"Id\" desc limit 1", 0);
        using var row = command.ExecuteReader();
        return row.Read() ? (row.GetInt64(0), (byte[])row[1]) : (0, Start);
    }

    // Every field with its length, so that no text can pass for two.
    private byte[] Link(byte[] before, DbDataReader row)
    {
        using var text = new MemoryStream();
        text.Write(before);
        Span<byte> number = stackalloc byte[8];
        for (var column = 0; column < 2; column++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, row.GetInt64(column));
            text.Write(number);
        }
        for (var column = 2; column < 9; column++)
        {
            var bytes = row.TextOrNull(column) is { } value ? Encoding.UTF8.GetBytes(value) : null;
            BinaryPrimitives.WriteInt64LittleEndian(number, bytes?.Length ?? -1);
            text.Write(number);
            if (bytes is not null) text.Write(bytes);
        }
        return key.Hash(text.ToArray());
    }
}
