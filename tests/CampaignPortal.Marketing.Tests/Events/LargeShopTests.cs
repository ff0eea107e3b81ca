using CampaignPortal.Marketing.Events;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Events;

/// <summary>The shop that measurements are made on is what they say it is.</summary>
public sealed class LargeShopTests
{
    private static readonly DateTimeOffset End = new(2026, 10, 1, 0, 0, 0, TimeSpan.Zero);

    private static EventBatch[] Draw(long seed) => [.. new LargeShop(1_000, 24_000, seed, End).Batches()];

    [Fact]
    public void It_has_about_the_events_asked_for_and_contact_data_of_everybody()
    {
        var batches = Draw(3);
        var events = batches.SelectMany(b => b.Events).ToArray();

        Assert.InRange(events.Length, 22_000, 26_000);
        Assert.Equal(1_000, batches.SelectMany(b => b.Contacts).Select(c => c.Customer).Distinct(StringComparer.Ordinal).Count());
        Assert.All(events, e => Assert.InRange(e.OccurredAt, End.AddDays(-549), End));
        Assert.Equal(events.Length, events.Select(e => e.MessageId).Distinct(StringComparer.Ordinal).Count());

        // A tenth of the customers makes a good part of the visits, and some never order.
        var counts = events.GroupBy(e => e.Customer).Select(g => g.Count()).OrderDescending().ToArray();
        Assert.InRange(counts.Take(100).Sum() / (double)events.Length, 0.3, 0.7);
        Assert.InRange(events.Where(e => e.Type == KnownEvents.OrderPlaced).Select(e => e.Customer).Distinct().Count(), 300, 900);
    }

    [Fact]
    public void The_same_seed_draws_the_same_history_and_another_one_another()
    {
        var (one, same, other) = (Draw(3), Draw(3), Draw(4));
        Assert.Equal(one.SelectMany(b => b.Events), same.SelectMany(b => b.Events));
        Assert.NotEqual(one[0].Events, other[0].Events);
    }

    [Fact]
    public async Task It_enters_through_the_log_and_the_projections_know_it()
    {
        await using var store = await TestStore.OpenAsync();
        await LargeShop.FillAsync(store.Services, new LargeShop(50, 1_000, 1, End), progress: null, TestContext.Current.CancellationToken);

        await using var db = await store.ContextAsync();
        Assert.Equal(50, db.Customers.Count());
        Assert.Equal(50, db.Contacts.Count());
        Assert.Equal(db.Events.Count(e => e.Type == KnownEvents.OrderPlaced), db.Orders.Sum(o => o.LineCount));
    }
}
