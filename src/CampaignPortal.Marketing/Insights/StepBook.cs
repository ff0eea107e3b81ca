using System.Runtime.InteropServices;
using CampaignPortal.Marketing.Campaigns.Results;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Insights;

/// <summary>What known customers did, as the little that a funnel needs: 9 bytes for each event, so five million fit in 45 MB.</summary>
/// <remarks>Openings and clicks by machines are left out. Customer c owns <c>Start[c] .. Start[c + 1]</c>, in the order of time. An order counts once, whatever its number of lines.</remarks>
public sealed class StepBook
{
    internal int[] Start { get; private init; } = [0];
    /// <summary>Number of the customer that owns each range.</summary>
    internal long[] Customer { get; private init; } = [];
    internal long[] At { get; private init; } = [];
    internal EventKind[] Kind { get; private init; } = [];

    /// <summary>Events of each kind that a funnel can be built of.</summary>
    public IReadOnlyDictionary<EventKind, int> Counts { get; private init; } = new Dictionary<EventKind, int>();

    public DateTimeOffset AsOf { get; private init; }

    /// <summary>Kinds that a person does, and the message with which it may begin; what else is recorded of them is no step.</summary>
    public static IReadOnlyList<EventKind> Steps { get; } =
    [
        EventKind.MessageSent, EventKind.MessageOpened, EventKind.MessageClicked, EventKind.PageViewed, EventKind.Searched, EventKind.ItemViewed, EventKind.RecommendationShown, EventKind.RecommendationClicked,
        EventKind.CartAdded, EventKind.OrderPlaced, EventKind.ReviewWritten,
    ];

    internal static StepBook Of(IEnumerable<(long Customer, long At, EventKind Kind)> events, DateTimeOffset asOf)
    {
        var rows = events.ToArray();
        Array.Sort(rows, (a, b) => a.Customer != b.Customer ? a.Customer.CompareTo(b.Customer) : a.At != b.At ? a.At.CompareTo(b.At) : a.Kind.CompareTo(b.Kind));
        var start = new List<int>();
        var customers = new List<long>();
        var counts = new Dictionary<EventKind, int>();
        for (var i = 0; i < rows.Length; i++)
        {
            if (i == 0 || rows[i].Customer != rows[i - 1].Customer)
            {
                start.Add(i);
                customers.Add(rows[i].Customer);
            }
            CollectionsMarshal.GetValueRefOrAddDefault(counts, rows[i].Kind, out _)++;
        }
        start.Add(rows.Length);
        return new StepBook { Start = [.. start], Customer = [.. customers], At = Array.ConvertAll(rows, r => r.At), Kind = Array.ConvertAll(rows, r => r.Kind), Counts = counts, AsOf = asOf };
    }
}

/// <summary>Holds the newest <see cref="StepBook"/>; it is read when somebody first opens a funnel.</summary>
public sealed class StepBooks : IDisposable
{
    private readonly PortalDatabase _database;
    private readonly PageMoment _moment;
    private readonly Snapshot<long, StepBook> _snapshot;

    public StepBooks(PortalDatabase database, PageMoment moment, TimeProvider clock)
    {
        (_database, _moment) = (database, moment);
        _snapshot = new Snapshot<long, StepBook>(ReadKey, (_, ct) => Build(ct), clock);
    }

    public Task<StepBook> ReadAsync(CancellationToken ct) => _snapshot.ReadAsync(ct);

    public void Dispose() => _snapshot.Dispose();

    private long ReadKey()
    {
        using var connection = _database.OpenReader();
        using var command = connection.Prepare("""select max("Sequence") from "Events" """, 0);
        return command.RunScalar() ?? 0;
    }

    private StepBook Build(CancellationToken ct)
    {
        using var connection = _database.OpenReader();
        using var snapshot = _database.BeginSnapshot(connection);
        return StepBook.Of(Read(connection, ct), _moment.Read());
    }

    // Orders come gathered from their projection; everything else in the order of the log, which is the fastest to read.
    private static IEnumerable<(long Customer, long At, EventKind Kind)> Read(System.Data.Common.DbConnection connection, CancellationToken ct)
    {
        using (var orders = connection.CreateCommand())
        {
            orders.CommandText = """select "CustomerId", "PlacedAt" from "Orders" where "CustomerId" is not null and "LineCount" > 0""";
            using var reader = orders.ExecuteReader();
            while (reader.Read()) yield return (reader.GetInt64(0), reader.GetInt64(1), EventKind.OrderPlaced);
        }
        var names = string.Join(',', StepBook.Steps.Where(kind => kind is not EventKind.OrderPlaced).Select(kind => $"'{KnownEvents.NameOf(kind)}'"));
        const string Columns = $"e.\"OccurredAt\", e.\"Type\", case when e.\"Type\" in ('{KnownEvents.MessageOpened}', '{KnownEvents.MessageClicked}') then e.\"Properties\" end";
        using var command = connection.Prepare(
            $"""
            select e."CustomerId", {Columns} from "Events" e where e."CustomerId" is not null and e."Type" in ({names})
            union all select j."CustomerId", {Columns} from {JoinedHistory.From} and e."Type" in ({names})
            """,
            0);
        using var events = command.ExecuteReader();
        while (events.Read())
        {
            ct.ThrowIfCancellationRequested();
            if (Reactions.IsByPerson(events.TextOrNull(3))) yield return (events.GetInt64(0), events.GetInt64(1), KnownEvents.KindOf(events.GetString(2)));
        }
    }
}
