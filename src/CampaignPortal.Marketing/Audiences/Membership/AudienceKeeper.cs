using System.Data.Common;
using System.Text.RegularExpressions;
using CampaignPortal.Marketing.Audiences.Evaluation;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Privacy;
using Microsoft.Extensions.Logging;

namespace CampaignPortal.Marketing.Audiences.Membership;

/// <summary>What a turn of the keeper did.</summary>
/// <param name="Counted">Audiences that were counted in full.</param>
/// <param name="Touched">Customers who were asked again.</param>
/// <param name="Changed">Customers who joined or left.</param>
public sealed record KeeperTurn(int Counted, int Touched, int Changed);

/// <summary>Keeps the members of live audiences up with what happens, and with time.</summary>
/// <remarks>
/// An audience is counted in full when it is new or changed, after the start, after a scoring and, where it asks for dates, at midnight. Between these only customers are
/// asked whom an event touched, whose moment has come on the <see cref="TimerWheel"/>, or who joined or left another audience that the rule names. So the cost follows
/// the changes, not the customers.
/// </remarks>
public sealed class AudienceKeeper : IDisposable
{
    // When so many change at once, as an hour does for a whole country, sets are quicker than one after another.
    private const int LongBacklog = 20_000, ManyDue = 10_000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1), Confirmed = TimeSpan.FromMinutes(1), Retry = TimeSpan.FromMinutes(1), LongCount = TimeSpan.FromMinutes(1);

    private readonly AudienceEngine _engine;
    private readonly PortalDatabase _database;
    private readonly ContactVault _vault;
    private readonly ProjectionHost _projections;
    private readonly ScoreChanges _scores;
    private readonly TimeProvider _clock;
    private readonly ILogger<AudienceKeeper> _logger;
    private readonly MemberWriter _writer;
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Lock _access = new();
    private readonly Dictionary<long, KeptAudience> _kept = [];
    private readonly Dictionary<long, (string Json, Result<AudienceRule> Rule)> _rules = [];
    private readonly Dictionary<long, (int Revision, DateTimeOffset At)> _retry = [];
    private HashSet<long> _noted = [];
    private long _sequence;
    private bool _isAnew = true;

    public AudienceKeeper(AudienceEngine engine, PortalDatabase database, ContactVault vault, ProjectionHost projections, ScoreChanges scores, TimeProvider clock, ILogger<AudienceKeeper> logger)
    {
        (_engine, _database, _vault, _projections, _scores, _clock, _logger) = (engine, database, vault, projections, scores, clock, logger);
        _writer = new MemberWriter(database);
        vault.Changed += Note;
        projections.Restarted += CountAnew;
    }

    /// <summary>Takes turns until the token ends it.</summary>
    public async Task FollowAsync(CancellationToken ct)
    {
        while (true)
        {
            await TurnAsync(ct);
            await Task.Delay(Pause, _clock, ct);
        }
    }

    /// <summary>Brings every live audience up to what the projections have seen.</summary>
    /// <exception cref="DbException">The store refused; the next turn tries again.</exception>
    public async Task<KeeperTurn> TurnAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            var live = ReadLive();
            return live.Count is 0 ? Rest() : await TurnAsync(live, ct);
        }
        catch
        {
            CountAnew(); // what was noted for this turn must not be lost
            throw;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Asks these customers again in the next turn: contact data changed or destroyed, or lists changed by hand.</summary>
    public void Note(IReadOnlyList<long> customers)
    {
        lock (_access) _noted.UnionWith(customers);
        _engine.NoteMembers();
    }

    public void Dispose()
    {
        _vault.Changed -= Note;
        _projections.Restarted -= CountAnew;
        _one.Dispose();
    }

    private KeeperTurn Rest()
    {
        _kept.Clear();
        lock (_access) (_isAnew, _noted) = (true, []);
        return new KeeperTurn(0, 0, 0);
    }

    private async Task<KeeperTurn> TurnAsync(IReadOnlyList<LiveRow> live, CancellationToken ct)
    {
        foreach (var gone in _kept.Keys.Except(live.Select(l => l.Id)).ToArray()) _kept.Remove(gone);
        var turn = Begin();
        var (counted, changed) = (0, 0);
        var moved = new Dictionary<long, HashSet<long>>(); // who joined or left which audience in this turn
        foreach (var row in InOrder(live.Where(row => NeedsCount(row, turn)).ToArray(), row => row.Id, row => row.Audiences))
        {
            if (_retry.TryGetValue(row.Id, out var retry) && retry.Revision == row.Revision && turn.At < retry.At) continue;
            moved[row.Id] = await CountAsync(row, turn, ct);
            counted++;
            changed += moved[row.Id].Count;
        }
        var (touched, followed) = await FollowAsync(turn, moved, ct);
        _sequence = turn.Until;
        await ConfirmAsync(turn, ct);
        return new KeeperTurn(counted, touched, changed + followed);
    }

    private Turn Begin()
    {
        using var connection = _database.OpenReader();
        using var seen = connection.Prepare("select min(\"Sequence\") from \"ProjectionCheckpoints\"", 0);
        using var unseen = connection.Prepare("select \"ReceivedAt\" from \"Events\" where \"Sequence\" > @0 order by \"Sequence\" limit 1", 1);
        var (until, now) = (seen.RunScalar() ?? 0, _clock.GetUtcNow());
        // A projection that stands still must not look as if all were well: members are of the moment before the first event that it has not seen.
        var asOf = unseen.RunScalar(until) is { } ticks && Stored.Time(ticks) < now ? Stored.Time(ticks) : now;
        lock (_access)
        {
            var isAnew = _isAnew || until < _sequence || until - _sequence > LongBacklog;
            var turn = new Turn(isAnew, _sequence, until, _engine.Moment(), now, asOf, _scores.Count, _noted);
            (_isAnew, _noted) = (false, []);
            return turn;
        }
    }

    private bool NeedsCount(LiveRow row, Turn turn) => turn.IsAnew || !_kept.TryGetValue(row.Id, out var kept) || kept.Revision != row.Revision
        || (kept.AsksScores && kept.CountedScores != turn.Scores) || (kept.IsCalendar && kept.CountedOn != turn.Moment.Today) || (kept.IsByClock && kept.CountedIn != turn.Moment.Zone.Id)
        || kept.Timers.CountDue(turn.Moment.Now.UtcTicks) > ManyDue;

    private async Task<HashSet<long>> CountAsync(LiveRow row, Turn turn, CancellationToken ct)
    {
        try
        {
            var kept = new KeptAudience(row.Id, row.Revision, row.Rule.Value) { CountedOn = turn.Moment.Today, CountedIn = turn.Moment.Zone.Id, CountedScores = turn.Scores, ConfirmedAt = turn.At };
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(LongCount);
            var change = await Task.Run(() => Count(kept, row, turn, limit.Token), limit.Token);
            await _writer.WriteAsync(change, ct);
            _engine.NoteMembers();
            _kept[row.Id] = kept;
            _retry.Remove(row.Id);
            return [.. change.Joined, .. change.Left];
        }
        catch (Exception e) when (IsOfOneRule(e) || e is OperationCanceledException && !ct.IsCancellationRequested)
        {
            _kept.Remove(row.Id); // its old rule must not be followed: the next change would call it ready
            await FailAsync(row.Id, row.Revision, e, turn, ct);
            return [];
        }
    }

    private MemberWriter.Change Count(KeptAudience kept, LiveRow row, Turn turn, CancellationToken ct)
    {
        using var evaluation = _engine.Begin(ct, turn.Moment.Now);
        var before = StoredSets.MembersOf(evaluation.Connection, kept.Id, evaluation.Everyone.Capacity);
        kept.Members = evaluation.Of(kept.Rule, ct);
        kept.Borders = kept.Rule.Conditions().OfType<AttributeCondition>().Where(c => c.Test is RankTest).Distinct().ToDictionary(c => c, c => evaluation.Moment.BorderOf(c));
        foreach (var (customer, due) in FirstMoments(kept.Rule, evaluation, ct)) kept.Timers.Set(customer, due);
        return new MemberWriter.Change(
            kept.Id, kept.Members.Copy().AndNot(before).ToArray(), before.AndNot(kept.Members).ToArray(), kept.Members.Count, turn.At, turn.AsOf, turn.Moment.Today, turn.Until, row.IsFirst);
    }

    private static Dictionary<long, long> FirstMoments(AudienceRule rule, AudienceEvaluation evaluation, CancellationToken ct)
    {
        var due = new Dictionary<long, long>();
        foreach (var condition in rule.Conditions())
        {
            if (condition is not LocalHourCondition && EventFit.AllOf(condition).All(fit => fit.Window.LastDays is null)) continue;
            foreach (var (customer, at) in evaluation.Answer(condition, ct).Leaves ?? []) ConditionReader.Earliest(due, customer, at);
        }
        return due;
    }

    private async Task<(int Touched, int Changed)> FollowAsync(Turn turn, Dictionary<long, HashSet<long>> moved, CancellationToken ct)
    {
        var touched = turn.IsAnew ? [] : ReadTouched(turn);
        touched.UnionWith(turn.Noted);
        // An audience comes after those that its rule names, so that one turn suffices.
        var asked = InOrder(_kept.Values, k => k.Id, k => k.Audiences).Where(k => !moved.ContainsKey(k.Id)) // the others were counted in this turn
            .Select(k => new AskedAudience(k, k.Timers.Advance(turn.Moment.Now.UtcTicks))).ToList();
        var following = new FollowingTurn(asked, touched, moved);
        if (following.Customers.Count is 0) return (0, 0);
        using (var evaluation = _engine.Begin(ct, turn.Moment.Now)) await Task.Run(() => following.Ask(evaluation, ct), ct);
        foreach (var one in asked) await WriteAsync(one, turn, ct);
        return (asked.Sum(a => a.AskedCount), asked.Sum(a => a.Joined.Count + a.Left.Count));
    }

    private async Task WriteAsync(AskedAudience asked, Turn turn, CancellationToken ct)
    {
        var kept = asked.Kept;
        if (asked.Failure is null && asked.Joined.Count + asked.Left.Count is 0) return;
        var problem = asked.Failure;
        try
        {
            if (problem is null)
            {
                await _writer.WriteAsync(new MemberWriter.Change(kept.Id, asked.Joined, asked.Left, kept.Members.Count, turn.At, turn.AsOf, turn.Moment.Today, turn.Until, false), ct);
                _engine.NoteMembers();
            }
            kept.ConfirmedAt = turn.At;
        }
        catch (Exception e) when (IsOfOneRule(e))
        {
            problem = e;
        }
        if (problem is null) return;
        _kept.Remove(kept.Id); // counted in full at the next try
        await FailAsync(kept.Id, kept.Revision, problem, turn, ct);
    }

    /// <summary>One rule that cannot be asked never holds up the others.</summary>
    internal static bool IsOfOneRule(Exception e) => e is DbException or InvalidOperationException or RegexMatchTimeoutException;

    private async Task ConfirmAsync(Turn turn, CancellationToken ct)
    {
        var due = _kept.Values.Where(k => turn.At - k.ConfirmedAt >= Confirmed).ToArray();
        if (due.Length is 0) return;
        await _writer.ConfirmAsync([.. due.Select(k => k.Id)], turn.AsOf, turn.Until, ct);
        foreach (var kept in due) kept.ConfirmedAt = turn.At;
    }

    private async Task FailAsync(long audienceId, int revision, Exception e, Turn turn, CancellationToken ct)
    {
        _retry[audienceId] = (revision, turn.At + Retry);
        _logger.CountFailed(audienceId, e);
        await _writer.FailAsync(audienceId, e is OperationCanceledException ? "Counting took longer than a minute." : e.Message, ct);
    }

    // Whoever names another audience comes after it.
    private static List<T> InOrder<T>(IReadOnlyCollection<T> audiences, Func<T, long> idOf, Func<T, IEnumerable<long>> namedBy)
    {
        var byId = audiences.ToDictionary(idOf);
        var done = new HashSet<long>();
        var ordered = new List<T>();
        foreach (var id in byId.Keys.Order()) Visit(id);
        return ordered;

        void Visit(long id)
        {
            if (!byId.TryGetValue(id, out var audience) || !done.Add(id)) return;
            foreach (var other in namedBy(audience)) Visit(other);
            ordered.Add(audience);
        }
    }

    private HashSet<long> ReadTouched(Turn turn)
    {
        using var connection = _database.OpenReader();
        using var command = connection.Prepare("select distinct \"CustomerId\" from \"Events\" where \"Sequence\" > @0 and \"Sequence\" <= @1 and \"CustomerId\" is not null", 2);
        command.Set(0, turn.After);
        command.Set(1, turn.Until);
        using var reader = command.ExecuteReader();
        var touched = new HashSet<long>();
        while (reader.Read()) touched.Add(reader.GetInt64(0));
        return touched;
    }

    private List<LiveRow> ReadLive()
    {
        using var connection = _database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = $"select \"Id\", \"Revision\", \"RuleJson\", \"EvaluatedAt\" is null from \"Audiences\" where \"Kind\" = '{nameof(AudienceKind.Live)}' and \"ArchivedAt\" is null order by \"Id\"";
        using var reader = command.ExecuteReader();
        var rows = new List<LiveRow>();
        while (reader.Read()) rows.Add(new LiveRow(reader.GetInt64(0), reader.GetInt32(1), RuleOf(reader.GetInt64(0), reader.GetString(2)), reader.GetBoolean(3)));
        return rows;
    }

    private void CountAnew()
    {
        lock (_access) _isAnew = true;
    }

    // A rule is read once; every turn asks which there are.
    private Result<AudienceRule> RuleOf(long id, string json)
    {
        if (_rules.TryGetValue(id, out var known) && known.Json == json) return known.Rule;
        var rule = RuleJson.Read(json);
        _rules[id] = (json, rule);
        return rule;
    }

    private sealed record LiveRow(long Id, int Revision, Result<AudienceRule> Rule, bool IsFirst)
    {
        public IEnumerable<long> Audiences => Rule.IsOk ? Rule.Value.Audiences() : [];
    }

    /// <param name="IsAnew">Everything is counted in full: after the start, after a long backlog, when the log itself was changed.</param>
    /// <param name="AsOf">What members are of: <paramref name="At"/>, or earlier where projections lag behind the log.</param>
    /// <param name="Noted">Customers whom every audience asks, beside those of the events.</param>
    private sealed record Turn(bool IsAnew, long After, long Until, RuleMoment Moment, DateTimeOffset At, DateTimeOffset AsOf, long Scores, HashSet<long> Noted);
}
