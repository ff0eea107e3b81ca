using System.Data.Common;
using CampaignPortal.Marketing.Database;

namespace CampaignPortal.Marketing.Events;

/// <summary>Keeps all projections up with the log, in short turns at the gate.</summary>
/// <remarks>A checkpoint moves in the same transaction as the rows that it stands for, so a crash anywhere loses nothing and repeats nothing.</remarks>
public sealed class ProjectionHost(PortalDatabase database, IEnumerable<IProjection> projections, TimeProvider clock) : IDisposable
{
    // A turn holds up whoever wants to append. 100 ms is the promise; the page shrinks long before.
    private static readonly TimeSpan LongTurn = TimeSpan.FromMilliseconds(50), ShortTurn = TimeSpan.FromMilliseconds(20);
    private const int MinPageSize = 250, MaxPageSize = 8_000;

    private readonly IReadOnlyList<IProjection> _projections = [.. projections.OrderBy(p => p.Name, StringComparer.Ordinal)];
    private readonly SemaphoreSlim _oneRun = new(1, 1);
    private readonly SemaphoreSlim _wake = new(0, 1);

    /// <summary>Raised when the log itself was changed: whoever remembers events forgets them. Handlers must be quick and must not throw.</summary>
    public event Action? Restarted;

    /// <summary>Events of the next page: fits itself to the machine, so nothing that a projection computes may depend on it.</summary>
    internal int PageSize { get; set; } = 2_000;

    /// <summary>The longest turn at the gate so far.</summary>
    public TimeSpan LongestTurn { get; private set; }

    public IReadOnlyList<string> Names => [.. _projections.Select(p => p.Name)];

    /// <summary>Tells the running host that there is something to read.</summary>
    public void Wake(long sequence)
    {
        if (_wake.CurrentCount is 0) _wake.Release();
    }

    /// <summary>Follows the log until the token ends it.</summary>
    public async Task FollowAsync(EventLog log, CancellationToken ct)
    {
        log.Committed += Wake;
        try
        {
            while (true)
            {
                await CatchUpAsync(ct);
                await _wake.WaitAsync(ct);
            }
        }
        finally
        {
            log.Committed -= Wake;
        }
    }

    /// <summary>Reads to the end of the log and answers the newest number that every projection has seen.</summary>
    public async Task<long> CatchUpAsync(CancellationToken ct)
    {
        await _oneRun.WaitAsync(ct);
        try
        {
            var checkpoints = await StartAsync(ct);
            while (true)
            {
                ct.ThrowIfCancellationRequested();
                var from = checkpoints.Values.Min();
                var due = _projections.Where(p => checkpoints[p.Name] == from).ToArray();
                var until = checkpoints.Values.Where(c => c > from).DefaultIfEmpty(long.MaxValue).Min();
                var page = ReadPage(from, until, PageSize);
                if (page.Count is 0) return from;
                await ApplyAsync(due, page, ct);
                foreach (var projection in due) checkpoints[projection.Name] = page[^1].Sequence;
            }
        }
        finally
        {
            _oneRun.Release();
        }
    }

    /// <summary>Drops what a projection computed and computes it again from the first event.</summary>
    /// <exception cref="ArgumentException">There is no projection of this name.</exception>
    public async Task RebuildAsync(string name, CancellationToken ct)
    {
        var projection = _projections.FirstOrDefault(p => p.Name == name)
            ?? throw new ArgumentException($"There is no projection '{name}'; there are {string.Join(", ", Names)}.", nameof(name));
        await _oneRun.WaitAsync(ct);
        try
        {
            await ResetAsync(projection, ct);
        }
        finally
        {
            _oneRun.Release();
        }
        await CatchUpAsync(ct);
    }

    /// <summary>Makes a change to the log itself while no projection reads it; afterwards they all begin anew, from the first event.</summary>
    /// <param name="change">Deletes the checkpoints in the transaction that ends the change, so that a crash behind it leaves nothing half right.</param>
    public async Task RestartAsync(Func<Task> change, CancellationToken ct)
    {
        await _oneRun.WaitAsync(ct);
        try
        {
            await change();
        }
        finally
        {
            _oneRun.Release();
            Restarted?.Invoke();
        }
        await CatchUpAsync(ct);
    }

    public void Dispose()
    {
        _oneRun.Dispose();
        _wake.Dispose();
    }

    private async Task<Dictionary<string, long>> StartAsync(CancellationToken ct)
    {
        var stored = ReadCheckpoints();
        var checkpoints = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var projection in _projections)
        {
            if (!stored.TryGetValue(projection.Name, out var checkpoint) || checkpoint.Version != projection.Version)
            {
                await ResetAsync(projection, ct);
                checkpoints[projection.Name] = 0;
                continue;
            }
            checkpoints[projection.Name] = checkpoint.Sequence;
        }
        return checkpoints;
    }

    private Task ResetAsync(IProjection projection, CancellationToken ct) => database.WriteAsync(
        transaction =>
        {
            foreach (var table in projection.Tables) transaction.Execute($"delete from \"{table}\"");
            SaveCheckpoint(transaction, projection, 0);
        },
        ct);

    private async Task ApplyAsync(IProjection[] due, List<LoggedEvent> page, CancellationToken ct)
    {
        var turn = await database.WriteAsync(
            transaction =>
            {
                var started = clock.GetTimestamp();
                foreach (var projection in due)
                {
                    projection.Apply(transaction, page);
                    SaveCheckpoint(transaction, projection, page[^1].Sequence);
                }
                return clock.GetElapsedTime(started);
            },
            ct);
        if (turn > LongestTurn) LongestTurn = turn;
        if (turn > LongTurn) PageSize = Math.Max(MinPageSize, PageSize / 2);
        else if (turn < ShortTurn) PageSize = Math.Min(MaxPageSize, PageSize * 2);
    }

    private static void SaveCheckpoint(DbTransaction transaction, IProjection projection, long sequence) => transaction.Execute(
        "insert into \"ProjectionCheckpoints\" (\"Name\", \"Version\", \"Sequence\") values (@0, @1, @2) "
        + "on conflict (\"Name\") do update set \"Version\" = excluded.\"Version\", \"Sequence\" = excluded.\"Sequence\"",
        projection.Name, projection.Version, sequence);

    private Dictionary<string, (int Version, long Sequence)> ReadCheckpoints()
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "select \"Name\", \"Version\", \"Sequence\" from \"ProjectionCheckpoints\"";
        using var reader = command.ExecuteReader();
        var checkpoints = new Dictionary<string, (int, long)>(StringComparer.Ordinal);
        while (reader.Read()) checkpoints[reader.GetString(0)] = (reader.GetInt32(1), reader.GetInt64(2));
        return checkpoints;
    }

    private List<LoggedEvent> ReadPage(long after, long until, int limit)
    {
        using var connection = database.OpenReader();
        using var command = connection.Prepare($"select {Columns("e.\"CustomerId\"")} from \"Events\" e where e.\"Sequence\" > @0 and e.\"Sequence\" <= @1 order by e.\"Sequence\" limit @2", 3);
        command.Set(0, after);
        command.Set(1, until);
        command.Set(2, limit);
        using var reader = command.ExecuteReader();
        var page = new List<LoggedEvent>(limit);
        while (reader.Read()) page.Add(EventOf(reader));
        return page.Count is 0 ? page : WithHistory(connection, after, page);
    }

    /// <summary>Puts before each event that said who a browser is what that browser had done, as its customer's: so a projection learns of it at the same place of the log each time it is built.</summary>
    private static List<LoggedEvent> WithHistory(DbConnection connection, long after, List<LoggedEvent> page)
    {
        using var command = connection.Prepare(
            $"select {Columns("j.\"CustomerId\"")}, j.\"Sequence\" from {JoinedHistory.From} and j.\"Sequence\" > @0 and j.\"Sequence\" <= @1 order by j.\"Sequence\", e.\"Sequence\"", 2);
        command.Set(0, after);
        command.Set(1, page[^1].Sequence);
        using var reader = command.ExecuteReader();
        if (!reader.Read()) return page;
        var (all, next, more) = (new List<LoggedEvent>(page.Count * 2), 0, true);
        do
        {
            var at = reader.GetInt64(12);
            while (page[next].Sequence < at) all.Add(page[next++]);
            for (; more && reader.GetInt64(12) == at; more = reader.Read()) all.Add(EventOf(reader) with { IsHistory = true });
        }
        while (more);
        all.AddRange(page[next..]);
        return all;
    }

    private static string Columns(string customer) =>
        $"e.\"Sequence\", e.\"Type\", {customer}, e.\"OrderId\", e.\"OccurredAt\", e.\"ItemId\", e.\"Quantity\", e.\"Amount\", e.\"Properties\", e.\"Source\", e.\"CampaignId\", e.\"VariantId\"";

    private static LoggedEvent EventOf(DbDataReader reader) => new(
        reader.GetInt64(0), KnownEvents.KindOf(reader.GetString(1)), reader.NumberOrNull(2), reader.TextOrNull(3), reader.GetInt64(4),
        reader.NumberOrNull(5), reader.NumberOrNull(6), reader.NumberOrNull(7), reader.TextOrNull(8), reader.GetString(9), reader.TextOrNull(10), reader.TextOrNull(11));
}
