using System.Text.Json;
using CampaignPortal.Marketing.Jobs;

namespace CampaignPortal.Testing;

/// <summary>A job that does what the test says.</summary>
public sealed class ScriptedJob(string key, Func<JobContext, CancellationToken, Task<JobOutcome>> work) : IJobHandler
{
    private int _runCount;

    public int RunCount => _runCount;

    public JobDefinition Definition { get; init; } = new(key);

    public string SingleFlightKeyOf(JsonElement parameters) => parameters.TryGetProperty("name", out var name) ? key + "." + name.GetString() : key;

    public Task<JobOutcome> RunAsync(JobContext job, CancellationToken ct)
    {
        Interlocked.Increment(ref _runCount);
        return work(job, ct);
    }
}
