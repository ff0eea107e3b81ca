using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Content.Data;
using CampaignPortal.Marketing.Content.Templates;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignPortal.Marketing.Tests.Content;

/// <summary>Why each part of a message appeared for one person (CM-06).</summary>
public sealed class RenderTraceTests : IAsyncLifetime
{
    private TestStore _store = null!; // opened before each test

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _store = await TestStore.OpenAsync(configure: services => services.AddSingleton<IRecommendationSource, OneProduct>());

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public void Defaults_conditions_and_lists_are_told_in_the_order_of_the_message()
    {
        var parts = Trace(SampleMessages.Content, SampleMessages.Person(firstName: null, products: 2)).Parts;
        Assert.Equal(
            ["Subject: customer.first_name -> there", "Body: customer.first_name -> There", "Body: orders.count=4 Shown", "Body: for-you 2"],
            parts.Select(Say));
    }

    [Fact]
    public void Who_has_every_value_needs_no_default() =>
        Assert.Empty(Trace(SampleMessages.Content, SampleMessages.Person("Lena")).Parts.OfType<TracedDefault>());

    [Theory]
    [InlineData("{{#if orders.count}}a{{/if}}", "orders.count=4 Shown")]
    [InlineData("{{#if customer.last_name}}a{{/if}}", "customer.last_name= LeftOut")]
    [InlineData("{{#if customer.last_name}}a{{else}}b{{/if}}", "customer.last_name= Else")]
    [InlineData("{{#unless orders.count}}a{{/unless}}", "orders.count=4 LeftOut")]
    [InlineData("{{#if (gt orders.count 5)}}a{{else if (and orders.count (eq customer.first_name 'Lena'))}}b{{/if}}", "orders.count=4 NextCondition|orders.count=4,customer.first_name=Lena Shown")]
    [InlineData("{{#if orders.last_at}}{{#if orders.count}}a{{/if}}{{/if}}", "orders.last_at= LeftOut")] // what stands inside was not asked
    [InlineData("{{#with shop}}{{name}}{{else}}b{{/with}}", "shop= Shown")]
    [InlineData("{{#each orders.last_items}}{{name}}{{else}}b{{/each}}", "orders.last_items= Else")]
    [InlineData("{{#recommendations \"for-you\" 1}}{{name}}{{#unless @last}}, {{/unless}}{{/recommendations}}", "for-you 1")] // the round of a loop is no reason
    [InlineData("{{#recommendations \"buy-again\" 1}}{{name}}{{else}}none{{/recommendations}}", "buy-again 0")]
    [InlineData("[Shop](https://shop.example.com/?q={{default customer.last_name \"all\"}})", "customer.last_name -> all")]
    public void Each_kind_of_part_says_which_value_decided(string body, string expected)
    {
        var trace = Trace(new MessageContent { Subject = "Hello", Body = body, SenderName = "Fern" }, SampleMessages.Person());
        Assert.Equal(expected, string.Join('|', trace.Parts.Select(p => Say(p)["Body: ".Length..])));
    }

    [Fact]
    public void What_is_written_is_the_same_with_and_without_a_trace()
    {
        var message = _store.Get<MessageComposer>().Compile(SampleMessages.Content).Message!; // the sample compiles
        Assert.Equal(message.Render(SampleMessages.Person(), new NumberedLinks()), message.Render(SampleMessages.Person(), new NumberedLinks(), new RenderTrace()));
    }

    [Fact]
    public void A_loop_of_thousands_does_not_fill_the_page()
    {
        var person = SampleMessages.Person();
        person.Values["traits"] = TemplateValue.Of(new TemplateMap { ["likes"] = TemplateValue.Of([.. Enumerable.Range(0, 300).Select(i => TemplateValue.Of("tea"))]) });
        var trace = Trace(new MessageContent { Subject = "Hello", Body = "{{#each traits.likes}}{{#if this}}a{{/if}}{{/each}}", SenderName = "Fern" }, person);
        Assert.Equal((RenderTrace.MaxParts, true), (trace.Parts.Count, trace.IsCut));
        Assert.False(Trace(SampleMessages.Content, SampleMessages.Person()).IsCut);
    }

    [Fact]
    public async Task A_product_of_a_real_customer_comes_with_the_reason_of_its_offer_and_names_stay_masked()
    {
        await _store.Log.AppendAsync(
            new EventBatch("shop", [An.Event("v-1", customer: "c-1", item: "i-1")]) { Contacts = [new ContactDraft("c-1") { Name = "Lena Marten", Email = "lena@example.com" }], Items = [new ItemDraft("i-1") { Name = "Kettle", Price = 20, Currency = "EUR" }] }, Ct);
        await _store.Get<ProjectionHost>().CatchUpAsync(Ct);
        var content = SampleMessages.Content with { Body = "{{#if (eq customer.first_name 'Lena')}}a{{/if}}\n\n{{recommendations \"for-you\" 3}}" };
        var previews = _store.Get<PreviewMessageHandler>();
        var person = new PreviewPerson(1, HardCase.None, null, "c-1");

        var seen = (await previews.HandleAsync(content, person, null, Ct)).Trace!; // it compiles
        var offer = Assert.Single(Assert.Single(seen.Parts.OfType<TracedList>()).Products);
        Assert.Equal(("Kettle", "viewed", 1L), (offer.Name, offer.Offer?.Reason, offer.Offer?.ItemId));
        Assert.Equal("Body: customer.first_name=Lena Shown", Say(seen.Parts.OfType<TracedCondition>().Single()));

        var masked = (await previews.HandleAsync(content, person, _ => "L…", Ct)).Trace!; // as above
        Assert.Equal("Body: customer.first_name=L… LeftOut", Say(masked.Parts.OfType<TracedCondition>().Single()));
    }

    private RenderTrace Trace(MessageContent content, RenderData person)
    {
        var compiled = _store.Get<MessageComposer>().Compile(content);
        Assert.Empty(compiled.Problems);
        var trace = new RenderTrace();
        compiled.Message!.Render(person, PreviewLinks.Instance, trace); // no problems: there is one
        return trace;
    }

    private static string Say(TracedPart part) => $"{part.Place}: " + part switch
    {
        TracedCondition c => $"{string.Join(',', c.Values.Select(v => $"{v.Field}={v.Value}"))} {c.Branch}",
        TracedDefault d => $"{d.Field} -> {d.Text}",
        TracedList l => $"{l.Strategy} {l.Products.Count}",
        _ => part.ToString(),
    };

    private sealed class OneProduct : IRecommendationSource
    {
        public Task<IReadOnlyDictionary<long, IReadOnlyList<OfferedItem>>> ReadAsync(IReadOnlyList<long> customers, ListNeed need, CancellationToken ct) =>
            Task.FromResult<IReadOnlyDictionary<long, IReadOnlyList<OfferedItem>>>(customers.ToDictionary(c => c, _ => (IReadOnlyList<OfferedItem>)[new OfferedItem(1, "viewed", [])]));
    }
}
