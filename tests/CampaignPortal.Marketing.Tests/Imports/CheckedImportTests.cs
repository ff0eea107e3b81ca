using System.Text;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Imports;
using CampaignPortal.Marketing.Imports.Mapping;
using CampaignPortal.Marketing.Imports.Reading;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Tests.Imports;

/// <summary>The dry run, the modes, and that an import does what its check said.</summary>
public class CheckedImportTests
{
    private const string Known = "customer_id,email,name,city\nc1,ann@example.org,Ann,Leeds\nc2,bo@example.org,,York\n";
    private const string Later = "customer_id,email,name,city\nc1,ann.lee@example.org,,Hull\nc2,,Bo,York\nc3,cy@example.org,Cy,Bath\nc4,nonsense,Di,Bath\n";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_check_counts_every_row_and_shows_what_changes_field_by_field_and_writes_nothing()
    {
        await using var store = await KnownStoreAsync();
        var before = store.Dump("Events", "Customers", "Contacts", "Items", "Quarantine");
        var check = await CheckAsync(store, Request(Later));

        Assert.Equal((4L, 1L, 2L, 0L, 1L), (check.Rows, check.New, check.Changed, check.Unchanged, check.Rejected));
        Assert.Contains(check.Differences, d => d is { Key: "c1", Field: "email", Before: "ann@example.org", After: "ann.lee@example.org", Line: 2 });
        Assert.Contains(check.Differences, d => d is { Key: "c1", Field: "city", Before: "Leeds", After: "Hull" });
        Assert.Contains(check.Differences, d => d is { Key: "c2", Field: "name", Before: null, After: "Bo" });
        Assert.DoesNotContain(check.Differences, d => d.Key == "c2" && d.Field == "city");
        var rejection = Assert.Single(check.Rejections);
        Assert.Equal(("field.type", "email", 5L), (rejection.Reason, rejection.Field, rejection.FirstLine));
        Assert.Equal(before, store.Dump("Events", "Customers", "Contacts", "Items", "Quarantine"));
    }

    [Theory]
    [InlineData(ImportMode.Upsert, false, "ann.lee@example.org|Ann|Hull", "bo@example.org|Bo|York", true)]
    [InlineData(ImportMode.Upsert, true, "ann.lee@example.org||Hull", "|Bo|York", true)]
    [InlineData(ImportMode.AddOnly, false, "ann@example.org|Ann|Leeds", "bo@example.org||York", true)]
    [InlineData(ImportMode.UpdateOnly, false, "ann.lee@example.org|Ann|Hull", "bo@example.org|Bo|York", false)]
    [InlineData(ImportMode.FillEmpty, false, "ann@example.org|Ann|Leeds", "bo@example.org|Bo|York", true)]
    public async Task Each_mode_does_what_it_says_to_known_and_to_new_customers(ImportMode mode, bool clears, string first, string second, bool addsThird)
    {
        await using var store = await KnownStoreAsync();
        var request = Request(Later);
        request = request with { Plan = request.Plan with { Mode = mode, ClearsEmpty = clears } };
        var report = (await store.Get<ImportService>().RunAsync(request with { Check = await CheckAsync(store, request) }, null, Ct)).Value;

        Assert.Equal(report.Rows, report.Accepted + report.Duplicates + report.Quarantined + report.Dropped);
        Assert.Equal(first, await DescribeAsync(store, "c1"));
        Assert.Equal(second, await DescribeAsync(store, "c2"));
        await using var db = await store.ContextAsync();
        Assert.Equal(addsThird, await db.Customers.AnyAsync(c => c.ExternalId == "c3", Ct));
    }

    [Fact]
    public async Task Items_follow_the_mode_and_an_empty_cell_clears_only_when_asked()
    {
        await using var store = await TestStore.OpenAsync();
        await ImportTesting.RunAsync(store, "items", "sku,title,price,category\na,Lamp,10,Light\n", null, Ct);
        var fill = Request("sku,title,price,category\na,Torch,,\nb,Rug,5,\n", "items");
        await RunAsync(store, fill with { Plan = fill.Plan with { Mode = ImportMode.FillEmpty } });
        Assert.Equal(("Lamp", 10m, "Light"), await ItemAsync(store, "a"));
        await RunAsync(store, fill with { Plan = fill.Plan with { ClearsEmpty = true } });
        Assert.Equal(("Torch", null, null), await ItemAsync(store, "a"));
    }

    [Fact]
    public async Task Whatever_the_file_the_import_does_exactly_what_the_check_said()
    {
        for (long seed = 1; seed <= 12; seed++)
        {
            var rng = new Rng(seed);
            await using var store = await TestStore.OpenAsync(configure: s => s.Configure<ImportOptions>(o => o.ChunkRowCount = 1 + rng.NextInt(7)));
            await RunAsync(store, Request(RandomFile(rng)));
            var request = Request(RandomFile(rng));
            request = request with { Plan = request.Plan with { Mode = (ImportMode)rng.NextInt(4), ClearsEmpty = rng.NextInt(2) is 0 } };
            var check = await CheckAsync(store, request);
            var report = await RunAsync(store, request with { Check = check });
            Assert.Equal((seed, check.Rows, check.New, check.Changed, check.Unchanged, check.Rejected, check.Skipped, check.Merged), (seed, report.Rows, report.New, report.Changed, report.Duplicates, report.Quarantined, report.Dropped, report.Merged));
        }
    }

    [Fact]
    public async Task An_import_whose_ground_changed_since_its_check_stops_and_one_whose_result_stays_the_same_goes_on()
    {
        await using var store = await KnownStoreAsync();
        var request = Request(Later);
        var check = await CheckAsync(store, request);
        await store.Log.AppendAsync(new EventBatch("shop", [An.Event("other", customer: "c9")]), Ct);
        store.Clock.Advance(TimeSpan.FromMinutes(1));
        await store.Log.AppendAsync(new EventBatch("shop", []) { Contacts = [new ContactDraft("c3") { Name = "Cyril" }] }, Ct);
        var stopped = await store.Get<ImportService>().RunAsync(request with { Check = check }, null, Ct);
        Assert.Equal("check", stopped.Problem!.Field);

        check = await CheckAsync(store, request);
        await store.Log.AppendAsync(new EventBatch("shop", [An.Event("another", customer: "c9")]), Ct); // concerns no row
        Assert.Equal(4, (await RunAsync(store, request with { Check = check })).Rows);
    }

    [Fact]
    public async Task Events_with_stated_numbers_are_checked_for_repeats_and_conflicts()
    {
        await using var store = await TestStore.OpenAsync();
        await RunAsync(store, Request("event id,event,timestamp,user id\n1,view,2026-01-01 10:00:00,u\n", "events"));
        var check = await CheckAsync(store, Request("event id,event,timestamp,user id\n1,view,2026-01-01 10:00:00,u\n1,view,2026-01-02 10:00:00,u\n2,view,2026-01-02 10:00:00,u\n2,view,2026-01-02 10:00:00,u\n", "events"));
        Assert.Equal((1L, 2L, 1L), (check.New, check.Unchanged, check.Rejected));
    }

    [Fact]
    public async Task A_row_without_id_finds_its_customer_by_e_mail_and_values_that_stand_for_nobody_merge_nobody()
    {
        await using var store = await KnownStoreAsync();
        var report = await RunAsync(store, Request("email,name\nANN@example.org,Ann Lee\ntest@example.org,Tess\nnew@example.org,Nia\n\"new@example.org\",Nia\n"));
        Assert.Equal((1L, 1L, 1L, 1L, 2L), (report.New, report.Changed, report.Duplicates, report.Quarantined, report.Merged));
        Assert.Equal("ann@example.org|Ann Lee|Leeds", await DescribeAsync(store, "c1"));
        await using var db = await store.ContextAsync();
        Assert.Equal(3, await db.Customers.CountAsync(Ct));
        Assert.DoesNotContain(await db.Customers.Select(c => c.ExternalId).ToListAsync(Ct), id => id.Contains('@', StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_shared_number_tells_nobody_apart_and_is_counted()
    {
        await using var store = await TestStore.OpenAsync();
        await RunAsync(store, Request("customer_id,phone\nc1,+4915112345678\nc2,+4915112345678\n"));
        var report = await RunAsync(store, Request("phone,name\n+4915112345678,Somebody\n"));
        Assert.Equal((1L, 0L, 1L), (report.New, report.Merged, report.SharedValues));
        Assert.Null((await ContactAsync(store, "c1"))!.Name);
    }

    [Fact]
    public async Task Visitors_and_customers_called_unknown_are_nobody()
    {
        await using var store = await TestStore.OpenAsync();
        await store.Log.AppendAsync(An.Batch(An.Event("1", customer: "a") with { Visitor = "undefined" }, An.Event("2", customer: null) with { Visitor = "undefined" }, An.Event("3", customer: "unknown"), An.Event("4", customer: "0000000000")), Ct);
        await using var db = await store.ContextAsync();
        Assert.Equal([1], await db.Events.Where(e => e.CustomerId != null).Select(e => e.Sequence).ToListAsync(Ct));
        Assert.Equal(0, await db.Visitors.CountAsync(Ct));
    }

    [Fact]
    public async Task Contact_data_get_one_spelling_and_the_file_s_own_stays_readable()
    {
        await using var store = await TestStore.OpenAsync();
        var request = Request("customer_id,email,phone,country,language\nc1, Jörg@BÜCHER.example\u200B,0151 1234 5678,Deutschland,German\n");
        await RunAsync(store, request with { Plan = request.Plan with { Country = "DE" } });
        var contact = (await ContactAsync(store, "c1"))!;
        Assert.Equal(("jörg@xn--bcher-kva.example", "Jörg@BÜCHER.example", "+4915112345678", "0151 1234 5678"), (contact.Email, contact.RawEmail, contact.Phone, contact.RawPhone));
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        await using var db = await store.ContextAsync();
        var traits = await db.CustomerTraits.ToDictionaryAsync(t => t.Name, t => t.Value, Ct);
        Assert.Equal(("DE", "Deutschland", "de", "German"), (traits["country"], traits["country_raw"], traits["language"], traits["language_raw"]));
    }

    [Theory]
    [InlineData("DE"), InlineData("Deutschland"), InlineData("Germany"), InlineData("de")]
    public async Task A_country_that_orders_named_in_other_words_is_no_difference(string country)
    {
        await using var store = await TestStore.OpenAsync();
        await store.Log.AppendAsync(An.Batch(An.OrderLine("o-1", 1, "c1", at: ManualClock.Noon.AddDays(-1)) with { Properties = """{"country":"Germany"}""" }), Ct);
        store.Clock.Advance(TimeSpan.FromHours(1));
        var check = await CheckAsync(store, Request($"customer_id,country\nc1,{country}\n"));
        Assert.Equal((0L, 0L, 1L), (check.New, check.Changed, check.Unchanged));
        Assert.Equal((0L, 1L), await ChangesAsync("Austria"));

        async Task<(long New, long Changed)> ChangesAsync(string other)
        {
            var moved = await CheckAsync(store, Request($"customer_id,country\nc1,{other}\n"));
            return (moved.New, moved.Changed);
        }
    }

    private static string RandomFile(Rng rng)
    {
        var text = new StringBuilder("customer_id,email,name,city\n");
        string Pick(params string[] from) => from[rng.NextInt(from.Length)];
        for (var i = rng.NextInt(30); i >= 0; i--)
            text.Append(Pick("c1", "c2", "c3", "", "unknown")).Append(',').Append(Pick("a@example.org", "b@example.org", "C@example.org", "", "wrong", "test@x.org")).Append(',').Append(Pick("Ann", "Bo", "")).Append(',').Append(Pick("York", "Hull", "")).Append('\n');
        return text.ToString();
    }

    private static async Task<TestStore> KnownStoreAsync()
    {
        var store = await TestStore.OpenAsync();
        await RunAsync(store, Request(Known));
        store.Clock.Advance(TimeSpan.FromHours(1));
        return store;
    }

    internal static ImportRequest Request(string text, string preset = "customers")
    {
        var source = ImportSource.FromBytes("file.csv", Encoding.UTF8.GetBytes(text));
        return new ImportRequest(source, ImportPlanner.Propose(source, new PlanRequest(preset)).Value.Plan);
    }

    private static async Task<ImportCheck> CheckAsync(TestStore store, ImportRequest request) => (await store.Get<ImportService>().CheckAsync(request, null, Ct)).Value;

    internal static async Task<ImportReport> RunAsync(TestStore store, ImportRequest request) => (await store.Get<ImportService>().RunAsync(request, null, Ct)).Value;

    private static async Task<(string?, decimal?, string?)> ItemAsync(TestStore store, string id)
    {
        await using var db = await store.ContextAsync();
        var item = await db.Items.SingleAsync(i => i.ExternalId == id, Ct);
        return (item.Name, item.Price, item.Category);
    }

    internal static async Task<ContactData?> ContactAsync(TestStore store, string customer)
    {
        await using var db = await store.ContextAsync();
        return await db.Customers.Where(c => c.ExternalId == customer).Select(c => (long?)c.Id).SingleOrDefaultAsync(Ct) is { } id ? store.Get<ContactVault>().Read(id) : null;
    }

    internal static async Task<string> DescribeAsync(TestStore store, string customer)
    {
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        await using var db = await store.ContextAsync();
        var id = await db.Customers.Where(c => c.ExternalId == customer).Select(c => c.Id).SingleAsync(Ct);
        var city = await db.CustomerTraits.Where(t => t.CustomerId == id && t.Name == "city").Select(t => t.Value).SingleOrDefaultAsync(Ct);
        var contact = store.Get<ContactVault>().Read(id);
        return $"{contact?.Email}|{contact?.Name}|{city}";
    }
}
