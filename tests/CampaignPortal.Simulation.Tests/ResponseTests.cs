using CampaignPortal.Simulation.Messages;
using CampaignPortal.Simulation.People;

namespace CampaignPortal.Simulation.Tests;

/// <summary>Messages do what the truth says they do.</summary>
public sealed class ResponseTests
{
    private const int Day = 400, Window = 14;

    private static MessageFacts Message(int customer, double discount = 0, string subject = "New in the shop", string campaign = "c1") =>
        new($"{campaign}/{customer}", campaign, "A", subject) { Discount = discount };

    [Fact]
    public void Opens_and_clicks_come_as_often_as_their_odds_say()
    {
        var life = Begin();
        var reactions = People().Where(p => !p.HasDeadAddress).Select(p => life.Receive(p.Index, Message(p.Index))).ToArray();

        Assert.All(reactions.OrderBy(r => r.Odds.Open).Chunk(reactions.Length / 5 + 1), fifth => AssertFrequency(fifth, r => r.Odds.Open, r => r.OpenAfter is not null));
        AssertFrequency(reactions.Where(r => r.OpenAfter is not null), r => r.Odds.Click, r => r.ClickAfter is not null);
        AssertFrequency(reactions.Where(r => r is { OpenAfter: not null, VisitAfter: null }), r => r.Odds.Unsubscribe, r => r.UnsubscribeAfter is not null);
    }

    [Fact]
    public void Fatigue_lowers_opens_and_raises_unsubscribes_and_passes_with_time()
    {
        var shop = Shops.Quiet;
        var rested = shop.Truth.OddsOf(10, Message(10), Day, recentMessages: 0);
        var tired = shop.Truth.OddsOf(10, Message(10), Day, recentMessages: 4);
        Assert.True(tired.Open < rested.Open);
        Assert.True(tired.Unsubscribe > rested.Unsubscribe);

        var life = Begin();
        for (var i = 0; i < 4; i++) life.Receive(10, Message(10, campaign: $"c{i}"));
        Assert.Equal(4, life.LoadOf(10), 1e-9);
        life.AdvanceTo(life.Now.AddDays(10));
        Assert.Equal(1, life.LoadOf(10), 1e-9);
    }

    [Fact]
    public void Discounts_move_bargain_hunters_and_subject_lines_are_not_equal()
    {
        var shop = Shops.Quiet;
        double Gain(PersonaKind kind) => Of(kind).Average(p => shop.Truth.OddsOf(p.Index, Message(p.Index, 0.2), Day, 0).OrderAfterClick / shop.Truth.OddsOf(p.Index, Message(p.Index), Day, 0).OrderAfterClick);

        Assert.True(Gain(PersonaKind.BargainHunter) > 2 * Gain(PersonaKind.Devoted) - 1);
        Assert.True(SubjectAppeal.Of("What will you plant this year?", 2) > SubjectAppeal.Of("ONLY TODAY AND ONLY HERE!", 2));
        IEnumerable<Person> Of(PersonaKind kind) => People().Where(p => p.Kind == kind).Take(100);
    }

    [Fact]
    public void What_a_message_causes_is_the_difference_between_two_worlds()
    {
        var shop = Shops.Quiet;
        var (with, without) = (Begin(), Begin());
        var people = People().ToArray();
        foreach (var person in people) with.Receive(person.Index, Message(person.Index, 0.2));
        var (buyersWith, buyersWithout) = (BuyersWithin(with), BuyersWithin(without));

        var truth = people.Average(p => shop.Truth.EffectOf(p.Index, Message(p.Index, 0.2), Day, 0, Window).Uplift);
        var seen = people.Count(p => buyersWith.Contains(p.Index)) / (double)people.Length - people.Count(p => buyersWithout.Contains(p.Index)) / (double)people.Length;
        var error = Math.Sqrt(2 * 0.15 * 0.85 / people.Length);
        Assert.True(truth > 0.015);
        Assert.InRange(seen, truth - 4 * error, truth + 4 * error);
    }

    [Fact]
    public void Some_are_driven_away_and_the_truth_knows_whom()
    {
        var shop = Shops.Quiet;
        var annoyed = People().Where(p => p.Annoyance > 0.3 && p.IsAlive(Day)).ToArray();
        var effects = annoyed.Select(p => shop.Truth.EffectOf(p.Index, Message(p.Index), Day, 3, Window)).ToArray();

        Assert.True(effects.Count(e => e.Uplift < 0) > effects.Length / 3);
        Assert.All(People().Where(p => p.Annoyance is 0), p => Assert.True(shop.Truth.EffectOf(p.Index, Message(p.Index), Day, 3, Window).Uplift > -1e-12));
    }

    [Fact]
    public void The_same_message_always_meets_the_same_reaction()
    {
        var (one, two) = (Begin(), Begin());
        var people = People().Take(200).ToArray();
        var first = people.Select(p => one.Receive(p.Index, Message(p.Index))).ToArray();
        var second = people.Reverse().Select(p => two.Receive(p.Index, Message(p.Index))).Reverse().ToArray();
        Assert.Equal(first, second);
    }

    private static IEnumerable<Person> People() => Shops.Quiet.People.Where(p => p.JoinDay < Day - 5);

    private static ShopLife Begin()
    {
        var life = Shops.Quiet.Open();
        life.AdvanceTo(Shops.Quiet.Start.AddDays(Day));
        return life;
    }

    private static HashSet<int> BuyersWithin(ShopLife life) =>
        [.. life.AdvanceTo(Shops.Quiet.Start.AddDays(Day + Window)).Where(e => e.Kind is ShopEventKind.OrderPlaced).Select(e => e.Customer)];

    private static void AssertFrequency(IEnumerable<Reaction> reactions, Func<Reaction, double> chanceOf, Func<Reaction, bool> happened)
    {
        var all = reactions.ToArray();
        var expected = all.Sum(chanceOf);
        var error = Math.Sqrt(all.Sum(r => chanceOf(r) * (1 - chanceOf(r))));
        Assert.True(all.Length > 100);
        Assert.InRange(all.Count(happened), expected - 4 * error, expected + 4 * error);
    }
}
