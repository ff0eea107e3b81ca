using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using CampaignPortal.Marketing.Content;
using CampaignPortal.Marketing.Content.Templates;
using CampaignPortal.Testing;

namespace CampaignPortal.Marketing.Tests.Content;

public sealed class MessageComposerTests
{
    [Fact]
    public async Task A_message_is_rendered_with_counted_links_a_footer_and_a_plain_text()
    {
        var links = new NumberedLinks();
        var message = await RenderAsync(SampleMessages.Content, links: links);
        Assert.Equal("Lena, the sage linen is back", message.Subject);
        Assert.Equal("Fern & Hearth", message.SenderName);
        var html = Parse(message.Html);
        Assert.Equal("en", html.DocumentElement.GetAttribute("lang"));
        Assert.Equal("Lena, the sage linen is back", html.Title);
        Assert.Contains("Lena, the sage linen is back", html.QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("https://t.example/u", html.QuerySelectorAll("a").Single(a => a.TextContent is "Unsubscribe").GetAttribute("href"));
        Assert.Contains("Mill Lane 1, Bristol", html.Body!.TextContent, StringComparison.Ordinal);
        Assert.Equal("https://t.example/o.gif", html.QuerySelectorAll("img")[^1].GetAttribute("src"));
        Assert.Equal(("https://shop.example.com/linen?size=200&utm_source=campaignportal&utm_medium=email&utm_campaign=linen#top", 0), links.Clicks[0]);
        Assert.Equal(["Product <1>", "Product <2>", "Product <3>"], html.QuerySelectorAll("td.card div.t:first-of-type").Select(d => d.TextContent.Trim()).Where(t => t.Length > 0));
        Assert.True(message.Html.Length < 102 * 1024);
        Assert.DoesNotContain("\u0001", message.Html + message.Text, StringComparison.Ordinal);
    }

    // As the browser's compiler writes it, with what somebody might slip in.
    private const string Columns = """
        <div style="background-color:#f4f4f4;">{{#if orders.count}}<div class="mj-column-per-50" style="display:inline-block;width:100%">Hello {{default customer.first_name "you"}}</div>{{else}}<p>new</p>{{/if}}
        <div class="mj-column-per-33-333333333333336">a</div><div class="mj-column-px-240">b</div><div class="mj-column-per-9;}body{display:none">c</div><script>alert(1)</script><a href="javascript:x" onclick="y">d</a></div>
        """;

    [Fact]
    public async Task What_a_browser_made_of_mjml_is_cleaned_like_typed_html_and_its_columns_keep_their_rule()
    {
        var content = (SampleMessages.Content with { BodyFormat = BodyFormat.Mjml, PlainText = null }).WithCompiled("<mjml>{{#if orders.count}}{{default customer.first_name \"you\"}}{{/if}}</mjml>", Columns);
        Assert.Equal(content, MessageContent.FromJson(content.ToJson()));
        var message = await RenderAsync(content);
        var html = Parse(message.Html);
        Assert.Equal(["Hello Lena", "a", "b"], html.QuerySelectorAll("div[class^=mj-column]").Select(d => d.TextContent.Trim()));
        Assert.Contains(".mj-column-per-33-333333333333336{width:33.333333333333336%!important;max-width:33.333333333333336%}", message.Html, StringComparison.Ordinal);
        Assert.Contains(".mj-column-px-240{width:240px!important", message.Html, StringComparison.Ordinal);
        Assert.DoesNotMatch("alert|javascript|onclick|body\\{display", message.Html);
        Assert.Contains("Hello Lena", message.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistake_in_mjml_is_named_by_the_line_of_the_source()
    {
        await using var store = await TestStore.OpenAsync();
        var content = (SampleMessages.Content with { BodyFormat = BodyFormat.Mjml }).WithCompiled("<mjml>\n\n{{#if orders.count}}</mjml>", "<p>{{#if orders.count}}</p>");
        var problem = Assert.Single(store.Get<MessageComposer>().Compile(content).Problems);
        Assert.Equal((ContentPlace.Body, 3, 1, TemplateCodes.NotClosed), (problem.Place, problem.Problem.Line, problem.Problem.Column, problem.Problem.Code));
    }

    [Theory]
    [InlineData("a\nb", "a\r\nb", false), InlineData("a", "b", true)]
    public void A_source_that_was_changed_since_is_ahead_of_the_mail(string compiled, string now, bool isBehind)
    {
        var content = new MessageContent { BodyFormat = BodyFormat.Mjml }.WithCompiled(compiled, "<p>x</p>") with { Mjml = now };
        Assert.Equal(isBehind, content.IsBehindSource);
        Assert.False((content with { BodyFormat = BodyFormat.Html }).IsBehindSource);
    }

    [Fact]
    public void Mjml_begins_with_what_the_body_says_and_its_tags_as_they_are()
    {
        var source = MessageComposer.BeginMjml(new MessageContent { Body = "# Hi {{default customer.first_name \"you\"}}\n\n{{#if orders.count}}\n\nback\n\n{{/if}}" });
        Assert.Matches("<mj-text[^>]*>\\s*<h1>Hi {{default customer.first_name \"you\"}}</h1>\\s*{{#if orders.count}}\\s*<p>back</p>\\s*{{/if}}\\s*</mj-text>", source);
    }

    [Fact]
    public async Task Badges_stand_at_every_counted_link_and_nowhere_else()
    {
        var message = await RenderAsync(SampleMessages.Content, links: Marketing.Content.NumberedLinks.Instance);
        var html = Parse(LinkBadges.Draw(message.Html, place => place == 9 ? null : $"{place + 1} <b>"));
        var links = html.QuerySelectorAll("a").Where(a => a.GetAttribute("href")!.StartsWith("#link-", StringComparison.Ordinal)).ToList();
        Assert.Equal(["1 <b>", "2 <b>"], links.Select(a => a.QuerySelector("span:last-child")!.TextContent).Distinct());
        Assert.Equal(links.Count, html.QuerySelectorAll("span").Count(s => s.TextContent.EndsWith("<b>", StringComparison.Ordinal)));
        Assert.Equal("Unsubscribe", html.QuerySelectorAll("a").Single(a => a.GetAttribute("href")!.EndsWith("/unsubscribe", StringComparison.Ordinal)).TextContent);
        Assert.Equal(message.Html, LinkBadges.Draw(message.Html, _ => null));
    }

    [Fact]
    public async Task The_plain_text_says_the_same_with_the_same_links()
    {
        var message = await RenderAsync(SampleMessages.Content, links: new NumberedLinks());
        Assert.Equal(
            """
            Lena, the sage linen is back

            Washed linen that softens with every night.

            See the linen range: https://t.example/c/0

            You ordered 4 times.

            - Product <1>, €10.00: https://t.example/c/1
            - Product <2>, €20.00: https://t.example/c/1
            - Product <3>, €30.00: https://t.example/c/1

            --
            You get this e-mail because you asked for news from Fern & Hearth.
            Mill Lane 1, Bristol
            Unsubscribe: https://t.example/u
            View in browser: https://t.example/v

            """.ReplaceLineEndings("\n"), message.Text);
    }

    [Theory]
    [InlineData(MessageLayout.Plain)]
    [InlineData(MessageLayout.Letter)]
    [InlineData(MessageLayout.Shop)]
    public async Task Every_layout_speaks_the_language_of_the_message_hides_the_preheader_and_links_to_unsubscribe(MessageLayout layout)
    {
        var message = await RenderAsync(SampleMessages.Content with { Layout = layout, Language = "zh-Hans", Preheader = "Für {{default customer.first_name \"Sie\"}} <b>" }, links: new NumberedLinks());
        var html = Parse(message.Html);
        Assert.Equal("zh-Hans", html.DocumentElement.GetAttribute("lang"));
        Assert.Equal("https://t.example/u", html.QuerySelectorAll("a").Single(a => a.TextContent is "退订").GetAttribute("href"));
        Assert.Equal("https://t.example/v", html.QuerySelectorAll("a").Single(a => a.TextContent is "在浏览器中查看").GetAttribute("href"));
        Assert.StartsWith("Für Lena <b>", html.Body!.FirstElementChild!.TextContent, StringComparison.Ordinal);
        Assert.Contains("display:none", html.Body.FirstElementChild.GetAttribute("style"), StringComparison.Ordinal);
        Assert.DoesNotContain("[[", message.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Own_html_is_cleaned_and_keeps_loops_between_the_rows_of_a_table()
    {
        var message = await RenderAsync(SampleMessages.Content with
        {
            BodyFormat = BodyFormat.Html,
            Body = """
                <!doctype html><html><head><style>p{color:red}</style></head><body onload="x()">
                <table><tr><th>Item</th></tr>{{#recommendations "for-you" 2}}<tr><td title="{{name}}">{{name}}</td></tr>{{/recommendations}}</table>
                <a href="https://shop.example.com/?c={{customer.first_name}}&amp;x=1" onclick="x()">Shop</a><script>alert(1)</script></body></html>
                """,
        }, links: new NumberedLinks());
        var html = Parse(message.Html);
        Assert.Equal(["Product <1>", "Product <2>"], html.QuerySelectorAll("td[title]").Select(d => d.TextContent));
        Assert.Equal("Product <1>", html.QuerySelector("td[title]")!.GetAttribute("title"));
        Assert.DoesNotContain("alert", message.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("onclick", message.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("color:red", message.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_inside_an_address_is_encoded_and_one_that_begins_it_is_judged_as_a_whole()
    {
        var links = new NumberedLinks();
        var person = SampleMessages.Person("A&b=c #d");
        await RenderAsync(SampleMessages.Content with { Body = "[x](https://shop.example.com/?q={{customer.first_name}})", Tags = null }, person, links);
        Assert.Equal("https://shop.example.com/?q=A%26b%3Dc%20%23d", links.Clicks[0].Url);

        await using var store = await Testing.TestStore.OpenAsync();
        var compiled = store.Get<MessageComposer>().Compile(SampleMessages.Content with { Body = "[x]({{customer.first_name}})" }).Message!; // compiles: the value is not known yet
        var failure = Assert.IsType<RenderFailure>(compiled.Render(SampleMessages.Person("javascript:alert(1)"), PreviewLinks.Instance));
        Assert.Equal((RenderFailureKind.Error, "Link 1"), (failure.Kind, failure.Field));
        Assert.IsType<RenderedMessage>(compiled.Render(SampleMessages.Person("https://example.com"), PreviewLinks.Instance));
    }

    [Fact]
    public async Task Mail_phone_unsubscribe_and_uncounted_links_stay_as_they_are()
    {
        var links = new NumberedLinks();
        var message = await RenderAsync(
            SampleMessages.Content with { Body = "[a](mailto:care@example.com) [b](tel:+441) [c](https://shop.example.com/x \"no-track\") [d]({{unsubscribe_url}}) [e](https://shop.example.com/y)" }, links: links);
        var html = Parse(message.Html);
        string? Href(string text) => html.QuerySelectorAll("a").Single(a => a.TextContent == text).GetAttribute("href");
        Assert.Equal(("mailto:care@example.com", "tel:+441", "https://shop.example.com/x", "https://t.example/u"), (Href("a"), Href("b"), Href("c"), Href("d")));
        Assert.StartsWith("https://shop.example.com/y", Assert.Single(links.Clicks.DistinctBy(c => c.Url)).Url, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://a.example/", "https://a.example/?utm_source=s&utm_medium=m&utm_campaign=c%20d")]
    [InlineData("https://a.example/?x=1#top", "https://a.example/?x=1&utm_source=s&utm_medium=m&utm_campaign=c%20d#top")]
    [InlineData("https://a.example/?utm_source=own&UTM_Campaign=own", "https://a.example/?utm_source=own&UTM_Campaign=own&utm_medium=m")]
    [InlineData("https://a.example/?", "https://a.example/?utm_source=s&utm_medium=m&utm_campaign=c%20d")]
    public void Tags_are_added_and_parameters_that_stand_already_win(string address, string expected) => Assert.Equal(expected, LinkTagging.Add(address, new LinkTags("s", "m", "c d")));

    [Theory]
    [InlineData(MissingValue.Undecided, RenderFailureKind.Skip)]
    [InlineData(MissingValue.Skip, RenderFailureKind.Skip)]
    [InlineData(MissingValue.Stop, RenderFailureKind.Stop)]
    public async Task A_missing_value_follows_what_the_author_chose(MissingValue choice, RenderFailureKind kind)
    {
        await using var store = await Testing.TestStore.OpenAsync();
        var compiled = store.Get<MessageComposer>().Compile(SampleMessages.Content with { Body = "Hello {{customer.first_name}}", WhenMissing = choice }).Message!; // compiles
        var failure = Assert.IsType<RenderFailure>(compiled.Render(SampleMessages.Person(firstName: null), PreviewLinks.Instance));
        Assert.Equal((kind, "customer.first_name"), (failure.Kind, failure.Field));
        Assert.IsType<RenderedMessage>(compiled.Render(SampleMessages.Person(), PreviewLinks.Instance)); // nobody else is harmed
    }

    [Fact]
    public async Task An_author_may_leave_the_place_of_a_missing_value_empty()
    {
        var message = await RenderAsync(SampleMessages.Content with { Body = "Hello {{customer.first_name}}.", WhenMissing = MissingValue.Empty }, SampleMessages.Person(firstName: null));
        Assert.StartsWith("Hello .\n", message.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plain_text_edited_by_hand_stays_and_its_addresses_are_counted()
    {
        var links = new NumberedLinks();
        var message = await RenderAsync(SampleMessages.Content with { PlainText = "Hi {{default customer.first_name \"there\"}}, see https://shop.example.com/a.", Tags = null }, links: links);
        Assert.StartsWith("Hi Lena, see https://t.example/c/2.\n", message.Text, StringComparison.Ordinal);
        Assert.Contains(("https://shop.example.com/a", 2), links.Clicks);
    }

    [Fact]
    public void The_generated_text_can_be_taken_over_and_edited()
    {
        var text = MessageComposer.GenerateText(SampleMessages.Content)!; // the sample compiles
        Assert.Contains("See the linen range: https://shop.example.com/linen?size=200#top", text, StringComparison.Ordinal);
        Assert.Contains("{{recommendations \"for-you\" 3}}", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u0001", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("**{{#if customer.first_name}}bold**{{/if}}", BodyFormat.Markdown, 1, 3)]
    [InlineData("x {{#if customer.first_name}}\n\ny {{/if}}", BodyFormat.Markdown, 1, 3)]
    [InlineData("<div>{{#if customer.first_name}}<p></div>{{/if}}", BodyFormat.Html, 1, 6)]
    public async Task A_block_that_would_tear_the_message_apart_is_named_with_its_place(string body, BodyFormat format, int line, int column)
    {
        await using var store = await Testing.TestStore.OpenAsync();
        var problem = Assert.Single(store.Get<MessageComposer>().Compile(SampleMessages.Content with { Body = body, BodyFormat = format }).Problems).Problem;
        Assert.Equal((TemplateCodes.TornBlock, line, column), (problem.Code, problem.Line, problem.Column));
    }

    [Fact]
    public async Task A_mistake_is_named_with_its_part_and_place()
    {
        await using var store = await Testing.TestStore.OpenAsync();
        var problems = store.Get<MessageComposer>().Compile(SampleMessages.Content with { Subject = "{{shout x}}", Body = "a\n\n{{#if x}}" }).Problems;
        Assert.Equal([(ContentPlace.Subject, 1), (ContentPlace.Body, 3)], problems.Select(p => (p.Place, p.Problem.Line)));
    }

    [Fact, Trait("Promise", "S-30")]
    public async Task Headers_take_no_line_break_from_anybody()
    {
        var message = await RenderAsync(SampleMessages.Content with { Subject = "Hi\r\nBcc: x@example.com {{customer.first_name}}" + new string('y', 2_000), SenderName = "Fern\r\nTo: y" }, SampleMessages.Person("Eve\r\nCc: z\u202e"));
        Assert.DoesNotContain(message.Subject + message.SenderName, char.IsControl);
        Assert.DoesNotContain('\u202e', message.Subject);
        Assert.True(message.Subject.Length <= 255);
    }

    [Fact]
    public void Content_is_stored_as_json_and_read_again()
    {
        var content = SampleMessages.Content with { WhenMissing = MissingValue.Stop, PlainText = "text", Layout = MessageLayout.Shop, BodyFormat = BodyFormat.Html };
        Assert.Equal(content, MessageContent.FromJson(content.ToJson()));
        Assert.Equal(new MessageContent { Subject = "old" }, MessageContent.FromJson("""{"subject":"old","fieldOfALaterVersion":1}"""));
    }

    private static IHtmlDocument Parse(string html) => new HtmlParser().ParseDocument(html);

    private static async Task<RenderedMessage> RenderAsync(MessageContent content, RenderData? person = null, IMessageLinks? links = null)
    {
        await using var store = await Testing.TestStore.OpenAsync();
        var compiled = store.Get<MessageComposer>().Compile(content);
        Assert.Empty(compiled.Problems);
        return Assert.IsType<RenderedMessage>(compiled.Message!.Render(person ?? SampleMessages.Person(), links ?? PreviewLinks.Instance)); // no problems: there is one
    }
}
