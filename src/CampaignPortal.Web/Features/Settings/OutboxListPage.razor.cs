using System.Globalization;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Resources;
using Microsoft.AspNetCore.Components;

namespace CampaignPortal.Web.Features.Settings;

/// <summary>Every message with what became of it; a person settles those that failed and those in doubt.</summary>
public sealed partial class OutboxListPage
{
    private static readonly MessageState[] Shown =
    [
        MessageState.Planned, MessageState.Deferred, MessageState.Sending, MessageState.Accepted, MessageState.Rejected, MessageState.Suppressed, MessageState.Expired, MessageState.DeadLetter, MessageState.InDoubt,
    ];

    private readonly Dictionary<long, MessageState> _selected = [];
    private ListOutbox? _asked;
    private string? _outcome;
    private int _version;

    [Inject] private ListOutboxHandler Outbox { get; set; } = null!; // injected before anything runs
    [Inject] private SettleMessagesHandler Settle { get; set; } = null!; // as above
    [Inject] private Confirmation Confirmation { get; set; } = null!; // as above
    [Inject] private Toaster Toaster { get; set; } = null!; // as above
    [CascadingParameter] private Viewer Viewer { get; set; } = Viewer.Nobody;
    [SupplyParameterFromQuery(Name = "state")] private string? State { get; set; }
    [SupplyParameterFromQuery(Name = "campaign")] private long? Campaign { get; set; }
    [SupplyParameterFromQuery(Name = "before")] private long? Before { get; set; }

    private ListOutbox Query => new(Enum.TryParse<MessageState>(State, ignoreCase: true, out var state) && Enum.IsDefined(state) ? state : null, Before) { Campaign = Campaign };

    private bool MaySettle => Viewer.User.Can(Capabilities.RequeueDeadLetters);

    protected override void OnParametersSet()
    {
        if (_asked != Query) _outcome = null; // it spoke of the list before
        _asked = Query;
    }

    private async Task<OutboxPage?> LoadAsync(CancellationToken ct)
    {
        var page = await Outbox.HandleAsync(Query, ct);
        // What is not on the page any more, or has moved on, must not be settled unseen.
        foreach (var id in _selected.Keys.Except(page.Rows.Where(IsOpen).Select(r => r.Id)).ToArray()) _selected.Remove(id);
        return page;
    }

    private bool IsOpen(OutboxRow row) => MaySettle && row.State is MessageState.DeadLetter or MessageState.InDoubt;

    private bool HasPicks(IReadOnlyList<OutboxRow> rows) => rows.Any(IsOpen);

    private bool IsPagePicked(IReadOnlyList<OutboxRow> rows) => rows.Where(IsOpen).All(r => _selected.ContainsKey(r.Id));

    private void Pick(OutboxRow row, bool isPicked)
    {
        if (isPicked) _selected[row.Id] = row.State;
        else _selected.Remove(row.Id);
    }

    private void PickPage(IReadOnlyList<OutboxRow> rows, bool isPicked)
    {
        foreach (var row in rows.Where(IsOpen)) Pick(row, isPicked);
    }

    private List<long> Chosen(MessageState state) => [.. _selected.Where(s => s.Value == state).Select(s => s.Key)];

    // With both kinds selected each button says how many it concerns.
    private string CountOf(List<long> messages) => messages.Count == _selected.Count ? "" : " (" + Figures.Count(messages.Count) + ")";

    private Task RequeueAsync(IReadOnlyList<long> messages) => SettleAsync(messages, null, Settle.RequeueAsync, DeliveryWords.QueuedOne, DeliveryWords.QueuedMany, DeliveryWords.NoneQueued);

    private Task ResendAsync(IReadOnlyList<long> messages)
    {
        var question = new Question(DeliveryWords.SendAgainTitle, Say.Counted(messages.Count, DeliveryWords.SendAgainTextOne, DeliveryWords.SendAgainTextMany), DeliveryWords.SendAgain, IsDangerous: true);
        return SettleAsync(messages, question, Settle.ResendAsync, DeliveryWords.QueuedOne, DeliveryWords.QueuedMany, DeliveryWords.NoneQueued);
    }

    private Task CountAsSentAsync(IReadOnlyList<long> messages)
    {
        var question = new Question(DeliveryWords.CountTitle, Say.Counted(messages.Count, DeliveryWords.CountTextOne, DeliveryWords.CountTextMany), DeliveryWords.CountAsSent);
        return SettleAsync(messages, question, Settle.CountAsSentAsync, DeliveryWords.CountedOne, DeliveryWords.CountedMany, DeliveryWords.NoneCounted);
    }

    private async Task SettleAsync(
        IReadOnlyList<long> messages, Question? question, Func<IReadOnlyList<long>, string, CancellationToken, Task<SettledMessages>> settle, string one, string many, string none)
    {
        if (question is not null && !await Confirmation.AskAsync(question)) return;
        if (!MaySettle) return; // asked after the answer: the role may have changed since the question
        var settled = await settle(messages, Viewer.User.ActorName(), CancellationToken.None);
        var done = settled.Moved > 0 ? Say.Counted(settled.Moved, one, many) : none;
        if (settled.Left is 0) Toaster.Done(done);
        _outcome = settled.Left is 0 ? null : string.Join(Say.Gap, Reasons(settled).Prepend(done));
        foreach (var id in messages) _selected.Remove(id);
        _version++;
    }

    private static IEnumerable<string> Reasons(SettledMessages settled)
    {
        if (settled.OfStopped > 0) yield return Say.Counted(settled.OfStopped, DeliveryWords.StayStoppedOne, DeliveryWords.StayStoppedMany);
        if (settled.OfPaused > 0) yield return Say.Counted(settled.OfPaused, DeliveryWords.StayPausedOne, DeliveryWords.StayPausedMany);
        if (settled.Known > 0) yield return Say.Counted(settled.Known, DeliveryWords.StayKnownOne, DeliveryWords.StayKnownMany);
    }

    private string Address(MessageState? state, long? before) => Address(state, before, Campaign);

    private static string Address(MessageState? state, long? before, long? campaign) => QueryText.Address(
        "/settings/outbox", ("state", state?.ToString().ToLowerInvariant()), ("campaign", campaign?.ToString(CultureInfo.InvariantCulture)), ("before", before?.ToString(CultureInfo.InvariantCulture)));
}
