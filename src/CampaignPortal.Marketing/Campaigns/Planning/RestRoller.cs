using CampaignPortal.Marketing.Campaigns.Results;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Experiments;

namespace CampaignPortal.Marketing.Campaigns.Planning;

/// <summary>Sends the winner to the rest: messages for who waited, the counterfactual moment for their holdout.</summary>
/// <remarks>As with planning, the number reached is stored with each batch.</remarks>
public sealed class RestRoller(
    PortalDatabase database, EventLog log, ProjectionHost projections, DeliveryQueue outbox, CampaignStore campaigns, DeliverySettingsStore delivery, ShopSettingsStore shop,
    CampaignOptions options, TimeProvider clock)
{
    /// <exception cref="CampaignStoppedException">Somebody stopped the campaign meanwhile.</exception>
    public async Task<long> RollAsync(CampaignRun run, Action<long, long> report, CancellationToken ct)
    {
        var winner = run.WinnerId ?? throw new InvalidOperationException("A run is rolled when its winner is known.");
        await projections.CatchUpAsync(ct); // who waits is known to the projection, and to it alone
        var split = RunPlanner.SplitOf(run.CampaignId, (await campaigns.ReadAsync(run.CampaignId, ct) ?? throw new InvalidOperationException("A run has its campaign.")).Draft);
        var total = ReachFunnel.FromJson(run.Funnel).Waiting;
        var times = new DueTimes(new CustomerPlaces(database, shop.Read()), delivery.Read().Calendar, options.SendWithin, clock.GetUtcNow(), clock.GetUtcNow());
        long through = run.RolledThrough, sent = 0;
        while (ReadBatch(run, through) is { Count: > 0 } batch)
        {
            ct.ThrowIfCancellationRequested();
            through = batch[^1].CustomerId;
            await CommitAsync(run, winner, batch, times, (1 - split.TestShare) * (1 - split.HoldoutShare), ct);
            sent += batch.Count(w => !w.IsHoldout);
            report(Math.Min(sent, total), total);
        }
        await database.WriteAsync(transaction => transaction.Execute("update \"CampaignRuns\" set \"Phase\" = 'Sending' where \"Id\" = @0 and \"Phase\" = 'Rolling'", run.Id), ct);
        outbox.Wake();
        return sent;
    }

    private async Task CommitAsync(CampaignRun run, long winner, List<Waiting> batch, DueTimes times, double probability, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var due = batch.ToDictionary(w => w.CustomerId, w => times.Of(w.CustomerId, now));
        var events = batch.Select(w => w.IsHoldout
            ? AssignmentEvents.Exposed(run.CampaignId, w.Name, run.Occurrence, due[w.CustomerId].Due, now)
            : AssignmentEvents.Assigned(run.CampaignId, winner, w.Name, new AssignmentFact(run.Occurrence, AssignmentFact.Rest, AssignmentFact.Variant, probability, due[w.CustomerId].Due), now));
        var messages = batch.Where(w => !w.IsHoldout)
            .Select(w => new PlannedMessage(run.CampaignId, 0, w.CustomerId, run.Occurrence, Message.Email, winner, due[w.CustomerId].Due, due[w.CustomerId].SendBefore) { RunId = run.Id });
        await log.AppendAsync(
            new EventBatch(AssignmentEvents.Source, [.. events])
            {
                Alongside = (transaction, _) =>
                {
                    if (CampaignTransitions.StateOf(transaction, run.CampaignId) is not (CampaignState.Sending or CampaignState.Paused)) throw new CampaignStoppedException(run.CampaignId);
                    outbox.Plan(transaction, [.. messages]);
                    transaction.Execute("update \"CampaignRuns\" set \"RolledThrough\" = @1 where \"Id\" = @0", run.Id, batch[^1].CustomerId);
                    FaultPoints.Hit("roll.before-commit");
                },
            },
            ct);
    }

    private List<Waiting> ReadBatch(CampaignRun run, long after)
    {
        using var connection = database.OpenReader();
        using var command = connection.Prepare(
            "select r.\"CustomerId\", c.\"ExternalId\", r.\"VariantId\" from \"CampaignRecipients\" r join \"Customers\" c on c.\"Id\" = r.\"CustomerId\" "
            + "where r.\"CampaignId\" = @0 and r.\"Occurrence\" = @1 and r.\"CustomerId\" > @2 and r.\"Part\" = @3 and r.\"ExposedAt\" is null order by r.\"CustomerId\" limit @4",
            5);
        command.Set(0, run.CampaignId);
        command.Set(1, run.Occurrence);
        command.Set(2, after);
        command.Set(3, (int)RunPart.Rest);
        command.Set(4, options.BatchSize);
        using var reader = command.ExecuteReader();
        var batch = new List<Waiting>();
        while (reader.Read()) batch.Add(new Waiting(reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2) is CampaignRecipient.Holdout));
        return batch;
    }

    private sealed record Waiting(long CustomerId, string Name, bool IsHoldout);
}
