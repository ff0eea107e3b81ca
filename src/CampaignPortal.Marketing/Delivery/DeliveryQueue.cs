using System.Data.Common;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>One message to be sent, named by its key.</summary>
/// <param name="StepId">Step of a journey; 0 for a campaign.</param>
/// <param name="Occurrence">Instant of a recurring schedule in ticks, or 0.</param>
/// <param name="Channel"><see cref="Message.Email"/>.</param>
/// <param name="DueAt">Not before.</param>
/// <param name="SendBefore">Useless afterwards.</param>
public sealed record PlannedMessage(long CampaignId, long StepId, long CustomerId, long Occurrence, string Channel, long VariantId, DateTimeOffset DueAt, DateTimeOffset SendBefore)
{
    public long RunId { get; init; }

    /// <summary>One of <see cref="MessageLanes"/>.</summary>
    public int Lane { get; init; } = MessageLanes.Campaign;

    public DoubtPolicy Policy { get; init; } = DoubtPolicy.Hold;
}

/// <summary>Writes intents into the outbox, inside the transaction of whoever plans.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "It is a queue; the rule means types that derive from Queue.")]
public sealed class DeliveryQueue(TimeProvider clock, MessageIdHeaders headers)
{
    private const string Insert =
        "insert into \"Messages\" (\"CampaignId\", \"StepId\", \"CustomerId\", \"Occurrence\", \"Channel\", \"VariantId\", \"RunId\", \"Lane\", \"Policy\", \"State\", \"Attempt\", \"Tries\", "
        + "\"IsRepeatable\", \"DueAt\", \"SendBefore\", \"MessageIdHeader\", \"PlannedAt\") values (@0, @1, @2, @3, @4, @5, @6, @7, @8, 0, 0, 0, 0, @9, @10, @11, @12) "
        + "on conflict (\"CampaignId\", \"StepId\", \"CustomerId\", \"Occurrence\", \"Channel\") do nothing";

    /// <summary>Raised when there may be something to send; handlers are quick and do not throw. The worker listens.</summary>
    public event Action? Waiting;

    /// <summary>Adds what is not there yet; a key that exists stays as it is. Call <see cref="Wake"/> after the commit.</summary>
    /// <returns>How many were added.</returns>
    public int Plan(DbTransaction transaction, IReadOnlyList<PlannedMessage> messages)
    {
        var now = Stored.Ticks(clock.GetUtcNow());
        using var insert = transaction.Prepare(Insert, 13);
        var count = 0;
        foreach (var m in messages)
        {
            count += insert.Run(
                m.CampaignId, m.StepId, m.CustomerId, m.Occurrence, m.Channel, m.VariantId, m.RunId, m.Lane, (int)m.Policy,
                Stored.Ticks(m.DueAt), Stored.Ticks(m.SendBefore), headers.Of(m), now);
            FaultPoints.Hit("plan.mid-insert");
        }
        return count;
    }

    /// <summary>Keeps back everything of a campaign, or of one run of it, that is not on its way yet. Answers how many.</summary>
    public int Cancel(DbTransaction transaction, long campaignId, long? runId = null, string reason = MessageReasons.Cancelled) => transaction.Execute(
        "update \"Messages\" set \"State\" = @2, \"Reason\" = @3, \"EndedAt\" = @4, \"Owner\" = null, \"LeaseUntil\" = null "
        + "where \"CampaignId\" = @0 and (@1 is null or \"RunId\" = @1) and \"State\" in (0, 1, 2)",
        campaignId, runId, (int)MessageState.Suppressed, reason, Stored.Ticks(clock.GetUtcNow()));

    /// <summary>Tells the worker that something was planned, resumed or stopped.</summary>
    public void Wake()
    {
        FaultPoints.Hit("plan.after-commit");
        Waiting?.Invoke();
    }
}
