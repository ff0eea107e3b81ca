using System.Data.Common;
using System.Security.Cryptography;
using System.Threading.Channels;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Delivery.Tracking;
using CampaignPortal.Marketing.Delivery.Transports;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Statistics.Random;
using Microsoft.Extensions.Logging;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>Empties the outbox: claims what is due, has it rendered, hands it over, and picks up what a dead run left behind.</summary>
public sealed class DeliveryWorker : IDisposable
{
    private static readonly TimeSpan IdleWait = TimeSpan.FromSeconds(1);

    private readonly PortalDatabase _database;
    private readonly IMessageSource _source;
    private readonly IReadOnlyList<IMessageTransport> _transports;
    private readonly DeliverySettingsStore _settings;
    private readonly DeliveryOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly MessageTable _table;
    private readonly LastChecks _checks;
    private readonly GroupCommit _commits;
    private readonly Breaker _breaker;
    private readonly MessagePreparer _preparer;
    private readonly MessageSender _sender;
    private readonly RestoredCopy _restored;
    private readonly DeliveryQueue _queue;
    private readonly SemaphoreSlim _wake = new(0, 1);

    public DeliveryWorker(
        PortalDatabase database, IMessageSource source, IEnumerable<IMessageTransport> transports, DeliverySettingsStore settings, DeliveryQueue queue, LinkTargets targets, TrackedLinks links, BodyStore bodies,
        SuppressionList suppressed, EventLog log, ShopSettingsStore shop, SendingJournal journal, DeliveryOptions options, Breaker breaker, TimeProvider clock, ILogger<DeliveryWorker> logger)
    {
        (_database, _source, _transports, _settings, _options, _breaker, _clock, _logger) = (database, source, [.. transports], settings, options, breaker, clock, logger);
        _table = new MessageTable(BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)))); // two runs of the program must never share it
        _checks = new LastChecks(source, suppressed, shop);
        _commits = new GroupCommit(database);
        _preparer = new MessagePreparer(_table, _commits, source, links, bodies, settings, clock, logger);
        _sender = new MessageSender(_table, _checks, _commits, targets, suppressed, log, new RefusalWatch(source), breaker, settings, options, clock, new Rng(_table.Owner), logger);
        _restored = new RestoredCopy(database, journal, settings, clock, logger);
        _queue = queue;
        _queue.Waiting += Wake;
    }

    /// <summary>Works until the token fires; then finishes what was marked and gives the rest back.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await CheckAsync(ct);
        await RecoverAsync(atStart: true, ct);
        using var afterwards = new CancellationTokenSource();
        var commits = _commits.RunAsync(afterwards.Token);
        var keeper = KeepAsync(ct);
        try
        {
            while (!ct.IsCancellationRequested) await SendWithAsync(Transport(), ct);
        }
        finally
        {
            await keeper;
            await afterwards.CancelAsync();
            await commits;
        }
    }

    public void Dispose()
    {
        _queue.Waiting -= Wake;
        _wake.Dispose();
    }

    private void Wake()
    {
        if (_wake.CurrentCount is 0) _wake.Release();
    }

    // Until it is known whether the store is what it was, nothing leaves.
    private async Task CheckAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await _restored.CheckAsync(ct);
                return;
            }
            catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException)
            {
                _logger.SendingPaused(e);
                await Task.Delay(_options.Recovery, _clock, ct);
            }
        }
    }

    private IMessageTransport Transport()
    {
        var name = _settings.Read().Transport;
        return _transports.First(t => t.Name == name);
    }

    /// <summary>Feeds the transport's lanes until another transport is chosen or the token fires.</summary>
    private async Task SendWithAsync(IMessageTransport transport, CancellationToken ct)
    {
        var ready = Channel.CreateBounded<PreparedMessage>(new BoundedChannelOptions(_options.BatchSize) { SingleWriter = true });
        var lanes = Enumerable.Range(0, transport.Parallelism).Select(_ => Task.Run(() => RunLaneAsync(ready.Reader, transport, ct), CancellationToken.None)).ToArray();
        try
        {
            while (!ct.IsCancellationRequested && ReferenceEquals(Transport(), transport))
            {
                var claimed = await ClaimAsync(ct);
                if (claimed.Count is 0) await IdleAsync(ct);
                else await _preparer.PrepareAsync(claimed, ready.Writer, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // the rest is given back below
        }
        finally
        {
            ready.Writer.Complete();
            await Task.WhenAll(lanes);
        }
    }

    private async Task RunLaneAsync(ChannelReader<PreparedMessage> ready, IMessageTransport transport, CancellationToken ct)
    {
        await foreach (var message in ready.ReadAllAsync(CancellationToken.None))
        {
            try
            {
                if (ct.IsCancellationRequested) await GiveBackAsync([message.Message]);
                else await _sender.SendAsync(message, transport, ct);
            }
            catch (DbException e)
            {
                _logger.SendingPaused(e); // the row stands where it was; its lease runs out
            }
        }
    }

    /// <summary>T1, where anything is due and the relay takes mail.</summary>
    private async Task<IReadOnlyList<ClaimedMessage>> ClaimAsync(CancellationToken ct)
    {
        try
        {
            var settings = _settings.Read();
            if (settings.IsStopped || !IsAnythingDue()) return [];
            var limit = _breaker.Allowance(_options.BatchSize);
            if (limit is 0) return [];
            var (claimed, number) = await _database.WriteAsync(transaction => Claim(transaction, settings, limit), ct);
            FaultPoints.Hit("claim.after-commit");
            return claimed.Count is 0 || await NoteAsync(claimed, number) ? claimed : [];
        }
        catch (DbException e)
        {
            _logger.SendingPaused(e); // a full disk or a locked file passes
            return [];
        }
    }

    /// <summary>Writes down outside of the store what is about to leave. Where that fails, nothing does.</summary>
    private async Task<bool> NoteAsync(IReadOnlyList<ClaimedMessage> claimed, long number)
    {
        try
        {
            _restored.Note(number, claimed);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _logger.SendingPaused(e);
            await GiveBackAsync(claimed);
            return false;
        }
    }

    private (IReadOnlyList<ClaimedMessage> Claimed, long Number) Claim(DbTransaction transaction, DeliverySettings settings, int limit)
    {
        var campaigns = _source.SendingCampaigns(transaction);
        if (campaigns.Count is 0) return ([], 0);
        var now = _clock.GetUtcNow();
        var kept = new List<ClaimedMessage>();
        foreach (var m in _table.Claim(transaction, campaigns, limit, now, _options.Lease))
        {
            var answer = _restored.MayHaveLeft(m) ? new CheckAnswer(MessageState.InDoubt, MessageReasons.Restored) : _checks.Early(transaction, m, settings, now);
            if (answer.Move is { } move) MessageSender.Apply(transaction, _table, m, answer, move, now);
            else kept.Add(m);
            if (answer.Move is MessageState.InDoubt) RestoredCopy.Reserve(transaction, m.Id, now);
        }
        return (kept, kept.Count > 0 ? RestoredCopy.Count(transaction) : 0);
    }

    private bool IsAnythingDue()
    {
        using var reader = _database.OpenReader();
        using var find = reader.Prepare("select 1 from \"Messages\" where \"State\" = @0 and \"DueAt\" <= @1 limit 1", 2);
        var now = Stored.Ticks(_clock.GetUtcNow());
        return MessageStates.Waiting.Any(state => find.RunScalar((int)state, now) is 1);
    }

    private async Task IdleAsync(CancellationToken ct)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(_wake.WaitAsync(enough.Token), Task.Delay(IdleWait, _clock, enough.Token));
        await enough.CancelAsync();
    }

    private Task<bool> GiveBackAsync(IReadOnlyList<ClaimedMessage> messages) => _commits.WriteAsync(transaction =>
    {
        foreach (var m in messages) _table.Release(transaction, m);
        return true;
    });

    /// <summary>Renews what is held and picks up what is not, every half minute.</summary>
    private async Task KeepAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                await Task.Delay(_options.Recovery, _clock, ct);
                await RecoverAsync(atStart: false, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // the end
        }
    }

    private async Task RecoverAsync(bool atStart, CancellationToken ct)
    {
        try
        {
            var now = _clock.GetUtcNow();
            var (count, inDoubt) = await _database.WriteAsync(
                transaction =>
                {
                    _table.Renew(transaction, now + _options.Lease);
                    return _table.Recover(transaction, now, atStart);
                },
                ct);
            if (count > 0) _logger.Recovered(count, inDoubt);
        }
        catch (DbException e)
        {
            _logger.SendingPaused(e);
        }
    }
}
