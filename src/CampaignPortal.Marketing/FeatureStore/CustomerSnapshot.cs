using System.Runtime.InteropServices;
using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.FeatureStore;

/// <summary>One customer as of the beginning of a day: what features read. Holds the state and the sums over windows that end at that day.</summary>
/// <remarks>The state must hold events before the cut only; whoever folds sees to that (<see cref="FeatureTable"/>).</remarks>
public sealed class CustomerSnapshot(CustomerState state)
{
    /// <summary>Bins of 30 days that the trend is fitted to.</summary>
    internal const int TrendBinCount = 6, TrendBinDays = 30;

    private static readonly int[] Windows = [14, 30, 60, 90];

    private readonly int[] _orders = new int[Windows.Length];
    private readonly double[] _revenue = new double[Windows.Length];
    private readonly int[] _bins = new int[TrendBinCount];

    internal CustomerState State { get; } = state;

    /// <summary>First local day that is not known yet.</summary>
    public int CutDay { get; private set; }

    internal double Revenue { get; private set; }
    internal double ValueMax { get; private set; }
    internal double ValueSd { get; private set; }
    internal double AgainShare { get; private set; }
    internal double Discount { get; private set; }

    internal int OrderCount => State.Orders.Count;
    internal bool HasOrders => State.Orders.Count > 0;
    internal double Recency => CutDay - State.LastDay;
    internal double Tenure => CutDay - State.FirstDay;
    internal double ValueMean => Revenue / OrderCount;
    internal OrderEntry LastOrder => State.Orders[^1];

    /// <summary>Mean days between order days; with a single one the tenure, which it is at least.</summary>
    internal double GapMean => State.OrderDayCount > 1 ? State.GapSum / (State.OrderDayCount - 1) : Tenure;

    internal double GapMax => State.OrderDayCount > 1 ? State.GapMax : Tenure;

    internal double GapSd
    {
        get
        {
            var count = State.OrderDayCount - 1;
            if (count < 2) return 0;
            return Math.Sqrt(Math.Max(0, State.GapSquareSum - State.GapSum * State.GapSum / count) / (count - 1));
        }
    }

    internal int OrdersIn(int days) => _orders[Array.IndexOf(Windows, days)];

    internal double RevenueIn(int days) => _revenue[Array.IndexOf(Windows, days)];

    /// <summary>Events of a kind in the last <paramref name="days"/> days.</summary>
    internal int CountIn(EventKind kind, int days)
    {
        var all = CollectionsMarshal.AsSpan(State.DaysOf[(int)kind]);
        var count = 0;
        for (var i = all.Length - 1; i >= 0 && all[i] >= CutDay - days; i--) count++;
        return count;
    }

    internal int CountOf(EventKind kind) => State.DaysOf[(int)kind].Count;

    /// <summary>Days since the newest event of a kind; NaN when there was none.</summary>
    internal double DaysSince(EventKind kind) => State.DaysOf[(int)kind] is [.., var last] ? CutDay - last : double.NaN;

    /// <summary>Least-squares slope of the number of orders over 30-day bins, in orders a month for each month; 0 before the third bin is begun.</summary>
    internal double OrderSlope
    {
        get
        {
            var binCount = Math.Min(TrendBinCount, (int)Math.Ceiling(Tenure / TrendBinDays));
            if (binCount < 3) return 0;
            double mean = (binCount - 1) / 2.0, up = 0, down = 0;
            for (var bin = 0; bin < binCount; bin++)
            {
                up += (mean - bin) * _bins[bin]; // bin 0 is the newest
                down += (mean - bin) * (mean - bin);
            }
            return up / down;
        }
    }

    /// <summary>Moves to the beginning of <paramref name="cutDay"/>.</summary>
    public void MoveTo(int cutDay)
    {
        CutDay = cutDay;
        (Revenue, ValueMax, ValueSd, AgainShare, Discount) = (0, 0, 0, 0, 0);
        Array.Clear(_orders);
        Array.Clear(_revenue);
        Array.Clear(_bins);
        foreach (ref readonly var order in CollectionsMarshal.AsSpan(State.Orders)) Add(order);
        if (!HasOrders) return;
        AgainShare /= OrderCount;
        ValueSd = SpreadOfValues();
    }

    private void Add(OrderEntry order)
    {
        Revenue += order.Value;
        ValueMax = Math.Max(ValueMax, order.Value);
        Discount += order.Discount;
        AgainShare += (double)order.AgainLineCount / order.LineCount;
        var age = CutDay - order.Day; // 1 is yesterday
        for (var window = Windows.Length - 1; window >= 0 && age <= Windows[window]; window--)
        {
            _orders[window]++;
            _revenue[window] += order.Value;
        }
        var bin = (age - 1) / TrendBinDays;
        if ((uint)bin < TrendBinCount) _bins[bin]++;
    }

    private double SpreadOfValues()
    {
        if (OrderCount < 2) return 0;
        double mean = ValueMean, sum = 0;
        foreach (var order in State.Orders) sum += (order.Value - mean) * (order.Value - mean);
        return Math.Sqrt(sum / (OrderCount - 1));
    }
}
