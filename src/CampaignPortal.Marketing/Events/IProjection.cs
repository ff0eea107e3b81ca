using System.Data.Common;

namespace CampaignPortal.Marketing.Events;

/// <summary>Something computed from the log and from nothing else: it can be dropped and rebuilt to the same bytes.</summary>
public interface IProjection
{
    /// <summary>Name of its checkpoint.</summary>
    string Name { get; }

    /// <summary>Raised when the computation changes: the host then rebuilds it at the next start.</summary>
    int Version { get; }

    /// <summary>The tables that it owns; a rebuild empties them.</summary>
    IReadOnlyList<string> Tables { get; }

    /// <summary>Takes in the next events, in order; the host moves the checkpoint in the same transaction. How the log is cut into pages must not show in the result.</summary>
    void Apply(DbTransaction transaction, IReadOnlyList<LoggedEvent> events);
}

/// <summary>A row of the log as projections read it. Times are UTC ticks, money and pieces ten-thousandths.</summary>
public readonly record struct LoggedEvent(
    long Sequence, EventKind Kind, long? CustomerId, string? OrderId, long OccurredAt, long? ItemId, long? Quantity, long? Amount, string? Properties, string Source, string? CampaignId, string? VariantId)
{
    /// <summary>Told a second time, now with its customer: the browser said who it is, and the event comes again just before the one that said it (DI-15). Its <see cref="Sequence"/> is the old one.</summary>
    public bool IsHistory { get; init; }
}
