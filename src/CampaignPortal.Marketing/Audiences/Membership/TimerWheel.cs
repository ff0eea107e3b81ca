namespace CampaignPortal.Marketing.Audiences.Membership;

/// <summary>Wakes customers at their moments: a hashed wheel, where setting and firing cost the same whether ten or a million wait.</summary>
/// <remarks>Slots of ten seconds, a day in one turn; whoever is due later is met once a day on the way and left in place.</remarks>
internal sealed class TimerWheel
{
    private const long SlotTicks = 10 * TimeSpan.TicksPerSecond;
    private const int SlotCount = 8_640;

    private readonly Dictionary<long, long> _due = [];
    private readonly List<long>?[] _slots = new List<long>?[SlotCount];
    private long _cursor = -1;

    /// <summary>Customers who wait.</summary>
    public int Count => _due.Count;

    /// <summary>Sets, moves or, with null, forgets the moment of a customer.</summary>
    /// <param name="due">UTC ticks.</param>
    public void Set(long customer, long? due)
    {
        if (due is not { } at)
        {
            _due.Remove(customer); // its entry in the slot is dropped when the wheel passes
            return;
        }
        if (_due.TryGetValue(customer, out var known) && known == at) return;
        _due[customer] = at;
        // What is due already stands in the slot that is looked at next.
        var slot = (int)(Math.Max(at / SlotTicks, Math.Max(_cursor, 0)) % SlotCount);
        (_slots[slot] ??= []).Add(customer);
    }

    /// <summary>Whose moment has come, each once.</summary>
    public List<long> Advance(long now)
    {
        var fired = new List<long>();
        foreach (var slot in SlotsUntil(now)) Visit(slot, now, fired);
        _cursor = Math.Max(_cursor, now / SlotTicks);
        return fired;
    }

    /// <summary>How many the next <see cref="Advance"/> fires; who was moved about may be counted twice.</summary>
    public int CountDue(long now) => SlotsUntil(now).Sum(slot => _slots[slot]?.Count(customer => _due.TryGetValue(customer, out var due) && due <= now) ?? 0);

    // The first turn, and one after a long pause, looks at every slot once.
    private IEnumerable<int> SlotsUntil(long now)
    {
        var current = now / SlotTicks;
        var from = _cursor < 0 || current - _cursor >= SlotCount ? current - SlotCount + 1 : _cursor;
        for (var slot = from; slot <= current; slot++) yield return (int)(slot % SlotCount);
    }

    private void Visit(int slot, long now, List<long> fired)
    {
        if (_slots[slot] is not { } waiting) return;
        var kept = 0;
        for (var i = 0; i < waiting.Count; i++)
        {
            var customer = waiting[i];
            if (!_due.TryGetValue(customer, out var due)) continue;
            if (due <= now)
            {
                _due.Remove(customer);
                fired.Add(customer);
            }
            else if ((int)(due / SlotTicks % SlotCount) == slot)
            {
                waiting[kept++] = customer;
            }
        }
        waiting.RemoveRange(kept, waiting.Count - kept);
        if (kept is 0) _slots[slot] = null;
    }
}
