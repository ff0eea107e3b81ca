using System.Data.Common;
using System.Threading.Channels;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Delivery;

/// <summary>Lets small writes that come at the same time share one durable commit: while one is under way the next gather.</summary>
/// <remarks>A write that throws is tried once more by itself, so that it costs nobody else theirs.</remarks>
internal sealed class GroupCommit(PortalDatabase database)
{
    private const int MaxGroup = 256;
    private readonly Channel<Waiting> _inbox = Channel.CreateUnbounded<Waiting>(new UnboundedChannelOptions { SingleReader = true }); // bounded by the messages under way

    /// <summary>Does the work in a transaction; answers after its commit.</summary>
    public async Task<T> WriteAsync<T>(Func<DbTransaction, T> work)
    {
        var answer = default(T)!; // set by the work before anybody reads it
        var waiting = new Waiting(transaction => answer = work(transaction));
        await _inbox.Writer.WriteAsync(waiting);
        await waiting.Done.Task;
        return answer;
    }

    /// <summary>Commits what comes until the token fires; then what still waits, so that nobody is left without an answer.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var group = new List<Waiting>();
        using var stop = ct.Register(() => _inbox.Writer.TryComplete());
        while (await _inbox.Reader.WaitToReadAsync(CancellationToken.None))
        {
            group.Clear();
            while (group.Count < MaxGroup && _inbox.Reader.TryRead(out var next)) group.Add(next);
            await CommitAsync(group);
        }
    }

    private async Task CommitAsync(List<Waiting> group)
    {
        try
        {
            await database.WriteAsync(transaction => group.ForEach(w => w.Work(transaction)), CancellationToken.None);
            group.ForEach(w => w.Done.TrySetResult());
        }
        catch (Exception) when (group.Count > 1)
        {
            foreach (var alone in group) await CommitAsync([alone]);
        }
#pragma warning disable CA1031 // Whoever waits hears of it, whatever it is; the others go on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            group[0].Done.TrySetException(e);
        }
    }

    private sealed record Waiting(Action<DbTransaction> Work)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
