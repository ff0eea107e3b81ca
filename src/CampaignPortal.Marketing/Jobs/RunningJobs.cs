using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace CampaignPortal.Marketing.Jobs;

/// <summary>What runs in this process now, for pages: in memory, as fresh as the handlers' last word.</summary>
public sealed class RunningJobs(TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Breath = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<long, LiveJob> _jobs = new();
    private readonly Lock _turn = new();
    private ITimer? _timer;
    private bool _isResting, _isPending;
    private long _rowsVersion;

    /// <summary>Something began, moved on or ended, or the queue changed; raised once a second at most, on any thread.</summary>
    public event Action? Changed;

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<LiveJob> All => [.. _jobs.Values.OrderBy(j => j.StartedAt).ThenBy(j => j.RunId)];

    public LiveJob? Find(long runId) => _jobs.GetValueOrDefault(runId);

    /// <summary>Grows whenever a run began or ended, the queue or a schedule changed: time to read the rows again.</summary>
    public long RowsVersion => Interlocked.Read(ref _rowsVersion);

    /// <summary>Tells watchers that rows changed which they may show.</summary>
    public void Touch()
    {
        Interlocked.Increment(ref _rowsVersion);
        Tell();
    }

    /// <summary>Tells watchers that a run moved on.</summary>
    internal void Tell()
    {
        lock (_turn)
        {
            if (_isResting)
            {
                _isPending = true;
                return;
            }
            _isResting = true;
            _timer ??= clock.CreateTimer(static state => ((RunningJobs)state!).Rested(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan); // created with this
            _timer.Change(Breath, Timeout.InfiniteTimeSpan);
        }
        Changed?.Invoke();
    }

    public void Dispose() => _timer?.Dispose();

    internal LiveJob Begin(JobRun run)
    {
        var live = new LiveJob(run, this, clock);
        _jobs[run.Id] = live;
        Touch();
        return live;
    }

    internal void End(long runId)
    {
        _jobs.TryRemove(runId, out _);
        Touch();
    }

    private void Rested()
    {
        lock (_turn)
        {
            _isResting = false;
            if (!_isPending) return;
            _isPending = false;
        }
        Tell();
    }
}

/// <summary>A run under way.</summary>
#pragma warning disable CA1001 // A source without timer and without links holds nothing, and "stop" may come after the end.
public sealed class LiveJob
#pragma warning restore CA1001
{
    /// <summary>Points kept for drawing.</summary>
    public const int MostPoints = 400;

    private readonly RunningJobs _all;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stop = new();
    private volatile JobProgress _progress = new(null, 0, null, null);
    private volatile ImmutableQueue<LivePoint> _points = [];
    private int _pointCount;

    internal LiveJob(JobRun run, RunningJobs all, TimeProvider clock)
    {
        (_all, _clock) = (all, clock);
        (RunId, Key, SingleFlightKey, StartedBy, StartedAt) = (run.Id, run.Key, run.SingleFlightKey, run.StartedBy, run.StartedAt ?? clock.GetUtcNow());
    }

    public long RunId { get; }
    public string Key { get; }
    public string SingleFlightKey { get; }
    public string StartedBy { get; }
    public DateTimeOffset StartedAt { get; }
    public JobProgress Progress => _progress;
    /// <summary>What the run plotted, oldest first; of the newest <see cref="MostPoints"/>.</summary>
    public IReadOnlyList<LivePoint> Points => [.. _points];
    public bool IsStopping => _stop.IsCancellationRequested;

    /// <summary>An estimate from the pace so far; null in the first tenth, where a guess would jump about.</summary>
    public TimeSpan? TimeLeft
    {
        get
        {
            var share = _progress.Share;
            return share < 0.1 ? null : (_clock.GetUtcNow() - StartedAt) * ((1 - share) / share);
        }
    }

    internal CancellationToken StopToken => _stop.Token;

    internal async Task StopAsync()
    {
        await _stop.CancelAsync();
        _all.Touch();
    }

    // One thread of a run plots; pages read beside it.
    internal void Plot(LivePoint point)
    {
        var points = _points.Enqueue(point);
        _points = ++_pointCount > MostPoints ? points.Dequeue() : points;
        _all.Tell();
    }

    /// <summary>Answers whether a new stage began.</summary>
    internal bool Show(string stage, double share, long? done, long? total)
    {
        var before = _progress;
        _progress = new JobProgress(stage, Math.Max(before.Share, Math.Clamp(double.IsNaN(share) ? 0 : share, 0, 1)), done, total);
        _all.Tell();
        return before.Stage != stage;
    }
}

/// <summary>A point of the curve of something that learns.</summary>
/// <param name="Series">What learns; a new one begins a new curve.</param>
/// <param name="Step">Epoch, or number of the tree, from 1.</param>
/// <param name="Value">Loss on the rows that it learns from.</param>
/// <param name="Check">Loss on rows that it does not see; NaN without them.</param>
public sealed record LivePoint(string Series, int Step, double Value, double Check);

/// <summary>How far a run is.</summary>
/// <param name="Share">0 to 1.</param>
public sealed record JobProgress(string? Stage, double Share, long? Done, long? Total);
