using System.Text.Json;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Marketing.Privacy;
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

    [Fact]
    public async Task Each_decision_is_recorded_with_who_when_and_by_which_event()
    {
        await AppendAsync(View("1", "kettle", hour: 1));
        await AppendAsync(View("2", "cup", hour: 2) with { Customer = "c-1" }, View("3", "tray", hour: 3) with { Customer = "c-1" }, View("4", "rug", hour: 4) with { Customer = "c-2" });
        await AppendAsync(View("2", "cup", hour: 2) with { Customer = "c-1" }); // repeated: decides nothing

        Assert.Equal(
            [(2, 1, ManualClock.Noon.AddHours(2), true), (4, 2, ManualClock.Noon.AddHours(4), false)],
            await ReadAsync(db => db.Identifications.OrderBy(i => i.Sequence).Select(i => new ValueTuple<long, long, DateTimeOffset, bool>(i.Sequence, i.CustomerId, i.At, i.TakesHistory))));
    }

    [Fact]
    public async Task What_comes_after_a_second_person_is_theirs_and_a_late_report_falls_to_whom_it_belonged()
    {
        await AppendAsync(View("1", "kettle", hour: 1), View("2", "cup", hour: 2) with { Customer = "c-1" }, View("4", "tray", hour: 4) with { Customer = "c-2" });
        await AppendAsync(View("5", "rug", hour: 5), View("3", "lamp", hour: 3), View("0", "vase", hour: 0));

        Assert.Equal(["lamp", "cup", "kettle", "vase"], await ItemsOfAsync("c-1"));
        Assert.Equal(["rug", "tray"], await ItemsOfAsync("c-2"));

        _store.Log.ForgetIds(); // as after a start: decisions are read back
        await AppendAsync(View("6", "bowl", hour: 6));
        Assert.Equal(["bowl", "rug", "tray"], await ItemsOfAsync("c-2"));
    }

    [Fact]
    public async Task Values_that_stand_for_nobody_join_nobody()
    {
        await AppendAsync(View("1", "kettle", hour: 1), View("2", "cup", hour: 2) with { Customer = "unknown" }, View("3", "tray", hour: 3) with { Customer = "0000000000" });
        await AppendAsync(View("4", "rug", hour: 4) with { Visitor = "undefined" }, View("5", "lamp", hour: 5) with { Visitor = "undefined", Customer = "c-1" });

        Assert.Empty(await ReadAsync(db => db.Identifications));
        Assert.Equal(["lamp"], await ItemsOfAsync("c-1"));
    }

    [Fact]
    public async Task Profile_and_orders_take_it_in_once_however_the_log_is_read()
    {
        string[] tables = ["Orders", "CustomerTotals", "CustomerProfiles", "CustomerTraits", "EventTypes", "EventProperties", "Consents", "ConsentLedger"];
        var host = _store.Get<ProjectionHost>();
        NewEvent[] events =
        [
            View("1", "kettle", hour: 1), An.OrderLine("o-1", 1, customer: null, amount: 20, at: ManualClock.Noon.AddHours(1)) with { Visitor = "v-1" }, View("2", "cup", hour: 2) with { Customer = "c-1" },
            An.OrderLine("o-1", 2, customer: "c-1", amount: 5, at: ManualClock.Noon.AddHours(3)) with { Visitor = "v-1" },
            An.Event("6", KnownEvents.ConsentChanged, customer: null, item: null) with { Visitor = "v-2", Properties = """{"channel":"email","state":"granted"}""" },
            An.Event("7", KnownEvents.ConsentChanged, customer: null, item: null) with { Visitor = "v-2", Properties = """{"channel":"sms","state":"withdrawn"}""" },
            View("8", "rug", hour: 8) with { Visitor = "v-2", Customer = "c-1" },
        ];
        foreach (var e in events)
        {
            await AppendAsync(e); // one by one, each followed at once
            await host.CatchUpAsync(Ct);
        }
        var followed = _store.Dump(tables);
        foreach (var name in host.Names) await host.RebuildAsync(name, Ct);
        Assert.Equal(followed, _store.Dump(tables));

        Assert.Equal([(1, 25m)], await ReadAsync(db => db.CustomerTotals.Select(t => new ValueTuple<int, decimal>(t.OrderCount, t.Revenue))));
        Assert.Equal([(7, 3, ManualClock.Noon)], await ReadAsync(db => db.CustomerProfiles.Select(p => new ValueTuple<long, long, DateTimeOffset>(p.EventCount, p.ViewCount, p.FirstSeenAt))));
        Assert.Equal([("sms", false)], await ReadAsync(db => db.Consents.Select(c => new ValueTuple<string, bool>(c.Channel, c.IsGranted)))); // nobody can refuse, and cannot agree
        Assert.Equal(3, (await ReadAsync(db => db.EventTypes.Where(t => t.Name == KnownEvents.ItemViewed).Select(t => t.Count))).Single()); // what sources sent stays what they sent
    }

    [Fact]
    public async Task Models_read_it_with_the_moment_at_which_it_became_known()
    {
        await AppendAsync(View("1", "kettle", hour: 1), View("2", "cup", hour: 2) with { Visitor = "stranger" }, View("3", "tray", hour: 30) with { Customer = "c-1" });

        var table = await _store.Get<EventTableReader>().ReadAsync(Ct);

        Assert.Equal([ManualClock.Noon.AddHours(1).UtcTicks, ManualClock.Noon.AddHours(30).UtcTicks], table.OccurredAt);
        Assert.Equal([ManualClock.Noon.AddHours(30).UtcTicks, long.MinValue], table.KnownAt!);
    }

    [Fact]
    public async Task An_erased_persons_browsers_are_nobodys_and_nobody_inherits_them()
    {
        await AppendAsync(View("1", "kettle", hour: 1) with { Properties = """{"page":"secret"}""" }, View("2", "cup", hour: 2) with { Customer = "c-1" });
        await _store.Get<EraseCustomerHandler>().HandleAsync("c-1", "test", Ct);
        await AppendAsync(View("3", "tray", hour: 3), View("4", "rug", hour: 4) with { Customer = "c-2" });

        Assert.Equal(["rug", "tray"], await ItemsOfAsync("c-2"));
        Assert.DoesNotContain("secret", _store.Dump("Events"), StringComparison.Ordinal);
        Assert.DoesNotContain("v-1", (await ReadAsync(db => db.Visitors.Where(v => v.Id == 1).Select(v => v.ExternalId))).Single(), StringComparison.Ordinal);
        Assert.Equal([2L], await ReadAsync(db => db.Identifications.Select(i => i.CustomerId)));
    }

    [Fact]
    public async Task The_answer_to_an_access_request_holds_it()
    {
        await AppendAsync(View("1", "kettle", hour: 1), View("2", "cup", hour: 2) with { Customer = "c-1" });
        using var document = JsonDocument.Parse((await _store.Get<ExportPersonHandler>().HandleAsync(1, by: 1, Ct))!);
        Assert.Equal(["kettle", "cup"], document.RootElement.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("item").GetString()));
        Assert.Equal("v-1", document.RootElement.GetProperty("browsers")[0].GetProperty("browser").GetString());
    }

    private static NewEvent View(string id, string item, int hour) => An.Event(id, customer: null, at: ManualClock.Noon.AddHours(hour), item: item) with { Visitor = "v-1" };

    private async Task AppendAsync(params NewEvent[] events) => await _store.Services.GetRequiredService<EventLog>().AppendAsync(An.Batch(events), Ct);

    private async Task<List<T>> ReadAsync<T>(Func<PortalDbContext, IQueryable<T>> query)
    {
        await using var db = await _store.ContextAsync();
        return await query(db).ToListAsync(Ct);
    }

    private async Task<IEnumerable<string>> ItemsOfAsync(string customer)
    {
        await using var db = await _store.ContextAsync();
        var id = await db.Customers.Where(c => c.ExternalId == customer).Select(c => c.Id).SingleAsync(Ct);
        var timeline = await _store.Services.GetRequiredService<ReadTimelineHandler>().HandleAsync(id, TimelineFilter.All, before: null, Ct);
        return timeline.Entries.SelectMany(e => e.Items);
    }
}
