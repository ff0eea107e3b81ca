using System.Net;
using System.Text;
using System.Text.Json;
using CampaignPortal.Marketing.Access;
using CampaignPortal.Marketing.Database;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Web.Tests.Api;

public sealed class EventsApiTests : IAsyncLifetime
{
    private TestPortal _portal = null!; // set by InitializeAsync
    private HttpClient _client = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _portal = TestPortal.Start();
        _client = await _portal.CreateApiClientAsync(ApiScopes.EventsWrite, ApiScopes.CustomersWrite);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _portal.DisposeAsync();
    }

    private static object Track(string id, string name = "Product Viewed", object? properties = null, string user = "c-1", string? timestamp = "2026-01-05T10:00:00Z") =>
        new { messageId = id, type = "track", @event = name, userId = user, timestamp, properties = properties ?? new { product_id = "p-1" } };

    private async Task<JsonElement> PostBatchAsync(params object[] batch)
    {
        var (response, body) = await TestPortal.PostAsync(_client, "/api/v1/events", new { batch });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return body;
    }

    private async Task<PortalDbContext> ContextAsync() => await _portal.Get<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(Ct);

    [Fact, Trait("Promise", "R-01")]
    public async Task The_same_event_posted_twice_says_duplicate_and_counts_once()
    {
        var first = await PostBatchAsync(Track("e-1", "Order Completed", new { order_id = "o-1", product_id = "p-1", price = 5, quantity = 2 }));
        var second = await PostBatchAsync(Track("e-1", "Order Completed", new { order_id = "o-1", product_id = "p-1", price = 5, quantity = 2 }));

        Assert.Equal("accepted", first.GetProperty("rows")[0].GetProperty("status").GetString());
        Assert.Equal("duplicate", second.GetProperty("rows")[0].GetProperty("status").GetString());
        await _portal.Get<ProjectionHost>().CatchUpAsync(Ct);
        await using var db = await ContextAsync();
        Assert.Equal(1, await db.Events.CountAsync(Ct));
        Assert.Equal(10m, (await db.CustomerTotals.SingleAsync(Ct)).Revenue);
    }

    [Fact, Trait("Promise", "R-02")]
    public async Task One_event_posted_by_32_connections_is_stored_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => TestPortal.PostAsync(_client, "/api/v1/events", new { batch = new[] { Track("e-1") } })));

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.Response.StatusCode));
        Assert.Equal(1, answers.Sum(a => a.Body.GetProperty("accepted").GetInt32()));
        Assert.Equal(31, answers.Sum(a => a.Body.GetProperty("duplicates").GetInt32()));
        await using var db = await ContextAsync();
        Assert.Equal(1, await db.Events.CountAsync(Ct));
    }

    [Fact, Trait("Promise", "R-03")]
    public async Task The_same_id_with_another_payload_is_quarantined_and_the_first_write_stays()
    {
        await PostBatchAsync(Track("e-1", properties: new { product_id = "p-1", value = 1 }));
        var second = await PostBatchAsync(Track("e-1", properties: new { product_id = "p-1", value = 2 }));

        Assert.Equal(QuarantineReasons.ConflictPayload, second.GetProperty("rows")[0].GetProperty("reason").GetString());
        await using var db = await ContextAsync();
        Assert.Equal(1m, (await db.Events.SingleAsync(Ct)).Amount);
        Assert.Equal(1, await db.Quarantine.CountAsync(Ct));
    }

    [Fact, Trait("Promise", "R-07")]
    public async Task A_thousand_rows_with_37_bad_ones_keep_963_and_quarantine_37_with_reason_position_and_text()
    {
        var bad = new List<object>();
        for (var i = 0; i < 37; i++)
        {
            var id = FormattableString.Invariant($"bad-{i}");
            bad.Add((i % 9) switch
            {
                0 => new { messageId = id, type = "track", @event = "x" },                                                       // nobody
                1 => new { messageId = id, type = "trackk", @event = "x", userId = "c" },                                         // unknown call
                2 => Track(id, timestamp: "2199-01-01T00:00:00Z"),                                                                // future
                3 => Track(id, timestamp: "yesterday"),                                                                           // no time
                4 => Track(id, "Order Completed", new { price = 1 }),                                                             // no order number
                5 => Track(id, properties: new { product_id = "p", quantity = "two" }),                                           // text for a number
                6 => Track(id, properties: new { product_id = "p", price = -1 }),                                                 // negative
                7 => Track(id, properties: new { text = new string('x', 40_000) }),                                               // too long
                _ => new { messageId = "höhe", type = "track", @event = "x", userId = "c" },                                      // id not ASCII
            });
        }
        var batch = Enumerable.Range(0, 963).Select(i => Track(FormattableString.Invariant($"good-{i}"))).ToList();
        for (var i = 0; i < bad.Count; i++) batch.Insert(i * 27, bad[i]);

        var report = await PostBatchAsync([.. batch]);

        Assert.Equal((963, 0, 37), (report.GetProperty("accepted").GetInt32(), report.GetProperty("duplicates").GetInt32(), report.GetProperty("quarantined").GetInt32()));
        await using var db = await ContextAsync();
        var rows = await db.Quarantine.OrderBy(r => r.Position).ToListAsync(Ct);
        Assert.Equal(37, rows.Count);
        Assert.Equal(Enumerable.Range(0, 37).Select(i => i * 27L), rows.Select(r => r.Position));
        Assert.Equal(
            [QuarantineReasons.EventUnknownType, QuarantineReasons.FieldLength, QuarantineReasons.FieldMissing, QuarantineReasons.FieldRange, QuarantineReasons.FieldType, QuarantineReasons.IdInvalid, QuarantineReasons.TimeFuture],
            rows.Select(r => r.Reason).Distinct().Order());
        Assert.Contains("trackk", _portal.Get<ContactVault>().OpenText(rows.First(r => r.Reason == QuarantineReasons.EventUnknownType).Raw), StringComparison.Ordinal);
    }

    [Fact, Trait("Promise", "R-06")]
    public async Task A_stalled_store_answers_429_before_it_grows_and_recovers()
    {
        await using var portal = TestPortal.Start(configure: services => services.ConfigureInbox(2_000));
        using var client = await portal.CreateApiClientAsync(ApiScopes.EventsWrite);
        var gate = portal.Get<WriteGate>();
        List<Task<(HttpResponseMessage Response, JsonElement Body)>> posts = [];
        using (await gate.EnterAsync(Ct)) // the store is locked
        {
            for (var i = 0; i < 8; i++)
            {
                var batch = Enumerable.Range(0, 500).Select(e => Track(FormattableString.Invariant($"{i}-{e}"))).ToArray();
                posts.Add(TestPortal.PostAsync(client, "/api/v1/events", new { batch }));
            }
            // Four batches fill the inbox. The store opens only after the other four were answered: one that is still
            // on its way then would rightly be accepted.
            await foreach (var post in Task.WhenEach(posts).WithCancellation(Ct))
            {
                var (response, _) = await post;
                Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
                Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 30);
                Assert.InRange(portal.Get<EventLog>().WaitingEventCount, 0, 2_000);
                if (posts.Count(p => p.IsCompleted) == 4) break;
            }
        }
        var answers = await Task.WhenAll(posts).WaitAsync(TimeSpan.FromSeconds(20), Ct);
        var accepted = answers.Count(a => a.Response.StatusCode is HttpStatusCode.OK);
        Assert.Equal(4, accepted);
        await using var db = await portal.Get<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(Ct);
        Assert.Equal(accepted * 500, await db.Events.CountAsync(Ct)); // what was refused is not stored, what was answered is
    }

    [Theory, Trait("Promise", "R-14")]
    [InlineData("{\"batch\":[", HttpStatusCode.BadRequest, "json.invalid")]
    [InlineData("{\"batch\":[{\"a\":1e400}]}", HttpStatusCode.OK, "")]
    [InlineData("{\"batch\":[{\"a\":NaN}]}", HttpStatusCode.BadRequest, "json.invalid")]
    [InlineData("{\"batch\":[{\"a\":1,\"a\":2}]}", HttpStatusCode.BadRequest, "json.invalid")]
    [InlineData("{\"batch\":7}", HttpStatusCode.BadRequest, "field.missing")]
    [InlineData("[]", HttpStatusCode.BadRequest, "field.missing")]
    [InlineData("", HttpStatusCode.BadRequest, "json.invalid")]
    public async Task Broken_bodies_are_refused_with_a_reason(string body, HttpStatusCode expected, string code)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var response = await _client.PostAsync("/api/v1/events", content, Ct);
        Assert.Equal(expected, response.StatusCode);
        if (code.Length > 0) Assert.Contains(code, await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deep_body_a_large_body_and_too_many_entries_are_refused()
    {
        using var deep = new StringContent(new string('[', 1_000) + new string(']', 1_000), Encoding.UTF8, "application/json");
        var tooDeep = await _client.PostAsync("/api/v1/events", deep, Ct);
        Assert.Equal(HttpStatusCode.BadRequest, tooDeep.StatusCode);
        Assert.Contains("json.depth", await tooDeep.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);

        using var large = new StringContent(new string(' ', 5 << 20), Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await _client.PostAsync("/api/v1/events", large, Ct)).StatusCode);

        var (many, _) = await TestPortal.PostAsync(_client, "/api/v1/events", new { batch = Enumerable.Range(0, 1_001).Select(i => Track(FormattableString.Invariant($"e-{i}"))) });
        Assert.Equal(HttpStatusCode.BadRequest, many.StatusCode);
        await using var db = await ContextAsync();
        Assert.Equal(0, await db.Events.CountAsync(Ct));
    }

    [Fact]
    public async Task Half_a_character_spoils_its_row_only()
    {
        using var content = new StringContent("""{"batch":[{"messageId":"e-1","type":"track","event":"\ud800","userId":"c"},{"messageId":"e-2","type":"track","event":"x","userId":"c"}]}""", Encoding.UTF8, "application/json");
        var response = await _client.PostAsync("/api/v1/events", content, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        Assert.Contains(QuarantineReasons.TextEncoding, text, StringComparison.Ordinal);
        Assert.Contains("\"accepted\":1", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_with_a_wrong_one_or_without_the_scope_nothing_is_stored()
    {
        using var nobody = _portal.CreateClient();
        Assert.Equal(HttpStatusCode.Unauthorized, (await TestPortal.PostAsync(nobody, "/api/v1/events", new { batch = new[] { Track("e") } })).Response.StatusCode);
        nobody.DefaultRequestHeaders.Add("Authorization", "Bearer cp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
        Assert.Equal(HttpStatusCode.Unauthorized, (await TestPortal.PostAsync(nobody, "/api/v1/events", new { batch = new[] { Track("e") } })).Response.StatusCode);
        using var reader = await _portal.CreateApiClientAsync(ApiScopes.ModelsRead);
        Assert.Equal(HttpStatusCode.Forbidden, (await TestPortal.PostAsync(reader, "/api/v1/events", new { batch = new[] { Track("e") } })).Response.StatusCode);
        await using var db = await ContextAsync();
        Assert.Equal(0, await db.Events.CountAsync(Ct));
    }

    [Fact, Trait("Promise", "S-48")]
    public async Task A_revoked_key_is_refused_at_once_and_a_key_in_the_address_counts_for_nothing()
    {
        var store = _portal.Get<ApiKeyStore>();
        var secret = (await store.CreateAsync("till", [ApiScopes.EventsWrite], TimeSpan.FromDays(1), Ct)).Value;
        using var client = _portal.CreateClient();
        Assert.Equal(HttpStatusCode.Unauthorized, (await TestPortal.PostAsync(client, "/api/v1/events?api_key=" + secret, new { batch = new[] { Track("e") } })).Response.StatusCode);
        client.DefaultRequestHeaders.Add("Authorization", "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes(secret + ":")));
        Assert.Equal(HttpStatusCode.OK, (await TestPortal.PostAsync(client, "/api/v1/events", new { batch = new[] { Track("e") } })).Response.StatusCode);

        await store.RevokeAsync("till", Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, (await TestPortal.PostAsync(client, "/api/v1/events", new { batch = new[] { Track("f") } })).Response.StatusCode);
        await using var db = await ContextAsync();
        Assert.DoesNotContain(await db.ApiKeys.Select(k => k.Prefix).ToListAsync(Ct), p => p.Length > 8);
    }

    [Fact]
    public async Task Segments_names_become_ours_and_an_order_becomes_its_lines()
    {
        await PostBatchAsync(
            Track("1", "Product Added", new { product_id = "p-1", price = 2.5, quantity = 2 }),
            Track("2", "Order Completed", new { order_id = "o-1", products = new object[] { new { product_id = "p-1", price = 2.5, quantity = 2, name = "Mug" }, new { product_id = "p-2", price = 1 } } }),
            Track("3", "Test Drive Booked", new { product_id = "p-9" }));
        await using var db = await ContextAsync();
        var events = await db.Events.OrderBy(e => e.Sequence).ToListAsync(Ct);
        Assert.Equal([KnownEvents.CartAdded, KnownEvents.OrderPlaced, KnownEvents.OrderPlaced, KnownEvents.Custom], events.Select(e => e.Type));
        Assert.Equal([5m, 5m, 1m, null], events.Select(e => e.Amount));
        Assert.Equal("""{"name":"Test Drive Booked"}""", events[3].Properties);
        Assert.Equal("Mug", (await db.Items.SingleAsync(i => i.ExternalId == "p-1", Ct)).Name);
    }

    [Fact]
    public async Task Contact_data_reach_the_vault_and_nothing_else()
    {
        await PostBatchAsync(
            new { messageId = "1", type = "identify", userId = "c-1", traits = new { email = "canary@example.com", firstName = "Can", lastName = "Ary", phone = "+49 30 1", plan = "gold", backup = "other@example.org" } },
            Track("2", "Signed Up", new { email = "canary@example.com", source = "shop", hidden = new { who = "third@example.net" } }));
        Assert.Equal(new ContactData("canary@example.com", "+49 30 1", "Can Ary", null), _portal.Get<ContactVault>().Read(1));
        await using var db = await ContextAsync();
        Assert.Equal(["""{"traits":{"plan":"gold"}}""", """{"name":"Signed Up","source":"shop","hidden":{}}"""], await db.Events.OrderBy(e => e.Sequence).Select(e => e.Properties).ToListAsync(Ct));
        Assert.Equal([1L], await _portal.Get<ContactDirectory>().FindAsync("canary@", 5, Ct));
    }

    [Fact]
    public async Task The_senders_clock_is_corrected_by_what_it_says_of_the_moment_of_sending()
    {
        var now = DateTimeOffset.Parse("2026-11-23T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture);
        var clock = new ManualClock(now);
        await using var portal = TestPortal.Start(configure: services => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<TimeProvider>(services, clock));
        using var client = await portal.CreateApiClientAsync(ApiScopes.EventsWrite);
        // The sender's clock runs ten minutes ahead: the event happened a minute before it was sent.
        var batch = new object[] { new { messageId = "e-1", type = "track", @event = "x", userId = "c", timestamp = now.AddMinutes(9), sentAt = now.AddMinutes(10) } };

        await TestPortal.PostAsync(client, "/api/v1/events", new { batch });
        clock.Advance(TimeSpan.FromMinutes(3));
        var (_, retry) = await TestPortal.PostAsync(client, "/api/v1/events", new { batch });

        await using var db = await portal.Get<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(Ct);
        Assert.Equal(now.AddMinutes(-1), (await db.Events.SingleAsync(Ct)).OccurredAt);
        Assert.Equal("duplicate", retry.GetProperty("rows")[0].GetProperty("status").GetString());
    }

    [Fact]
    public async Task Customers_and_items_are_added_changed_and_refused_row_by_row()
    {
        var (_, customers) = await TestPortal.PostAsync(_client, "/api/v1/customers", new
        {
            customers = new object[]
            {
                new { id = "c-7", email = "seven@example.com", traits = new { city = "Ulm" }, consents = new[] { new { channel = "email", state = "granted", basis = "form of 2026-01" } } },
                new { id = "mail@example.com" },
                new { id = "c-8", email = "not an address" },
            },
        });
        Assert.Equal((1, 2), (customers.GetProperty("accepted").GetInt32(), customers.GetProperty("quarantined").GetInt32()));
        var (_, items) = await TestPortal.PostAsync(_client, "/api/v1/items", new { items = new object[] { new { id = "p-1", name = "Mug", price = 3.5, category = "Home/Kitchen" }, new { id = "p-2", price = -1 } } });
        Assert.Equal((1, 1), (items.GetProperty("accepted").GetInt32(), items.GetProperty("quarantined").GetInt32()));
        await TestPortal.PostAsync(_client, "/api/v1/items", new { items = new object[] { new { id = "p-1", price = 4 } } });

        await _portal.Get<ProjectionHost>().CatchUpAsync(Ct);
        await using var db = await ContextAsync();
        var mug = await db.Items.SingleAsync(Ct);
        Assert.Equal(("Mug", 4m), (mug.Name, mug.Price));
        Assert.True((await db.Consents.SingleAsync(Ct)).IsGranted);
        Assert.Equal("seven@example.com", _portal.Get<ContactVault>().Read(1)?.Email);
    }
}
