using System.Data.Common;
using System.Text.Json;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Jobs;

/// <summary>What a handler sees of its run, and how it tells what it does.</summary>
public sealed class JobContext
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly LiveJob _live;
    private readonly Func<string, CancellationToken, Task<bool>> _isUnchanged;

    internal JobContext(JobRun run, LiveJob live, JobLog log, Func<string, CancellationToken, Task<bool>> isUnchanged)
    {
        (Run, _live, Log, _isUnchanged) = (run, live, log, isUnchanged);
        using var parameters = JsonDocument.Parse(run.Parameters);
        Parameters = parameters.RootElement.Clone();
    }

    /// <summary>The row as it was when the run was taken up.</summary>
    public JobRun Run { get; }

    public JsonElement Parameters { get; }

    /// <summary>Collects lines; the last 5,000 are kept.</summary>
    public JobLog Log { get; }

    /// <summary>Set by <see cref="IsUnchangedAsync"/>, stored with the run.</summary>
    internal string? Input { get; private set; }

    /// <summary>The parameters as a record.</summary>
    /// <exception cref="JsonException">They do not fit.</exception>
    public T ParametersAs<T>() => Parameters.Deserialize<T>(Json) ?? throw new JsonException("The run has no parameters.");

    /// <summary>Tells a stage in words and the share of the whole run that is done. Cheap: call it as often as you like.</summary>
    /// <param name="share">0 to 1.</param>
    public void Report(string stage, double share, long? done = null, long? total = null)
    {
        if (_live.Show(stage, share, done, total)) Log.Add(stage, JobLineKind.Step);
    }

    /// <summary>Tells a stage that counts something: <c>Report("import", rows, rowCount)</c>.</summary>
    public void Report(string stage, long done, long total) => Report(stage, total > 0 ? Math.Clamp((double)done / total, 0, 1) : 0, done, total);

    /// <summary>Adds a point to the curve that pages draw while the run is under way.</summary>
    public void Plot(LivePoint point) => _live.Plot(point);

    /// <summary>Whether the last successful run of the same name read the same; always false when a person asked for this run.</summary>
    /// <param name="input">Identifies everything that the result depends on: newest event, settings, moment.</param>
    public Task<bool> IsUnchangedAsync(string input, CancellationToken ct)
    {
        Input = input;
        return Run.IsForced ? Task.FromResult(false) : _isUnchanged(input, ct);
    }

    /// <summary>Call it inside a transaction that changes what others read: it throws, and so rolls back, when the run is no longer this process's.</summary>
    /// <exception cref="JobFencedException">The lease is lost or the run was ended by force.</exception>
    public void Fence(DbTransaction transaction)
    {
        using var command = transaction.Prepare("select count(*) from \"JobRuns\" where \"Id\" = @0 and \"FencingToken\" = @1 and \"Status\" = 'Running'", 2);
        if (command.RunScalar(Run.Id, Run.FencingToken) is not 1) throw new JobFencedException(Run.Id);
    }
}
