using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Tests.Events;

/// <summary>What a browser did before it said who it is (DI-15).</summary>
public sealed class AnonymousHistoryTests : IAsyncLifetime
{
    private TestStore _store = null!; // opened before each test

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _store = await TestStore.OpenAsync(configure: services => services.AddInsights());

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task It_joins_the_customer_at_the_first_identification_and_the_log_keeps_what_was_known_when()
    {
        await AppendAsync(View("1", "kettle", hour: 1), View("2", "cup", hour: 2));
        await AppendAsync(View("3", "tray", hour: 3) with { Customer = "c-1" });

        Assert.Equal(["tray", "cup", "kettle"], await ItemsOfAsync("c-1"));
        await using var db = await _store.ContextAsync();
        Assert.Equal(2, await db.Events.CountAsync(e => e.CustomerId == null && e.VisitorId != null, Ct));
        Assert.Equal(1, await db.Events.CountAsync(e => e.CustomerId != null && e.VisitorId != null, Ct)); // the row that joined them is the record
    }

    [Fact]
    public async Task A_second_person_at_the_same_browser_gets_nothing_of_the_first()
    {
        await AppendAsync(View("1", "kettle", hour: 1));
        await AppendAsync(View("2", "cup", hour: 2) with { Customer = "c-1" });
        await AppendAsync(View("3", "tray", hour: 3) with { Customer = "c-2" });

        Assert.Equal(["cup", "kettle"], await ItemsOfAsync("c-1"));
        Assert.Equal(["tray"], await ItemsOfAsync("c-2"));
    }

    [Fact]
    public async Task Two_browsers_of_one_person_join_and_a_stranger_stays_nobody()
    {
        await AppendAsync(View("1", "kettle", hour: 1), View("2", "cup", hour: 2) with { Visitor = "v-2" }, View("3", "lamp", hour: 3) with { Visitor = "v-3" });
        await AppendAsync(View("4", "tray", hour: 4) with { Customer = "c-1" }, View("5", "rug", hour: 5) with { Customer = "c-1", Visitor = "v-2" });
        Assert.Equal(["rug", "tray", "cup", "kettle"], await ItemsOfAsync("c-1"));
    }

    private static NewEvent View(string id, string item, int hour) => An.Event(id, customer: null, at: ManualClock.Noon.AddHours(hour), item: item) with { Visitor = "v-1" };

    private async Task AppendAsync(params NewEvent[] events) => await _store.Services.GetRequiredService<EventLog>().AppendAsync(An.Batch(events), Ct);

    private async Task<IEnumerable<string>> ItemsOfAsync(string customer)
    {
        await using var db = await _store.ContextAsync();
        var id = await db.Customers.Where(c => c.ExternalId == customer).Select(c => c.Id).SingleAsync(Ct);
        var timeline = await _store.Services.GetRequiredService<ReadTimelineHandler>().HandleAsync(id, TimelineFilter.All, before: null, Ct);
        return timeline.Entries.SelectMany(e => e.Items);
    }
}
