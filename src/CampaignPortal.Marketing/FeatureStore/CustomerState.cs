using CampaignPortal.Marketing.Events;

namespace CampaignPortal.Marketing.FeatureStore;

/// <summary>One order of the customer as far as its lines are known.</summary>
internal struct OrderEntry
{
    public int Order;
    public int Day;
    public int Month;
    public byte Hour;
    public byte Weekday;
    public int LineCount;
    public int AgainLineCount;
    public double Value;
    public double Units;
    public double Discount;
}

/// <summary>A fold over one customer's events in the order of time: everything that any feature needs, updated event by event.</summary>
/// <remarks>
/// Not thread-safe; one state serves many customers in turn (<see cref="Clear"/>). Features never see it directly: they read a
/// <see cref="CustomerSnapshot"/>, which is this state as of a moment.
/// </remarks>
public sealed class CustomerState
{
    /// <summary>Time constants of the fading counts, in days.</summary>
    internal const double FastDecayDays = 30, SlowDecayDays = 90;

    private const int LargeLineUnits = 24, LateHour = 15, NightBeginHour = 22, NightEndHour = 6, LookBackOrders = 8;

    private readonly LocalCalendar _calendar;
    private readonly uint[] _groupsOfItem;
    private readonly List<OrderEntry> _orders = [];
    private readonly Dictionary<string, string> _traits = new(StringComparer.Ordinal);
    private int _lastOrderReturned = -1;

    public CustomerState(LocalCalendar calendar, uint[] groupsOfItem, int channelCount = 0, int deviceCount = 0)
    {
        (_calendar, _groupsOfItem) = (calendar, groupsOfItem);
        ChannelCounts = new int[channelCount];
        DeviceCounts = new int[deviceCount];
        for (var kind = 0; kind < DaysOf.Length; kind++) DaysOf[kind] = [];
    }

    internal List<OrderEntry> Orders => _orders;
    internal ItemTally Items { get; } = new();
    internal List<int>[] DaysOf { get; } = new List<int>[KnownEvents.All.Count];
    internal int[] GroupLineCounts { get; } = new int[ItemGroups.MaxCount];
    internal int[] ChannelCounts { get; }
    internal int[] DeviceCounts { get; }
    internal IReadOnlyDictionary<string, string> Traits => _traits;

    internal int EventCount, LineCount, LargeLineCount, OrderDayCount, MonthCount, FirstDay, LastDay;
    internal double PriceSum, UnitSum;
    internal double GapSum, GapSquareSum, GapMax, GapLast, FastCount, SlowCount;
    internal int LateOrderCount, NightOrderCount, WeekendOrderCount, HourSum;
    internal int ReturnCount, LastReturnDay;
    internal double ReturnValue;

    /// <summary>Time of the newest event; the next one must not be older.</summary>
    public long NewestTicks { get; private set; } = long.MinValue;

    public void Clear()
    {
        _traits.Clear();
        ClearEvents();
    }

    /// <summary>Forgets the events and keeps the traits.</summary>
    internal void ClearEvents()
    {
        _orders.Clear();
        Items.Clear();
        foreach (var days in DaysOf) days.Clear();
        Array.Clear(GroupLineCounts);
        Array.Clear(ChannelCounts);
        Array.Clear(DeviceCounts);
        (EventCount, LineCount, LargeLineCount, OrderDayCount, MonthCount, FirstDay, LastDay) = (0, 0, 0, 0, 0, 0, 0);
        (PriceSum, UnitSum, GapSum, GapSquareSum, GapMax, GapLast, FastCount, SlowCount) = (0, 0, 0, 0, 0, 0, 0, 0);
        (LateOrderCount, NightOrderCount, WeekendOrderCount, HourSum) = (0, 0, 0, 0);
        (ReturnCount, LastReturnDay, ReturnValue, _lastOrderReturned) = (0, 0, 0, -1);
        NewestTicks = long.MinValue;
    }

    /// <summary>Adds the next event.</summary>
    /// <exception cref="ArgumentException">The event is older than one that was added before; see <see cref="CustomerTimeline"/>.</exception>
    public void Apply(in CustomerEvent e)
    {
        if (e.OccurredAt < NewestTicks) throw new ArgumentException("Events must be applied in the order of their time.", nameof(e));
        NewestTicks = e.OccurredAt;
        EventCount++;
        if ((uint)e.Channel < (uint)ChannelCounts.Length) ChannelCounts[e.Channel]++;
        if ((uint)e.Device < (uint)DeviceCounts.Length) DeviceCounts[e.Device]++;
        if (e.IsPurchase) AddPurchase(e);
        else if (e.Kind is EventKind.OrderReturned) AddReturn(e);
        else if (e.Kind is not EventKind.OrderPlaced) DaysOf[(int)e.Kind].Add(_calendar.Day(e.OccurredAt));
    }

    /// <summary>A trait became known or changed.</summary>
    public void ApplyTrait(string name, string value) => _traits[name] = value;

    private void AddPurchase(in CustomerEvent e)
    {
        var isAgain = e.Item >= 0 && Items.Add(e.Item, e.Order);
        var index = FindOrder(e.Order);
        if (index < 0) index = AddOrder(e);
        var entry = _orders[index];
        entry.LineCount++;
        if (isAgain) entry.AgainLineCount++;
        entry.Value += e.Amount;
        entry.Units += e.Quantity;
        entry.Discount += e.Discount;
        _orders[index] = entry;

        LineCount++;
        UnitSum += e.Quantity;
        PriceSum += e.Quantity > 0 ? e.Amount / e.Quantity : e.Amount;
        if (e.Quantity >= LargeLineUnits) LargeLineCount++;
        if ((uint)e.Item < (uint)_groupsOfItem.Length)
        {
            for (var bits = _groupsOfItem[e.Item]; bits != 0; bits &= bits - 1) GroupLineCounts[System.Numerics.BitOperations.TrailingZeroCount(bits)]++;
        }
    }

    /// <summary>Lines of one order may be minutes apart, with another order between them.</summary>
    private int FindOrder(int order)
    {
        if (order < 0) return -1;
        for (var i = _orders.Count - 1; i >= Math.Max(0, _orders.Count - LookBackOrders); i--)
        {
            if (_orders[i].Order == order) return i;
        }
        return -1;
    }

    private int AddOrder(in CustomerEvent e)
    {
        var local = new DateTime(_calendar.ToLocal(e.OccurredAt));
        var day = (int)(local.Ticks / TimeSpan.TicksPerDay);
        var entry = new OrderEntry
        {
            Order = e.Order, Day = day, Month = local.Year * 12 + local.Month, Hour = (byte)local.Hour, Weekday = (byte)local.DayOfWeek,
        };
        if (_orders.Count == 0 || _orders[^1].Month != entry.Month) MonthCount++;
        if (_orders.Count == 0) (FirstDay, OrderDayCount, FastCount, SlowCount) = (day, 1, 1, 1);
        else if (day > LastDay) AddOrderDay(day - LastDay);
        LastDay = day;
        HourSum += entry.Hour;
        if (entry.Hour >= LateHour) LateOrderCount++;
        if (entry.Hour is >= NightBeginHour or < NightEndHour) NightOrderCount++;
        if (local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) WeekendOrderCount++;
        _orders.Add(entry);
        return _orders.Count - 1;
    }

    private void AddOrderDay(int gap)
    {
        OrderDayCount++;
        GapSum += gap;
        GapSquareSum += (double)gap * gap;
        GapMax = Math.Max(GapMax, gap);
        GapLast = gap;
        FastCount = FastCount * Math.Exp(-gap / FastDecayDays) + 1;
        SlowCount = SlowCount * Math.Exp(-gap / SlowDecayDays) + 1;
    }

    private void AddReturn(in CustomerEvent e)
    {
        if (e.Order < 0 || e.Order != _lastOrderReturned) ReturnCount++;
        _lastOrderReturned = e.Order;
        ReturnValue += Math.Abs(e.Amount);
        LastReturnDay = _calendar.Day(e.OccurredAt);
    }
}
