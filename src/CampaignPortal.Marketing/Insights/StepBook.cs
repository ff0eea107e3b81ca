using System.Runtime.InteropServices;
using CampaignPortal.Marketing.Common;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Insights;

/// <summary>What known customers did, as the little that a funnel needs: 10 bytes for each event, so five million fit in 50 MB.</summary>
/// <remarks>Openings and clicks by machines are left out. Customer c owns <c>Start[c] .. Start[c + 1]</c>, in the order of time. An order counts once, whatever its number of lines.</remarks>
public sealed class StepBook
{
    internal int[] Start { get; private init; } = [0];
    /// <summary>Number of the customer that owns each range.</summary>
    internal long[] Customer { get; private init; } = [];
    internal long[] At { get; private init; } = [];
    internal EventKind[] Kind { get; private init; } = [];
    /// <summary>Index into <see cref="Devices"/> for each event; −1 where it named none.</summary>
    internal sbyte[] Device { get; private init; } = [];
    /// <summary>Index into <see cref="Channels"/> for each customer: by which channel the first visit or order came; −1 is not known.</summary>
    internal sbyte[] Channel { get; private init; } = [];
    internal IReadOnlyList<string> Devices { get; private init; } = [];
    internal IReadOnlyList<string> Channels { get; private init; } = [];

    /// <summary>Events of each kind that a funnel can be built of.</summary>
    public IReadOnlyDictionary<EventKind, int> Counts { get; private init; } = new Dictionary<EventKind, int>();

    public DateTimeOffset AsOf { get; private init; }

    /// <summary>Kinds that a person does, and the message with which it may begin; what else is recorded of them is no step.</summary>
    public static IReadOnlyList<EventKind> Steps { get; } =
    [
        EventKind.MessageSent, EventKind.MessageOpened, EventKind.MessageClicked, EventKind.PageViewed, EventKind.Searched, EventKind.ItemViewed, EventKind.RecommendationShown, EventKind.RecommendationClicked,
        EventKind.CartAdded, EventKind.CartRemoved, EventKind.OrderPlaced, EventKind.OrderReturned, EventKind.ReviewWritten, EventKind.Unsubscribed,
    ];

    internal static StepBook Of(StepRows events, DateTimeOffset asOf)
    {
        var rows = events.Rows.ToArray();
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
        return new StepBook
        {
            Start = [.. start], Customer = [.. customers], At = Array.ConvertAll(rows, r => r.At), Kind = Array.ConvertAll(rows, r => r.Kind), Device = Array.ConvertAll(rows, r => r.Device),
            Channel = [.. customers.Select(events.ChannelOf)], Devices = events.Devices.Names, Channels = events.Channels.Names, Counts = counts, AsOf = asOf,
        };
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
        return StepBook.Of(StepRows.Read(connection, ct), _moment.Read());
    }
}
