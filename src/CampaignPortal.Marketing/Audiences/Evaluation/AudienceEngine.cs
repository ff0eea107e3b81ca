using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Audiences.Rules;
using CampaignPortal.Marketing.Customers;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Privacy;

namespace CampaignPortal.Marketing.Audiences.Evaluation;

/// <summary>Evaluates rules over all customers: each condition once, as a set, and groups by joining sets.</summary>
/// <remarks>Answers to conditions are remembered as long as nothing that they depend on has changed, so that changing one condition of a rule costs one condition.</remarks>
public sealed class AudienceEngine : IDisposable
{
    private const int Remembered = 200;

    private readonly PortalDatabase _database;
    private readonly PageMoment _moment;
    private readonly ShopSettingsStore _shop;
    private readonly ScoreChanges _scores;
    private readonly ContactVault _vault;
    private readonly ProjectionHost _projections;
    private readonly Lock _access = new();
    private readonly Dictionary<Rule, ConditionAnswer> _answers = [];
    private string _stamp = "";
    private long _changes;
    private Task _filling = Task.CompletedTask;

    public AudienceEngine(PortalDatabase database, PageMoment moment, ShopSettingsStore shop, ScoreChanges scores, ContactVault vault, ProjectionHost projections)
    {
        (_database, _moment, _shop, _scores, _vault, _projections) = (database, moment, shop, scores, vault, projections);
        Book = new EventBook(database);
        vault.Changed += NoteContacts;
        projections.Restarted += Book.Clear;
    }

    internal EventBook Book { get; }

    /// <summary>Begins at this moment; dispose it.</summary>
    /// <param name="now">Null is the moment of pages.</param>
    public AudienceEvaluation Begin(CancellationToken ct, DateTimeOffset? now = null)
    {
        FollowBook(ct);
        var connection = _database.OpenReader();
        try
        {
            var moment = Moment();
            return new AudienceEvaluation(this, connection, _database.BeginSnapshot(connection), now is null ? moment : moment with { Now = now.Value });
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The moment of pages, in the shop's zone.</summary>
    public RuleMoment Moment() => new(_moment.Read(), _shop.Read().Zone);

    /// <summary>Fills the book; the host calls it at start.</summary>
    public Task FillAsync(CancellationToken ct) => Task.Run(() => Book.Refresh(ct), ct);

    public void Dispose()
    {
        _vault.Changed -= NoteContacts;
        _projections.Restarted -= Book.Clear;
    }

    /// <summary>Somebody joined or left an audience: what is remembered may be wrong.</summary>
    internal void NoteMembers() => Interlocked.Increment(ref _changes);

    internal ConditionAnswer Answer(Rule condition, string stamp, Func<ConditionAnswer> ask)
    {
        lock (_access)
        {
            if (stamp != _stamp || _answers.Count > Remembered)
            {
                _answers.Clear();
                _stamp = stamp;
            }
            if (_answers.TryGetValue(condition, out var known)) return known;
        }
        var answer = ask(); // two who ask the same at once both ask: rare, and right
        lock (_access)
        {
            if (stamp == _stamp) _answers[condition] = answer;
        }
        return answer;
    }

    /// <summary>Changes whenever an answer might: how far projections are, scores, customers, contact data, members, and the second.</summary>
    internal string StampOf(DbConnection connection, RuleMoment moment)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            select (select group_concat("Name" || ':' || "Version" || ':' || "Sequence") from "ProjectionCheckpoints"), (select max("Id") from "Customers"), (select max("Sequence") from "Events"),
              (select sum("Size" + "EvaluatedSequence") || '/' || max("EvaluatedAt") from "Audiences")
            """;
        using var reader = command.ExecuteReader();
        reader.Read();
        var second = moment.Now.UtcTicks / TimeSpan.TicksPerSecond / 10;
        return string.Create(CultureInfo.InvariantCulture, $"{reader[0]}/{reader[1]}/{reader[2]}/{reader[3]}/{_scores.Count}/{Interlocked.Read(ref _changes)}/{moment.Zone.Id}/{second}");
    }

    // A small log is read at once; a large one in the background, while the store answers.
    private void FollowBook(CancellationToken ct)
    {
        if (Book.IsReady)
        {
            Book.Refresh(ct);
            return;
        }
        if (_filling.IsCompleted) _filling = FillAsync(CancellationToken.None);
    }

    private void NoteContacts(IReadOnlyList<long> customers) => Interlocked.Increment(ref _changes);
}

/// <summary>Rules over all customers at one moment of the store.</summary>
public sealed class AudienceEvaluation : IDisposable
{
    private readonly AudienceEngine _engine;
    private readonly DbConnection _connection;
    private readonly DbTransaction _snapshot;
    private readonly Dictionary<ItemFilter, HashSet<long>> _items = [];
    private readonly Dictionary<string, long> _starts = new(StringComparer.Ordinal);
    private readonly Dictionary<AttributeCondition, decimal?> _borders = [];
    private readonly Lazy<Dictionary<long, string>> _categories;
    private readonly Lazy<CustomerSet> _everyone;
    private readonly Lazy<string> _stamp;

    internal AudienceEvaluation(AudienceEngine engine, DbConnection connection, DbTransaction snapshot, RuleMoment moment)
    {
        (_engine, _connection, _snapshot) = (engine, connection, snapshot);
        Moment = moment with { StartOfCampaign = StartOf, BorderOf = BorderOf, CategoryOf = item => Categories.GetValueOrDefault(item) };
        _categories = new(() => StoredSets.Categories(connection));
        _everyone = new(() => StoredSets.Everyone(connection));
        _stamp = new(() => engine.StampOf(connection, moment));
    }

    public RuleMoment Moment { get; }

    /// <summary>All customers who were not erased; not to be changed.</summary>
    public CustomerSet Everyone => _everyone.Value;

    /// <summary>The largest number of a customer.</summary>
    public long Capacity => _everyone.IsValueCreated ? Everyone.Capacity : StoredSets.Capacity(_connection);

    public DbConnection Connection => _connection;

    /// <summary>Category by item of the catalogue; items without one are absent.</summary>
    internal IReadOnlyDictionary<long, string> Categories => _categories.Value;

    /// <summary>Asks the store instead of the book: what the start, and the test, need.</summary>
    internal bool WithoutBook { get; set; }

    /// <summary>Who is in the audience; a set of its own.</summary>
    public CustomerSet Of(AudienceRule rule, CancellationToken ct)
    {
        var customers = Of((Rule)rule.Who, ct).Copy();
        foreach (var left in rule.LeaveOut.Where(Asks)) customers.AndNot(Of(left, ct));
        if (!rule.HasByHand) return customers;
        customers.Or(CustomerSet.Of(rule.Added, Everyone.Capacity).And(Everyone));
        return customers.AndNot(CustomerSet.Of(rule.Removed, Everyone.Capacity));
    }

    /// <summary>Who matches; not to be changed.</summary>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public CustomerSet Of(Rule rule, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return rule is RuleGroup group ? Of(group, ct) : Answer(rule, ct).Matching;
    }

    internal ConditionAnswer Answer(Rule condition, CancellationToken ct)
    {
        var plain = condition with { IsOff = false };
        return WithoutBook ? Ask(plain, ct) : _engine.Answer(plain, _stamp.Value, () => Ask(plain, ct));
    }

    public CustomerSet Reachable(string channel, CancellationToken ct) => Of(new ReachCondition(channel, true), ct);

    /// <summary>Whether a rule asks anything: it is switched on, and not an empty group.</summary>
    public static bool Asks(Rule rule) => !rule.IsOff && (rule is not RuleGroup group || group.Rules.Any(Asks));

    /// <summary>The catalogue's items under a filter.</summary>
    public IReadOnlySet<long> ItemsOf(ItemFilter filter)
    {
        if (_items.TryGetValue(filter, out var known)) return known;
        using var command = _connection.Prepare($"select \"Id\" from \"Items\" where \"{(filter.By is ItemFilterKind.Item ? "ExternalId" : "Category")}\" = @0", 1);
        var items = new HashSet<long>();
        foreach (var value in filter.Values)
        {
            command.Set(0, value);
            using var reader = command.ExecuteReader();
            while (reader.Read()) items.Add(reader.GetInt64(0));
        }
        return _items[filter] = items;
    }

    public void Dispose()
    {
        _snapshot.Dispose();
        _connection.Dispose();
    }

    private CustomerSet Of(RuleGroup group, CancellationToken ct)
    {
        var rules = group.Rules.Where(Asks).ToArray();
        if (rules.Length is 0) return Everyone;
        if (group.Join is GroupKind.All)
        {
            var all = Of(rules[0], ct).Copy();
            foreach (var rule in rules.AsSpan(1)) all.And(Of(rule, ct));
            return all;
        }
        var any = new CustomerSet(Everyone.Capacity);
        foreach (var rule in rules) any.Or(Of(rule, ct));
        return group.Join is GroupKind.Any ? any : Everyone.Copy().AndNot(any);
    }

    private ConditionAnswer Ask(Rule condition, CancellationToken ct)
    {
        if (WithoutBook || !_engine.Book.IsReady || !EventBook.CanAnswer(condition)) return new ConditionReader(_connection, Everyone, Moment).Read(condition, ct);
        return _engine.Book.Read(condition, ItemsOf, Everyone, Moment, ct);
    }

    private long StartOf(string campaign)
    {
        if (_starts.TryGetValue(campaign, out var known)) return known;
        if (!WithoutBook && _engine.Book.IsReady) return _starts[campaign] = _engine.Book.StartOf(campaign) ?? long.MaxValue;
        using var command = _connection.Prepare($"select min(\"OccurredAt\") from \"Events\" where \"Type\" = '{KnownEvents.MessageSent}' and \"CampaignId\" = @0 and \"CustomerId\" is not null", 1);
        return _starts[campaign] = command.RunScalar(campaign) ?? long.MaxValue;
    }

    private decimal? BorderOf(AttributeCondition condition)
    {
        if (!_borders.TryGetValue(condition, out var border)) _borders[condition] = border = new ConditionReader(_connection, Everyone, Moment).BorderOf(condition, CancellationToken.None);
        return border;
    }
}
