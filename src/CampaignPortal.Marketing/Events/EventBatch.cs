using System.Data.Common;

namespace CampaignPortal.Marketing.Events;

/// <summary>Events of one source that are committed together, with what belongs to the same commit.</summary>
/// <param name="Source">Who reports: an API key's name, <c>import</c>, <c>simulator</c>. Message ids are unique for a source.</param>
public sealed record EventBatch(string Source, IReadOnlyList<NewEvent> Events)
{
    /// <summary>Items to add or change before the events that name them.</summary>
    public IReadOnlyList<ItemDraft> Items { get; init; } = [];

    /// <summary>Contact data for the vault; the customers are created when they are new.</summary>
    public IReadOnlyList<ContactDraft> Contacts { get; init; } = [];

    /// <summary>Rows that were refused before they became events.</summary>
    public IReadOnlyList<QuarantineDraft> Quarantine { get; init; } = [];

    /// <summary>More work inside the same transaction, after the events: progress of an import, for instance. It must not wait or fail lightly.</summary>
    public Action<DbTransaction, AppendReport>? Alongside { get; init; }

    /// <summary>Imported history fires no triggers, journeys or welcome messages (DI-24).</summary>
    public bool IsBackfill { get; init; }
}

/// <summary>What became of one event.</summary>
public enum AppendStatus : byte
{
    Accepted,
    /// <summary>The same id with the same content is stored already; nothing changed.</summary>
    Duplicate,
    /// <summary>The same id with other content is stored already; the first write won and this one lies in quarantine.</summary>
    Conflict,
}

/// <summary>The answer to a batch, given after the commit.</summary>
/// <param name="Statuses">One for each event, in the order of the batch.</param>
/// <param name="LastSequence">The newest number in the log after this batch.</param>
public sealed record AppendReport(IReadOnlyList<AppendStatus> Statuses, long LastSequence)
{
    public int AcceptedCount => Statuses.Count(s => s is AppendStatus.Accepted);
    public int DuplicateCount => Statuses.Count(s => s is AppendStatus.Duplicate);
    public int ConflictCount => Statuses.Count(s => s is AppendStatus.Conflict);
}

/// <summary>A row that could not become an event, kept with its reason until a person corrects or discards it.</summary>
/// <param name="Reason">One of <see cref="QuarantineReasons"/>.</param>
/// <param name="Field">The column or property that is wrong, where there is one.</param>
/// <param name="Detail">What was expected and what was found, in words.</param>
/// <param name="Raw">The row as it came.</param>
/// <param name="Position">Line of the file or index in the batch.</param>
public sealed record QuarantineDraft(string Reason, string? Field, string Detail, string Raw, long Position)
{
    public string? MessageId { get; init; }
    public long? ImportId { get; init; }
}

/// <summary>The closed list of reasons (RELIABILITY.md §3).</summary>
public static class QuarantineReasons
{
    public const string JsonInvalid = "json.invalid";
    public const string JsonDepth = "json.depth";
    public const string FieldMissing = "field.missing";
    public const string FieldType = "field.type";
    public const string FieldRange = "field.range";
    public const string FieldLength = "field.length";
    public const string TextEncoding = "text.encoding";
    public const string TimeFuture = "time.future";
    public const string TimeTooOld = "time.too-old";
    public const string CustomerUnknown = "customer.unknown";
    public const string EventUnknownType = "event.unknown-type";
    public const string IdInvalid = "id.invalid";
    public const string ConsentNone = "consent.none";
    public const string ConflictPayload = "conflict.payload";
}
