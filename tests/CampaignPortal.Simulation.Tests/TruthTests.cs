using CampaignPortal.Simulation.People;

namespace CampaignPortal.Simulation.Tests;

/// <summary>The truth is what happens: its chances are the frequencies of the histories, within four standard errors.</summary>
public sealed class TruthTests
{
    private const int Day = 300;

    [Fact]
    public void Personas_have_their_shares()
    {
        double count = Shops.Quiet.People.Count;
        foreach (var (kind, share) in new[] { (PersonaKind.Devoted, 0.12), (PersonaKind.Regular, 0.28), (PersonaKind.BargainHunter, 0.18), (PersonaKind.GiftBuyer, 0.14), (PersonaKind.NewHome, 0.10), (PersonaKind.Occasional, 0.18) })
        {
            var seen = Shops.Quiet.People.Count(p => Shops.Quiet.Truth.SegmentOf(p.Index) == kind) / count;
            Assert.InRange(seen, share - 4 * Math.Sqrt(share / count), share + 4 * Math.Sqrt(share / count));
        }
    }

    [Theory]
    [InlineData(30)]
    [InlineData(90)]
    public void Chances_of_an_order_are_the_frequencies_in_every_tenth_of_the_customers(int horizon)
    {
        var shop = Shops.Quiet;
        var buyers = Orders(Day, horizon).Select(e => e.Customer).ToHashSet();
        var people = shop.People.Where(p => p.JoinDay < Day && p.IsAlive(Day)).OrderBy(p => shop.Truth.PropensityOf(p.Index, Day, horizon)).ToArray();

        Assert.True(people.Length > 1_000);
        foreach (var tenth in people.Chunk(people.Length / 10 + 1))
        {
            var expected = tenth.Sum(p => shop.Truth.PropensityOf(p.Index, Day, horizon));
            var error = Math.Sqrt(tenth.Sum(p => shop.Truth.PropensityOf(p.Index, Day, horizon) is var chance ? chance * (1 - chance) : 0));
            Assert.InRange(tenth.Count(p => buyers.Contains(p.Index)), expected - 4 * error, expected + 4 * error);
        }
        Assert.True(shop.Truth.PropensityOf(people[^1].Index, Day, horizon) > 8 * shop.Truth.PropensityOf(people[0].Index, Day, horizon));
    }

    [Fact]
    public void Lifetime_values_add_up_to_what_is_spent()
    {
        var shop = Shops.Quiet;
        var people = shop.People.Where(p => p.JoinDay < Day && p.IsAlive(Day)).ToArray();
        var known = people.Select(p => p.Index).ToHashSet();
        var spent = (double)Orders(Day, 180).Where(e => known.Contains(e.Customer)).Sum(e => e.Amount!.Value);

        Assert.InRange(spent / people.Sum(p => shop.Truth.LifetimeValueOf(p.Index, Day, 180)), 0.90, 1.10);
        Assert.Equal(0, shop.Truth.LifetimeValueOf(shop.People.First(p => p.GoneDay < Day).Index, Day, 180));
    }

    [Fact]
    public void A_third_of_the_first_looks_falls_on_the_best_items_exactly_as_often_as_the_truth_says()
    {
        var shop = Shops.Quiet;
        var best = new Dictionary<int, (HashSet<int> Items, double Chance)>();
        var (hits, expected, variance) = (0, 0.0, 0.0);
        // The first view after a registration: one per person, so that looks of one visit do not count twice.
        foreach (var view in Shops.QuietHistory.Where(e => e.Kind is ShopEventKind.ItemViewed).DistinctBy(e => e.Customer))
        {
            var chances = shop.Truth.ItemChancesOf(view.Customer, shop.DayOf(view.At));
            Assert.Equal(1, chances.Sum(), 1e-9);
            var top = shop.Truth.BestItemsFor(view.Customer, shop.DayOf(view.At), 20);
            var chance = top.Sum(i => chances[i]);
            (expected, variance) = (expected + chance, variance + chance * (1 - chance));
            if (top.Contains(view.Item!.Value)) hits++;
        }
        Assert.InRange(hits, expected - 4 * Math.Sqrt(variance), expected + 4 * Math.Sqrt(variance));
        Assert.True(expected / shop.People.Count > 3 * 20.0 / shop.Catalogue.Items.Count); // taste is worth learning
    }

    [Fact]
    public void People_of_one_taste_come_by_word_of_mouth()
    {
        var people = Shops.Quiet.People;
        double Likeness(Person a, Person b) => a.Taste.Zip(b.Taste).Sum(t => Math.Min(t.First, t.Second));
        var friends = people.Where(p => p.Referrer is not null).ToArray();

        Assert.InRange(friends.Length / (double)people.Count, 0.15, 0.21);
        Assert.All(friends, p => Assert.True(people[p.Referrer!.Value].JoinDay <= p.JoinDay));
        Assert.True(friends.Average(p => Likeness(p, people[p.Referrer!.Value])) > 0.1 + friends.Average(p => Likeness(p, people[(p.Index + 1) % people.Count])));
    }

    private static IEnumerable<ShopEvent> Orders(int day, int horizon) => Shops.QuietHistory.Where(e =>
        e.Kind is ShopEventKind.OrderPlaced && e.At >= Shops.Quiet.Start.AddDays(day) && e.At < Shops.Quiet.Start.AddDays(day + horizon));
}
