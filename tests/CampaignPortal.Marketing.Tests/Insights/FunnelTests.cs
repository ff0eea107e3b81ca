using CampaignPortal.Marketing.Audiences;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

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
        Assert.Equal([1, 0, 0], funnel.Groups.Single(g => g.Number == 0).Steps.Select(s => s.CustomerCount));
        Assert.Equal([1, 1, 0], funnel.Groups.Single(g => g.Number == 1).Steps.Select(s => s.CustomerCount));
    }

    [Fact]
    public async Task One_kind_of_step_is_no_funnel_and_says_what_there_is()
    {
        var funnel = await AskAsync(Query(), An.OrderLine("o1", 0), An.OrderLine("o1", 1), An.OrderLine("o2", 0));
        Assert.Empty(funnel.Groups);
        Assert.Equal([(EventKind.OrderPlaced, 2)], funnel.Available.Select(a => (a.Key, a.Value)));
    }

    [Fact]
    public async Task Strict_allows_nothing_in_between_but_what_was_done_to_the_person()
    {
        var events = new[]
        {
            At("1", KnownEvents.ItemViewed, "searched", 0), At("2", KnownEvents.Searched, "searched", 1), At("3", KnownEvents.CartAdded, "searched", 2),
            At("4", KnownEvents.ItemViewed, "direct", 0), At("5", KnownEvents.MessageSent, "direct", 1), At("6", KnownEvents.CartAdded, "direct", 2), An.OrderLine("o1", 0, "direct", at: Day.AddHours(3)),
            At("7", KnownEvents.ItemViewed, "again", 0), At("8", KnownEvents.ItemViewed, "again", 1), At("9", KnownEvents.CartAdded, "again", 2),
        };
        Assert.Equal([3, 2, 1], Counts(await AskAsync(Query() with { Order = FunnelOrder.Strict }, events)));
        Assert.Equal([3, 3, 1], Counts(await AskAsync(Query())));
    }

    [Fact]
    public async Task In_any_order_all_lie_within_one_window()
    {
        var events = new[]
        {
            An.OrderLine("o1", 0, "backwards", at: Day), At("1", KnownEvents.CartAdded, "backwards", 24), At("2", KnownEvents.ItemViewed, "backwards", 48),
            At("3", KnownEvents.CartAdded, "apart", 0), At("4", KnownEvents.ItemViewed, "apart", 24 * 8),
            At("5", KnownEvents.CartAdded, "never looked", 0),
            At("6", KnownEvents.ItemViewed, "no cart", 0), An.OrderLine("o2", 0, "no cart", at: Day.AddHours(1)),
        };
        var funnel = await AskAsync(Query() with { Order = FunnelOrder.Any }, events);
        Assert.Equal([3, 1, 1], Counts(funnel));
        Assert.Equal([24, 24], funnel.All!.Steps.Skip(1).Select(s => s.MedianWait!.Value.TotalHours));
        Assert.Equal([3, 2, 1], Counts(await AskAsync(Query(windowDays: 9) with { Order = FunnelOrder.Any })));
    }

    [Fact]
    public async Task Whoever_does_what_must_not_happen_in_between_stops_there_and_is_counted_apart()
    {
        var events = new[]
        {
            At("1", KnownEvents.MessageClicked, "bought first", 0), An.OrderLine("o1", 0, "bought first", at: Day.AddHours(1)), At("2", KnownEvents.CartAdded, "bought first", 2),
            At("3", KnownEvents.MessageClicked, "straight", 0), At("4", KnownEvents.CartAdded, "straight", 2), An.OrderLine("o2", 0, "straight", at: Day.AddHours(3)),
            At("5", KnownEvents.MessageClicked, "gone", 0),
        };
        foreach (var order in Enum.GetValues<FunnelOrder>())
        {
            var query = Query() with { Steps = [EventKind.MessageClicked, EventKind.CartAdded], Without = [EventKind.OrderPlaced], Order = order };
            var funnel = await AskAsync(query, events);
            Assert.Equal([3, 1], Counts(funnel));
            Assert.Equal([0, 1], funnel.All!.Steps.Select(s => s.StoppedCount));
            Assert.Equal([EventKind.OrderPlaced], funnel.Without);
            Assert.False(DropOffRule.CanSay(funnel));
            var dropped = await _store.Get<ReadFunnelHandler>().DroppedAsync(query, 1, Stop);
            Assert.Equal(await IdsOfAsync("bought first", "gone"), dropped.Order());
        }
        Assert.Equal([3, 2], Counts(await AskAsync(Query() with { Steps = [EventKind.MessageClicked, EventKind.CartAdded] })));
        Assert.Empty((await AskAsync(Query() with { Steps = [EventKind.MessageClicked, EventKind.OrderPlaced], Without = [EventKind.OrderPlaced] })).Without); // a step is never one that must not happen
    }

    [Fact]
    public async Task Who_dropped_out_becomes_a_fixed_list_under_a_free_name()
    {
        var query = Query() with { Order = FunnelOrder.Strict };
        var funnel = await AskAsync(query, At("1", KnownEvents.ItemViewed, "a", 0), At("2", KnownEvents.ItemViewed, "b", 0), At("3", KnownEvents.CartAdded, "c", 0), At("4", KnownEvents.ItemViewed, "d", 0), At("5", KnownEvents.CartAdded, "d", 1));
        var people = await _store.Get<ReadFunnelHandler>().DroppedAsync(query, 1, Stop);
        Assert.Equal(funnel.All!.Steps[0].CustomerCount - funnel.All.Steps[1].CustomerCount, people.Count);
        var fix = new FixAudienceHandler(_store.Get<IDbContextFactory<PortalDbContext>>(), _store.Database, _store.Clock);
        foreach (var _ in Enumerable.Range(0, 2)) Assert.True((await fix.HandleAsync(new FixAudience("Looked, not bought", people, null, 1) { IsNameGiven = true }, Stop)).IsOk);
        await using var db = await _store.ContextAsync();
        Assert.Equal([("Looked, not bought", AudienceKind.Fixed, 2), ("Looked, not bought 2", AudienceKind.Fixed, 2)], (await db.Audiences.AsNoTracking().OrderBy(a => a.Id).ToListAsync(Stop)).Select(a => (a.Name, a.Kind, a.Size)));
        Assert.Equal(await IdsOfAsync("a", "b"), await db.AudienceMembers.AsNoTracking().Select(m => m.CustomerId).Distinct().Order().ToListAsync(Stop));
    }

    [Fact]
    public async Task A_person_counts_once_with_the_attempt_that_came_furthest()
    {
        var funnel = await AskAsync(Query(),
            At("1", KnownEvents.ItemViewed, "later", 0), At("2", KnownEvents.ItemViewed, "later", 24 * 8), At("3", KnownEvents.CartAdded, "later", 24 * 8 + 2),
            At("4", KnownEvents.ItemViewed, "both", 0), At("5", KnownEvents.CartAdded, "both", 4), At("6", KnownEvents.ItemViewed, "both", 5), At("7", KnownEvents.CartAdded, "both", 6));
        Assert.Equal([2, 2], Counts(funnel));
        Assert.Equal(3, funnel.All!.Steps[1].MedianWait!.Value.TotalHours); // of 2 and 4 hours: the first of the attempts that came as far
    }

    [Fact]
    public async Task Groups_are_devices_of_the_first_step_and_the_first_channel_of_the_customer()
    {
        NewEvent Seen(string id, string type, string customer, double hours, string properties) => At(id, type, customer, hours) with { Properties = properties };
        var events = new[]
        {
            Seen("1", KnownEvents.ItemViewed, "a", 0, """{"device":"mobile","channel":"search"}"""), Seen("2", KnownEvents.CartAdded, "a", 1, """{"device":"desktop","channel":"mail"}"""),
            Seen("3", KnownEvents.PageViewed, "b", -50, """{"channel":"mail"}"""), Seen("4", KnownEvents.ItemViewed, "b", 0, """{"device":"mobile","channel":"search"}"""),
            Seen("5", KnownEvents.ItemViewed, "c", 0, """{"device":"desktop"}"""), Seen("6", KnownEvents.MessageSent, "c", -60, """{"channel":"email"}"""), At("7", KnownEvents.CartAdded, "c", 1),
            Seen("8", KnownEvents.ProfileUpdated, "c", -70, """{"traits":{"source":"friend"}}"""),
        };
        var devices = await AskAsync(Query(split: FunnelSplit.Device), events);
        Assert.Equal([("mobile", 2, 1), ("desktop", 1, 1)], devices.Groups.Select(g => (g.Name, g.Steps[0].CustomerCount, g.Steps[1].CustomerCount)));
        Assert.Equal([3, 2], Counts(devices));
        Assert.Equal([FunnelSplit.None, FunnelSplit.Returning, FunnelSplit.Device, FunnelSplit.Channel], devices.Splits); // nothing was clustered
        var channels = await AskAsync(Query(split: FunnelSplit.Channel));
        Assert.Equal([("friend", 1), ("mail", 1), ("search", 1)], channels.Groups.Select(g => (g.Name!, g.Steps[0].CustomerCount)).Order());
    }

    private static IEnumerable<int> Counts(FunnelOverview funnel) => funnel.All!.Steps.Select(s => s.CustomerCount);

    private async Task<IEnumerable<long>> IdsOfAsync(params string[] customers)
    {
        await using var db = await _store.ContextAsync();
        return await db.Customers.AsNoTracking().Where(c => customers.Contains(c.ExternalId)).Select(c => c.Id).Order().ToListAsync(Stop);
    }
}
