using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Insights;

public sealed class FunnelTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Day = ManualClock.Noon.AddDays(-10);

    private TestStore _store = null!; // opened before each test

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _store = await TestStore.OpenAsync(configure: services => services.AddInsights());

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private static ReadFunnel Query(int windowDays = 7, FunnelSplit split = FunnelSplit.None) => new([], null, null, windowDays, split);

    private async Task<FunnelOverview> AskAsync(ReadFunnel query, params NewEvent[] events)
    {
        await _store.Log.AppendAsync(An.Batch(events), Stop);
        await _store.Get<ProjectionHost>().CatchUpAsync(Stop);
        return await _store.Get<ReadFunnelHandler>().HandleAsync(query, Stop);
    }

    private static NewEvent At(string id, string type, string customer, double hours) => An.Event(id, type, customer, Day.AddHours(hours));

    [Fact]
    public async Task Steps_count_in_order_within_the_window()
    {
        var funnel = await AskAsync(Query(),
            At("1", KnownEvents.ItemViewed, "all", 0), At("2", KnownEvents.CartAdded, "all", 2), An.OrderLine("o1", 0, "all", at: Day.AddHours(5)), An.OrderLine("o1", 1, "all", at: Day.AddHours(5)),
            At("3", KnownEvents.CartAdded, "backwards", 0), At("4", KnownEvents.ItemViewed, "backwards", 1),
            At("5", KnownEvents.ItemViewed, "late", 0), At("6", KnownEvents.CartAdded, "late", 24 * 8),
            At("7", KnownEvents.ItemViewed, "cart", 0), At("8", KnownEvents.CartAdded, "cart", 4),
            An.OrderLine("o2", 0, "no view", at: Day));

        Assert.Equal([EventKind.ItemViewed, EventKind.CartAdded, EventKind.OrderPlaced], funnel.Steps);
        var steps = Assert.Single(funnel.Groups).Steps;
        Assert.Equal([4, 2, 1], steps.Select(s => s.CustomerCount));
        Assert.Equal(0.5, steps[1].FromBefore!.Value.Point);
        Assert.Equal(0.25, steps[2].FromStart!.Value.Point);
        Assert.True(steps[1].FromBefore!.Value.Lower < 0.5 && steps[1].FromBefore!.Value.Upper > 0.5);
        Assert.Equal(TimeSpan.FromHours(3), steps[1].MedianWait); // two waits: 2 and 4 hours
        Assert.Equal(TimeSpan.FromHours(3), steps[2].MedianWait);
        Assert.Null(steps[0].FromBefore);
    }

    [Fact]
    public async Task A_longer_window_lets_the_late_ones_in()
    {
        var funnel = await AskAsync(Query(windowDays: 14), At("1", KnownEvents.ItemViewed, "late", 0), At("2", KnownEvents.CartAdded, "late", 24 * 8));
        Assert.Equal([1, 1], funnel.Groups[0].Steps.Select(s => s.CustomerCount));
    }

    [Fact]
    public async Task Who_had_ordered_before_entering_is_told_apart()
    {
        var funnel = await AskAsync(Query(split: FunnelSplit.Returning),
            An.OrderLine("old", 0, "returning", at: Day.AddDays(-40)), At("1", KnownEvents.ItemViewed, "returning", 0), At("2", KnownEvents.CartAdded, "returning", 1),
            At("3", KnownEvents.ItemViewed, "new", 0), An.OrderLine("first", 0, "new", at: Day.AddHours(3)));
        Assert.Equal([1, 0, 0], funnel.Groups.Single(g => g.IsReturning is false).Steps.Select(s => s.CustomerCount));
        Assert.Equal([1, 1, 0], funnel.Groups.Single(g => g.IsReturning is true).Steps.Select(s => s.CustomerCount));
    }

    [Fact]
    public async Task One_kind_of_step_is_no_funnel_and_says_what_there_is()
    {
        var funnel = await AskAsync(Query(), An.OrderLine("o1", 0), An.OrderLine("o1", 1), An.OrderLine("o2", 0));
        Assert.Empty(funnel.Groups);
        Assert.Equal([(EventKind.OrderPlaced, 2)], funnel.Available.Select(a => (a.Key, a.Value)));
    }
}
