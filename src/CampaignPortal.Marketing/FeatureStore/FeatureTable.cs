using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.FeatureStore;

/// <summary>Which customers get a row at a cut.</summary>
public enum FeatureRows
{
    /// <summary>Those with a purchase before the cut.</summary>
    Buyers,
    /// <summary>Those with any event before the cut.</summary>
    Known,
}

/// <summary>Features of customers as of several moments: rows lie cut by cut, in each cut by customer.</summary>
/// <remarks>Built in one pass over the log, in parallel over customers; the bits do not depend on the number of threads.</remarks>
public sealed class FeatureTable
{
    private readonly int[] _cutStart;

    private FeatureTable(FeatureSchema schema, IReadOnlyList<DateTimeOffset> cuts, int[] cutDays, int[] cutStart, int[] customers, float[] values)
    {
        (Schema, Cuts, CutDays, _cutStart, Customers, Values) = (schema, cuts, cutDays, cutStart, customers, values);
    }

    public FeatureSchema Schema { get; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<DateTimeOffset> Cuts { get; }

    /// <summary>The local day that begins at each cut.</summary>
    public IReadOnlyList<int> CutDays { get; }

    /// <summary>Row of <see cref="EventTable.CustomerIds"/> for each row.</summary>
    public int[] Customers { get; }

    /// <summary>Row-major, <see cref="ColumnCount"/> numbers a row; NaN where a feature is not defined.</summary>
    public float[] Values { get; }

    public int RowCount => Customers.Length;

    public int ColumnCount => Schema.Features.Count;

    /// <summary>Rows of one cut, from (included) and to (excluded).</summary>
    public (int From, int To) RowsOf(int cut) => (_cutStart[cut], _cutStart[cut + 1]);

    public ReadOnlySpan<float> Row(int row) => Values.AsSpan(row * ColumnCount, ColumnCount);

    /// <summary>SHA-256 of names, cuts, customers and numbers: equal inputs, equal text.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var feature in Schema.Features) hash.AppendData(Encoding.UTF8.GetBytes(feature.Name + "\n"));
        foreach (var cut in Cuts) hash.AppendData(BitConverter.GetBytes(cut.UtcTicks));
        hash.AppendData(MemoryMarshal.AsBytes<int>(Customers));
        hash.AppendData(MemoryMarshal.AsBytes<float>(Values));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Evaluates the schema's features for every customer as of every cut.</summary>
    /// <param name="degree">Threads to use.</param>
    public static FeatureTable Build(
        EventTable table, FeatureSchema schema, IReadOnlyList<DateTimeOffset> cuts, FeatureRows rows = FeatureRows.Buyers, int degree = 1,
        CancellationToken ct = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degree);
        var ordered = cuts.Order().ToList();
        var calendar = CalendarOf(table);
        var cutDays = ordered.Select(calendar.CutDay).ToArray();
        var (cutStart, customers, rankOf) = Layout(table, ordered, rows);
        var values = new float[(long)customers.Length * schema.Features.Count];
        var groups = schema.Vocabulary.Groups.Assign(table.Items);
        var channels = MapNames(table.ChannelNames, schema.Vocabulary.Channels);
        var devices = MapNames(table.DeviceNames, schema.Vocabulary.Devices);
        Parallel.For(0, degree, new ParallelOptions { MaxDegreeOfParallelism = degree, TaskScheduler = TaskScheduler.Current, CancellationToken = ct }, part =>
        {
            var worker = new Worker(table, schema, new CustomerState(calendar, groups, channels.Count, devices.Count), channels.Map, devices.Map);
            var (from, to) = PartOf(table, part, degree);
            for (var customer = from; customer < to; customer++)
            {
                if ((customer & 1023) == 0) ct.ThrowIfCancellationRequested();
                worker.Fill(customer, ordered, cutDays, rankOf, values);
            }
        });
        return new FeatureTable(schema, ordered, cutDays, cutStart, customers, values);
    }

    /// <summary>A calendar that answers fast for the table's whole range.</summary>
    public static LocalCalendar CalendarOf(EventTable table)
    {
        long from = table.AsOf.UtcTicks, to = from;
        foreach (var ticks in table.OccurredAt) (from, to) = (Math.Min(from, ticks), Math.Max(to, ticks));
        return new LocalCalendar(table.Zone, from, to);
    }

    /// <summary>Finds each customer's place: a customer has rows from the first cut after becoming known on.</summary>
    private static (int[] CutStart, int[] Customers, int[] RankOf) Layout(EventTable table, List<DateTimeOffset> cuts, FeatureRows rows)
    {
        var firstCut = new int[table.CustomerCount];
        for (var customer = 0; customer < firstCut.Length; customer++) firstCut[customer] = FirstCut(table, customer, cuts, rows);
        var cutStart = new int[cuts.Count + 1];
        for (var cut = 0; cut < cuts.Count; cut++) cutStart[cut + 1] = cutStart[cut] + firstCut.Count(first => first <= cut);
        var customers = new int[cutStart[^1]];
        var rankOf = new int[cuts.Count * table.CustomerCount];
        for (var cut = 0; cut < cuts.Count; cut++)
        {
            var next = cutStart[cut];
            for (var customer = 0; customer < firstCut.Length; customer++)
            {
                rankOf[cut * table.CustomerCount + customer] = firstCut[customer] <= cut ? next : -1;
                if (firstCut[customer] <= cut) customers[next++] = customer;
            }
        }
        return (cutStart, customers, rankOf);
    }

    private static int FirstCut(EventTable table, int customer, List<DateTimeOffset> cuts, FeatureRows rows)
    {
        var first = cuts.Count;
        for (var row = table.Start[customer]; row < table.Start[customer + 1]; row++)
        {
            if (rows is FeatureRows.Buyers && !(table.Kind[row] is EventKind.OrderPlaced && table.Amount[row] > 0)) continue;
            var cut = 0;
            while (cut < first && (table.OccurredAt[row] >= cuts[cut].UtcTicks || !table.IsKnown(row, cuts[cut].UtcTicks))) cut++;
            first = cut;
            if (table.IsKnown(row, table.OccurredAt[row] + 1)) break; // rows lie in the order of time; only those that were joined later may be known after a later one
        }
        return first;
    }

    /// <summary>Customers of one part, with about the same number of events in each.</summary>
    private static (int From, int To) PartOf(EventTable table, int part, int degree)
    {
        return (Boundary(part), Boundary(part + 1));

        int Boundary(int index)
        {
            if (index == degree) return table.CustomerCount;
            var at = Array.BinarySearch(table.Start, (int)((long)table.Count * index / degree));
            return Math.Min(at < 0 ? ~at : at, table.CustomerCount);
        }
    }

    /// <summary>Index of the table's names in the vocabulary, which may be older than the table.</summary>
    private static (sbyte[] Map, int Count) MapNames(IReadOnlyList<string> names, IReadOnlyList<string> vocabulary) =>
        (names.Select(name => (sbyte)vocabulary.ToList().IndexOf(name)).ToArray(), vocabulary.Count);

    private sealed class Worker(EventTable table, FeatureSchema schema, CustomerState state, sbyte[] channels, sbyte[] devices)
    {
        private readonly CustomerSnapshot _snapshot = new(state);
        private readonly Func<CustomerSnapshot, double>[] _features = schema.Features.Select(f => f.Value).ToArray();

        public void Fill(int customer, List<DateTimeOffset> cuts, int[] cutDays, int[] rankOf, float[] values)
        {
            state.Clear();
            var row = table.Start[customer];
            var change = table.Traits.Start[customer];
            var wasAllKnown = true;
            for (var cut = 0; cut < cuts.Count; cut++)
            {
                var ticks = cuts[cut].UtcTicks;
                if (!wasAllKnown)
                {
                    // What was left out at the cut before may be known at this one, and has its place among the older events.
                    state.ClearEvents();
                    (row, wasAllKnown) = (table.Start[customer], true);
                }
                for (; row < table.Start[customer + 1] && table.OccurredAt[row] < ticks; row++)
                {
                    if (table.IsKnown(row, ticks)) state.Apply(Translate(CustomerEvent.From(table, row)));
                    else wasAllKnown = false;
                }
                for (; change < table.Traits.Start[customer + 1] && table.Traits.ChangedAt[change] < ticks; change++)
                {
                    state.ApplyTrait(table.Traits.Name[change], table.Traits.Value[change]);
                }
                var place = rankOf[cut * table.CustomerCount + customer];
                if (place < 0) continue;
                _snapshot.MoveTo(cutDays[cut]);
                var target = values.AsSpan(place * _features.Length, _features.Length);
                for (var i = 0; i < target.Length; i++) target[i] = (float)_features[i](_snapshot);
            }
        }

        private CustomerEvent Translate(CustomerEvent e) => e with
        {
            Channel = (uint)e.Channel < (uint)channels.Length ? channels[e.Channel] : (sbyte)-1,
            Device = (uint)e.Device < (uint)devices.Length ? devices[e.Device] : (sbyte)-1,
        };
    }
}
