namespace CampaignPortal.Testing;

/// <summary>A clock that the test moves, and whose timers ring as it passes them, in order, on the test's own thread.</summary>
public sealed class TimedClock : ManualClock
{
    private readonly List<Alarm> _alarms = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, () => callback(state));
        alarm.Change(dueTime, period);
        _alarms.Add(alarm);
        return alarm;
    }

    /// <summary>Moves on, stopping at each timer on the way.</summary>
    public void Pass(TimeSpan by)
    {
        var end = GetUtcNow() + by;
        while (_alarms.Where(a => a.DueAt <= end).MinBy(a => a.DueAt) is { } next)
        {
            SetTo(next.DueAt!.Value); // chosen by it
            next.Ring();
        }
        SetTo(end);
    }

    private sealed class Alarm(TimedClock clock, Action ring) : ITimer
    {
        private TimeSpan _period;

        public DateTimeOffset? DueAt { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            DueAt = dueTime == Timeout.InfiniteTimeSpan ? null : clock.GetUtcNow() + dueTime;
            _period = period;
            return true;
        }

        public void Ring()
        {
            DueAt = _period == Timeout.InfiniteTimeSpan || _period == TimeSpan.Zero ? null : DueAt + _period;
            ring();
        }

        public void Dispose()
        {
            DueAt = null;
            clock._alarms.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
