using System.Net;
using System.Text.Json;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Content.Checks;
using CampaignPortal.Marketing.Content.Data;
using CampaignPortal.Marketing.Content.Templates;
using CampaignPortal.Marketing.Customers.Attributes;
using CampaignPortal.Marketing.Events;
using CampaignPortal.Testing;
using CampaignPortal.Web.Components;
using CampaignPortal.Web.Components.Shared;
using CampaignPortal.Web.Features.Content;
using CampaignPortal.Web.Identity;
using CampaignPortal.Web.Tests.Identity;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.JSInterop;
using static CampaignPortal.Web.Tests.Components.PartsTests;

namespace CampaignPortal.Web.Tests.Content;

public sealed class MessageEditorTests : IAsyncLifetime
{
    private static readonly MessageContent Sample = new() { Subject = "Hello {{default customer.first_name \"there\"}}", Preheader = "News", Body = "# Linen\n\nIt is back.", SenderName = "Fern" };

    private TestStore _store = null!; // opened before each test
    private MessageContent? _changed;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Speak("en-GB", "en");
        _store = await TestStore.OpenAsync();
        await _store.Log.AppendAsync(
            new EventBatch("shop", [An.Event("v-1", customer: "c-1"), An.Event("v-2", customer: "c-2")]) { Contacts = [new ContactDraft("c-1") { Name = "Lena Marten", Email = "lena@example.com" }] }, Ct);
        await _store.Get<ProjectionHost>().CatchUpAsync(Ct);
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task The_body_is_edited_and_what_is_chosen_beside_it_is_kept()
    {
        var part = await RenderAsync(Sample, Roles.Admin);
        await part.ChangeAsync("textarea#body", "new text");
        Assert.Equal("new text", _changed!.Body);
        await part.ChangeAsync(".options label:nth-child(2) select", "Shop");
        Assert.Equal(MessageLayout.Shop, _changed.Layout);
        await part.ChangeAsync(".options label:nth-child(4) select", "Stop");
        Assert.Equal(MissingValue.Stop, _changed.WhenMissing);
        await part.ChangeAsync(".options label:nth-child(1) select", "no such format");
        Assert.Equal(BodyFormat.Markdown, _changed.BodyFormat);
    }

    [Fact]
    public async Task Mjml_begins_with_the_body_and_is_compiled_before_anything_changes()
    {
        var (part, held) = await MjmlAsync(Sample, new MjmlScript(source => source.Contains("<h1>Linen</h1>", StringComparison.Ordinal) ? ("<div>linen</div>", 0) : null));
        await part.ChangeAsync(".options label:nth-child(1) select", "Mjml");
        Assert.Equal((BodyFormat.Mjml, "<div>linen</div>", MessageLayout.Plain, false), (held.Content.BodyFormat, held.Content.Body, held.Content.Layout, held.Content.IsBehindSource));
        Assert.Contains("<h1>Linen</h1>", part.Find("textarea#body").TextContent + part.Find("textarea#body").GetAttribute("value"), StringComparison.Ordinal);

        var (without, kept) = await MjmlAsync(Sample, new MjmlScript(_ => null));
        await without.ChangeAsync(".options label:nth-child(1) select", "Mjml");
        Assert.Equal(Sample, kept.Content);
        Assert.Contains("could not be compiled in this browser", without.Find(".problems").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_cannot_be_compiled_is_kept_its_line_is_named_and_the_last_html_stays()
    {
        var good = (Sample with { BodyFormat = BodyFormat.Mjml }).WithCompiled("<mjml>1</mjml>", "<p>one</p>");
        var (part, held) = await MjmlAsync(good, new MjmlScript(source => source.Contains("colour", StringComparison.Ordinal) ? (null, 4) : ("<p>" + source.Length + "</p>", 0)));
        await part.ChangeAsync("textarea#body", "<mjml colour>2</mjml>");
        Assert.Equal(("<mjml colour>2</mjml>", "<p>one</p>", true), (held.Content.Mjml, held.Content.Body, held.Content.IsBehindSource));
        Assert.Equal("Message, line 4, column 1", part.Find(".problems button").TextContent);
        Assert.Contains("still made of the last MJML", part.Find(".alert.warn").TextContent, StringComparison.Ordinal);
        await part.ChangeAsync("textarea#body", "<mjml>3</mjml>");
        Assert.Equal(("<p>14</p>", false), (held.Content.Body, held.Content.IsBehindSource));
        Assert.Empty(part.FindAll(".problems, .alert.warn"));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Leaving_mjml_asks_first_and_keeps_the_html(bool goesOn)
    {
        var content = (Sample with { BodyFormat = BodyFormat.Mjml }).WithCompiled("<mjml>1</mjml>", "<p>one</p>");
        var (part, held) = await MjmlAsync(content, new MjmlScript(_ => null));
        var leaving = part.ChangeAsync(".options label:nth-child(1) select", "Html");
        Assert.Equal("Leave MJML?", held.Confirmation.Asked?.Title);
        held.Confirmation.Answer(goesOn);
        await leaving;
        Assert.Equal(goesOn ? content with { BodyFormat = BodyFormat.Html, Mjml = null, CompiledFrom = null } : content, held.Content);
        Assert.Equal("<p>one</p>", held.Content.Body);
    }

    [Fact]
    public async Task A_mistake_is_shown_with_its_place_in_the_readers_words()
    {
        var part = await RenderAsync(Sample with { Subject = "{{shout x}}", Body = "a\n\n{{#if customer.name}}b" }, Roles.Admin);
        Assert.Contains("There is no function “shout”.", part.Find(".problems").TextContent, StringComparison.Ordinal);
        Assert.Equal("Message, line 3, column 1", part.Find(".problems button").TextContent);
        Assert.Equal("true", part.Find("textarea#body").GetAttribute("aria-invalid"));
        await part.ClickAsync(".canvas-head .seg button:nth-child(2)");
        Assert.Contains("Add {{/if}} after it.", part.Find(".problems").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_preview_shows_one_person_after_the_other_in_a_frame_that_runs_nothing()
    {
        var part = await RenderAsync(Sample, Roles.Admin);
        await part.ClickAsync(".canvas-head .seg button:nth-child(2)");
        Assert.Equal("Hello Lena", part.Find(".subject").TextContent);
        Assert.Equal("", part.Find("iframe").GetAttribute("sandbox"));
        var first = part.Find("iframe").GetAttribute("src");
        await part.ClickAsync(".person button:last-child");
        Assert.Equal("Hello there", part.Find(".subject").TextContent);
        Assert.NotEqual(first, part.Find("iframe").GetAttribute("src"));
        await part.ClickAsync(".person button:last-child");
        Assert.Equal("Hello Wilhelmina-Alexandra", part.Find(".subject").TextContent);
        await part.ClickAsync(".icons button:nth-child(3)");
        Assert.EndsWith("?dark=true", part.Find("iframe").GetAttribute("src"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en-GB", "en", "customer.first_name is Lena → shown · Message", "customer.first_name is missing → ‘there’ · Subject|customer.first_name is missing → the part after “else” is shown · Message")]
    [InlineData("zh-CN", "zh-Hans", "customer.first_name 为 Lena → 显示 · 正文", "customer.first_name 缺失 → “there” · 主题|customer.first_name 缺失 → 显示“else”之后的部分 · 正文")]
    public async Task Under_the_preview_stands_why_each_part_appeared_for_this_person(string culture, string words, string known, string unknown)
    {
        Speak(culture, words);
        var part = await RenderAsync(Sample with { Body = "{{#if customer.first_name}}Good to see you.{{else}}Welcome.{{/if}}" }, Roles.Admin);
        await part.ClickAsync(".canvas-head .seg button:nth-child(2)");
        Assert.Equal(known, Why());
        await part.ClickAsync(".person button:last-child");
        Assert.Equal(unknown, Why());

        string Why() => string.Join('|', part.FindAll(".parts-why li").Select(l => l.TextContent.Trim()));
    }

    [Fact]
    public async Task A_list_says_how_many_products_it_has_and_a_message_without_conditions_that_it_has_none()
    {
        var part = await RenderAsync(Sample with { Subject = "Hello", Body = "Hi\n\n{{recommendations \"best-sellers\" 3}}" }, Roles.Admin);
        await part.ClickAsync(".canvas-head .seg button:nth-child(2)");
        Assert.Equal("Bestsellers in the category: no products · Message", part.Find(".parts-why li").TextContent.Trim());

        part = await RenderAsync(Sample with { Subject = "Hello" }, Roles.Admin);
        await part.ClickAsync(".canvas-head .seg button:nth-child(2)");
        Assert.Empty(part.FindAll(".parts-why li"));
        Assert.Contains("no condition", part.Find(".parts-why").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whose_role_sees_names_masked_sees_them_masked_in_the_message_too()
    {
        var part = await RenderAsync(Sample, Roles.Marketer);
        await part.ClickAsync(".canvas-head .seg button:nth-child(2)");
        Assert.Equal("Hello L…", part.Find(".subject").TextContent);
        Assert.DoesNotContain("Lena", part.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_without_a_value_is_told_in_place_of_the_message()
    {
        var part = await RenderAsync(Sample with { Body = "Dear {{customer.first_name}}" }, Roles.Admin);
        await part.ClickAsync(".canvas-head .seg button:nth-child(2)");
        await part.ClickAsync(".person button:last-child");
        Assert.Equal("This person would be skipped: customer.first_name has no value and no default.", part.Find(".alert").TextContent.Trim());
    }

    [Fact]
    public async Task The_plain_text_follows_the_message_until_it_is_edited_by_hand()
    {
        var part = await RenderAsync(Sample, Roles.Admin);
        await part.ClickAsync(".body-editor > .seg button:nth-child(2)");
        Assert.Equal("Linen\n\nIt is back.", part.Find("pre.plain").TextContent.ReplaceLineEndings("\n"));
        await part.ClickAsync("pre.plain + button");
        Assert.Equal("Linen\n\nIt is back.", _changed!.PlainText);
    }

    [Fact]
    public async Task The_picker_shows_how_many_have_a_value_and_hides_what_is_not_searched_for()
    {
        var part = await RenderAsync(Sample, Roles.Admin);
        await part.ClickAsync(".toolbar button[aria-expanded]");
        for (var wait = 0; wait < 250 && part.FindAll(".picker li").Count == 0; wait++) await Task.Delay(20, Ct); // it counts beside the page
        Assert.Equal("50%", part.FindAll(".picker li").Single(l => l.QuerySelector(".path")!.TextContent is "customer.first_name").QuerySelector(".num")!.TextContent);
        await part.InputAsync(".picker input[type=search]", "orders.");
        Assert.All(part.FindAll(".picker .path"), p => Assert.StartsWith("orders.", p.TextContent, StringComparison.Ordinal));
        await part.InputAsync(".picker input[type=search]", "nothing like it");
        Assert.Contains("No value has this name.", part.Find(".picker").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("customer.first_name", AttributeKind.Text, "there", "{{default customer.first_name \"there\"}}")]
    [InlineData("customer.first_name", AttributeKind.Text, "", "{{customer.first_name}}")]
    [InlineData("customer.first_name", AttributeKind.Text, "a\"}}{{b", "{{default customer.first_name \"a'{{b\"}}")]
    [InlineData("orders.total", AttributeKind.Money, "", "{{money orders.total}}")]
    [InlineData("orders.last_at", AttributeKind.DateTime, "lately", "{{default (date orders.last_at) \"lately\"}}")]
    [InlineData("traits.vip", AttributeKind.Boolean, "", "{{#if traits.vip}}{{/if}}")]
    [InlineData("traits.likes", AttributeKind.List, "", "{{join traits.likes}}")]
    public void A_value_is_inserted_in_the_form_of_its_kind(string path, AttributeKind kind, string fallback, string expected)
    {
        var text = FieldText.Of(new FieldChoice(new RenderField(path, kind), 0.5, []), fallback);
        Assert.Equal(expected, text);
    }

    [Fact]
    public async Task A_test_goes_to_a_few_good_addresses_only()
    {
        TestRequest? sent = null;
        var part = await RenderAsync(Sample, Roles.Marketer, test => sent = test);
        await part.ClickAsync(".canvas-head > button");
        foreach (var (typed, problem) in new[] { ("", "Enter at least one address."), ("a@x.de b@x.de c@x.de d@x.de e@x.de f@x.de", "At most 5 addresses."), ("lena", "“lena” is not an e-mail address.") })
        {
            await part.ChangeAsync("#test-addresses", typed);
            await part.RaiseAsync("dialog form", "onsubmit");
            Assert.Equal(problem, part.Find("#test-wrong").TextContent);
        }
        await part.ChangeAsync("#test-addresses", "a@example.com; b@example.com, A@example.com");
        await part.RaiseAsync("dialog form", "onsubmit");
        Assert.Equal(["a@example.com", "b@example.com"], sent!.Addresses);
        Assert.Empty(part.FindAll("dialog"));
    }

    [Theory]
    [InlineData("en-GB", "en")]
    [InlineData("zh-CN", "zh-Hans")]
    public void Every_code_of_a_finding_has_words(string culture, string words)
    {
        Speak(culture, words);
        var arguments = new Dictionary<string, object>(StringComparer.Ordinal) { ["name"] = "x", ["guess"] = "y", ["count"] = 3L, ["share"] = 0.5, ["other"] = "z", ["ratio"] = 2.5, ["size"] = 99, ["names"] = "a, b", ["reason"] = "r" };
        foreach (var code in Codes(typeof(TemplateCodes)).Concat(Codes(typeof(FindingCodes))))
        {
            var text = ContentNames.Of(new ContentFinding(FindingLevel.Warning, code, ContentPlace.Body, 0, 0, arguments));
            Assert.NotEqual(code, text);
        }
    }

    [Fact, Trait("Promise", "S-24"), Trait("Promise", "S-26")]
    public async Task The_document_of_a_preview_has_a_policy_of_its_own_and_is_its_authors_alone()
    {
        await using var portal = TestPortal.Start();
        var author = await Doors.AddUserAsync(portal, Roles.Marketer, "author@example.com");
        await Doors.AddUserAsync(portal, Roles.Marketer, "other@example.com");
        var token = portal.Get<PreviewStore>().Add("<p>secret</p><style>@media (prefers-color-scheme:dark){p{color:red}}</style>", author.Id);
        Assert.True(token.Length >= 22); // 128 bits
        using var mine = await Doors.EnterAsync(portal, "author@example.com");
        using var theirs = await Doors.EnterAsync(portal, "other@example.com");
        using var stranger = portal.CreateClient();

        var response = await mine.GetAsync(PreviewEndpoints.AddressOf(token, isDark: true), Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'self'; sandbox", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script", policy, StringComparison.Ordinal);
        Assert.Contains("@media all{p{color:red}}", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await theirs.GetAsync(PreviewEndpoints.AddressOf(token, isDark: false), Ct)).StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, (await stranger.GetAsync(PreviewEndpoints.AddressOf(token, isDark: false), Ct)).StatusCode);
        var guessed = await mine.GetAsync(PreviewEndpoints.AddressOf("guessed", isDark: false), Ct);
        Assert.Equal(HttpStatusCode.NotFound, guessed.StatusCode);
        Assert.Equal(policy, guessed.Headers.GetValues("Content-Security-Policy").Single()); // what the frame shows is a refusal, not an error of the browser
    }

    [Fact]
    public void Previews_are_forgotten_after_a_while_and_never_pile_up()
    {
        var clock = new ManualClock();
        var store = new PreviewStore(clock);
        var first = store.Add("a", 1);
        Assert.Equal("a", store.Find(first, 1));
        clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Null(store.Find(first, 1));
        var tokens = Enumerable.Range(0, 600).Select(i =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            return store.Add("x", 1);
        }).ToArray();
        Assert.Equal(500, tokens.Count(t => store.Find(t, 1) is not null));
        Assert.NotNull(store.Find(tokens[^1], 1));
    }

    [Fact]
    public void A_browser_on_its_way_to_a_preview_still_finds_it_when_its_author_moves_on()
    {
        var clock = new ManualClock();
        var store = new PreviewStore(clock);
        var token = store.Add("a", 1);
        store.Retire(token);
        clock.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal("a", store.Find(token, 1));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(store.Find(token, 1));
    }

    private static IEnumerable<string> Codes(Type codes) => codes.GetFields().Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!); // constants of texts

    private Task<RenderedPart> RenderAsync(MessageContent content, string role, Action<TestRequest>? onTest = null)
    {
        var identity = new System.Security.Claims.ClaimsIdentity([.. RoleCapabilitiesTests.User(role).Claims, new System.Security.Claims.Claim(System.Security.Claims.ClaimTypes.NameIdentifier, "1")], "test");
        var parameters = new Dictionary<string, object?> { ["Content"] = content, ["ContentChanged"] = EventCallback.Factory.Create<MessageContent>(this, c => _changed = c) };
        if (onTest is not null) parameters["OnTest"] = EventCallback.Factory.Create(this, onTest);
        return RenderedPart.RenderAsync<Host>(
            new Dictionary<string, object?> { ["Part"] = typeof(MessageEditor), ["Parameters"] = parameters, ["Viewer"] = Viewer.Nobody with { User = new System.Security.Claims.ClaimsPrincipal(identity) } },
            services => services
                .AddSingleton<TimeProvider>(_store.Clock)
                .AddSingleton(_store.Get<MessageComposer>())
                .AddSingleton(_store.Get<PreviewMessageHandler>())
                .AddSingleton(_store.Get<ReadFieldsHandler>())
                .AddSingleton<PreviewStore>()
                .AddSingleton<Confirmation>());
    }

    private async Task<(RenderedPart Part, EditorHost.Held Held)> MjmlAsync(MessageContent content, MjmlScript script)
    {
        var held = new EditorHost.Held { Content = content };
        var part = await RenderedPart.RenderAsync<Host>(
            new Dictionary<string, object?> { ["Part"] = typeof(EditorHost), ["Parameters"] = new Dictionary<string, object?> { ["State"] = held }, ["Viewer"] = Viewer.Nobody with { User = RoleCapabilitiesTests.User(Roles.Admin) } },
            services => services.AddSingleton<IJSRuntime>(script).AddSingleton<TimeProvider>(_store.Clock).AddSingleton(_store.Get<MessageComposer>()).AddSingleton(_store.Get<ReadFieldsHandler>()).AddSingleton(held.Confirmation));
        return (part, held);
    }

    /// <summary>A page around the editor that takes what it is told, as the composer does.</summary>
    private sealed class EditorHost : ComponentBase
    {
        [Parameter] public Held State { get; set; } = null!; // given above

        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            builder.OpenComponent<BodyEditor>(0);
            builder.AddAttribute(1, nameof(BodyEditor.Content), State.Content);
            builder.AddAttribute(2, nameof(BodyEditor.ContentChanged), EventCallback.Factory.Create<MessageContent>(this, changed => State.Content = changed));
            builder.CloseComponent();
        }

        public sealed class Held
        {
            public required MessageContent Content { get; set; }
            public Confirmation Confirmation { get; } = new();
        }
    }

    /// <summary>Stands in for the browser's compiler: what it makes of a source, or the line of a mistake; null is a browser that cannot load it.</summary>
    private sealed class MjmlScript(Func<string, (string? Html, int Line)?> compile) : IJSRuntime, IJSObjectReference
    {
        public async ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args)
        {
            if (typeof(TValue) == typeof(IJSObjectReference)) return (TValue)(object)this;
            if (identifier is not "compile") return default!; // nobody looks at the answer
            await Task.Yield(); // a browser never answers at once
            if (compile((string)args![0]!) is not { } made) throw new JSException("no module");
            var answer = new { html = made.Html, errors = made.Html is null ? new[] { new { line = made.Line, message = "Attribute colour is illegal" } } : [] };
            return JsonSerializer.Deserialize<TValue>(JsonSerializer.Serialize(answer), JsonSerializerOptions.Web)!; // the answer is an object
        }

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) => InvokeAsync<TValue>(identifier, args);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
