using CampaignPortal.Marketing.Jobs;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Tests.Jobs;

/// <summary>A store whose runner works.</summary>
internal sealed class RunningStore : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;

    private RunningStore(TestStore store)
    {
        Store = store;
        _work = store.Get<JobRunner>().RunAsync(_stop.Token);
    }

    public TestStore Store { get; }

    public static async Task<RunningStore> StartAsync(params IJobHandler[] handlers) => await StartAsync(path: null, handlers);

    /// <summary>With one more model.</summary>
    public static async Task<RunningStore> StartWithAsync(IPrediction prediction) => new(await TestStore.OpenAsync(configure: services => services.AddSingleton(prediction)));

    public static async Task<RunningStore> StartAsync(string? path, params IJobHandler[] handlers) =>
        new(await TestStore.OpenAsync(path, configure: services => Array.ForEach(handlers, h => services.AddSingleton(h))));

    public async Task<StartedJob> StartAsync(string key, object? parameters = null, string by = "1", bool isForced = true) =>
        (await Store.Get<StartJobHandler>().HandleAsync(new StartJob(key, parameters, by) { IsForced = isForced }, TestContext.Current.CancellationToken)).Value;

    /// <summary>Waits until the run has ended.</summary>
    public async Task<JobRun> EndOfAsync(long runId)
    {
        for (var i = 0; i < 1_000; i++)
        {
            if (await Store.Get<JobRuns>().FindAsync(runId, TestContext.Current.CancellationToken) is { Status: not (JobStatus.Queued or JobStatus.Running) } run) return run;
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
        throw new TimeoutException("The run did not end.");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _stop.Dispose();
        await Store.DisposeAsync();
    }
}
