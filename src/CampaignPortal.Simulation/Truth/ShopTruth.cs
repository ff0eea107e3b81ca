using CampaignPortal.Simulation.Messages;
using CampaignPortal.Simulation.People;
using CampaignPortal.Simulation.Shop;

namespace CampaignPortal.Simulation.Truth;

/// <summary>What a message truly causes with one person.</summary>
/// <param name="OrderChanceWith">Chance of an order within the window when the message is sent.</param>
/// <param name="OrderChanceWithout">The same when it is not: the counterfactual.</param>
/// <param name="RevenueWith">Expected money within the window when it is sent.</param>
/// <param name="RevenueWithout">The same when it is not.</param>
public sealed record MessageEffect(double OrderChanceWith, double OrderChanceWithout, double RevenueWith, double RevenueWithout)
{
    /// <summary>What the message adds to the chance of an order; negative for those whom it drives away.</summary>
    public double Uplift => OrderChanceWith - OrderChanceWithout;

    public double IncrementalRevenue => RevenueWith - RevenueWithout;
}

/// <summary>What is true of the shop and hidden in real ones: estimates are judged by it.</summary>
/// <remarks>
/// All of it is computed from the laws that lives are drawn from, for a person who is a customer on the day asked about, and without
/// messages still to come. Visits of a day are Poisson and each ends in an order by itself, so orders of a day are Poisson with rate
/// visits × chance; a person goes for good with a fixed daily chance.
/// </remarks>
public sealed class ShopTruth
{
    private readonly Person[] _people;
    private readonly Habits _habits;
    private readonly ResponseModel _responses;

    private readonly double _meanLine;

    internal ShopTruth(Person[] people, Habits habits, ResponseModel responses)
    {
        (_people, _habits, _responses) = (people, habits, responses);
        _meanLine = habits.Catalogue.Items.Average(i => (double)i.Price * Habits.MeanQuantity(Department.All[i.Department]));
    }

    /// <summary>The kind of customer that a person truly is.</summary>
    public PersonaKind SegmentOf(int customer) => _people[customer].Kind;

    /// <summary>P(at least one order within the days from <paramref name="day"/> on). 0 for somebody who is gone; O(horizon).</summary>
    public double PropensityOf(int customer, int day, int horizonDays) => Propensity(_people[customer], day, horizonDays, annoyedDays: 0);

    /// <summary>Expected money of all orders within the days from <paramref name="day"/> on, before returns. 0 for somebody who is gone; O(horizon).</summary>
    public double LifetimeValueOf(int customer, int day, int horizonDays) => Value(_people[customer], day, horizonDays, annoyedDays: 0);

    /// <summary>Mean money of an order on a day, at the price of that day.</summary>
    /// <remarks>Lines that are drawn because something is used up are taken to cost what any line costs, and a good is not put into a basket twice: the figure is a few percent high.</remarks>
    public double OrderValueOf(int customer, int day) => OrderValue(_people[customer], day, 0);

    /// <summary>What sending this message on that day would cause within the window, compared with not sending it.</summary>
    /// <param name="recentMessages">Messages of late, each halved every five days: <see cref="ShopLife.LoadOf"/>.</param>
    public MessageEffect EffectOf(int customer, MessageFacts message, int day, double recentMessages, int windowDays)
    {
        var person = _people[customer];
        var extra = person.HasDeadAddress ? 0 : _responses.OddsOf(person, message, recentMessages, day).ExtraOrder;
        var annoyedDays = person is { Annoyance: > 0, HasDeadAddress: false } ? Math.Min(windowDays, ResponseModel.AnnoyanceDays) : 0;
        var with = Propensity(person, day, windowDays, annoyedDays);
        return new MessageEffect(
            1 - (1 - with) * (1 - extra), Propensity(person, day, windowDays, 0),
            Value(person, day, windowDays, annoyedDays) + extra * OrderValue(person, day, message.Discount), Value(person, day, windowDays, 0));
    }

    /// <summary>The true chances with a message, before anything is drawn.</summary>
    /// <param name="recentMessages">As for <see cref="EffectOf"/>.</param>
    public ResponseOdds OddsOf(int customer, MessageFacts message, int day, double recentMessages) => _responses.OddsOf(_people[customer], message, recentMessages, day);

    /// <summary>Chance of each item of the catalogue to be the one that the person chooses next; adds up to 1.</summary>
    public double[] ItemChancesOf(int customer, int day)
    {
        var person = _people[customer];
        Span<double> interests = stackalloc double[Department.All.Count];
        _habits.Interests(person, day, interests);
        var chances = new double[_habits.Catalogue.Items.Count];
        for (var d = 0; d < interests.Length; d++)
        {
            var within = _habits.ChancesWithin(person, d);
            for (var i = 0; i < within.Length; i++) chances[d * Catalogue.DepartmentSize + i] = interests[d] * within[i];
        }
        return chances;
    }

    /// <summary>The items that the person would choose most likely, best first: no recommendation can be better.</summary>
    public IReadOnlyList<int> BestItemsFor(int customer, int day, int count)
    {
        var chances = ItemChancesOf(customer, day);
        return [.. Enumerable.Range(0, chances.Length).OrderByDescending(i => chances[i]).ThenBy(i => i).Take(count)];
    }

    private double Propensity(Person person, int day, int horizon, int annoyedDays)
    {
        if (!person.IsAlive(day)) return 0;
        var (waiting, ordered) = (1.0, 0.0); // P(still a customer, no order yet), P(ordered)
        for (var d = 0; d < horizon; d++)
        {
            if (d > 0) waiting *= 1 - person.GonePerDay;
            var today = 1 - Math.Exp(-OrderRate(person, day + d, d < annoyedDays));
            ordered += waiting * today;
            waiting *= 1 - today;
        }
        return ordered;
    }

    private double Value(Person person, int day, int horizon, int annoyedDays)
    {
        if (!person.IsAlive(day)) return 0;
        var (stays, value, orderValue) = (1.0, 0.0, 0.0);
        for (var d = 0; d < horizon; d++)
        {
            if (d % 7 is 0) orderValue = OrderValue(person, day + d, 0); // the season of departments moves slowly
            value += stays * OrderRate(person, day + d, d < annoyedDays) * orderValue;
            stays *= 1 - person.GonePerDay;
        }
        return value;
    }

    private double OrderRate(Person person, int day, bool isAnnoyed) =>
        _habits.VisitRate(person, day) * (isAnnoyed ? 1 - person.Annoyance : 1) * _habits.OrderChance(person, day);

    private double OrderValue(Person person, int day, double discount)
    {
        Span<double> interests = stackalloc double[Department.All.Count];
        _habits.Interests(person, day, interests);
        var line = 0.0;
        for (var d = 0; d < interests.Length; d++)
        {
            var within = _habits.ChancesWithin(person, d);
            var price = 0.0;
            for (var i = 0; i < within.Length; i++) price += within[i] * (double)_habits.Catalogue.Items[d * Catalogue.DepartmentSize + i].Price;
            line += interests[d] * price * Habits.MeanQuantity(Department.All[d]);
        }
        var more = Habits.SeriesShare * _meanLine + (1 - Habits.SeriesShare) * line; // a line beside the first may be anything of the series
        return (line + (person.Lines - 1) * more) * (1 - Math.Max(discount, _habits.Calendar.SaleOf(day)));
    }
}
