namespace CampaignPortal.Marketing.Common;

/// <summary>Something costly that is computed once for each state of the store. While a new one takes long, readers get the last one, which says how old it is.</summary>
/// <param name="readKey">Cheap: tells whether the store has changed.</param>
/// <param name="build">Costly: computes the value for a state of the store.</param>
/// <param name="clock">Measures how long a computation takes.</param>
internal sealed class Snapshot<TKey, T>(Func<TKey> readKey, Func<TKey, CancellationToken, T> build, TimeProvider clock) : IDisposable
    where TKey : IEquatable<TKey>
    where T : class
{
    // A page waits this long for fresh figures each time, and this long after a pause; a longer computation runs beside it.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(150), LongPatience = TimeSpan.FromSeconds(1);

    // A busy log keeps at most a twentieth of a core busy with one of these.
    private const int PauseFactor = 20;

    private readonly SemaphoreSlim _one = new(1, 1);
    private volatile Held? _held;
    private Task _refresh = Task.CompletedTask;

    public async Task<T> ReadAsync(CancellationToken ct)
    {
        var key = readKey();
        if (_held is { } held)
        {
            if (held.Key.Equals(key)) return held.Value;
            if (held.BuildTime > Patience)
            {
                if (clock.GetElapsedTime(held.BuiltAt) <= PauseFactor * held.BuildTime) return held.Value;
                var refresh = _refresh.IsCompleted ? _refresh = Task.Run(() => BuildAsync(key, CancellationToken.None), CancellationToken.None) : _refresh;
                if (held.BuildTime > LongPatience) return held.Value;
                await refresh.WaitAsync(ct);
                return _held.Value; // the refresh set it
            }
        }
        return await Task.Run(() => BuildAsync(key, ct), ct);
    }

    public void Dispose() => _one.Dispose();

    private async Task<T> BuildAsync(TKey key, CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            if (_held is { } held && held.Key.Equals(key)) return held.Value;
            var started = clock.GetTimestamp();
            var value = build(key, ct);
            _held = new Held(key, value, clock.GetElapsedTime(started), clock.GetTimestamp());
            return value;
        }
        finally
        {
            _one.Release();
        }
    }

    private sealed record Held(TKey Key, T Value, TimeSpan BuildTime, long BuiltAt);
}
