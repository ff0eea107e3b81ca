using System.Data.Common;
using System.Globalization;
using System.Runtime.InteropServices;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.Customers;

/// <summary>Gathers lines into orders, and the orders of each customer into sums. A three-line order counts once.</summary>
public sealed class OrdersProjection : IProjection
{
    public string Name => "orders";

    public int Version => 1;

    public IReadOnlyList<string> Tables { get; } = ["Orders", "CustomerTotals"];

    public void Apply(DbTransaction transaction, IReadOnlyList<LoggedEvent> events)
    {
        var lines = new Dictionary<string, Gathered>(StringComparer.Ordinal);
        foreach (var e in events)
        {
            if (e.Kind is not (EventKind.OrderPlaced or EventKind.OrderReturned)) continue;
            var orderId = e.OrderId ?? string.Create(CultureInfo.InvariantCulture, $"event {e.Sequence}"); // a return may come without a number
            CollectionsMarshal.GetValueRefOrAddDefault(lines, orderId, out _).Add(e);
        }
        if (lines.Count is 0) return;
        SaveTotals(transaction, SaveOrders(transaction, lines));
    }

    /// <summary>Answers whose orders these are: an order stays with its first customer, whoever a later line names.</summary>
    private static HashSet<long> SaveOrders(DbTransaction transaction, Dictionary<string, Gathered> lines)
    {
        var owners = new HashSet<long>();
        using var save = transaction.Prepare(
            "insert into \"Orders\" (\"OrderId\", \"CustomerId\", \"PlacedAt\", \"LineCount\", \"Quantity\", \"Amount\", \"ReturnedLineCount\", \"ReturnedAmount\") values (@0, @1, @2, @3, @4, @5, @6, @7) "
            + "on conflict (\"OrderId\") do update set \"CustomerId\" = coalesce(\"Orders\".\"CustomerId\", excluded.\"CustomerId\"), "
            + "\"PlacedAt\" = case when excluded.\"PlacedAt\" < \"Orders\".\"PlacedAt\" then excluded.\"PlacedAt\" else \"Orders\".\"PlacedAt\" end, "
            + "\"LineCount\" = \"Orders\".\"LineCount\" + excluded.\"LineCount\", \"Quantity\" = \"Orders\".\"Quantity\" + excluded.\"Quantity\", "
            + "\"Amount\" = \"Orders\".\"Amount\" + excluded.\"Amount\", \"ReturnedLineCount\" = \"Orders\".\"ReturnedLineCount\" + excluded.\"ReturnedLineCount\", "
            + "\"ReturnedAmount\" = \"Orders\".\"ReturnedAmount\" + excluded.\"ReturnedAmount\" returning \"CustomerId\"",
            8);
        foreach (var (orderId, order) in lines)
        {
            if (save.RunScalar(orderId, order.CustomerId, order.PlacedAt, order.LineCount, order.Quantity, order.Amount, order.ReturnedLineCount, order.ReturnedAmount) is long owner) owners.Add(owner);
        }
        return owners;
    }

    // Summed anew over the customer's orders instead of added up: a few rows by an index, and late or repeated lines cannot drift.
    private static void SaveTotals(DbTransaction transaction, IEnumerable<long> customers)
    {
        using var save = transaction.Prepare(
            "insert into \"CustomerTotals\" (\"CustomerId\", \"OrderCount\", \"Revenue\", \"ReturnedAmount\", \"FirstOrderAt\", \"LastOrderAt\") "
            + "select @0, count(case when \"LineCount\" > 0 then 1 end), sum(\"Amount\"), sum(\"ReturnedAmount\"), "
            + "min(case when \"LineCount\" > 0 then \"PlacedAt\" end), max(case when \"LineCount\" > 0 then \"PlacedAt\" end) from \"Orders\" where \"CustomerId\" = @0 "
            + "on conflict (\"CustomerId\") do update set \"OrderCount\" = excluded.\"OrderCount\", \"Revenue\" = excluded.\"Revenue\", \"ReturnedAmount\" = excluded.\"ReturnedAmount\", "
            + "\"FirstOrderAt\" = excluded.\"FirstOrderAt\", \"LastOrderAt\" = excluded.\"LastOrderAt\"",
            1);
        foreach (var customer in customers) save.Run(customer);
    }

    private struct Gathered
    {
        public long? CustomerId;
        public long PlacedAt, Quantity, Amount, ReturnedAmount;
        public int LineCount, ReturnedLineCount;
        private bool _hasTime;

        public void Add(in LoggedEvent e)
        {
            CustomerId ??= e.CustomerId;
            if (!_hasTime || e.OccurredAt < PlacedAt) (PlacedAt, _hasTime) = (e.OccurredAt, true);
            if (e.IsHistory) return; // counted when it happened; only now it has a customer
            if (e.Kind is EventKind.OrderReturned)
            {
                ReturnedLineCount++;
                ReturnedAmount += e.Amount ?? 0;
                return;
            }
            LineCount++;
            Quantity += e.Quantity ?? 0;
            Amount += e.Amount ?? 0;
        }
    }
}
