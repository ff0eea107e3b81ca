using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Experiments;

namespace CampaignPortal.Marketing.Campaigns.Planning;

/// <summary>How a planning ended.</summary>
/// <param name="Stopped">Code of <see cref="CampaignReasons"/> where nothing may be sent; null when all is planned.</param>
public sealed record PlannedRun(ReachFunnel Funnel, string? Stopped = null, string? Detail = null);

/// <summary>Turns a run into messages: audience, exclusions, holdout, test group, versions; each batch with its assignments in one transaction.</summary>
/// <remarks>
/// Customers are taken in the order of their numbers, and the number reached is stored with each batch: a run that was killed goes on behind its last commit. The draws
/// are functions of the customer's own id, and a message's key exists once, so that nothing can be planned twice.
/// </remarks>
public sealed class RunPlanner(
    PortalDatabase database, ResolveAudience audiences, EventLog log, DeliveryQueue outbox, DeliverySettingsStore delivery, GlobalHoldoutReader globalHoldout, ShopSettingsStore shop, CampaignStore campaigns, CampaignOptions options, TimeProvider clock)
{
    /// <exception cref="CampaignStoppedException">Somebody stopped the campaign meanwhile; what was planned is kept back.</exception>
    public async Task<PlannedRun> PlanAsync(CampaignRun run, Action<long, long> report, CancellationToken ct)
    {
        var stored = await campaigns.ReadAsync(run.CampaignId, ct) ?? throw new InvalidOperationException("A run has its campaign.");
        var draft = stored.Draft;
        var audience = await audiences.HandleAsync(new AudienceSelection(draft.Settings.Include, draft.Settings.Exclude), ct);
        if (audience.Gone is { } gone) return new PlannedRun(ReachFunnel.FromJson(run.Funnel), CampaignReasons.GoneSegment, string.Create(CultureInfo.InvariantCulture, $"{gone.Audience}, segment {gone.Segment}"));
        if (audience.StaleBecause is { } stale && !draft.Settings.SendsStaleAudience) return new PlannedRun(ReachFunnel.FromJson(run.Funnel), CampaignReasons.StaleAudience, stale.ToString());
        if (audience.Customers.Length is 0) return new PlannedRun(new ReachFunnel(), CampaignReasons.EmptyAudience);

        var plan = await PrepareAsync(run, draft, ct);
        var names = await Task.Run(() => CustomerNames.Read(database), ct);
        var funnel = ReachFunnel.FromJson(run.Funnel);
        var first = Array.BinarySearch(audience.Customers, run.PlannedThrough + 1);
        if (first < 0) first = ~first;
        for (var start = first; start < audience.Customers.Length; start += options.BatchSize)
        {
            ct.ThrowIfCancellationRequested();
            var batch = new PlanBatch(plan, audience.Customers.AsSpan(start, Math.Min(options.BatchSize, audience.Customers.Length - start)), names, clock.GetUtcNow());
            funnel = funnel.Add(batch.Funnel);
            await CommitAsync(run, batch, funnel, ct);
            report(start + batch.Count, audience.Customers.Length);
        }
        await FinishAsync(run, draft, plan, funnel, audience.AsOf, ct);
        return new PlannedRun(funnel);
    }

    /// <summary>Draws of a campaign, for whoever must repeat one.</summary>
    public static SplitPlan SplitOf(long campaignId, CampaignDraft draft) => new(
        string.Create(CultureInfo.InvariantCulture, $"campaign-{campaignId}"), SplitPlan.Normalise([.. draft.Variants.Select(v => v.Weight)]), draft.TestShare, draft.Settings.HoldoutShare);

    private async Task<RunPlan> PrepareAsync(CampaignRun run, CampaignDraft draft, CancellationToken ct)
    {
        var holdout = await globalHoldout.ReadAsync(ct);
        var (settings, places) = (delivery.Read(), new CustomerPlaces(database, shop.Read()));
        var eligibility = await Task.Run(() => Eligibility.Read(database, run.CampaignId, draft.Settings, settings, places, holdout, run.DueAt), ct);
        return new RunPlan(run, draft, SplitOf(run.CampaignId, draft), eligibility, places, new DueTimes(places, settings.Calendar, options.SendWithin, run.DueAt, clock.GetUtcNow()));
    }

    private async Task CommitAsync(CampaignRun run, PlanBatch batch, ReachFunnel funnel, CancellationToken ct) => await log.AppendAsync(
        new EventBatch(AssignmentEvents.Source, batch.Events)
        {
            Alongside = (transaction, _) =>
            {
                MustBeUnderWay(transaction, run);
                outbox.Plan(transaction, batch.Messages);
                transaction.Execute("update \"CampaignRuns\" set \"PlannedThrough\" = @1, \"Funnel\" = @2 where \"Id\" = @0", run.Id, batch.LastCustomer, funnel.ToJson());
                FaultPoints.Hit("plan.before-commit");
            },
        },
        ct);

    private async Task FinishAsync(CampaignRun run, CampaignDraft draft, RunPlan plan, ReachFunnel funnel, DateTimeOffset asOf, CancellationToken ct)
    {
        FaultPoints.Hit("plan.before-finish");
        var now = clock.GetUtcNow();
        var phase = funnel.Waiting > 0 ? RunPhase.Testing : RunPhase.Sending;
        // The clock of a test starts when its messages leave: at the last due moment, for customers in many zones.
        DateTimeOffset? decideAt = draft.IsTest ? plan.LastDue.AddHours(draft.Settings.DecisionHours) : null;
        await database.WriteAsync(
            transaction =>
            {
                MustBeUnderWay(transaction, run);
                using var newest = transaction.Prepare("select max(\"Sequence\") from \"Events\"", 0);
                transaction.Execute(
                    "update \"CampaignRuns\" set \"Phase\" = @1, \"PlannedAt\" = @2, \"DecideAt\" = @3, \"PlannedSequence\" = @4, \"AudienceAsOf\" = @5 where \"Id\" = @0 and \"Phase\" = 'Planning'",
                    run.Id, phase.ToString(), Stored.Ticks(now), decideAt is { } at ? Stored.Ticks(at) : null, newest.RunScalar() ?? 0, Stored.Ticks(asOf));
            },
            ct);
        outbox.Wake();
    }

    private static void MustBeUnderWay(DbTransaction transaction, CampaignRun run)
    {
        if (CampaignTransitions.StateOf(transaction, run.CampaignId) is not (CampaignState.Sending or CampaignState.Paused)) throw new CampaignStoppedException(run.CampaignId);
    }
}

/// <summary>Somebody stopped the campaign while it was being planned: the transaction that found out is rolled back.</summary>
public sealed class CampaignStoppedException(long campaignId) : Exception(string.Create(CultureInfo.InvariantCulture, $"Campaign {campaignId} is not being sent any more."));
