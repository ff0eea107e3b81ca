using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Experiments;

namespace CampaignPortal.Marketing.Campaigns.Results;

/// <summary>Follows every customer of a run from assignment to order, and keeps the sums of each arm beside the rows.</summary>
/// <remarks>A page of the log costs one look-up for each customer whom it concerns; a result page then reads some dozen sums, whatever the log's length.</remarks>
public sealed class CampaignResultsProjection : IProjection
{
    public string Name => "campaign-results";

    public int Version => 2;

    public IReadOnlyList<string> Tables { get; } = ["CampaignRecipients", "CampaignArmDays", "CampaignHours", "CampaignClicks"];

    public void Apply(DbTransaction transaction, IReadOnlyList<LoggedEvent> events)
    {
        if (!Concerns(transaction, events)) return;
        var firstOrder = events.Where(e => e.Kind is EventKind.OrderPlaced).Select(e => e.OccurredAt).DefaultIfEmpty(long.MaxValue).Min();
        using var book = new RecipientBook(transaction, firstOrder - OutcomeWindows.Revenue.Ticks);
        foreach (var e in events)
        {
            if (e.CustomerId is not { } customer) continue;
            if (e.Kind is EventKind.OrderPlaced) ApplyOrder(book, e, customer);
            else if (Handles(e.Kind) && CampaignOf(e) is { } campaign) ApplyMessage(book, e, customer, campaign);
        }
        book.Save();
    }

    // Years of imported orders before the first campaign must cost nothing.
    private static bool Concerns(DbTransaction transaction, IReadOnlyList<LoggedEvent> events)
    {
        if (events.Any(e => e.Kind is EventKind.ExperimentAssigned && CampaignOf(e) is not null)) return true;
        if (!events.Any(e => e.Kind is EventKind.OrderPlaced || (Handles(e.Kind) && CampaignOf(e) is not null))) return false;
        using var any = transaction.Prepare("select 1 from \"CampaignRecipients\" limit 1", 0);
        return any.RunScalar() is not null;
    }

    private static bool Handles(EventKind kind) => kind is EventKind.ExperimentAssigned or EventKind.ExperimentExposed or EventKind.MessageSent or EventKind.MessageOpened
        or EventKind.MessageClicked or EventKind.MessageBounced or EventKind.MessageComplained or EventKind.Unsubscribed;

    // The portal's own campaigns have numbers; other names belong to whoever imported them.
    private static long? CampaignOf(in LoggedEvent e) => long.TryParse(e.CampaignId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    private static void ApplyMessage(RecipientBook book, in LoggedEvent e, long customer, long campaign)
    {
        if (e.Kind is EventKind.ExperimentAssigned or EventKind.ExperimentExposed)
        {
            if (AssignmentEvents.Read(e.Properties) is { } fact) Assign(book, e, customer, campaign, fact);
            return;
        }
        if (book.Newest(customer, campaign) is not { } row) return;
        var variant = long.TryParse(e.VariantId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : row.VariantId;
        if (variant != row.VariantId) row.SawAnother = true;
        switch (e.Kind)
        {
            case EventKind.MessageSent: book.Count(row, e.OccurredAt, ref row.SentAt, HourFigure.Sent); break;
            case EventKind.MessageBounced: First(ref row.BouncedAt, e.OccurredAt); break;
            case EventKind.MessageComplained: First(ref row.ComplainedAt, e.OccurredAt); break;
            case EventKind.Unsubscribed: First(ref row.UnsubscribedAt, e.OccurredAt); break;
            case EventKind.MessageOpened when !Reactions.IsByPerson(e.Properties): First(ref row.MachineOpenedAt, e.OccurredAt); break;
            case EventKind.MessageOpened: book.Count(row, e.OccurredAt, ref row.OpenedAt, HourFigure.Opened); break;
            case EventKind.MessageClicked when !Reactions.IsByPerson(e.Properties): First(ref row.MachineClickedAt, e.OccurredAt); break;
            case EventKind.MessageClicked: Click(book, row, e); break;
        }
    }

    private static void Assign(RecipientBook book, in LoggedEvent e, long customer, long campaign, AssignmentFact fact)
    {
        var row = book.GetOrAdd(customer, campaign, fact.Occurrence, fact.Part is AssignmentFact.Rest ? RunPart.Rest : RunPart.Test);
        if (e.Kind is EventKind.ExperimentExposed)
        {
            row.ExposedAt ??= fact.DueAt?.UtcTicks ?? e.OccurredAt;
            return;
        }
        row.VariantId = fact.Arm switch
        {
            AssignmentFact.Holdout => CampaignRecipient.Holdout,
            AssignmentFact.Waiting => CampaignRecipient.Waiting,
            _ => long.TryParse(e.VariantId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : CampaignRecipient.Waiting,
        };
        if (fact.DueAt is { } due) row.ExposedAt ??= due.UtcTicks;
    }

    // Whoever clicks has opened, also where pictures are switched off.
    private static void Click(RecipientBook book, RecipientRow row, in LoggedEvent e)
    {
        book.Count(row, e.OccurredAt, ref row.ClickedAt, HourFigure.Clicked);
        book.Count(row, e.OccurredAt, ref row.OpenedAt, HourFigure.Opened);
        book.Followed(row, Reactions.LinkOf(e.Properties));
    }

    private static void ApplyOrder(RecipientBook book, in LoggedEvent e, long customer)
    {
        foreach (var row in book.ForOrders(customer))
        {
            if (row.ExposedAt is not { } exposed || e.OccurredAt < exposed || e.OccurredAt >= exposed + OutcomeWindows.Revenue.Ticks) continue;
            if (book.IsFollowed(row, e.OccurredAt)) continue; // a weekly campaign earns an order once, not with each of its last four mails
            if (e.OccurredAt < exposed + OutcomeWindows.Orders.Ticks)
            {
                book.Count(row, e.OccurredAt, ref row.OrderedAt, HourFigure.Ordered);
                if (row.ClickedAt is { } clicked && e.OccurredAt >= clicked) row.OrderedAfterClick = true;
            }
            row.Touch();
            row.Revenue += e.Amount ?? 0;
            if (row.ClickedAt is { } click && e.OccurredAt >= click) row.AttributedRevenue += e.Amount ?? 0;
            book.AddRevenue(row, e.OccurredAt, e.Amount ?? 0);
        }
    }

    private static void First(ref long? moment, long at) => moment ??= at;
}
