using System.Collections.Concurrent;
using System.Data.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery;
using CampaignPortal.Marketing.Delivery.Tracking;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Testing;

/// <summary>A campaign without campaigns: renders a short mail for each customer, and says what the test tells it to.</summary>
public sealed class ScriptedMessageSource(ContactVault vault, TrackedLinks links, LinkTargets targets) : IMessageSource
{
    private readonly ConcurrentDictionary<long, bool> _paused = new();

    /// <summary>Campaigns that send; 1 and 2 unless the test says otherwise.</summary>
    public IReadOnlyCollection<long> Running { get; set; } = [1, 2];

    /// <summary>Asked at the mark; sends unless the test says otherwise.</summary>
    public Func<MessageTicket, SendingGate> AtMark { get; set; } = _ => SendingGate.Send;

    /// <summary>Renders instead of the standard mail where it answers one.</summary>
    public Func<MessageTicket, MessageDraft?> Render { get; set; } = _ => null;

    /// <summary>Topics of the campaigns; none unless the test says otherwise.</summary>
    public Func<long, string?> Topic { get; set; } = _ => null;

    /// <summary>What the outbox reported.</summary>
    public ConcurrentQueue<(long Campaign, DeliveryTrouble Trouble)> Troubles { get; } = new();

    public LinkTargets Targets => targets;

    public IReadOnlyCollection<long> SendingCampaigns(DbTransaction transaction) => [.. Running.Where(c => !_paused.ContainsKey(c))];

    public Task<IReadOnlyList<MessageDraft>> PrepareAsync(IReadOnlyList<MessageTicket> batch, CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<MessageDraft>>([.. batch.Select(t => Render(t) ?? Standard(t))]);

    public SendingGate Gate(DbTransaction transaction, MessageTicket ticket) => _paused.ContainsKey(ticket.CampaignId) ? SendingGate.Wait : AtMark(ticket);

    public string? TopicOf(DbTransaction transaction, long campaignId) => Topic(campaignId);

    public Task<bool> PauseAsync(long campaignId, DeliveryTrouble trouble, string detail, CancellationToken ct)
    {
        Troubles.Enqueue((campaignId, trouble));
        Pause(campaignId);
        return Task.FromResult(true);
    }

    public void Pause(long campaignId) => _paused[campaignId] = true;

    public void Resume(long campaignId) => _paused.TryRemove(campaignId, out _);

    private MessageDraft Standard(MessageTicket ticket)
    {
        if (vault.Read(ticket.CustomerId)?.Email is not { } address) return MessageDraft.Skip(ticket.MessageId, MessageReasons.NoAddress);
        var link = links.For(ticket.MessageId);
        var html = $"<html><body><p>Hello {ticket.Customer}</p><a href=\"{link.Click("https://shop.example/spring?utm_source=mail&a=1#top", 0)}\">Look</a> <a href=\"{link.Unsubscribe()}\">Unsubscribe</a><img src=\"{link.Open()}\" alt=\"\"></body></html>";
        return MessageDraft.Ready(ticket.MessageId, new MailContent(address, "Spring, " + ticket.Customer, html, $"Hello {ticket.Customer}\n.\nA line with a dot above.\n{link.Unsubscribe()}\n"));
    }
}

/// <summary>Fills a store with customers who may be written to, and the outbox with messages for them.</summary>
public static class OutboxSetUp
{
    public static async Task AddReadersAsync(this TestStore store, int count, CancellationToken ct, bool consents = true)
    {
        var at = store.Clock.GetUtcNow().AddDays(-30);
        var numbers = Enumerable.Range(1, count).ToArray();
        await store.Log.AppendAsync(
            new Marketing.Events.EventBatch(
                "shop",
                [
                    .. numbers.Select(i => new Marketing.Events.NewEvent
                    {
                        MessageId = FormattableString.Invariant($"consent-{i}"), Type = Marketing.Events.KnownEvents.ConsentChanged, Customer = FormattableString.Invariant($"c-{i}"), OccurredAt = at,
                        Properties = $$"""{"channel":"email","purpose":"marketing","state":"{{(consents ? "granted" : "withdrawn")}}","origin":"checkout"}""",
                    }),
                ])
            {
                Contacts = [.. numbers.Select(i => new Marketing.Events.ContactDraft(FormattableString.Invariant($"c-{i}")) { Email = FormattableString.Invariant($"c{i}@example.com"), Name = "Customer" })],
            },
            ct);
        await store.Get<Marketing.Events.ProjectionHost>().CatchUpAsync(ct);
    }

    /// <summary>Pauses and resumes campaign 1 again and again while it is sent. Answers how many of the pauses fell before its last message left.</summary>
    public static async Task<int> PauseOftenAsync(this TestStore store, int times, CancellationToken ct)
    {
        var source = store.Get<ScriptedMessageSource>();
        var early = 0;
        for (var i = 0; i < times; i++)
        {
            source.Pause(1);
            using (var connection = store.Database.OpenReader())
            using (var open = connection.Prepare("select exists(select 1 from \"Messages\" where \"State\" in (0, 1, 2))", 0)) early += (int)(open.RunScalar() ?? 0);
            await Task.Delay(2, ct);
            source.Resume(1);
            store.Get<DeliveryQueue>().Wake();
            await Task.Delay(3, ct);
        }
        return early;
    }

    /// <summary>Sends through a relay on this machine from now on.</summary>
    public static async Task UseRelayAsync(this TestStore store, int port, CancellationToken ct, string security = "none")
    {
        await store.Database.WriteAsync(
            t => t.Execute(
                "insert into \"Settings\" values ('delivery.transport', 'smtp'), ('delivery.smtp.host', '127.0.0.1'), ('delivery.smtp.port', @0), ('delivery.smtp.security', @1)",
                port.ToString(System.Globalization.CultureInfo.InvariantCulture), security),
            ct);
        store.Get<DeliverySettingsStore>().Forget();
    }

    /// <summary>One message for each of these customers, due now.</summary>
    public static Task<int> PlanAsync(this TestStore store, IEnumerable<long> customers, CancellationToken ct, long campaign = 1, Func<PlannedMessage, PlannedMessage>? change = null)
    {
        var now = store.Clock.GetUtcNow();
        var messages = customers
            .Select(c => new PlannedMessage(campaign, 0, c, 0, Message.Email, 7, now, now.AddHours(24)) { RunId = 3 })
            .Select(m => change?.Invoke(m) ?? m).ToArray();
        return store.Database.WriteAsync(transaction => store.Get<DeliveryQueue>().Plan(transaction, messages), ct);
    }
}

/// <summary>The worker of a store, running until it is disposed.</summary>
public sealed class RunningOutbox : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TestStore _store;
    private readonly Task _work;

    private readonly TimeSpan _patience;

    public RunningOutbox(TestStore store, TimeSpan? patience = null)
    {
        (_store, _patience) = (store, patience ?? TimeSpan.FromMinutes(1));
        _work = Task.Run(() => store.Get<DeliveryWorker>().RunAsync(_stop.Token));
    }

    /// <summary>Waits until nothing is due any more and nothing is under way.</summary>
    public async Task DrainAsync(CancellationToken ct)
    {
        _store.Get<DeliveryQueue>().Wake();
        for (var i = 0; ; i++)
        {
            if (CountOpen() is 0) return;
            if (_work.IsCompleted) await _work;
            if (i * 20 > _patience.TotalMilliseconds) throw new TimeoutException("The outbox did not become empty: " + _store.Dump("Messages"));
            await Task.Delay(20, ct);
        }
    }

    /// <summary>Waits until something is so.</summary>
    public async Task DrainUntilAsync(Func<bool> isSo, CancellationToken ct)
    {
        for (var i = 0; !isSo(); i++)
        {
            if (i * 20 > _patience.TotalMilliseconds) throw new TimeoutException("It did not come about: " + _store.Dump("Messages"));
            await Task.Delay(20, ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _stop.Dispose();
    }

    private long CountOpen()
    {
        using var reader = _store.Database.OpenReader();
        using var count = reader.Prepare("select count(*) from \"Messages\" where \"State\" in (0, 1) and \"DueAt\" <= @0 or \"State\" in (2, 3)", 1);
        return count.RunScalar(Stored.Ticks(_store.Clock.GetUtcNow())) ?? 0;
    }
}
