using System.Data.Common;
using System.Globalization;
using CampaignPortal.Marketing.Audiences.Evaluation;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Experiments;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Marketing.Settings;
using CampaignPortal.Statistics.Resampling;

namespace CampaignPortal.Marketing.Insights.Messages;

/// <summary>What the people of one group ordered in a quarter.</summary>
/// <param name="Sums">People, people who ordered, and their money before returns.</param>
/// <param name="OrderSquares">Σ of each person's squared number of orders.</param>
public sealed record HoldoutArm(ArmSums Sums, long OrderCount, double OrderSquares)
{
    public static HoldoutArm None { get; } = new(ArmSums.None, 0, 0);

    /// <summary>The same people, with the money of each counted up to <see cref="HoldoutBook.Cap"/>: what money is compared by.</summary>
    public ArmSums Capped { get => field ?? Sums; init; }

    /// <summary>Adds people up, one after the other.</summary>
    internal sealed class Counter
    {
        private readonly List<long> _amounts = [];
        private long _people, _ordered, _orders;
        private double _orderSquares;

        /// <summary>Money of everybody who spent any, in ten-thousandths.</summary>
        public IReadOnlyList<long> Amounts => _amounts;

        public void Add(int orders, long tenThousandths)
        {
            _people++;
            _orders += orders;
            _orderSquares += (double)orders * orders;
            if (orders > 0) _ordered++;
            if (tenThousandths != 0) _amounts.Add(tenThousandths);
        }

        public HoldoutArm Sum(long cap) => new(SumUpTo(long.MaxValue), _orders, _orderSquares) { Capped = SumUpTo(cap) };

        private ArmSums SumUpTo(long cap)
        {
            var (money, squares) = (0L, 0.0);
            foreach (var amount in _amounts)
            {
                var counted = Math.Min(amount, cap);
                money += counted;
                squares += counted / 10_000.0 * (counted / 10_000.0);
            }
            return new ArmSums { Assigned = _people, Exposed = _people, Ordered = _ordered, Buyers = _amounts.Count(a => a > 0), Revenue = Stored.Amount(money), RevenueSquares = squares };
        }
    }
}

/// <summary>Shares that were held out in a quarter: one, unless somebody changed the setting.</summary>
public readonly record struct HeldShares(double Lowest, double Highest);

/// <summary>A quarter's orders of everybody who could be mailed when it began, by whether they were held out of all campaigns.</summary>
/// <param name="Moved">People who were held out for a part of the quarter only, because the share changed: they belong to neither group.</param>
/// <param name="Reached">Held-out people whom a message reached all the same, sent from elsewhere: they stay where chance put them.</param>
/// <param name="MonthlyShare">Share of these people who order within a month; null while the history is shorter than a week.</param>
public sealed record HoldoutBook(HoldoutQuarter Quarter, HeldShares Shares, HoldoutArm Treated, HoldoutArm Holdout, long Moved, long Reached, double? MonthlyShare)
{
    /// <summary>Level of the cap among all who spent something, both groups together (EXPERIMENTS.md §6).</summary>
    public const double CapLevel = 0.99;

    private const double DaysOfMonth = 365.25 / 12, LeastDays = 7;
    private static readonly TimeSpan RateWindow = TimeSpan.FromDays(3 * DaysOfMonth);

    /// <summary>Money of one person counts up to here, so that a few very large customers do not decide; null while nobody spent anything.</summary>
    public decimal? Cap { get; init; }

    /// <summary>People who spent more.</summary>
    public long CappedCount { get; init; }

    /// <param name="until">End of what is known of the quarter.</param>
    internal static HoldoutBook Read(DbConnection connection, HoldoutQuarter quarter, HeldShares shares, DateTimeOffset until, CancellationToken ct)
    {
        var book = new HoldoutBook(quarter, shares, HoldoutArm.None, HoldoutArm.None, 0, 0, null);
        if (shares.Lowest <= 0) return book;
        var population = MailableAt(connection, quarter.Begin, ct);
        var recent = new CustomerSet(population.Capacity);
        var (orders, amounts) = ReadOrders(connection, quarter, until, recent, ct);
        var reached = Sent(connection, population.Capacity, quarter.Begin, until);
        var (treated, holdout, moved, contacted) = (new HoldoutArm.Counter(), new HoldoutArm.Counter(), 0L, 0L);
        using var command = connection.Prepare("select \"Id\", \"ExternalId\" from \"Customers\"", 0);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            ct.ThrowIfCancellationRequested();
            var id = reader.GetInt64(0);
            if (!population.Contains(id)) continue;
            var draw = quarter.DrawOf(reader.GetString(1));
            if (draw >= shares.Highest) treated.Add(orders[id], amounts[id]);
            else if (draw >= shares.Lowest) moved++;
            else
            {
                holdout.Add(orders[id], amounts[id]);
                if (reached.Contains(id)) contacted++;
            }
        }
        var monthly = MonthlyShareOf(population.CountWith(recent), population.Count, KnownDays(connection, until));
        double[] spent = [.. treated.Amounts.Concat(holdout.Amounts)];
        var cap = spent.Length == 0 ? (long?)null : (long)Math.Round(Quantiles.Of(spent, CapLevel));
        return book with
        {
            Treated = treated.Sum(cap ?? long.MaxValue), Holdout = holdout.Sum(cap ?? long.MaxValue), Moved = moved, Reached = contacted, MonthlyShare = monthly,
            Cap = cap is { } level ? Stored.Amount(level) : null, CappedCount = spent.LongCount(amount => amount > cap),
        };
    }

    /// <summary>Consent and suppression as they were at the moment. What came later may have come of the campaigns, so it must not choose who is compared.</summary>
    private static CustomerSet MailableAt(DbConnection connection, DateTimeOffset at, CancellationToken ct)
    {
        var capacity = StoredSets.Capacity(connection);
        var (granted, changed) = (new CustomerSet(capacity), new long[capacity + 1]);
        using var command = connection.Prepare(
            "select \"CustomerId\", \"IsGranted\", \"At\", \"Origin\" from \"ConsentLedger\" where \"Channel\" = @0 and \"Purpose\" = @1 and \"At\" < @2 order by \"Sequence\"", 3);
        command.Set(0, ConsentProjection.Email);
        command.Set(1, ConsentProjection.Marketing);
        command.Set(2, Stored.Ticks(at));
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            ct.ThrowIfCancellationRequested();
            var (customer, isGrant, moment) = (reader.GetInt64(0), reader.GetInt64(1) != 0, reader.GetInt64(2));
            if (customer > capacity) continue;
            // The rule of the projection: the later moment wins, at the same one a withdrawal, and an imported grant undoes none.
            var isKnown = changed[customer] != 0;
            if (isKnown && (moment < changed[customer] || moment == changed[customer] && isGrant)) continue;
            if (isKnown && isGrant && !granted.Contains(customer) && reader.GetString(3) is "import") continue;
            changed[customer] = moment;
            if (isGrant) granted.Add(customer);
            else granted.Remove(customer);
        }
        // An address has no date; no campaign brings one to somebody who has none.
        return granted
            .And(StoredSets.Everyone(connection))
            .And(StoredSets.Read(connection, capacity, "select \"CustomerId\" from \"Contacts\" where \"EmailHash\" is not null"))
            .AndNot(StoredSets.Read(connection, capacity, "select \"CustomerId\" from \"Suppressions\" where \"Channel\" = @0 and \"Since\" < @1", ConsentProjection.Email, Stored.Ticks(at)));
    }

    private static CustomerSet Sent(DbConnection connection, long capacity, DateTimeOffset from, DateTimeOffset until) => StoredSets.Read(
        connection, capacity, "select \"CustomerId\" from \"CampaignRecipients\" where \"SentAt\" >= @0 and \"SentAt\" < @1", Stored.Ticks(from), Stored.Ticks(until));

    /// <summary>Orders and money of the quarter by the customer's number; adds to <paramref name="recent"/> who ordered in the last three months, from which the usual rate comes.</summary>
    private static (int[] Orders, long[] Amounts) ReadOrders(DbConnection connection, HoldoutQuarter quarter, DateTimeOffset until, CustomerSet recent, CancellationToken ct)
    {
        var (orders, amounts) = (new int[recent.Capacity + 1], new long[recent.Capacity + 1]);
        var (begin, recently) = (Stored.Ticks(quarter.Begin), Stored.Ticks(until - RateWindow));
        using var command = connection.Prepare(
            "select \"CustomerId\", \"PlacedAt\", \"Amount\" from \"Orders\" where \"PlacedAt\" >= @0 and \"PlacedAt\" < @1 and \"LineCount\" > 0 and \"CustomerId\" is not null", 2);
        command.Set(0, Math.Min(begin, recently));
        command.Set(1, Stored.Ticks(until));
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            ct.ThrowIfCancellationRequested();
            var (customer, placed) = (reader.GetInt64(0), reader.GetInt64(1));
            if (customer > recent.Capacity) continue;
            if (placed >= recently) recent.Add(customer);
            if (placed < begin) continue;
            orders[customer]++;
            amounts[customer] += reader.GetInt64(2);
        }
        return (orders, amounts);
    }

    private static double KnownDays(DbConnection connection, DateTimeOffset until)
    {
        using var command = connection.Prepare("select min(\"PlacedAt\") from \"Orders\"", 0);
        return command.RunScalar() is { } first ? Math.Min(RateWindow.TotalDays, (until - Stored.Time(first)).TotalDays) : 0;
    }

    // As if every month were drawn anew: of those who order within d days, who would within one month.
    private static double? MonthlyShareOf(int ordered, int people, double days) =>
        people is 0 || days < LeastDays ? null : 1 - Math.Pow(1 - (double)ordered / people, DaysOfMonth / days);
}

/// <summary>Holds the newest <see cref="HoldoutBook"/> of the running quarter and of the one before.</summary>
public sealed class HoldoutBooks : IDisposable
{
    private readonly PortalDatabase _database;
    private readonly TimeProvider _clock;
    private readonly Snapshot<Key, HoldoutBook> _running, _before;

    public HoldoutBooks(PortalDatabase database, TimeProvider clock)
    {
        (_database, _clock) = (database, clock);
        _running = new Snapshot<Key, HoldoutBook>(() => ReadKey(HoldoutQuarter.Of(clock.GetUtcNow())), Build, clock);
        _before = new Snapshot<Key, HoldoutBook>(() => ReadKey(HoldoutQuarter.Of(clock.GetUtcNow()).Before), Build, clock);
    }

    public Task<HoldoutBook> ReadAsync(bool isBefore, CancellationToken ct) => (isBefore ? _before : _running).ReadAsync(ct);

    public void Dispose()
    {
        _running.Dispose();
        _before.Dispose();
    }

    private Key ReadKey(HoldoutQuarter quarter)
    {
        var tomorrow = new DateTimeOffset(_clock.GetUtcNow().UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
        var until = tomorrow < quarter.End ? tomorrow : quarter.End;
        using var connection = _database.OpenReader();
        using var command = connection.CreateCommand();
        // An erased customer takes the orders along without an event.
        command.CommandText = """
            select (select coalesce(max("Sequence"), 0) from "ProjectionCheckpoints" where "Name" = 'orders'),
              (select coalesce(max("Sequence"), 0) from "ProjectionCheckpoints" where "Name" = 'consent'),
              (select coalesce(max("Sequence"), 0) from "ProjectionCheckpoints" where "Name" = 'campaign-results'),
              (select coalesce(max("Id"), 0) from "AuditEntries" where "Action" = 'customers.erase')
            """;
        using var reader = command.ExecuteReader();
        reader.Read();
        return new Key(quarter, SharesOf(connection, quarter), until, reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }

    /// <summary>The setting's values within the quarter, by the audit log: what it is now says nothing about what it was.</summary>
    private static HeldShares SharesOf(DbConnection connection, HoldoutQuarter quarter)
    {
        using var current = connection.Prepare("select \"Value\" from \"Settings\" where \"Key\" = @0", 1);
        current.Set(0, KnownSettings.GlobalHoldout);
        var last = Percent(current.ExecuteScalar() as string ?? KnownSettings.Find(KnownSettings.GlobalHoldout)!.Standard); // a known setting has a standard
        using var command = connection.Prepare("select \"At\", \"Before\" from \"AuditEntries\" where \"Target\" = @0 and \"Action\" = 'settings.write' and \"At\" > @1 order by \"Id\" desc", 2);
        command.Set(0, KnownSettings.GlobalHoldout);
        command.Set(1, Stored.Ticks(quarter.Begin));
        using var reader = command.ExecuteReader();
        // Backwards from now: what a later change replaced was in force until then.
        var end = Stored.Ticks(quarter.End);
        var (shares, inForce) = (new List<double>(), last);
        while (reader.Read())
        {
            if (reader.GetInt64(0) < end) shares.Add(inForce);
            inForce = Percent(reader.GetString(1));
        }
        shares.Add(inForce);
        return new HeldShares(shares.Min(), shares.Max());
    }

    private HoldoutBook Build(Key key, CancellationToken ct)
    {
        using var connection = _database.OpenReader();
        using var snapshot = _database.BeginSnapshot(connection);
        return HoldoutBook.Read(connection, key.Quarter, key.Shares, key.Until, ct);
    }

    private static double Percent(string percent) => int.Parse(percent, CultureInfo.InvariantCulture) / 100.0;

    private readonly record struct Key(HoldoutQuarter Quarter, HeldShares Shares, DateTimeOffset Until, long Orders, long Consents, long Results, long Erased);
}
