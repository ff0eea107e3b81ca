using System.Diagnostics;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Content.Data;
using CampaignPortal.Marketing.Content.Templates;
using CampaignPortal.Marketing.Customers.Attributes;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Marketing.Predictions;
using CampaignPortal.Marketing.Privacy;
using CampaignPortal.Statistics.Random;
using CampaignPortal.Testing;
using Microsoft.EntityFrameworkCore;

namespace CampaignPortal.Marketing.Tests.Content;

/// <summary>What messages say about customers, read from a real store.</summary>
public sealed class RenderDataTests(ITestOutputHelper output) : IAsyncLifetime
{
    private TestStore _store = null!; // opened before each test

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private RenderDataReader Reader => _store.Get<RenderDataReader>();

    public async ValueTask InitializeAsync() => _store = await TestStore.OpenAsync();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData("Lena Marten", "Lena", "Marten")]
    [InlineData("Marten, Lena Maria", "Lena", "Marten")]
    [InlineData("Dr. Lena van der Berg", "Lena", "van der Berg")]
    [InlineData("Mrs. Prof. Lena Marten", "Lena", "Marten")]
    [InlineData("L. Marten", null, "Marten")]
    [InlineData("Lena", "Lena", null)]
    [InlineData("王小明", "王小明", null)]
    [InlineData("lena@example.com", null, null)]
    [InlineData("  ", null, null)]
    [InlineData(null, null, null)]
    public void A_name_is_split_with_care(string? name, string? first, string? last) => Assert.Equal((first, last), PersonName.Split(name));

    [Fact]
    public async Task Contact_traits_and_orders_are_read_as_values_of_their_kind()
    {
        await FillAsync();
        var person = (await Reader.ReadAsync([1, 2, 99], Needs("traits.age", "orders.count", "orders.last_items", "customer.since", "customer.life_stage"), Ct));
        Assert.Equal([1L, 2L], person.Keys.Order());
        var lena = person[1];
        Assert.Equal(("lena@example.com", "Lena Marten", "c-1"), (lena.Email, lena.Name, lena.ExternalId));
        Assert.Equal("Lena", Value(lena, "customer.first_name").Text);
        Assert.Equal(41m, Value(lena, "traits.age").Number);
        Assert.Equal(new DateOnly(1985, 3, 9), DateOnly.FromDateTime(Value(lena, "traits.born").Time.Date));
        Assert.Equal(["tea", "cups"], Value(lena, "traits.likes").List.Select(v => v.Text));
        Assert.True(Value(lena, "traits.vip").Boolean);
        Assert.Equal((2m, 35m), (Value(lena, "orders.count").Number, Value(lena, "orders.total").Number));
        Assert.Equal(["Kettle", "i-7"], Value(lena, "orders.last_items").List.Select(v => v.Map!["name"].Text)); // the name, or the number where the shop gave none
        Assert.Equal("https://shop.example.com/kettle", Value(lena, "orders.last_items").List[0].Map!["url"].Text); // a list of maps
        Assert.Equal((0m, "no-order"), (Value(person[2], "orders.count").Number, Value(person[2], "customer.life_stage").Text));
        Assert.True(Value(person[2], "customer.first_name").IsMissing);
    }

    [Fact]
    public async Task Only_what_a_message_needs_is_read()
    {
        await FillAsync();
        var lena = (await Reader.ReadAsync([1], ContentNeeds.None, Ct))[1];
        Assert.True(Value(lena, "traits").IsMissing && Value(lena, "orders").IsMissing && Value(lena, "scores").IsMissing);
    }

    [Fact]
    public async Task Who_was_erased_is_left_out()
    {
        await FillAsync();
        await _store.Get<EraseCustomerHandler>().HandleAsync("c-1", "1", Ct);
        Assert.Equal([2L], (await Reader.ReadAsync([1, 2], ContentNeeds.None, Ct)).Keys);
    }

    [Fact]
    public async Task The_picker_tells_how_many_have_a_field_and_shows_no_contact_data()
    {
        await FillAsync();
        var fields = (await _store.Get<ReadFieldsHandler>().HandleAsync(Ct)).ToDictionary(f => f.Field.Path);
        Assert.Equal(0.5, fields["customer.first_name"].FillRate);
        Assert.Equal((0.5, AttributeKind.Number), (fields["traits.age"].FillRate, fields["traits.age"].Field.Kind));
        Assert.Equal(["41"], fields["traits.age"].Samples);
        Assert.Empty(fields["customer.email"].Samples);
        Assert.Null(fields["shop.name"].FillRate);
        Assert.All(fields.Values.SelectMany(f => f.Samples), s => Assert.DoesNotContain("lena", s, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Products_come_from_the_prepared_lists_under_the_rules_of_now_without_what_was_just_bought()
    {
        await TrainAsync(250);
        var need = new ContentNeeds(new HashSet<string>(), new HashSet<ListNeed> { new("for-you", 3), new("new-for-you", 2), new("for-you", 5) });
        await using var db = await _store.ContextAsync();
        var customers = await db.Customers.OrderBy(c => c.Id).Select(c => c.Id).Take(60).ToListAsync(Ct);
        var before = await Reader.ReadAsync(customers, need, Ct);
        Assert.All(before.Values, p => Assert.Equal((5, 2), (Value(p, "recommendations.for-you").List.Count, Value(p, "recommendations.new-for-you").List.Count)));

        var first = Value(before[customers[0]], "recommendations.for-you").List[0].Map!["number"].Text; // a list of maps
        await _store.Log.AppendAsync(new EventBatch("shop", [An.OrderLine("fresh", 0, before[customers[0]].ExternalId, 9m, 1, _store.Clock.GetUtcNow(), first)]), Ct);
        _store.Clock.Advance(TimeSpan.FromMinutes(1));
        var after = await Reader.ReadAsync(customers, need, Ct);
        Assert.DoesNotContain(first, Value(after[customers[0]], "recommendations.for-you").List.Select(v => v.Map!["number"].Text));
        Assert.Equal(5, Value(after[customers[0]], "recommendations.for-you").List.Count);
    }

    [Fact]
    public async Task Ten_thousand_people_are_read_and_rendered_within_seconds()
    {
        foreach (var numbers in Enumerable.Range(1, 10_000).Chunk(1_000))
        {
            var batch = new EventBatch("shop", [.. numbers.SelectMany(i => (NewEvent[])[Profile(i), An.OrderLine($"o-{i}", 0, $"c-{i}", item: $"i-{i % 50}")])]);
            await _store.Log.AppendAsync(batch with { Contacts = [.. numbers.Select(i => new ContactDraft($"c-{i}") { Email = $"c{i}@example.com", Name = $"Lena Nr{i}" })] }, Ct);
        }
        await _store.Get<ProjectionHost>().CatchUpAsync(Ct);
        var message = _store.Get<MessageComposer>().Compile(SampleMessages.Content with { Body = SampleMessages.Content.Body + "\n\n{{#if traits.vip}}You are special.{{/if}}" }).Message!; // compiles

        var reading = Stopwatch.StartNew();
        var people = await Reader.ReadAsync([.. Enumerable.Range(1, 10_000).Select(i => (long)i)], message.Needs, Ct);
        reading.Stop();
        var rendering = Stopwatch.StartNew();
        Assert.All(people.Values, p => Assert.IsType<RenderedMessage>(message.Render(p, PreviewLinks.Instance)));
        rendering.Stop();
        output.WriteLine(FormattableString.Invariant($"read {reading.ElapsedMilliseconds} ms, rendered {rendering.ElapsedMilliseconds} ms"));
        Assert.Equal(10_000, people.Count);
        Assert.True(reading.Elapsed < TimeSpan.FromSeconds(10) && rendering.Elapsed < TimeSpan.FromSeconds(10)); // generous: other tests run beside this one

        static NewEvent Profile(int i) => new()
        {
            MessageId = $"p-{i}", Type = KnownEvents.ProfileUpdated, Customer = $"c-{i}", OccurredAt = ManualClock.Noon, Properties = """{"traits":{"vip":true}}""",
        };
    }

    private static TemplateValue Value(RenderData person, string path) => ReadFieldsHandler.ValueOf(person, path);

    private static ContentNeeds Needs(params string[] fields) => new(fields.ToHashSet(), new HashSet<ListNeed>());

    private async Task FillAsync()
    {
        await _store.Log.AppendAsync(
            new EventBatch("shop",
            [
                new NewEvent
                {
                    MessageId = "p-1", Type = KnownEvents.ProfileUpdated, Customer = "c-1", OccurredAt = ManualClock.Noon,
                    Properties = """{"traits":{"age":41,"born":"1985-03-09","likes":["tea","cups"],"vip":true}}""",
                },
                An.Event("v-2", customer: "c-2"),
                An.OrderLine("o-1", 1, amount: 20, at: ManualClock.Noon.AddDays(-9), item: "i-1"), An.OrderLine("o-2", 1, amount: 10, at: ManualClock.Noon.AddDays(-1), item: "i-6"),
                An.OrderLine("o-2", 2, amount: 5, at: ManualClock.Noon.AddDays(-1), item: "i-7"),
            ])
            {
                Contacts = [new ContactDraft("c-1") { Email = "lena@example.com", Name = "Lena Marten" }],
                Items = [new ItemDraft("i-6") { Name = "Kettle", Url = "https://shop.example.com/kettle" }],
            },
            Ct);
        await _store.Get<ProjectionHost>().CatchUpAsync(Ct);
    }

    private async Task TrainAsync(int customers)
    {
        await _store.Log.AppendAsync(new EventBatch("shop", [.. SmallShop.Events(new Rng(5), customers, days: 300)]), Ct);
        _store.Clock.SetTo(SmallShop.Start.AddDays(300));
        foreach (var model in new[] { ModelNames.Segments, ModelNames.Recommendations }) await _store.Get<TrainModelsHandler>().HandleAsync(new TrainModels(model, Seed: 3), null, Ct);
        await _store.Get<ScoreCustomersHandler>().HandleAsync(null, 1, Ct);
    }
}
