using System.Globalization;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Delivery.Tracking;

/// <summary>Clicks and opens: where a link leads, and the event that says so, committed before the answer.</summary>
public sealed class TrackVisitsHandler(PortalDatabase database, DeliveryKeys keys, LinkTargets targets, EventLog log, VisitJudge judge, TimeProvider clock)
{
    private const int OpenIndex = -1, TrapIndex = -2;

    /// <summary>Where the link leads; null when we did not make it. Old links lead where they always did.</summary>
    public async Task<string?> ClickAsync(string token, VisitFacts visit, CancellationToken ct)
    {
        if (LinkToken.Read(keys, LinkKind.Click, token) is not { } link || targets.Find(link.Target) is not { } target) return null;
        if (judge.IsRepetition(link.MessageId, link.Index) || SentMessages.Find(database, link.MessageId) is not { IsErased: false } message) return target;
        var visitor = judge.JudgeClick(visit, link.MessageId, link.Index, message.SentAt);
        var more = Facts(visitor);
        more["link"] = link.Index;
        more["url"] = WithoutQuery(target);
        await AppendAsync(message.Ticket, KnownEvents.MessageClicked, more, ct);
        return target;
    }

    /// <summary>Whether we made the link.</summary>
    public async Task<bool> OpenAsync(string token, VisitFacts visit, CancellationToken ct)
    {
        if (LinkToken.Read(keys, LinkKind.Open, token) is not { } link) return false;
        if (judge.IsRepetition(link.MessageId, OpenIndex) || SentMessages.Find(database, link.MessageId) is not { IsErased: false } message) return true;
        await AppendAsync(message.Ticket, KnownEvents.MessageOpened, Facts(judge.JudgeOpen(visit, link.MessageId, message.SentAt)), ct);
        return true;
    }

    /// <summary>Somebody followed the link that no person sees: a machine is at work on this message, and what it does next is not a person's.</summary>
    public async Task TrapAsync(string token, CancellationToken ct)
    {
        if (LinkToken.Read(keys, LinkKind.Trap, token) is not { } link) return;
        var verdict = judge.Trapped(link.MessageId);
        if (judge.IsRepetition(link.MessageId, TrapIndex) || SentMessages.Find(database, link.MessageId) is not { IsErased: false } message) return;
        await AppendAsync(message.Ticket, KnownEvents.MessageClicked, Facts(verdict), ct);
    }

    private async Task AppendAsync(MessageTicket ticket, string type, Dictionary<string, object?> more, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var id = string.Create(CultureInfo.InvariantCulture, $"{type}:{ticket.MessageId}:{Guid.CreateVersion7():N}");
        await log.AppendAsync(
            new EventBatch(MessageEvents.Source, [MessageEvents.Of(ticket, type, now, more, id[..Math.Min(64, id.Length)])])
            {
                Alongside = (transaction, _) => SentMessages.Settle(transaction, ticket.MessageId, now),
            },
            ct);
    }

    private static Dictionary<string, object?> Facts(VisitVerdict visitor) => new(StringComparer.Ordinal) { ["by"] = visitor.By, ["reason"] = visitor.Reason };

    // The query may name a person; the log does not.
    private static string WithoutQuery(string url)
    {
        var end = url.IndexOfAny(['?', '#']);
        return end < 0 ? url : url[..end];
    }
}
