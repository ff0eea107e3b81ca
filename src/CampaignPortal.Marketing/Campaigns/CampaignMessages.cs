using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Campaigns.Planning;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Delivery.Tracking;
using CampaignPortal.Marketing.Experiments;

namespace CampaignPortal.Marketing.Campaigns;

/// <summary>What the outbox asks a campaign: which ones run, what a message says, and whether it may still leave.</summary>
public sealed class CampaignMessages(CampaignStore campaigns, MessageComposer composer, RenderDataReader data, TrackedLinks links, CampaignEndings endings) : IMessageSource
{
    // Content is frozen at launch, so what was compiled stays right; a portal sends few campaigns at a time.
    private const int RememberedCount = 64;
    private static readonly IReadOnlyDictionary<long, RenderData> NoOne = new Dictionary<long, RenderData>();

    // What a person put back leaves even though its campaign has ended. One step in the index for each campaign that has something waiting, however many have ended and however much waits.
    private static readonly string Claimable =
        "with recursive " + string.Join(", ", MessageStates.Waiting.Select(WithWaiting))
        + " select \"Id\" from \"Campaigns\" where \"State\" in ('Sending', 'Sent', 'Scheduled') and \"Id\" in (" + string.Join(" union ", MessageStates.Waiting.Select(s => $"select \"Id\" from \"{s}\"")) + ") order by \"Id\"";

    private readonly ConcurrentDictionary<long, Prepared> _prepared = new();

    public IReadOnlyCollection<long> SendingCampaigns(DbTransaction transaction)
    {
        using var command = transaction.Prepare(Claimable, 0);
        using var reader = command.ExecuteReader();
        var ids = new List<long>();
        while (reader.Read()) ids.Add(reader.GetInt64(0));
        return ids;
    }

    public async Task<IReadOnlyList<MessageDraft>> PrepareAsync(IReadOnlyList<MessageTicket> batch, CancellationToken ct)
    {
        var drafts = new List<MessageDraft>(batch.Count);
        foreach (var group in batch.GroupBy(t => t.CampaignId)) drafts.AddRange(await PrepareAsync(await PreparedAsync(group.Key, ct), [.. group], ct));
        return drafts;
    }

    public SendingGate Gate(DbTransaction transaction, MessageTicket ticket) => CampaignTransitions.StateOf(transaction, ticket.CampaignId) switch
    {
        CampaignState.Sending or CampaignState.Sent or CampaignState.Scheduled => IsHeldOut(ticket) ? SendingGate.Drop(MessageReasons.Holdout) : SendingGate.Send,
        CampaignState.Cancelled or null => SendingGate.Drop(MessageReasons.Cancelled),
        _ => SendingGate.Wait,
    };

    public string? TopicOf(DbTransaction transaction, long campaignId)
    {
        using var find = transaction.Prepare("select json_extract(\"Settings\", '$.topic') from \"Campaigns\" where \"Id\" = @0", 1);
        find.Set(0, campaignId);
        return find.ExecuteScalar() as string;
    }

    public async Task<bool> PauseAsync(long campaignId, DeliveryTrouble trouble, string detail, CancellationToken ct)
    {
        await endings.PauseAsync(campaignId, trouble is DeliveryTrouble.Content ? CampaignReasons.ContentBroken + " " + detail : trouble + " " + detail, ct);
        return await campaigns.ReadAsync(campaignId, ct) is not { State: CampaignState.Sent or CampaignState.Scheduled };
    }

    private static string WithWaiting(MessageState state)
    {
        string First(string after) => string.Create(
            CultureInfo.InvariantCulture, $"(select m.\"CampaignId\" from \"Messages\" m where m.\"State\" = {(int)state}{after} order by m.\"CampaignId\" limit 1)");
        return $"\"{state}\"(\"Id\") as (select {First("")} union all select {First($" and m.\"CampaignId\" > w.\"Id\"")} from \"{state}\" w where w.\"Id\" is not null)";
    }

    // Planned messages are never of the holdout; the draw is repeated because a mistake here could not be taken back.
    private bool IsHeldOut(MessageTicket ticket) => _prepared.TryGetValue(ticket.CampaignId, out var prepared) && prepared.Split.IsHoldout(ticket.Customer);

    private async Task<IEnumerable<MessageDraft>> PrepareAsync(Prepared? campaign, IReadOnlyList<MessageTicket> tickets, CancellationToken ct)
    {
        if (campaign is null) return tickets.Select(t => MessageDraft.Error(t.MessageId, "the campaign is gone"));
        var drafts = new List<MessageDraft>(tickets.Count);
        // Versions may be written in different languages, and each reads only what it shows.
        foreach (var group in tickets.GroupBy(t => t.VariantId))
        {
            var version = campaign.Versions.GetValueOrDefault(group.Key);
            var known = version is null ? NoOne : await data.ReadAsync([.. group.Select(t => t.CustomerId).Distinct()], version.Needs, ct, version.Language);
            drafts.AddRange(group.Select(ticket => Prepare(campaign, ticket, known.GetValueOrDefault(ticket.CustomerId))));
        }
        return drafts;
    }

    private MessageDraft Prepare(Prepared campaign, MessageTicket ticket, RenderData? customer)
    {
        if (!campaign.Versions.TryGetValue(ticket.VariantId, out var version)) return MessageDraft.Error(ticket.MessageId, "the version is gone");
        if (version is null) return MessageDraft.Stop(ticket.MessageId, "the content cannot be read");
        if (customer?.Email is not { Length: > 0 } address) return MessageDraft.Skip(ticket.MessageId, MessageReasons.NoAddress);
        return version.Render(customer, new Links(links.For(ticket.MessageId))) switch
        {
            RenderedMessage mail => MessageDraft.Ready(ticket.MessageId, new MailContent(address, mail.Subject, mail.Html, mail.Text)
            {
                ToName = customer.Name,
                SenderName = mail.SenderName is { Length: > 0 } sender ? sender : null,
                ReplyTo = mail.ReplyTo,
                Language = version.Language,
            }),
            RenderFailure { Kind: RenderFailureKind.Skip } failure => MessageDraft.Skip(ticket.MessageId, failure.Field),
            RenderFailure { Kind: RenderFailureKind.Stop } failure => MessageDraft.Stop(ticket.MessageId, failure.Field + ": " + failure.Message),
            RenderFailure failure => MessageDraft.Error(ticket.MessageId, failure.Field + ": " + failure.Message),
            _ => throw new InvalidOperationException("Rendering gives a mail or a failure."),
        };
    }

    private async Task<Prepared?> PreparedAsync(long campaignId, CancellationToken ct)
    {
        if (_prepared.TryGetValue(campaignId, out var known)) return known;
        if (await campaigns.ReadAsync(campaignId, ct) is not { } stored) return null;
        var versions = stored.Draft.Variants.ToDictionary(v => v.Id, v => composer.Compile(v.Content).Message);
        if (_prepared.Count >= RememberedCount) _prepared.Clear();
        var prepared = new Prepared(RunPlanner.SplitOf(campaignId, stored.Draft), versions);
        // A draft that was unscheduled may change: only what is launched is remembered.
        return stored.IsLaunched ? _prepared[campaignId] = prepared : prepared;
    }

    private sealed record Prepared(SplitPlan Split, IReadOnlyDictionary<long, CompiledMessage?> Versions);

    private sealed class Links(MessageLinks links) : IMessageLinks
    {
        public string Click(string url, int index) => links.Click(url, index);

        public string Open() => links.Open();

        public string Unsubscribe() => links.Unsubscribe();

        public string ViewInBrowser() => links.ViewInBrowser();

        public string Trap() => links.Trap();
    }
}
