using System.Buffers.Binary;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Events;

/// <summary>Writes batches inside the writer's transaction: numbers events without gaps, names customers, visitors and items, tells repeated from new.</summary>
/// <remarks>One thread at a time. It remembers ids and the newest number between transactions; <see cref="Forget"/> drops that after a rollback.</remarks>
internal sealed class EventWriter(IContactStore contacts, EventInserterFactory inserters)
{
    private readonly IdMap _customers = new("Customers", hasCreatedAt: true);
    private readonly IdMap _visitors = new("Visitors", hasCreatedAt: false);
    private readonly ItemWriter _items = new();
    private readonly VisitorOwners _owners = new();
    private readonly HashSet<long> _changedContacts = [];
    private readonly PayloadHasher _hasher = new();
    private Statements? _statements;
    private long? _lastSequence;

    /// <summary>Stores everything of the batch that is new.</summary>
    public AppendReport Append(DbTransaction transaction, EventBatch batch, DateTimeOffset receivedAt)
    {
        var statements = StatementsFor(transaction);
        _lastSequence ??= statements.LastSequence.RunScalar() ?? 0;

        foreach (var item in batch.Items) _items.Upsert(transaction, item, receivedAt);
        StoreContacts(transaction, batch.Contacts, receivedAt);

        var statuses = new AppendStatus[batch.Events.Count];
        for (var i = 0; i < statuses.Length; i++) statuses[i] = Append(transaction, statements, batch, batch.Events[i], receivedAt, i);
        foreach (var row in batch.Quarantine) WriteQuarantine(statements, batch.Source, row, receivedAt);

        var report = new AppendReport(statuses, _lastSequence.Value);
        batch.Alongside?.Invoke(transaction, report);
        return report;
    }

    public void Forget()
    {
        _customers.Forget();
        _visitors.Forget();
        _items.Forget();
        _owners.Forget();
        _changedContacts.Clear();
        _lastSequence = null;
    }

    public long[] TakeChangedContacts()
    {
        if (_changedContacts.Count is 0) return [];
        var changed = _changedContacts.ToArray();
        _changedContacts.Clear();
        return changed;
    }

    private void StoreContacts(DbTransaction transaction, IReadOnlyList<ContactDraft> drafts, DateTimeOffset receivedAt)
    {
        if (drafts.Count is 0) return;
        var ids = drafts.Select(d => _customers.Resolve(transaction, d.Customer, receivedAt)).ToArray();
        contacts.PrepareKeys(ids);
        for (var i = 0; i < ids.Length; i++)
        {
            if (contacts.Store(transaction, ids[i], drafts[i], receivedAt)) _changedContacts.Add(ids[i]);
        }
    }

    private AppendStatus Append(DbTransaction transaction, Statements statements, EventBatch batch, NewEvent e, DateTimeOffset receivedAt, int position)
    {
        // A value that stands for nobody must not make one person of all who send it.
        var customer = e.Customer is { } external && !BlockedIdentifiers.Contains(external) ? _customers.Resolve(transaction, external, receivedAt) : (long?)null;
        var visitor = e.Visitor is { } anonymous && !BlockedIdentifiers.Contains(anonymous) ? _visitors.Resolve(transaction, anonymous, receivedAt) : (long?)null;
        var owner = visitor is { } browser ? _owners.At(transaction, browser, e.OccurredAt) : null;
        var isNewOwner = visitor is not null && customer is not null && customer != owner;
        customer ??= owner;
        var item = e.Item is { } shopItem ? _items.Resolve(transaction, shopItem, receivedAt) : (long?)null;
        var payloadHash = _hasher.Hash(e);

        var sequence = _lastSequence!.Value + 1; // set at the start of the batch
        var row = new EventRow(
            sequence, batch.Source, e, payloadHash, customer, visitor, item, Stored.Ticks(e.OccurredAt), TicksOrNull(e.SentAt), Stored.Ticks(receivedAt), TenThousandthsOrNull(e.Quantity), TenThousandthsOrNull(e.Amount));
        if (statements.Inserter.Insert(row))
        {
            _lastSequence = sequence;
            if (isNewOwner) _owners.Identify(transaction, sequence, visitor!.Value, customer!.Value, e.OccurredAt); // both are there with a new owner
            return AppendStatus.Accepted;
        }
        if (statements.FindPayloadHash.RunScalar(batch.Source, e.MessageId) == payloadHash) return AppendStatus.Duplicate;
        WriteQuarantine(
            statements,
            batch.Source,
            new QuarantineDraft(QuarantineReasons.ConflictPayload, "messageId", $"An event with the id {e.MessageId} and other content is stored already; the first one stays.", PayloadHasher.Describe(e), position) { MessageId = e.MessageId },
            receivedAt);
        return AppendStatus.Conflict;
    }

    private void WriteQuarantine(Statements statements, string source, QuarantineDraft row, DateTimeOffset receivedAt) =>
        statements.InsertQuarantine.Run(
            source, row.ImportId, row.Position, row.MessageId, row.Reason, row.Field, contacts.SealText(row.Detail), contacts.SealText(row.Raw), Stored.Ticks(receivedAt));

    private static long? TicksOrNull(DateTimeOffset? at) => at is { } known ? Stored.Ticks(known) : null;

    private static long? TenThousandthsOrNull(decimal? amount) => amount is { } known ? Stored.TenThousandths(known) : null;

    private Statements StatementsFor(DbTransaction transaction)
    {
        if (_statements is null || !ReferenceEquals(_statements.Connection, transaction.Connection)) _statements = new Statements(transaction, inserters);
        _statements.Join(transaction);
        return _statements;
    }

    /// <summary>Prepared once for a connection, joined to each of its transactions.</summary>
    private sealed class Statements
    {
        public Statements(DbTransaction transaction, EventInserterFactory inserters)
        {
            Connection = transaction.Connection!; // a transaction under way has its connection
            Inserter = inserters(Connection);
            LastSequence = transaction.Prepare("select max(\"Sequence\") from \"Events\"", 0);
            FindPayloadHash = transaction.Prepare("select \"PayloadHash\" from \"Events\" where \"Source\" = @0 and \"MessageId\" = @1", 2);
            InsertQuarantine = transaction.Prepare(
                "insert into \"Quarantine\" (\"Source\", \"ImportId\", \"Position\", \"MessageId\", \"Reason\", \"Field\", \"Detail\", \"Raw\", \"ReceivedAt\") "
                + "values (@0, @1, @2, @3, @4, @5, @6, @7, @8) on conflict do nothing",
                9);
        }

        public DbConnection Connection { get; }
        public IEventInserter Inserter { get; }
        public DbCommand LastSequence { get; }
        public DbCommand FindPayloadHash { get; }
        public DbCommand InsertQuarantine { get; }

        public void Join(DbTransaction transaction)
        {
            foreach (var command in new[] { LastSequence, FindPayloadHash, InsertQuarantine }) command.Transaction = transaction;
        }
    }

    /// <summary>Content of an event as bytes, hashed.</summary>
    internal sealed class PayloadHasher
    {
        private byte[] _buffer = new byte[1024];
        private int _length;

        /// <summary>First 64 bits of SHA-256 over everything that the sender stated, except the moment of sending: a retry has another one.</summary>
        public long Hash(NewEvent e)
        {
            _length = 0;
            Add(e.Type);
            Add(e.Customer);
            Add(e.Visitor);
            Add(e.OrderId);
            Add(e.Item);
            Add(e.CampaignId);
            Add(e.VariantId);
            Add(e.Currency);
            Add(e.Properties);
            Add(Stored.Ticks(e.StatedAt ?? e.OccurredAt));
            Add(e.Quantity is { } quantity ? Stored.TenThousandths(quantity) : long.MinValue);
            Add(e.Amount is { } amount ? Stored.TenThousandths(amount) : long.MinValue);
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(_buffer.AsSpan(0, _length), hash);
            return BinaryPrimitives.ReadInt64LittleEndian(hash);
        }

        public static string Describe(NewEvent e) => System.Text.Json.JsonSerializer.Serialize(e);

        private void Add(string? text)
        {
            var value = text ?? "\u0001";
            Reserve(Encoding.UTF8.GetMaxByteCount(value.Length) + 1);
            _length += Encoding.UTF8.GetBytes(value, _buffer.AsSpan(_length));
            _buffer[_length++] = 0;
        }

        private void Add(long number)
        {
            Reserve(sizeof(long));
            BinaryPrimitives.WriteInt64LittleEndian(_buffer.AsSpan(_length), number);
            _length += sizeof(long);
        }

        private void Reserve(int more)
        {
            if (_length + more > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + more));
        }
    }
}
