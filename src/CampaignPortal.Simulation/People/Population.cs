using System.Globalization;
using CampaignPortal.Simulation.Shop;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Simulation.People;

/// <summary>Draws the people of a shop, each from a generator of its own.</summary>
internal sealed class Population(ShopOptions options, ShopCalendar calendar)
{
    private const double ReferredShare = 0.18, AcceptsEmailShare = 0.74, DeadAddressShare = 0.006, MachineOpensShare = 0.22, AnnoyedShare = 0.10;

    public Person[] Draw()
    {
        var rng = ChanceOf.People.Generator(options.Seed);
        var joins = DrawJoinDays(rng.Fork(-1));
        var people = new Person[options.CustomerCount];
        for (var i = 0; i < people.Length; i++) people[i] = Draw(rng.Fork(i), i, joins[i], people);
        return people;
    }

    // A shop that grows: each customer brings others, up to a ceiling, and the season brings more. Sorted, so that whoever recommends came before.
    private int[] DrawJoinDays(Rng rng)
    {
        var until = new double[options.DayCount];
        var sum = 0.0;
        for (var day = 0; day < until.Length; day++)
        {
            var growth = 1 / (1 + Math.Exp(-5.0 * (day / (double)until.Length - 0.3)));
            until[day] = sum += (0.45 + growth) * calendar.SeasonOf(day);
        }
        var days = new int[options.CustomerCount];
        for (var i = 0; i < days.Length; i++)
        {
            var found = Array.BinarySearch(until, rng.NextDouble() * sum);
            days[i] = Math.Min(until.Length - 1, found < 0 ? ~found : found);
        }
        Array.Sort(days);
        return days;
    }

    private Person Draw(Rng rng, int index, int joinDay, Person[] before)
    {
        var persona = DrawPersona(rng);
        var card = NameBook.Draw(rng, index);
        var referrer = index > 20 && rng.NextDouble() < ReferredShare ? rng.NextInt(index) : (int?)null;
        var goneRate = Math.Exp(0.35 * rng.NextNormal()) / persona.DaysUntilGone;
        var gone = joinDay + 1 + (int)(-Math.Log(1 - rng.NextDouble()) / goneRate);
        var hasLifeEvent = persona.Kind is PersonaKind.NewHome || rng.NextDouble() < 0.12;
        return new Person(index, string.Create(CultureInfo.InvariantCulture, $"c-{100_001 + index}"), persona.Kind)
        {
            Name = card.Name,
            Email = card.Email,
            Phone = card.Phone,
            Country = card.Country,
            City = card.City,
            BirthYear = calendar.DateOf(joinDay).Year - 19 - (int)(55 * Math.Pow(rng.NextDouble(), 1.3)),
            JoinDay = joinDay,
            Referrer = referrer,
            GoneDay = gone,
            GonePerDay = 1 - Math.Exp(-goneRate),
            VisitsPerDay = Math.Exp(0.45 * rng.NextNormal()) / persona.DaysBetweenVisits,
            OrderLogit = Logit(persona.OrderChance) + 0.4 * rng.NextNormal(),
            DiscountSensitivity = persona.DiscountSensitivity * Math.Exp(0.25 * rng.NextNormal()),
            Lines = Math.Max(1.05, persona.Lines * Math.Exp(0.2 * rng.NextNormal())),
            PriceLevel = persona.PriceLevel + 0.25 * rng.NextNormal(),
            SeasonPull = persona.SeasonPull,
            Style = rng.NextInt(3),
            Taste = DrawTaste(rng, referrer is { } friend ? before[friend] : null),
            LifeEventDay = hasLifeEvent ? joinDay + (persona.Kind is PersonaKind.NewHome ? rng.NextInt(20) : rng.NextInt(300)) : null,
            LifeEventDepartment = persona.Kind is PersonaKind.NewHome ? rng.NextInt(5) : 12,
            AcceptsEmail = rng.NextDouble() < AcceptsEmailShare,
            HasDeadAddress = rng.NextDouble() < DeadAddressShare,
            HasMachineOpens = rng.NextDouble() < MachineOpensShare,
            OpenLogit = Logit(persona.OpenChance) + 0.7 * rng.NextNormal(),
            ClickLogit = Logit(0.17) + 0.5 * rng.NextNormal(),
            Fatigue = 0.25 * Math.Exp(0.5 * rng.NextNormal()),
            Annoyance = rng.NextDouble() < AnnoyedShare ? 0.25 + 0.35 * rng.NextDouble() : 0,
            Hour = rng.NextInt(3) is 0 ? 11 + 1.5 * rng.NextNormal() : 19 + 1.2 * rng.NextNormal(),
            MobileShare = rng.NextInt(2) is 0 ? 0.9 : 0.3,
        };
    }

    private static Persona DrawPersona(Rng rng)
    {
        var at = rng.NextDouble();
        foreach (var persona in Persona.All)
        {
            if ((at -= persona.Share) < 0) return persona;
        }
        return Persona.All[^1];
    }

    // Exponentials of normals: a few departments are loved, most are not. Friends share half of it.
    private static double[] DrawTaste(Rng rng, Person? friend)
    {
        var taste = new double[Department.All.Count];
        for (var d = 0; d < taste.Length; d++) taste[d] = Math.Exp(1.3 * rng.NextNormal());
        var sum = taste.Sum();
        for (var d = 0; d < taste.Length; d++) taste[d] = friend is null ? taste[d] / sum : (taste[d] / sum + friend.Taste[d]) / 2;
        return taste;
    }

    private static double Logit(double probability) => Math.Log(probability / (1 - probability));
}
