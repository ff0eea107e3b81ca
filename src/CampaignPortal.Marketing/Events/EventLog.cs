using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using Microsoft.Extensions.Options;

namespace CampaignPortal.Marketing.Events;

/// <summary>The one door to the log: a bounded inbox, one writer, one durable commit for whatever waits.</summary>
/// <remarks>
/// An answer comes after the commit that makes it true. While one commit is under way the next group gathers, so many small senders
/// share a flush and nobody waits for a timer.
/// </remarks>
public sealed class EventLog : IAsyncDisposable
{
    private readonly PortalDatabase _database;
    private readonly IContactStore _contacts;
    private readonly TimeProvider _clock;
    private readonly EventLogOptions _options;
    private readonly Channel<Pending> _inbox = Channel.CreateUnbounded<Pending>(new UnboundedChannelOptions { SingleReader = true }); // bounded by _room
    private readonly SemaphoreSlim _room;
    private readonly EventWriter _writer;
    private readonly Lazy<Task> _loop;
    private int _waitingEventCount;
    private volatile bool _forget;

    internal EventLog(PortalDatabase database, IContactStore contacts, EventInserterFactory inserters, TimeProvider clock, IOptions<EventLogOptions> options)
    {
        (_database, _contacts, _clock, _options) = (database, contacts, clock, options.Value);
        _writer = new EventWriter(contacts, inserters);
        _room = new SemaphoreSlim(1, 1);
        _loop = new Lazy<Task>(StartLoop);
    }

    /// <summary>Raised after each commit that added events, with the newest number. Handlers must be quick and must not throw.</summary>
    public event Action<long>? Committed;

    /// <summary>Whether a sender should come back later instead of being read at all.</summary>
    public bool IsFull => Volatile.Read(ref _waitingEventCount) >= _options.InboxEventCount;

    /// <summary>Events that wait for the writer.</summary>
    public int WaitingEventCount => Volatile.Read(ref _waitingEventCount);

    /// <summary>Stores the batch and answers after the commit; waits while the inbox is full.</summary>
    /// <exception cref="System.Data.Common.DbException">The store refused (disk full, file locked by another program); nothing of the batch is stored.</exception>
    public async Task<AppendReport> AppendAsync(EventBatch batch, CancellationToken ct)
    {
        while (true)
        {
            if (TryAppend(batch, out var answer)) return await answer.WaitAsync(ct);
            await _room.WaitAsync(ct);
        }
    }

    /// <summary>Takes the batch in, or refuses at once when the inbox is full; the answer comes after the commit.</summary>
    public bool TryAppend(EventBatch batch, [NotNullWhen(true)] out Task<AppendReport>? answer)
    {
        answer = null;
        var size = Math.Max(1, batch.Events.Count);
        // A batch larger than the whole inbox still gets in when nothing waits.
        if (Volatile.Read(ref _waitingEventCount) is var waiting && waiting > 0 && waiting + size > _options.InboxEventCount) return false;
        Interlocked.Add(ref _waitingEventCount, size);
        _ = _loop.Value;
        var pending = new Pending(batch, size);
        if (!_inbox.Writer.TryWrite(pending)) throw new InvalidOperationException("The log is closing.");
        answer = pending.Answer.Task;
        return true;
    }

    /// <summary>Makes the writer read ids anew before its next commit: a customer was erased or renamed behind its back.</summary>
    public void ForgetIds() => _forget = true;

    public async ValueTask DisposeAsync()
    {
        _inbox.Writer.TryComplete();
        if (_loop.IsValueCreated) await _loop.Value;
        _room.Dispose();
    }

    // The loop outlives whoever appends first: it must not carry that sender's fence through all its life.
    private Task StartLoop()
    {
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow()) return Task.Run(WriteLoopAsync);
    }

    private async Task WriteLoopAsync()
    {
        var group = new List<Pending>();
        while (await _inbox.Reader.WaitToReadAsync())
        {
            group.Clear();
            var count = 0;
            while (count < _options.GroupEventCount && _inbox.Reader.TryRead(out var next))
            {
                group.Add(next);
                count += next.Size;
            }
            await CommitAsync(group);
            Interlocked.Add(ref _waitingEventCount, -group.Sum(p => p.Size));
            if (_room.CurrentCount is 0) _room.Release();
        }
    }

    private async Task CommitAsync(List<Pending> group)
    {
        try
        {
            await CommitTogetherAsync(group);
        }
        catch (Exception) when (group.Count > 1)
        {
            // One batch may be at fault (its companion work, for instance): the others must not pay for it.
            foreach (var pending in group) await CommitAsync([pending]);
        }
#pragma warning disable CA1031 // The sender hears of it, whatever it is; the writer goes on for the others.
        catch (Exception e)
#pragma warning restore CA1031
        {
            group[0].Answer.TrySetException(e);
        }
    }

    private async Task CommitTogetherAsync(List<Pending> group)
    {
        var receivedAt = _clock.GetUtcNow();
        AppendReport[] reports;
        try
        {
            reports = await _database.WriteAsync(
                transaction =>
                {
                    if (_forget)
                    {
                        _forget = false;
                        _writer.Forget();
                    }
                    var answers = new AppendReport[group.Count];
                    for (var i = 0; i < answers.Length; i++)
                    {
                        group[i].Fence?.Invoke(transaction);
                        answers[i] = _writer.Append(transaction, group[i].Batch, receivedAt);
                    }
                    FaultPoints.Hit("ingest.before-commit");
                    return answers;
                },
                CancellationToken.None);
        }
        catch
        {
            _writer.Forget(); // what it remembers of this transaction never came to be
            throw;
        }
        FaultPoints.Hit("ingest.after-commit-before-reply");
        var changedContacts = _writer.TakeChangedContacts();
        Committed?.Invoke(reports[^1].LastSequence);
        _contacts.Publish(changedContacts); // after the followers, to whom new customers are known by then
        for (var i = 0; i < reports.Length; i++) group[i].Answer.TrySetResult(reports[i]); // last, so that a sender finds what it sent
    }

    private sealed record Pending(EventBatch Batch, int Size)
    {
        /// <summary>What stands before the writes of whoever sent it: a run that lost its lease appends nothing.</summary>
        public Action<System.Data.Common.DbTransaction>? Fence { get; } = WriteFence.Captured;

        public TaskCompletionSource<AppendReport> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
