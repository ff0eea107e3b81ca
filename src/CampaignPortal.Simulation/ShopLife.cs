using System.Globalization;
using CampaignPortal.Simulation.Messages;
using CampaignPortal.Simulation.People;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Simulation;

/// <summary>The shop as it lives on: days are played when time reaches them, and messages are answered.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class ShopLife
{
    private readonly ShopSimulator _shop;
    private readonly CustomerLife[] _lives;
    private readonly PriorityQueue<ShopEvent, (long Ticks, long Number)> _coming = new();
    private long _number;
    private int _playedDays;

    internal ShopLife(ShopSimulator shop, Habits habits, ResponseModel responses)
    {
        _shop = shop;
        var rng = ChanceOf.Lives.Generator(shop.Options.Seed);
        _lives = [.. shop.People.Select(p => new CustomerLife(p, habits, responses, shop.Start, rng.Fork(p.Index)))];
        Now = shop.Start;
    }

    /// <summary>How far the shop has lived.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>Lives on and answers what happened before <paramref name="until"/>, in order of time.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="until"/> lies in the past.</exception>
    public IReadOnlyList<ShopEvent> AdvanceTo(DateTimeOffset until)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(until, Now);
        for (; _shop.Start.AddDays(_playedDays) < until; _playedDays++) PlayDay(_playedDays);
        Now = until;
        var happened = new List<ShopEvent>();
        while (_coming.TryPeek(out _, out var next) && next.Ticks < until.UtcTicks) happened.Add(_coming.Dequeue());
        return happened;
    }

    /// <summary>A message reaches a customer now; what comes of it happens with time.</summary>
    public Reaction Receive(int customer, MessageFacts message) => _lives[customer].Receive(message, MomentOf(Now), Expect);

    /// <summary>Messages that a customer had of late, each halved every five days.</summary>
    public double LoadOf(int customer) => _lives[customer].LoadAt(MomentOf(Now));

    private double MomentOf(DateTimeOffset at) => (at - _shop.Start).TotalDays;

    private void PlayDay(int day)
    {
        foreach (var campaign in _shop.PastCampaigns.Where(c => c.Day == day)) Send(campaign);
        foreach (var life in _lives) life.PlayDay(day, Expect);
    }

    private void Send(PastCampaign campaign)
    {
        var moment = MomentOf(campaign.StartedAt);
        var stream = StableHash.Fnv1a32(campaign.Id);
        foreach (var life in _lives)
        {
            if (!PastCampaign.IsFor(life.Person, campaign.Day) || !life.CanReceive(moment) || _shop.Options.LeavesOut?.Invoke(life.Person.Id, campaign.StartedAt) is true) continue;
            var draw = CounterRng.Uniform((ulong)_shop.Options.Seed, stream, (ulong)life.Person.Index);
            var isB = draw >= PastCampaign.HoldoutShare + (1 - PastCampaign.HoldoutShare) / 2;
            var key = string.Create(CultureInfo.InvariantCulture, $"{campaign.Id}/{life.Person.Index}");
            var message = new MessageFacts(key, campaign.Id, isB ? "B" : "A", isB ? campaign.SubjectB : campaign.SubjectA) { Discount = campaign.Discount, Departments = campaign.Departments };
            var isHeldOut = draw < PastCampaign.HoldoutShare;
            Expect(life.OfMessage(ShopEventKind.Assigned, moment, isHeldOut ? message with { Variant = null } : message));
            if (isHeldOut) continue;
            Expect(life.OfMessage(ShopEventKind.MessageSent, moment, message));
            life.Receive(message, moment, Expect);
        }
    }

    // The number keeps events of one second in the order in which they were made.
    private void Expect(ShopEvent happening) => _coming.Enqueue(happening, (happening.At.UtcTicks, _number++));
}
