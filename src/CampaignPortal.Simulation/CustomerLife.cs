using System.Globalization;
using CampaignPortal.Simulation.Messages;
using CampaignPortal.Simulation.People;
using CampaignPortal.Simulation.Shop;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Simulation;

/// <summary>One person's life with the shop, played day by day from a generator of its own: nobody's life depends on the order in which others are played.</summary>
/// <remarks>Moments are days since the start of the history, with fractions. What is emitted may lie in the future: a return, an open next week.</remarks>
internal sealed class CustomerLife(Person person, Habits habits, ResponseModel responses, DateTimeOffset start, Rng rng)
{
    private const double Second = 1.0 / 86_400;

    private readonly ItemChoice _choice = new(habits, person);
    private readonly List<ShopItem> _usedUp = [];
    private int _eventCount, _orderCount;
    private double _load, _loadAt, _annoyedUntil = double.MinValue;
    private double _acceptsEmailUntil = person.AcceptsEmail ? double.MaxValue : double.MinValue;

    public Person Person => person;

    /// <summary>Everything that this day brings by itself.</summary>
    public void PlayDay(int day, Action<ShopEvent> emit)
    {
        if (day == person.JoinDay)
        {
            Join(day, emit);
            return;
        }
        if (!person.IsAlive(day)) return;
        var rate = habits.VisitRate(person, day) * (day < _annoyedUntil ? 1 - person.Annoyance : 1);
        for (var visit = rng.NextCount(rate); visit > 0; visit--) Visit(day + TimeOfDay(), habits.OrderChance(person, day), habits.Calendar.SaleOf(day), null, emit);
    }

    /// <summary>Whether the shop may write to this person at all.</summary>
    public bool CanReceive(double moment) => moment > person.JoinDay && moment < _acceptsEmailUntil;

    /// <summary>Messages of late, each halved every five days.</summary>
    public double LoadAt(double moment) => _load * Math.Pow(0.5, Math.Max(0, moment - _loadAt) / ResponseModel.LoadHalfLife);

    /// <summary>Takes a message in: draws the reaction and emits what comes of it.</summary>
    public Reaction Receive(MessageFacts message, double moment, Action<ShopEvent> emit)
    {
        var reaction = responses.Draw(person, message, LoadAt(moment), (int)moment);
        (_load, _loadAt) = (LoadAt(moment) + 1, moment);
        if (reaction.IsBounced)
        {
            _acceptsEmailUntil = moment;
            emit(OfMessage(ShopEventKind.MessageBounced, moment + 60 * Second, message));
            return reaction;
        }
        if (person.Annoyance > 0) _annoyedUntil = (int)moment + ResponseModel.AnnoyanceDays;
        if (reaction.OpenAfter is { } opened) emit(OfMessage(ShopEventKind.MessageOpened, moment + opened, message));
        if (reaction.ClickAfter is { } clicked) emit(OfMessage(ShopEventKind.MessageClicked, moment + clicked, message));
        if (reaction.VisitAfter is { } visited) Visit(moment + visited, reaction.VisitOrderChance, Math.Max(message.Discount, habits.Calendar.SaleOf((int)moment)), message, emit);
        if (reaction.UnsubscribeAfter is { } left)
        {
            _acceptsEmailUntil = moment + left;
            emit(OfMessage(ShopEventKind.Unsubscribed, moment + left, message));
        }
        return reaction;
    }

    /// <summary>An event of the shop's own campaigns towards this person.</summary>
    public ShopEvent OfMessage(ShopEventKind kind, double moment, MessageFacts message) => New(kind, moment) with { Campaign = message.Campaign, Variant = message.Variant, Message = message.Key };

    private void Join(int day, Action<ShopEvent> emit)
    {
        var moment = day + TimeOfDay();
        emit(New(ShopEventKind.Registered, moment));
        if (person.AcceptsEmail) emit(New(ShopEventKind.ConsentGiven, moment + Second));
        Visit(moment + 5 * Second, Habits.FirstOrderChance, habits.Calendar.SaleOf(day), null, emit);
    }

    private void Visit(double moment, double orderChance, double discount, MessageFacts? message, Action<ShopEvent> emit)
    {
        var day = (int)moment;
        var device = rng.NextDouble() < person.MobileShare ? "mobile" : "desktop";
        var focus = message is { Departments.Count: > 0 } ? message.Departments[rng.NextInt(message.Departments.Count)] : _choice.DepartmentOf(rng, day);
        if (rng.NextDouble() < 0.3) emit(New(ShopEventKind.PageViewed, moment) with { Device = device });
        if (rng.NextDouble() < 0.12) emit(New(ShopEventKind.Searched, moment += 8 * Second) with { Device = device, Text = Department.All[focus].Things[rng.NextInt(Department.All[focus].Things.Count)].Name });
        ShopItem? seen = null;
        for (var view = Math.Min(8, rng.NextCount(Habits.MeanExtraViews)); view >= 0; view--)
        {
            moment += (20 + 60 * rng.NextDouble()) * Second;
            seen = _choice.Item(rng, message is not null || rng.NextDouble() < 0.75 ? focus : _choice.DepartmentOf(rng, day));
            emit(New(ShopEventKind.ItemViewed, moment) with { Item = seen.Index, Device = device });
        }
        if (rng.NextDouble() < orderChance) Order(moment, seen!, discount, device, emit); // at least one item was seen
        else if (rng.NextDouble() < 0.16) emit(New(ShopEventKind.CartAdded, moment + 15 * Second) with { Item = seen!.Index, Quantity = 1, Device = device });
    }

    private void Order(double moment, ShopItem first, double discount, string device, Action<ShopEvent> emit)
    {
        var order = string.Create(CultureInfo.InvariantCulture, $"{person.Index + 100_001}-{++_orderCount}");
        var lines = new List<ShopItem> { first };
        for (var more = Math.Min(7, rng.NextCount(person.Lines - 1)); more > 0; more--)
        {
            var item = Another(first, (int)moment);
            if (!lines.Contains(item)) lines.Add(item);
        }
        foreach (var item in lines) emit(New(ShopEventKind.CartAdded, moment += (10 + 20 * rng.NextDouble()) * Second) with { Item = item.Index, Quantity = 1, Device = device });
        moment += (60 + 240 * rng.NextDouble()) * Second;
        foreach (var item in lines) Buy(item, order, moment, discount, device, emit);
    }

    private void Buy(ShopItem item, string order, double moment, double discount, string device, Action<ShopEvent> emit)
    {
        var department = Department.All[item.Department];
        var quantity = Habits.QuantityOf(rng.NextDouble(), department);
        var amount = Math.Round(item.Price * quantity * (decimal)(1 - discount), 2);
        emit(New(ShopEventKind.OrderPlaced, moment) with { Item = item.Index, Order = order, Quantity = quantity, Amount = amount, Discount = discount, Device = device });
        if (department.IsUsedUp) _usedUp.Add(item);
        if (rng.NextDouble() < Habits.ReturnShare)
        {
            emit(New(ShopEventKind.OrderReturned, moment + 3 + 17 * rng.NextDouble()) with { Item = item.Index, Order = order, Quantity = 1, Amount = Math.Round(amount / quantity, 2) });
            return;
        }
        if (rng.NextDouble() >= Habits.ReviewShare) return;
        var rating = Reviews.Rating(rng, item.Style == person.Style);
        emit(New(ShopEventKind.ReviewWritten, moment + 4 + 20 * rng.NextDouble()) with { Item = item.Index, Rating = rating, Text = Reviews.Text(rng, rating) });
    }

    // A line beside the first: what goes with it, what is used up at home, or something else altogether.
    private ShopItem Another(ShopItem first, int day)
    {
        var kind = rng.NextDouble();
        if (kind < Habits.SeriesShare)
        {
            var series = habits.Catalogue.SeriesOf(first);
            return habits.Catalogue.Items[series[rng.NextInt(series.Count)]];
        }
        if (_usedUp.Count > 0 && kind < Habits.SeriesShare + (1 - Habits.SeriesShare) * Habits.AgainShare) return _usedUp[rng.NextInt(_usedUp.Count)];
        return _choice.Item(rng, _choice.DepartmentOf(rng, day));
    }

    private double TimeOfDay() => Math.Clamp(person.Hour + 2.2 * rng.NextNormal(), 0.1, 23.5) / 24;

    private ShopEvent New(ShopEventKind kind, double moment) => new(
        string.Create(CultureInfo.InvariantCulture, $"s{person.Index}-{++_eventCount}"),
        start.AddTicks((long)(moment * TimeSpan.TicksPerDay) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond), kind, person.Index);
}
