using CampaignPortal.Marketing.Campaigns.Scheduling;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Experiments;

namespace CampaignPortal.Marketing.Campaigns.Planning;

/// <summary>What all batches of a run share.</summary>
internal sealed class RunPlan(CampaignRun run, CampaignDraft draft, SplitPlan split, Eligibility eligibility, CustomerPlaces places, DueTimes times)
{
    public CampaignRun Run => run;

    public SplitPlan Split => split;

    public Eligibility Eligibility => eligibility;

    /// <summary>The latest moment at which a message of the test group is due.</summary>
    public DateTimeOffset LastDue { get; private set; } = run.DueAt;

    public long VariantId(int position) => draft.Variants[position].Id;

    /// <summary>When a customer's message is due: not before now, for people whose local time has passed at once, and after their free days; and until when it is useful.</summary>
    public (DateTimeOffset Due, DateTimeOffset SendBefore) DueOf(long customer, DateTimeOffset now)
    {
        var schedule = draft.Settings.Schedule;
        var wanted = schedule.FollowsCustomers ? ScheduleDates.DueFor(schedule, run.DueAt, places.ZoneOf(customer)) : run.DueAt;
        var due = times.Of(customer, wanted < now ? now : wanted);
        if (due.Due > LastDue) LastDue = due.Due;
        return due;
    }
}

/// <summary>One batch of customers, decided without touching the store: every rule of planning is here.</summary>
internal sealed class PlanBatch
{
    private readonly Dictionary<DropReason, long> _dropped = [];
    private readonly List<NewEvent> _events = [];
    private readonly List<PlannedMessage> _messages = [];
    private long _planned, _waiting;

    /// <param name="names">The shop's own id of every customer.</param>
    public PlanBatch(RunPlan plan, ReadOnlySpan<long> customers, IReadOnlyDictionary<long, string> names, DateTimeOffset now)
    {
        Count = customers.Length;
        LastCustomer = customers[^1];
        foreach (var customer in customers)
        {
            if (!names.TryGetValue(customer, out var name)) Drop(DropReason.Erased);
            else if (plan.Eligibility.Against(customer, name) is { } reason) Drop(reason);
            else Place(plan, customer, name, now);
        }
        Funnel = new ReachFunnel { Audience = Count, Dropped = _dropped, Planned = _planned, Waiting = _waiting };
    }

    public int Count { get; }

    public long LastCustomer { get; }

    public ReachFunnel Funnel { get; }

    public IReadOnlyList<NewEvent> Events => _events;

    public IReadOnlyList<PlannedMessage> Messages => _messages;

    private void Place(RunPlan plan, long customer, string name, DateTimeOffset now)
    {
        var run = plan.Run;
        var draw = plan.Split.Of(name);
        var part = draw.IsTest ? AssignmentFact.Test : AssignmentFact.Rest;
        if (draw.IsHoldout)
        {
            Drop(DropReason.Holdout);
            _events.Add(AssignmentEvents.Assigned(run.CampaignId, null, name, new AssignmentFact(run.Occurrence, part, AssignmentFact.Holdout, draw.Probability, null), now));
            // The holdout of the rest is exposed when the rest is: both wait for the same winner.
            if (draw.IsTest) _events.Add(AssignmentEvents.Exposed(run.CampaignId, name, run.Occurrence, plan.DueOf(customer, now).Due, now));
            return;
        }
        if (!draw.IsTest)
        {
            _waiting++;
            _events.Add(AssignmentEvents.Assigned(run.CampaignId, null, name, new AssignmentFact(run.Occurrence, part, AssignmentFact.Waiting, draw.Probability, null), now));
            return;
        }
        _planned++;
        var (variant, (due, sendBefore)) = (plan.VariantId(draw.Variant), plan.DueOf(customer, now));
        _events.Add(AssignmentEvents.Assigned(run.CampaignId, variant, name, new AssignmentFact(run.Occurrence, part, AssignmentFact.Variant, draw.Probability, due), now));
        _messages.Add(new PlannedMessage(run.CampaignId, 0, customer, run.Occurrence, Message.Email, variant, due, sendBefore) { RunId = run.Id });
    }

    private void Drop(DropReason reason) => _dropped[reason] = _dropped.GetValueOrDefault(reason) + 1;
}
