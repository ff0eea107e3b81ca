using System.Text.Json;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Events.Catalogue;
using CampaignPortal.Marketing.Insights;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Events;

public sealed class CatalogueTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_catalogue_counts_names_days_and_properties()
    {
        await using var store = await TestStore.OpenAsync();
        await AppendAsync(store, Own("1", "wishlist_added", """{"name":"wishlist_added","list":"home","size":3}""", -1), Own("2", "wishlist_added", """{"name":"wishlist_added","list":"garden"}""", -1), An.OrderLine("o-1", 1));

        var catalogue = await store.Get<ReadEventCatalogueHandler>().HandleAsync(Ct);
        var wishes = Assert.Single(catalogue.Rows, r => r.Name == "wishlist_added");
        Assert.Equal((2, 2), (wishes.Count, wishes.Days[^2]));
        Assert.False(wishes.IsKnown);
        Assert.Contains(catalogue.Rows, r => r.Name == KnownEvents.OrderPlaced);

        var properties = await store.Get<ReadEventPropertiesHandler>().HandleAsync("wishlist_added", Ct);
        Assert.Equal((PropertyKind.Number, 0.5), (properties.Single(p => p.Name == "size").Kind, properties.Single(p => p.Name == "size").FilledShare));
        Assert.Equal(["garden", "home"], properties.Single(p => p.Name == "list").Samples);
        Assert.DoesNotContain(properties, p => p.Name == "name");
    }

    [Fact]
    public async Task A_property_of_another_type_warns_until_somebody_accepts_it()
    {
        await using var store = await TestStore.OpenAsync();
        await AppendAsync(store, Own("1", "rated", """{"name":"rated","stars":5}"""), Own("2", "rated", """{"name":"rated","stars":"five"}"""));
        var change = Assert.Single(await ReadAsync()).Change;
        Assert.Equal((PropertyKind.Text, 0.5), (change!.To, change.Share));
        Assert.Equal(1, Assert.Single((await store.Get<ReadEventCatalogueHandler>().HandleAsync(Ct)).Rows).WarningCount);

        await SaveAsync(store, new SaveCatalogueEntry(CatalogueScope.Event, "rated", "stars", "7") { AcceptedSequence = change.Sequence });
        Assert.Null(Assert.Single(await ReadAsync()).Change);

        await AppendAsync(store, Own("3", "rated", """{"name":"rated","stars":true}""")); // yet another one is news again
        Assert.Equal(PropertyKind.Flag, Assert.Single(await ReadAsync()).Change!.To);

        async Task<IEnumerable<EventPropertyRow>> ReadAsync() => (await store.Get<ReadEventPropertiesHandler>().HandleAsync("rated", Ct)).Where(p => !p.Name.StartsWith('$'));
    }

    [Fact]
    public async Task Samples_hold_no_contact_data()
    {
        await using var store = await TestStore.OpenAsync();
        await AppendAsync(store, Own("1", "asked", """{"name":"asked","phone":"+49 555 1234","reply_to":"lena@example.com","topic":"delivery"}"""));
        var properties = await store.Get<ReadEventPropertiesHandler>().HandleAsync("asked", Ct);
        Assert.Equal(["delivery"], properties.SelectMany(p => p.Samples));
    }

    [Fact]
    public async Task A_blocked_event_is_refused_at_the_door_into_quarantine_with_its_reason()
    {
        await using var store = await TestStore.OpenAsync();
        Assert.Equal("accepted", await PostAsync(store, "1", "spam_event"));
        await SaveAsync(store, new SaveCatalogueEntry(CatalogueScope.Event, "spam_event", "", "7") { IsBlocked = true });

        Assert.Equal("quarantined", await PostAsync(store, "2", "spam_event"));

        await using var db = await store.ContextAsync();
        Assert.Equal(QuarantineReasons.EventUnknownType, (await db.Quarantine.SingleAsync(Ct)).Reason);
        Assert.Equal(1, await db.Events.CountAsync(Ct));
        Assert.Equal("catalogue.write block", (await db.AuditEntries.SingleAsync(Ct)).Action);

        await SaveAsync(store, new SaveCatalogueEntry(CatalogueScope.Event, "spam_event", "", "7") { IsBlocked = false });
        Assert.Equal("accepted", await PostAsync(store, "3", "spam_event"));
    }

    [Fact]
    [Trait("Promise", "R-19")]
    public async Task A_client_that_invents_names_is_stopped_at_the_limit_and_known_names_still_come_in()
    {
        await using var store = await TestStore.OpenAsync();
        var statuses = new List<string>();
        for (var batch = 0; batch < 3; batch++)
        {
            var entries = Enumerable.Range(batch * 200, 200).Select(i => Entry($"e-{i}", $"made_up_{i}"));
            statuses.AddRange((await IngestAsync(store, $"[{string.Join(',', entries)}]")).Rows.Select(r => r.Status));
        }
        Assert.Equal(CatalogueProjection.MaxNameCount, statuses.Count(s => s is "accepted"));
        Assert.Equal(600 - CatalogueProjection.MaxNameCount, statuses.Count(s => s is "quarantined"));
        Assert.Equal("accepted", await PostAsync(store, "again", "made_up_0"));
        Assert.Equal("accepted", await PostAsync(store, "known", KnownEvents.ItemViewed));
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
        Assert.Equal(CatalogueProjection.MaxNameCount + 1, (await store.Get<ReadEventCatalogueHandler>().HandleAsync(Ct)).Rows.Count);
    }

    [Fact]
    public async Task A_private_event_stays_away_from_timelines_and_the_stream_of_readers_without_the_right()
    {
        await using var store = await TestStore.OpenAsync(configure: services => services.AddInsights());
        await AppendAsync(store, Own("1", "allergy_stated", """{"name":"allergy_stated","what":"nuts"}"""), An.Event("2"));
        await SaveAsync(store, new SaveCatalogueEntry(CatalogueScope.Event, "allergy_stated", "", "7") { IsPrivate = true });

        var timeline = store.Get<ReadTimelineHandler>();
        Assert.Equal([KnownEvents.ItemViewed], (await timeline.HandleAsync(1, TimelineFilter.All, null, Ct)).Entries.Select(e => e.Type));
        Assert.Equal(2, (await timeline.HandleAsync(1, TimelineFilter.All, null, withPrivate: true, Ct)).Entries.Count);

        var stream = store.Get<ReadNewestEventsHandler>();
        Assert.Equal([KnownEvents.ItemViewed], (await stream.HandleAsync(new NewestEvents(null, 0, WithCustomers: false, WithPrivate: false), Ct)).Select(e => e.Name));
        var all = await stream.HandleAsync(new NewestEvents(null, 0, WithCustomers: true, WithPrivate: true), Ct);
        Assert.Equal([KnownEvents.ItemViewed, "allergy_stated"], all.Select(e => e.Name));
        Assert.All(all, e => Assert.Equal(1, e.Customer));
    }

    [Fact]
    public async Task Attributes_show_how_many_have_them_and_samples_only_of_values_that_many_share()
    {
        await using var store = await TestStore.OpenAsync();
        var said = Enumerable.Range(0, 12).Select(i => An.Event($"p-{i}", KnownEvents.ProfileUpdated, $"c-{i}") with { Properties = $$$"""{"traits":{"country":"Malta","nickname":"n{{{i}}}"}}""" });
        await AppendAsync(store, [.. said]);

        var attributes = (await store.Get<ReadAttributesHandler>().HandleAsync(Ct)).Rows;
        var country = attributes.Single(r => r.Name == "country");
        Assert.Equal((12, 1.0, 1), (country.Count, country.FilledShare, country.DistinctCount));
        Assert.Equal(["MT"], country.Samples);
        Assert.Empty(attributes.Single(r => r.Name == "nickname").Samples);
    }

    [Fact]
    public async Task Attributes_are_counted_again_when_something_changed_and_removed_values_do_not_count()
    {
        await using var store = await TestStore.OpenAsync();
        NewEvent Say(string id, string customer, string shoe, int days) => An.Event(id, KnownEvents.ProfileUpdated, customer, at: ManualClock.Noon.AddDays(days)) with { Properties = $$$"""{"traits":{"shoe":"{{{shoe}}}"}}""" };
        await AppendAsync(store, Say("1", "a", "41", -9), Say("2", "b", "42", -8), Say("3", "c", "42", -7));
        var attributes = store.Get<ReadAttributesHandler>();
        async Task<AttributeRow> ShoeAsync() => (await attributes.HandleAsync(Ct)).Rows.Single(r => r.Name == "shoe");

        var first = await ShoeAsync();
        Assert.Equal((3, 2, ManualClock.Noon.AddDays(-9), ManualClock.Noon.AddDays(-7)), (first.Count, first.DistinctCount, first.FirstAt, first.LastAt));
        var countedAt = (await attributes.HandleAsync(Ct)).AsOf;
        store.Clock.Advance(TimeSpan.FromHours(5));
        Assert.Equal(countedAt, (await attributes.HandleAsync(Ct)).AsOf); // nothing changed: nothing counted

        await AppendAsync(store, Say("4", "a", "", -1));
        var second = await ShoeAsync();
        Assert.Equal((2, 1, ManualClock.Noon.AddDays(-8)), (second.Count, second.DistinctCount, second.FirstAt));
    }

    private static NewEvent Own(string id, string name, string properties, int days = 0)
    {
        Assert.Contains(name, properties, StringComparison.Ordinal);
        return An.Event(id, KnownEvents.Custom, at: ManualClock.Noon.AddDays(days), item: null) with { Properties = properties };
    }

    private static async Task AppendAsync(TestStore store, params NewEvent[] events)
    {
        await store.Log.AppendAsync(An.Batch(events), Ct);
        await store.Get<ProjectionHost>().CatchUpAsync(Ct);
    }

    private static async Task SaveAsync(TestStore store, SaveCatalogueEntry command) => Assert.True((await store.Get<SaveCatalogueEntryHandler>().HandleAsync(command, Ct)).IsOk);

    private static async Task<string> PostAsync(TestStore store, string id, string name) => Assert.Single((await IngestAsync(store, $"[{Entry(id, name)}]")).Rows).Status;

    private static string Entry(string id, string name) => $$"""{"type":"track","messageId":"{{id}}","userId":"c-1","event":"{{name}}"}""";

    private static async Task<IngestReport> IngestAsync(TestStore store, string json)
    {
        using var batch = JsonDocument.Parse(json);
        return (await store.Get<IngestEventsHandler>().HandleAsync("shop", batch.RootElement, null, isPublic: false, Ct))!; // the inbox is empty
    }
}
