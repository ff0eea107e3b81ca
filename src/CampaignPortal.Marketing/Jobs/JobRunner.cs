using System.Text.Json;
using CampaignPortal.Marketing.Database;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CampaignPortal.Marketing.Jobs;

/// <summary>Takes up what is due and works on it: several light runs beside one heavy one.</summary>
public sealed class JobRunner(JobRuns runs, RunningJobs running, JobHandlers handlers, IEnumerable<IJobGate> gates, JobSignal signal, IOptions<JobOptions> options, TimeProvider clock, ILogger<JobRunner> logger)
{
    /// <summary>How often a run that its process lost is begun again.</summary>
    private const int MaxLostAttempts = 3;

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1), Patience = TimeSpan.FromSeconds(30), LongestWait = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(25)];
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private readonly string _owner = Environment.MachineName + "-" + Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture) + "-" + Guid.NewGuid().ToString("N")[..8];
    private readonly BackgroundThreads _heavyThreads = new();

    public int WorkerCount => options.Value.WorkerCount;

    /// <summary>Works until the token fires; then stops what runs, which begins again at the next start.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var working = new Dictionary<Task, JobDefinition>();
        // The data directory's lock is ours: whatever is called running belongs to a process that died.
        await ProtectAsync(() => CloseLostAsync(ct), ct);
        while (!ct.IsCancellationRequested)
        {
            foreach (var ended in working.Keys.Where(t => t.IsCompleted).ToArray()) working.Remove(ended);
            var wait = LongestWait;
            await ProtectAsync(
                async () =>
                {
                    await CloseLostAsync(r => r.LeaseUntil < clock.GetUtcNow() && running.Find(r.Id) is null, ct);
                    wait = await TakeUpAsync(working, ct);
                },
                ct);
            try
            {
                await signal.WaitAsync(wait, clock, ct);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
        await Task.WhenAll(working.Keys);
    }

    /// <summary>Ends runs of processes that died; call it where nothing runs in this one yet.</summary>
    public Task CloseLostAsync(CancellationToken ct) => CloseLostAsync(_ => true, ct);

    /// <summary>Works on one queued run at once, in this call: the command line's way.</summary>
    /// <returns>The run after its end; null when somebody else has it.</returns>
    public async Task<JobRun?> RunOneAsync(long runId, CancellationToken ct)
    {
        if (await runs.TakeUpAsync(runId, _owner, ct) is not { } run) return null;
        await WorkAsync(run, ct);
        return await runs.FindAsync(runId, CancellationToken.None);
    }

    // A full disk or a locked file passes; the rows stand where they were.
    private async Task ProtectAsync(Func<Task> work, CancellationToken ct)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
        }
        catch (System.Data.Common.DbException e)
        {
            logger.JobsPaused(e);
        }
    }

    private async Task CloseLostAsync(Func<JobRun, bool> isLost, CancellationToken ct)
    {
        foreach (var lost in await runs.CloseLostAsync(isLost, run => Math.Max(MaxLostAttempts, handlers.DefinitionOf(run.Key).MaxAttempts), ct)) logger.RunLost(lost.Id, lost.SingleFlightKey, lost.Attempt + 1);
    }

    /// <summary>Fills the free slots and answers how long nothing more can happen by itself.</summary>
    private async Task<TimeSpan> TakeUpAsync(Dictionary<Task, JobDefinition> working, CancellationToken ct)
    {
        var queued = await runs.QueuedAsync(ct);
        var now = clock.GetUtcNow();
        foreach (var candidate in queued.Where(r => r.DueAt <= now))
        {
            if (working.Count >= options.Value.WorkerCount) break;
            var definition = handlers.DefinitionOf(candidate.Key);
            if (definition.IsHeavy && working.Values.Any(w => w.IsHeavy)) continue;
            if (definition.Follows.Any(key => working.Values.Any(w => w.Key == key) || queued.Any(q => q.Key == key && q.Id < candidate.Id && q.DueAt <= now))) continue;
            if (await runs.TakeUpAsync(candidate.Id, _owner, ct) is not { } run) continue;
            var work = WorkOrLeaveAsync(run, ct);
            working.Add(work, definition);
            _ = RingAfterAsync(work);
        }
        var next = queued.Where(r => r.DueAt > now).Select(r => (TimeSpan?)(r.DueAt - now)).Min();
        return next is { } soon && soon < LongestWait ? soon : LongestWait;
    }

    // The bell may only ring once the task counts as ended, or the loop wakes, finds its slot taken and sleeps on.
    private async Task RingAfterAsync(Task work)
    {
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        signal.Ring();
    }

    private async Task WorkOrLeaveAsync(JobRun run, CancellationToken ct)
    {
        try
        {
            await Task.Run(() => WorkAsync(run, ct), CancellationToken.None);
        }
        catch (System.Data.Common.DbException e)
        {
            logger.JobsPaused(e); // its end could not be written: the lease runs out, and another attempt follows
        }
    }

    private async Task WorkAsync(JobRun run, CancellationToken hostStops)
    {
        var started = clock.GetTimestamp();
        var live = running.Begin(run);
        using var activity = JobTelemetry.Begin(run);
        try
        {
            var definition = handlers.DefinitionOf(run.Key);
            var log = new JobLog(clock);
            using var limit = new CancellationTokenSource(definition.TimeLimit, clock);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(hostStops, live.StopToken, limit.Token);
            var context = new JobContext(run, live, log, (input, ct) => runs.IsUnchangedAsync(run.SingleFlightKey, input, ct));
            var work = CallAsync(definition, context, stop.Token);
            var isForced = await AccompanyAsync(run, live, log, work, stop);
            var end = isForced ? new JobEnd(JobStatus.Cancelled, null, new JobProblem("forced", "It did not listen and was ended by force."), null) : await EndOfAsync(run, definition, work, live, limit.IsCancellationRequested, hostStops);
            await runs.EndAsync(run, end, live.Progress, context.Input, log.Take(), CancellationToken.None);
            var elapsed = clock.GetElapsedTime(started);
            JobTelemetry.End(activity, run, end.Status, elapsed);
            logger.RunEnded(run.Id, run.SingleFlightKey, end.Status, (long)elapsed.TotalMilliseconds);
        }
        finally
        {
            running.End(run.Id);
        }
    }

    private Task<JobOutcome> CallAsync(JobDefinition definition, JobContext context, CancellationToken ct)
    {
        var handler = handlers.Find(definition.Key) ?? throw new InvalidOperationException($"No handler is registered for '{definition.Key}'.");
        return definition.IsHeavy ? _heavyThreads.RunAsync(FencedAsync) : Task.Run(FencedAsync, CancellationToken.None);

        async Task<JobOutcome> FencedAsync()
        {
            foreach (var gate in gates)
            {
                if (await gate.HoldAsync(context.Run, ct) is { } held) return new JobOutcome(null, held);
            }
            WriteFence.Set(context.Fence); // ends with this method: the run's own rows are written outside
            return await handler.RunAsync(context, ct);
        }
    }

    /// <summary>Signs of life until the work ends; answers true when it was ended by force.</summary>
    private async Task<bool> AccompanyAsync(JobRun run, LiveJob live, JobLog log, Task work, CancellationTokenSource stop)
    {
        long? askedAt = null;
        var beatAt = clock.GetTimestamp();
        var written = live.Progress;
        while (await Task.WhenAny(work, Task.Delay(Heartbeat, clock, CancellationToken.None)) != work)
        {
            var lines = log.Take();
            var isQuiet = lines.Count is 0 && live.Progress == written && clock.GetElapsedTime(beatAt) < JobRuns.Lease / 3;
            if (!isQuiet) (written, beatAt) = (live.Progress, clock.GetTimestamp());
            switch (isQuiet ? JobPulse.Alive : await BeatAsync(run, written, lines))
            {
                case JobPulse.CancelRequested:
                    await live.StopAsync();
                    break;
                case JobPulse.Fenced:
                    await stop.CancelAsync();
                    break;
                case JobPulse.Alive:
                    break;
            }
            if (!stop.IsCancellationRequested) continue;
            askedAt ??= clock.GetTimestamp();
            if (clock.GetElapsedTime(askedAt.Value) < Patience) continue;
            logger.RunForced(run.Id, run.SingleFlightKey, Patience.TotalSeconds);
            return true;
        }
        return false;
    }

    private async Task<JobPulse> BeatAsync(JobRun run, JobProgress progress, IReadOnlyList<JobRunLine> lines)
    {
        try
        {
            return await runs.BeatAsync(run, progress, lines, CancellationToken.None);
        }
        catch (System.Data.Common.DbException e)
        {
            logger.JobsPaused(e);
            return JobPulse.Alive;
        }
    }

    private async Task<JobEnd> EndOfAsync(JobRun run, JobDefinition definition, Task<JobOutcome> work, LiveJob live, bool isLate, CancellationToken hostStops)
    {
        try
        {
            var outcome = await work;
            var result = outcome.Result is null ? null : JsonSerializer.Serialize(outcome.Result, Json);
            return new JobEnd(outcome.Skipped is null ? JobStatus.Succeeded : JobStatus.Skipped, result, outcome.Skipped, null);
        }
        catch (OperationCanceledException) when (live.IsStopping)
        {
            return new JobEnd(JobStatus.Cancelled, null, null, null);
        }
        catch (OperationCanceledException) when (hostStops.IsCancellationRequested)
        {
            return new JobEnd(JobStatus.Lost, null, new JobProblem("stopped", "The portal was stopped; another attempt was queued."), null) { RetryAt = clock.GetUtcNow() };
        }
        catch (OperationCanceledException e) when (isLate)
        {
            return new JobEnd(JobStatus.Failed, null, JobProblems.TimeLimit(definition.TimeLimit), e.ToString());
        }
        catch (Exception e)
        {
            var problem = JobProblems.Of(e);
            logger.RunFailed(run.Id, run.SingleFlightKey, problem.Text, e);
            var isTriedAgain = problem.IsPassing && run.Attempt < definition.MaxAttempts;
            return new JobEnd(JobStatus.Failed, null, problem, e.ToString()) { RetryAt = isTriedAgain ? clock.GetUtcNow() + Pauses[Math.Min(run.Attempt, Pauses.Length) - 1] : null };
        }
    }
}
