using System.Data.Common;

namespace CampaignPortal.Marketing.Events;

/// <summary>Writes one row of the log. Each engine has its own, because this statement runs for every event of an import.</summary>
public interface IEventInserter
{
    /// <summary>Inserts the row unless its source has the message id already; answers whether it is new.</summary>
    bool Insert(in EventRow row);
}

/// <summary>A row of the log as it is stored: ids resolved, times in ticks, money and pieces in ten-thousandths.</summary>
public readonly record struct EventRow(
    long Sequence, string Source, NewEvent Event, long PayloadHash, long? CustomerId, long? VisitorId, long? ItemId, long OccurredAt, long? SentAt, long ReceivedAt, long? Quantity, long? Amount);

/// <summary>Makes an inserter for the writer's connection; it is used in all transactions of that connection.</summary>
public delegate IEventInserter EventInserterFactory(DbConnection connection);
