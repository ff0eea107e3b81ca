using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Jobs;

/// <summary>The registered handlers by key. Made when first asked, so that a handler may itself start jobs.</summary>
public sealed class JobHandlers(IServiceProvider services)
{
    private Dictionary<string, IJobHandler>? _byKey;

    private Dictionary<string, IJobHandler> ByKey => _byKey ??= services.GetServices<IJobHandler>().ToDictionary(h => h.Definition.Key, StringComparer.Ordinal);

    public IEnumerable<string> Keys => ByKey.Keys.Order(StringComparer.Ordinal);

    public IJobHandler? Find(string key) => ByKey.GetValueOrDefault(key);

    public JobDefinition DefinitionOf(string key) => Find(key)?.Definition ?? new JobDefinition(key);
}

/// <summary>Wakes the runner.</summary>
public sealed class JobSignal(RunningJobs running)
{
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Something can be taken up, or a slot is free.</summary>
    public void Ring()
    {
        _bell.Writer.TryWrite(true);
        running.Touch();
    }

    /// <summary>Waits for a ring, or for the time.</summary>
    internal async Task WaitAsync(TimeSpan longest, TimeProvider clock, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var timer = clock.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), patience, longest, Timeout.InfiniteTimeSpan); // created with it
        try
        {
            await _bell.Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
        }
    }
}
