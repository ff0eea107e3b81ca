using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Reading;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Imports;

public class PresetTests
{
    private static readonly ConsentStatement Form = new("newsletter form 2025", "consent");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Customers_bring_contact_data_into_the_vault_and_traits_and_consent_into_the_log()
    {
        await using var store = await TestStore.OpenAsync();
        const string Text = "customer_id,email,first_name,last_name,country,birth_date,accepts marketing\nc1,ann@example.org,Ann,Lee,France,1980-05-06,yes\nc2,,Bob,,Spain,,no\nc3,not an address,,,,,\n";
        var report = (await ImportTesting.RunAsync(store, "customers", Text, null, Ct, Form)).Value;
        Assert.Equal((3L, 2L, 0L, 1L, 2L), (report.Rows, report.Accepted, report.Duplicates, report.Quarantined, report.Customers));

        await using var db = await store.ContextAsync();
        var ann = await db.Customers.SingleAsync(c => c.ExternalId == "c1", Ct);
        var contact = store.Get<ContactVault>().Read(ann.Id)!;
        Assert.Equal(("ann@example.org", "Ann Lee"), (contact.Email, contact.Name));
        var events = await db.Events.OrderBy(e => e.Sequence).ToListAsync(Ct);
        Assert.Equal(["profile_updated", "consent_changed", "profile_updated", "consent_changed"], events.Select(e => e.Type));
        Assert.DoesNotContain(events, e => (e.Properties ?? "").Contains("example.org", StringComparison.Ordinal) || (e.Properties ?? "").Contains("Lee", StringComparison.Ordinal));
        Assert.Contains("\"birth_date\":\"1980-05-06\"", events[0].Properties, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"granted\"", events[1].Properties, StringComparison.Ordinal);
        Assert.Contains("\"basis\":\"consent\"", events[1].Properties, StringComparison.Ordinal);

        store.Clock.Advance(TimeSpan.FromDays(1));
        var again = (await ImportTesting.RunAsync(store, "customers", Text, null, Ct, Form)).Value;
        Assert.Equal((0L, 2L, 1L), (again.Accepted, again.Duplicates, again.Quarantined));
        Assert.Equal(4, await db.Events.CountAsync(Ct));
    }

    [Fact]
    public async Task Consent_without_source_and_basis_is_refused()
    {
        await using var store = await TestStore.OpenAsync();
        var answer = await ImportTesting.RunAsync(store, "customers", "customer_id,accepts marketing\nc1,yes\n", null, Ct);
        Assert.Equal("consent", answer.Problem!.Field);
    }

    [Fact]
    public async Task Whoever_said_no_bounced_or_complained_is_never_subscribed_again_by_a_file()
    {
        await using var store = await TestStore.OpenAsync();
        NewEvent Of(string id, string type, string customer, string? properties = null) => An.Event(id, type, customer, item: null) with { Properties = properties };
        await store.Log.AppendAsync(An.Batch(
            Of("1", KnownEvents.Unsubscribed, "no"), Of("2", KnownEvents.MessageBounced, "hard"), Of("3", KnownEvents.MessageBounced, "soft", """{"kind":"soft"}"""),
            Of("4", KnownEvents.MessageComplained, "angry"), Of("5", KnownEvents.ConsentChanged, "sms", """{"channel":"sms","state":"withdrawn"}"""),
            Of("6", KnownEvents.Unsubscribed, "back"),
            An.Event("7", KnownEvents.ConsentChanged, "back", ManualClock.Noon.AddMinutes(1), null) with { Properties = """{"channel":"email","state":"granted","origin":"preference page"}""" }), Ct);
        store.Clock.Advance(TimeSpan.FromHours(1));

        var text = "customer_id,email consent\n" + string.Concat(new[] { "no", "hard", "soft", "angry", "sms", "back", "new" }.Select(c => $"{c},yes\n"));
        var report = (await ImportTesting.RunAsync(store, "customers", text, null, Ct, Form)).Value;
        Assert.Equal((6L, 1L), (report.Accepted, report.Duplicates)); // who is back said yes already
        Assert.Equal([("bounced", 1), ("complained", 1), ("unsubscribed", 1)], report.HeldBack.OrderBy(h => h.Key).Select(h => (h.Key, h.Value)));
        await using var db = await store.ContextAsync();
        var granted = from e in db.Events join c in db.Customers on e.CustomerId equals c.Id where e.Source == ImportService.Source && e.Type == "consent_changed" select c.ExternalId;
        Assert.Equal(["new", "sms", "soft"], await granted.Order().ToListAsync(Ct));
    }

    [Fact]
    public async Task Items_are_added_changed_in_part_and_left_alone_when_nothing_changed()
    {
        await using var store = await TestStore.OpenAsync();
        var first = (await ImportTesting.RunAsync(store, "items", "sku;title;price;category;stock\na;Lamp;12,50;Home > Light;3\nb;Rug;99;Home;-2\nc;Cup;free;;\n", null, Ct)).Value;
        Assert.Equal((3L, 2L, 1L), (first.Rows, first.Accepted, first.Quarantined));
        var second = (await ImportTesting.RunAsync(store, "items", "sku,price\na,14.00\nb,99\n", null, Ct)).Value;
        Assert.Equal((1L, 1L), (second.Accepted, second.Duplicates));
        await using var db = await store.ContextAsync();
        var lamp = await db.Items.SingleAsync(i => i.ExternalId == "a", Ct);
        Assert.Equal(("Lamp", 14m, "Home/Light", 3m), (lamp.Name, lamp.Price, lamp.Category, lamp.Stock));
        Assert.Equal(0m, (await db.Items.SingleAsync(i => i.ExternalId == "b", Ct)).Stock);
    }

    [Fact]
    public async Task Events_of_many_names_find_theirs_and_unknown_ones_keep_their_own()
    {
        await using var store = await TestStore.OpenAsync();
        var report = (await ImportTesting.RunAsync(store, "events",
            "messageId,event,timestamp,userId,anonymousId,product_id,order_id,quantity,price,discount,properties\n"
            + "m1,Product Viewed,2026-03-01T10:00:00Z,,v1,a,,,,,\n"
            + "m2,Order Completed,2026-03-01T10:05:00+02:00,c1,v1,a,o1,2,4.50,1.00,\n"
            + "m3,wheel_spun,1772359500,c1,,,,,,,\"{\"\"prize\"\":\"\"mug\"\"}\"\n"
            + "m3,wheel_spun,1772359500,c1,,,,,,,\"{\"\"prize\"\":\"\"mug\"\"}\"\n"
            + "m4,Refund,2026-03-02,c1,,a,o1,-1,4.50,,\n"
            + "m 5,view,2026-03-02,c1,,,,,,,\n"
            + "m6,view,2026-03-02,c1,,,,,,,[1]\n", null, Ct)).Value;
        Assert.Equal((7L, 4L, 1L, 2L), (report.Rows, report.Accepted, report.Duplicates, report.Quarantined));
        await using var db = await store.ContextAsync();
        var events = await db.Events.OrderBy(e => e.MessageId).ToListAsync(Ct);
        Assert.Equal(["item_viewed", "order_placed", "custom", "order_returned"], events.Select(e => e.Type));
        Assert.Equal((9m, """{"discount":1}"""), (events[1].Amount!.Value, events[1].Properties));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 8, 5, 0, TimeSpan.Zero), events[1].OccurredAt);
        Assert.Equal("""{"prize":"mug","name":"wheel_spun"}""", events[2].Properties);
        Assert.Equal((4.5m, 1m), (events[3].Amount!.Value, events[3].Quantity!.Value));
    }

    [Fact]
    public async Task A_saved_mapping_is_found_by_name_and_by_the_shape_of_a_file()
    {
        await using var store = await TestStore.OpenAsync();
        var source = ImportSource.FromBytes("f.csv", "nr,bez,preis\n1,Lampe,\"2,50\"\n"u8.ToArray());
        var plan = ImportPlanner.Propose(source, new PlanRequest("items") { Fields = new Dictionary<string, string> { ["nr"] = "item_id", ["bez"] = "item_name", ["preis"] = "unit_price" } }).Value.Plan;
        var mappings = store.Get<SavedMappings>();
        Assert.Null(await mappings.SaveAsync("Lager", plan, Ct));
        Assert.Null(await mappings.SaveAsync("Lager", plan with { Currency = "CHF" }, Ct));
        var found = await mappings.FindForShapeAsync("items", ["nr", "bez", "preis"], Ct);
        Assert.Equal("CHF", found!.Currency);
        Assert.Equal(plan.Fields.OrderBy(f => f.Key), found.Fields.OrderBy(f => f.Key));
        Assert.Equal("CHF", (await mappings.FindAsync("Lager", Ct))!.Currency);
        Assert.Null(await mappings.FindForShapeAsync("items", ["nr"], Ct));
        Assert.Equal(found.ToJson(), ImportPlan.FromJson(found.ToJson()).ToJson());
    }

    [Fact, Trait("Promise", "R-12")]
    public async Task Two_imports_of_overlapping_customers_at_once_make_each_customer_once()
    {
        await using var store = await TestStore.OpenAsync();
        string File(string city, int from) => "customer_id,email,city\n" + string.Concat(Enumerable.Range(from, 2_000).Select(i => $"c{i},{city}{i}@example.org,{city}\n"));
        var both = await Task.WhenAll(ImportTesting.RunAsync(store, "customers", File("Rome", 0), null, Ct), ImportTesting.RunAsync(store, "customers", File("Oslo", 1_000), null, Ct));
        Assert.All(both, r => Assert.Equal(2_000, r.Value.Accepted));
        await using var db = await store.ContextAsync();
        Assert.Equal(3_000, await db.Customers.CountAsync(Ct));
    }
}
