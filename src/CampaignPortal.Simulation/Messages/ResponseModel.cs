using CampaignPortal.Simulation.People;
using CampaignPortal.Simulation.Shop;
using CampaignPortal.Statistics.Random;

namespace CampaignPortal.Simulation.Messages;

/// <summary>How people react to messages: the causal law of the shop.</summary>
internal sealed class ResponseModel(Habits habits, long seed)
{
    /// <summary>After so many days a message is half forgotten.</summary>
    public const double LoadHalfLife = 5;

    /// <summary>For so many days a message spoils visits of those whom it annoys.</summary>
    public const int AnnoyanceDays = 7;

    private const double Minute = 1.0 / 1_440;
    private const double LaterVisit = 0.03;           // of those who open and do not click
    private const double GoneOpen = -1.3, GoneOrder = 0.4; // people who have left open seldom, and come back seldom
    private const double MedianOpenDelay = 0.12, OpenDelaySpread = 1.1; // log-normal, in days: half within three hours

    /// <summary>The chances, before anything is drawn.</summary>
    /// <param name="load">Messages of late, each halved every <see cref="LoadHalfLife"/> days, without this one.</param>
    public ResponseOdds OddsOf(Person person, MessageFacts message, double load, int day)
    {
        var isGone = day >= person.GoneDay;
        var open = person.OpenLogit + SubjectAppeal.Of(message.Subject, person.DiscountSensitivity) - person.Fatigue * load + (isGone ? GoneOpen : 0);
        var click = person.ClickLogit + 0.8 * Math.Log(RelevanceOf(person, message, day)) + person.DiscountSensitivity * message.Discount;
        var order = habits.OrderChance(person, day, message.Discount) * (isGone ? GoneOrder : 1);
        var unsubscribe = 0.004 + 0.01 * load * person.Fatigue + 0.05 * person.Annoyance;
        return new ResponseOdds(Chances.Logistic(open), Chances.Logistic(click), order, LaterVisit * order, Math.Min(0.5, unsubscribe));
    }

    public Reaction Draw(Person person, MessageFacts message, double load, int day)
    {
        var odds = OddsOf(person, message, load, day);
        if (person.HasDeadAddress) return new Reaction(odds) { IsBounced = true };
        var rng = ChanceOf.Messages.Generator(seed).Fork(((long)StableHash.Fnv1a32(message.Key) << 32) | StableHash.ToWord(message.Key, person.Id));
        var reaction = new Reaction(odds) { MachineOpenAfter = person.HasMachineOpens ? (0.5 + 3 * rng.NextDouble()) * Minute : null };
        if (rng.NextDouble() >= odds.Open) return reaction;
        var opened = MedianOpenDelay * Math.Exp(OpenDelaySpread * rng.NextNormal());
        reaction = reaction with { OpenAfter = opened };
        if (rng.NextDouble() < odds.Click)
        {
            var clicked = opened + (0.2 + 2 * rng.NextDouble()) * Minute;
            return reaction with { ClickAfter = clicked, VisitAfter = clicked + 0.1 * Minute, VisitOrderChance = odds.OrderAfterClick };
        }
        if (rng.NextDouble() < LaterVisit) return reaction with { VisitAfter = opened + 0.1 + 1.9 * rng.NextDouble(), VisitOrderChance = odds.OrderAfterOpen / LaterVisit };
        return rng.NextDouble() < odds.Unsubscribe ? reaction with { UnsubscribeAfter = opened + Minute } : reaction;
    }

    // 1 is a department of average interest; a message about nothing in particular lies a little below.
    private double RelevanceOf(Person person, MessageFacts message, int day)
    {
        if (message.Departments.Count is 0) return 0.8;
        Span<double> interests = stackalloc double[Department.All.Count];
        habits.Interests(person, day, interests);
        var best = 0.0;
        foreach (var department in message.Departments) best = Math.Max(best, interests[department]);
        return Math.Max(0.1, best * Department.All.Count);
    }
}
